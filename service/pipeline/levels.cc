#include "levels.h"

#include <algorithm>
#include <cmath>

namespace proofload::pipeline {

double element_size_factor(int level) { return std::pow(kRefinement, -level); }

int least_levels(const v1::Case& resolved, const v1::RunSettings& settings) {
  if (settings.quick()) return 1;
  const v1::Accuracy& accuracy = resolved.accuracy();
  return accuracy.has_min_levels() ? static_cast<int>(accuracy.min_levels()) : 2;
}

int most_levels(const v1::Case& resolved, const v1::RunSettings& settings) {
  if (settings.quick()) return 1;
  const v1::Accuracy& accuracy = resolved.accuracy();
  return std::max(least_levels(resolved, settings),
                  accuracy.has_max_levels() ? static_cast<int>(accuracy.max_levels()) : 3);
}

LevelChoice choose_next_level(const RunFolder&, const v1::Case& resolved,
                              const v1::RunSettings& settings, const std::string&,
                              int levels_done) {
  if (settings.quick()) return {false, "quick: only the first level was asked for"};
  if (levels_done < least_levels(resolved, settings)) return {true, "fewer than the least levels"};
  return {false, "the least number of levels is done"};
}

}  // namespace proofload::pipeline
