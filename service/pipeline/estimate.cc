#include <algorithm>

#include "levels.h"
#include "proofload/core/designs.h"

namespace proofload::pipeline {

namespace {

/// Unknowns of a first level made by the mesher's own sizes: one body, and each further one.
constexpr double kUnknownsOfOneBody = 25000;
constexpr double kUnknownsOfEachMore = 7000;
/// Growth from level to level: less than the cube of the refinement, for fine features stay fine.
constexpr double kGrowth = 2.3;
/// Measured on two cores: seconds of mesh for each unknown, of solve for each unknown and load
/// case, and of start-up for each step; memory of the largest process.
constexpr double kMeshSeconds = 1.1e-5;
constexpr double kSolveSeconds = 1.2e-5;
constexpr double kStartSeconds = 0.5;
constexpr double kReportSeconds = 5;
constexpr double kBaseMemoryMb = 400;
constexpr double kMemoryMb = 3e-4;

/// Adds one design with all its levels.
void add_design(int bodies, int loads, Estimate& out) {
  double unknowns = kUnknownsOfOneBody + kUnknownsOfEachMore * (bodies - 1);
  for (int level = 0; level < out.levels; ++level) {
    out.seconds += 2 * kStartSeconds + unknowns * (kMeshSeconds + kSolveSeconds * loads);
    out.memory_mb = std::max(out.memory_mb, kBaseMemoryMb + unknowns * kMemoryMb * loads);
    unknowns *= kGrowth;
  }
  ++out.designs;
}

}  // namespace

Estimate estimate(const PreparedCase& prepared, const v1::RunSettings& settings) {
  const v1::Case& value = prepared.resolved;
  const int loads = value.load_cases_size();
  Estimate out;
  out.levels = least_levels(value, settings);
  out.seconds = kReportSeconds;
  for (const Design& design : expand_designs(value, prepared.library)) {
    add_design(design.value.bodies_size(), loads, out);
  }
  const int rods = value.designs().has_member() ? value.designs().reference_rods_size() : 0;
  for (int i = 0; i < rods; ++i) add_design(1, loads, out);
  return out;
}

}  // namespace proofload::pipeline
