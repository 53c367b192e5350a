#include <cmath>

#include "levels.h"
#include "proofload/core/designs.h"

namespace proofload::pipeline {

namespace {

/// Unknowns of a typical design at the first level, when the case does not say.
constexpr double kTypicalUnknowns = 60000;
/// Measured on two cores: seconds of mesh and solve for each unknown and load case, plus start-up.
constexpr double kMeshSecondsPerUnknown = 4e-5;
constexpr double kSolveSecondsPerUnknown = 1.5e-5;
constexpr double kStartSeconds = 1.0;
constexpr double kMemoryMbPerUnknown = 1.2e-3;
constexpr double kBaseMemoryMb = 250;

}  // namespace

Estimate estimate(const PreparedCase& prepared, const v1::RunSettings& settings) {
  const v1::Case& value = prepared.resolved;
  Estimate out;
  out.designs = static_cast<int>(expand_designs(value, prepared.library).size());
  if (value.designs().has_member()) out.designs += value.designs().reference_rods_size();
  out.levels = least_levels(value, settings);
  double unknowns = kTypicalUnknowns;
  for (int level = 0; level < out.levels; ++level) {
    out.seconds += out.designs *
                   (kStartSeconds + unknowns * (kMeshSecondsPerUnknown +
                                                kSolveSecondsPerUnknown * value.load_cases_size()));
    out.memory_mb = kBaseMemoryMb + unknowns * kMemoryMbPerUnknown;
    unknowns *= std::pow(kRefinement, 3);
  }
  return out;
}

}  // namespace proofload::pipeline
