#include "builders.h"

namespace proofload::report {

const std::vector<Section>& sections() {
  static const std::vector<Section> kSections = {
      {"summary", "Verdict", build_summary},
      {"context", "What was asked", build_context},
      {"geometry", "Geometry and what was found in it", build_geometry},
      {"materials", "Materials and where their numbers come from", build_materials},
      {"mesh", "Mesh", build_mesh},
      {"loads", "Supports and loads", build_loads},
      {"checks", "Checks of the solution", build_checks},
      {"levels", "Mesh levels and numerical error", build_levels},
      {"results", "Results", build_results},
      {"buckling", "Buckling", build_buckling},
      {"fatigue", "Fatigue", build_fatigue},
      {"comparison", "Comparison with conventional rods", build_comparison},
      {"criteria", "Criteria, one by one", build_criteria},
      {"limits", "Limitations and warnings", build_limits},
      {"provenance", "Provenance", build_provenance},
  };
  return kSections;
}

}  // namespace proofload::report
