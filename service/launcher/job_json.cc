#include "job_json.h"

namespace proofload::pipeline {

nlohmann::json job_to_json(const Job& job) {
  return {{"token", job.token},
          {"arguments", job.arguments},
          {"environment", job.environment},
          {"writable", job.writable},
          {"readable", job.readable},
          {"log", job.log},
          {"output", job.output},
          {"memory_mb", job.limits.memory_mb},
          {"wall_seconds", job.limits.wall_seconds},
          {"cpu_seconds", job.limits.cpu_seconds},
          {"file_mb", job.limits.file_mb},
          {"network", job.network},
          {"fixed_addresses", job.fixed_addresses}};
}

Job job_from_json(const nlohmann::json& json) {
  Job job;
  json.at("token").get_to(job.token);
  json.at("arguments").get_to(job.arguments);
  json.at("environment").get_to(job.environment);
  json.at("writable").get_to(job.writable);
  json.at("readable").get_to(job.readable);
  json.at("log").get_to(job.log);
  json.at("output").get_to(job.output);
  json.at("memory_mb").get_to(job.limits.memory_mb);
  json.at("wall_seconds").get_to(job.limits.wall_seconds);
  json.at("cpu_seconds").get_to(job.limits.cpu_seconds);
  json.at("file_mb").get_to(job.limits.file_mb);
  json.at("network").get_to(job.network);
  json.at("fixed_addresses").get_to(job.fixed_addresses);
  return job;
}

nlohmann::json status_to_json(const JobStatus& status) {
  return {{"state", static_cast<int>(status.state)},
          {"exit_code", status.exit_code},
          {"signal", status.signal},
          {"reason", status.reason},
          {"message", status.message},
          {"seconds", status.seconds},
          {"peak_memory_mb", status.peak_memory_mb}};
}

JobStatus status_from_json(const nlohmann::json& json) {
  JobStatus status;
  status.state = static_cast<JobState>(json.at("state").get<int>());
  json.at("exit_code").get_to(status.exit_code);
  json.at("signal").get_to(status.signal);
  json.at("reason").get_to(status.reason);
  json.at("message").get_to(status.message);
  json.at("seconds").get_to(status.seconds);
  json.at("peak_memory_mb").get_to(status.peak_memory_mb);
  return status;
}

}  // namespace proofload::pipeline
