#pragma once
/// How mesh levels follow each other.
#include <string>

#include "proofload/pipeline/pipeline.h"

namespace proofload::pipeline {

/// Asked element sizes fall by this factor from level to level, the sizes of the cells made by at
/// least kLeastRefinement.
inline constexpr double kRefinement = 1.45;
inline constexpr double kLeastRefinement = 1.4;

/// Factor on every element size at a level.
double element_size_factor(int level);

/// Least number of levels of a run.
int least_levels(const v1::Case& resolved, const v1::RunSettings& settings);

/// Whether a design gets another level, and why (or why not).
struct LevelChoice {
  bool more = false;
  std::string reason;
};
LevelChoice choose_next_level(const RunFolder& folder, const std::string& design,
                              const v1::RunSettings& settings);

/// The choice made after a level in an earlier run with the same inputs; false: none.
bool earlier_choice(const RunFolder& folder, const std::string& design, int level,
                    const v1::RunSettings& settings, LevelChoice& choice);
void keep_choice(const RunFolder& folder, const std::string& design, int level,
                 const v1::RunSettings& settings, const LevelChoice& choice);

/// Removes this level and all finer ones: what is there belongs to other inputs.
void remove_levels_from(const RunFolder& folder, const std::string& design, int level);

}  // namespace proofload::pipeline
