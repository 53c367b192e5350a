#pragma once
/// What the numbers do not cover, what a reader should know, where everything comes from.
#include <set>
#include <string>
#include <vector>

#include "proofload/v1/report.pb.h"
#include "run_data.h"

namespace proofload::assessment {

/// From the model's form: linear, bonded, homogenised, …
std::vector<std::string> limitations_of(const RunData& run, const std::set<std::string>& curves);

/// Solver and mesh warnings, unconfirmed data, low loads, P / Pcr.
std::vector<std::string> warnings_of(const RunData& run);

/// Materials of all designs, once each by name.
std::vector<v1::Material> materials_of(const RunData& run);

/// Hashes of the inputs and of the library files used, program versions, times.
v1::Provenance provenance_of(const RunFolder& folder, const RunData& run,
                             const std::set<std::string>& curves);

/// What was meshed and solved.
v1::DesignReport report_of(const DesignData& design);

}  // namespace proofload::assessment
