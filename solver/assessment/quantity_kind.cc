#include "quantity_kind.h"

namespace proofload::assessment {

namespace {

struct Row {
  const char* name;
  QuantityKind kind;
};

constexpr Row kRows[] = {{"displacement_mm", {2, false, false}},
                         {"load_point_displacement_mm", {2, false, false}},
                         {"axial_stiffness_n_per_mm", {2, false, true}},
                         {"max_von_mises_mpa", {1, true, false}},
                         {"max_principal_mpa", {1, true, false}},
                         {"min_principal_mpa", {1, true, false}},
                         {"yield_safety_factor", {1, true, true}},
                         {"first_yield_load_n", {1, true, true}},
                         {"fatigue_safety_factor", {1, true, true}},
                         {"fatigue_life_cycles", {1, true, true}},
                         {"fatigue_safety_factor_away", {1, true, true}},
                         {"fatigue_life_away_cycles", {1, true, true}},
                         {"buckling_load_factor", {2, false, true}},
                         {"load_share", {2, false, false}},
                         {"reaction_n", {2, false, false}},
                         {"strain_energy_nmm", {2, false, false}},
                         {"euler_load_ratio", {2, false, false}}};

QuantityKind kind_of_probe(const v1::Probe& probe) {
  using Quantity = v1::ProbeQuantity;
  const auto q = probe.quantity();
  const bool stress = q == Quantity::stress || q == Quantity::von_mises ||
                      q == Quantity::principal_1 || q == Quantity::principal_2 ||
                      q == Quantity::principal_3;
  const bool extreme = !probe.max_over().empty() || !probe.min_over().empty() ||
                       probe.over_body() == v1::Probe::Over::max ||
                       probe.over_body() == v1::Probe::Over::min;
  const bool averaged = !probe.mean_over().empty() || probe.has_average_radius_mm() ||
                        probe.over_body() == v1::Probe::Over::mean;
  QuantityKind kind;
  kind.peak = stress && extreme;
  kind.order = stress && !averaged ? 1 : 2;
  return kind;
}

}  // namespace

QuantityKind kind_of(const v1::Case& value, const std::string& name) {
  for (const v1::Probe& probe : value.probes()) {
    if (probe.name() == name) return kind_of_probe(probe);
  }
  for (const Row& row : kRows) {
    if (name == row.name) return row.kind;
  }
  return {1, false, false};
}

std::string identity(const v1::Quantity& quantity) {
  return quantity.name() + "|" + quantity.load_case() + "|" + quantity.body() + "|" +
         quantity.method() + "|" + quantity.place().face();
}

}  // namespace proofload::assessment
