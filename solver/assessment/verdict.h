#pragma once
/// Every reason against PASS, and the verdict that follows.
#include <string>
#include <vector>

#include "proofload/v1/report.pb.h"
#include "run_data.h"

namespace proofload::assessment {

/// FAIL if a criterion is NOT_MET; else REVIEW if a criterion is not MET (UNDECIDED or of unknown
/// status), if there is none, or if there is any doubt; else PASS.
v1::Verdict::Enum decide(const std::vector<v1::CriterionStatus::Enum>& statuses,
                         const std::vector<std::string>& doubts);

/// What is incomplete in the run itself: failed or missing designs, levels and stages, residuals
/// above tolerance, loads and reactions out of balance, a quick run, early load cases with bonded
/// bone.
std::vector<std::string> doubts_of_run(const RunData& run);

/// Kept for tests: doubts about one solve.
std::vector<std::string> doubts_of_solve(const std::string& design, const v1::SolveFacts& solve,
                                         double tolerance);

}  // namespace proofload::assessment
