#include "quantities.h"

#include <algorithm>
#include <cmath>

namespace proofload::solver {
namespace fields {
namespace {

using Group = void (*)(const Context&, const Shared&, Quantities&);

constexpr Group kGroups[] = {add_motion,     add_peaks, add_energy, add_reactions,
                             add_load_share, add_euler, add_probes};

}  // namespace
}  // namespace fields

std::vector<v1::Quantity> quantities(const v1::Case& value, const Model& model,
                                     const LoadVector& load, const Solution& solution,
                                     const StressPoints& points,
                                     const std::vector<double>& stress) {
  using namespace fields;
  const Context context{
      value,    model,  *model.mesh, model.kinematics.at(load.kinematic_set), load,
      solution, points, stress,      PairIndex(points, model.mesh->n_local())};
  Shared shared;
  shared.reactions = reactions(context);
  shared.action = action(context, shared.reactions);
  shared.zones = edge_zones(context);
  shared.cell_size = node_cell_sizes(context.part);
  std::vector<v1::Quantity> found;
  for (const auto group : kGroups) group(context, shared, found);
  return found;
}

std::vector<std::string> warnings_of(const std::vector<v1::Quantity>& quantities) {
  constexpr double kNegligible = 0.1;
  std::vector<std::string> warnings;
  for (const auto& quantity : quantities) {
    if (quantity.name() != "euler_load_ratio" || !quantity.has_value()) continue;
    if (quantity.value() <= kNegligible) continue;
    // A buckling analysis knows better than the estimate; the assessment warns by it.
    if (std::any_of(quantities.begin(), quantities.end(), [](const v1::Quantity& other) {
          return other.name() == "buckling_load_factor" && other.has_value();
        }))
      continue;
    warnings.push_back("Load case '" + quantity.load_case() + "': " + quantity.reason());
  }
  return warnings;
}

}  // namespace proofload::solver
