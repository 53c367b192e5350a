#pragma once
/// Jobs and their status as JSON, for the socket between server and supervisor.
#include <nlohmann/json.hpp>

#include "proofload/pipeline/launcher.h"

namespace proofload::pipeline {

nlohmann::json job_to_json(const Job& job);
Job job_from_json(const nlohmann::json& json);
nlohmann::json status_to_json(const JobStatus& status);
JobStatus status_from_json(const nlohmann::json& json);

}  // namespace proofload::pipeline
