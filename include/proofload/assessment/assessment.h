#pragma once
/// From the files of a run to the answer: errors, fatigue, comparisons, criteria, verdict.
#include <string>

#include "proofload/core/run_folder.h"
#include "proofload/v1/case.pb.h"
#include "proofload/v1/report.pb.h"
#include "proofload/v1/run.pb.h"

namespace proofload::assessment {

enum class Next { kStop, kRefine };

struct LevelDecision {
  Next next = Next::kStop;
  std::string reason;  ///< in words, with the numbers
};

/// Whether a design needs a finer level. Reads design_folder/level<k>/ of all levels done; with the
/// answer yes, writes size_field.txt for the next mesh beside the finest. Refines until the numbers
/// that decide are exact enough (accuracy.relative_error), but not beyond max_levels or
/// max_unknowns; stops at a failed level, and at once when `quick`.
LevelDecision next_level(const v1::Case& design_case, const std::string& design_folder,
                         const v1::RunSettings& settings);

/// Reads the whole run folder and judges it. What is missing or failed becomes a reason for REVIEW;
/// throws InvalidInput only if case.json or the designs cannot be read at all.
v1::Report assess(const RunFolder& folder);

/// assess(), written to report/report.json. Returns the exit code of the verdict.
int assess_and_write(const RunFolder& folder);

}  // namespace proofload::assessment
