#pragma once
/// How mesh levels follow each other.
#include <string>

#include "proofload/pipeline/pipeline.h"

namespace proofload::pipeline {

/// Element sizes fall by this factor from level to level.
inline constexpr double kRefinement = 1.45;

/// Factor on every element size at a level.
double element_size_factor(int level);

/// Least and most levels of a run.
int least_levels(const v1::Case& resolved, const v1::RunSettings& settings);
int most_levels(const v1::Case& resolved, const v1::RunSettings& settings);

/// Whether a design gets another level, and why (or why not).
struct LevelChoice {
  bool more = false;
  std::string reason;
};
LevelChoice choose_next_level(const RunFolder& folder, const v1::Case& resolved,
                              const v1::RunSettings& settings, const std::string& design,
                              int levels_done);

}  // namespace proofload::pipeline
