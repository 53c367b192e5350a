#pragma once
/// Fatigue of a design: life and safety factor of each body, with errors from the levels.
#include <set>
#include <string>
#include <vector>

#include "assessed.h"
#include "run_data.h"

namespace proofload::assessment {

struct FatigueOutcome {
  AssessedList quantities;            ///< fatigue_life_cycles and fatigue_safety_factor per body
  std::vector<std::string> missing;   ///< bodies that ought to have a life and have none, and why
  std::vector<std::string> left_out;  ///< bodies without strength data that are not implants
  std::set<std::string> curves;       ///< names of the curves of the bodies assessed
};

/// Load-bearing bodies must have fatigue data, the others are left out. `critical` amplifies the
/// stress of slender parts, for the interval only.
FatigueOutcome assess_fatigue(const RunData& run, const DesignData& design,
                              const std::map<std::string, double>& critical);

}  // namespace proofload::assessment
