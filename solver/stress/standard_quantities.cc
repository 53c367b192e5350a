#include <cmath>

#include "proofload/solver/collective.h"
#include "quantities.h"

namespace proofload::solver::fields {
namespace {

constexpr const char* kRecovered = "recovered nodal stress";

/// A measure of stress whose greatest value is sought.
struct Measure {
  const char* name;
  double (*of)(const Stress&);
  double sign;  ///< -1: the least value is sought
  const char* method;
};

double first_principal(const Stress& stress) { return principal(stress)[0]; }
double third_principal(const Stress& stress) { return principal(stress)[2]; }

constexpr Measure kMeasures[] = {
    {"max_von_mises_mpa", von_mises, 1, kRecovered},
    {"max_principal_mpa", first_principal, 1, kRecovered},
    {"min_principal_mpa", third_principal, -1, "recovered nodal stress, least principal"},
};

v1::Quantity peak_quantity(const Context& context, const Shared& shared, const Measure& measure,
                           int body) {
  std::vector<std::int32_t> nodes;
  std::vector<double> values;
  for (std::size_t i = 0; i < context.points.node.size(); ++i) {
    if (context.points.body[i] != body || context.points.node[i] >= context.part.n_owned) continue;
    nodes.push_back(context.points.node[i]);
    values.push_back(measure.sign * measure.of(stress_at(context, static_cast<std::int32_t>(i))));
  }
  const std::string& name = context.part.body_names[body];
  v1::Quantity made = quantity(context, measure.name, "MPa", name);
  made.set_method(measure.method);
  const Peak peak = find_peak(context.part, nodes, values);
  if (!peak.found) {
    made.set_reason("no finite stress in this body");
    return made;
  }
  set_value(made, measure.sign * peak.value);
  set_point(made, peak.point);
  made.mutable_place()->set_body(name);
  made.set_cell_size_mm(
      max_over_ranks(context.part.comm, peak.node >= 0 ? shared.cell_size[peak.node] : 0));
  flag_unresolved(context, shared.zones, peak, made);
  return made;
}

/// The yield strength was taken from a source that nobody has read.
bool is_unconfirmed(const v1::Material& material) {
  const auto source = material.sources().find("yield_strength_mpa");
  return source != material.sources().end() && !source->second.confirmed();
}

void add_yield(const Context& context, const Shared& shared, int body, const v1::Quantity& peak,
               Quantities& out) {
  v1::Quantity factor = quantity(context, "yield_safety_factor", "", peak.body());
  v1::Quantity load = quantity(context, "first_yield_load_n", "N", peak.body());
  factor.set_method("yield strength over greatest von Mises stress");
  load.set_method("resultant force times yield safety factor");
  const v1::Body* given = body_of(context, body);
  for (v1::Quantity* made : {&factor, &load}) {
    *made->mutable_place() = peak.place();
    if (peak.has_cell_size_mm()) made->set_cell_size_mm(peak.cell_size_mm());
    made->set_unresolved(peak.unresolved());
    made->set_reason(peak.reason());
    if (given && is_unconfirmed(given->material())) made->set_unconfirmed(true);
    if (context.model.elasticity[body].orthotropic) {
      made->set_unconfirmed(true);
      made->set_reason((made->reason().empty() ? "" : made->reason() + "; ") +
                       "von Mises stress is not known to tell when an orthotropic material yields");
    }
    if (!given || !given->material().has_yield_strength_mpa()) {
      made->set_reason("the material has no yield strength");
    }
  }
  if (peak.has_value() && given && given->material().has_yield_strength_mpa()) {
    const double value = given->material().yield_strength_mpa() / peak.value();
    set_value(factor, value);
    if (shared.action.missing.empty()) {
      set_value(load, shared.action.force.norm() * value);
    } else {
      load.set_reason(shared.action.missing);
    }
  }
  out.push_back(factor);
  out.push_back(load);
}

}  // namespace

void add_motion(const Context& context, const Shared& shared, Quantities& out) {
  std::vector<std::int32_t> nodes(context.part.n_owned);
  std::vector<double> lengths(nodes.size());
  for (std::int32_t i = 0; i < context.part.n_owned; ++i) {
    nodes[i] = i;
    lengths[i] = displacement_at(context, i).norm();
  }
  v1::Quantity greatest = quantity(context, "displacement_mm", "mm");
  greatest.set_method("greatest magnitude at a node");
  const Peak peak = find_peak(context.part, nodes, lengths);
  if (peak.found) {
    set_value(greatest, peak.value);
    set_point(greatest, peak.point);
  } else {
    greatest.set_reason("the displacement is not finite");
  }
  out.push_back(greatest);

  v1::Quantity moved = quantity(context, "load_point_displacement_mm", "mm");
  v1::Quantity stiffness = quantity(context, "axial_stiffness_n_per_mm", "N/mm");
  moved.set_method("motion of the load point against the supports, along the force");
  stiffness.set_method(
      "resultant force over motion of the load point against the supports, along the force");
  const Action& action = shared.action;
  for (v1::Quantity* made : {&moved, &stiffness}) {
    if (!action.missing.empty()) {
      made->set_reason(action.missing);
      continue;
    }
    set_point(*made, action.point);
    made->mutable_place()->set_face(action.place);
  }
  if (action.missing.empty()) {
    set_value(moved, action.relative_motion);
    if (action.relative_motion > 0) {
      set_value(stiffness, action.force.norm() / action.relative_motion);
    } else {
      stiffness.set_reason("the load point does not move along the force");
    }
  }
  out.push_back(moved);
  out.push_back(stiffness);
}

void add_peaks(const Context& context, const Shared& shared, Quantities& out) {
  for (int body = 0; body < static_cast<int>(context.part.body_names.size()); ++body) {
    for (const auto& measure : kMeasures) {
      out.push_back(peak_quantity(context, shared, measure, body));
    }
    const v1::Quantity peak = out[out.size() - std::size(kMeasures)];
    add_yield(context, shared, body, peak, out);
  }
}

std::vector<double> strain_energy(const Context& context) {
  std::vector<double> energy(context.part.body_names.size(), 0.0);
  for (std::int32_t cell = 0; cell < context.part.n_cells(); ++cell) {
    const NodeValues x = gather(context.part, cell, context.part.xyz);
    const NodeValues u = gather(context.part, cell, context.solution.displacement);
    const std::int32_t body = context.part.cell_body[cell];
    const Elasticity material = context.model.material_of(cell);
    for (const auto& point : four_points()) {
      const CellMap map = map_cell(x, point.gradients);
      const Stress stress = stress_of_gradient(material, u.transpose() * map.gradients);
      energy[body] += point.weight * map.determinant * energy_density(material, stress);
    }
  }
  sum_over_ranks(context.part.comm, energy.data(), static_cast<int>(energy.size()));
  return energy;
}

void add_energy(const Context& context, const Shared&, Quantities& out) {
  const std::vector<double> energy = strain_energy(context);
  double total = 0;
  for (const double value : energy) total += value;
  v1::Quantity whole = quantity(context, "strain_energy_nmm", "Nmm");
  whole.set_method("half the integral of stress times strain, all bodies");
  set_value(whole, total);
  out.push_back(whole);
  for (std::size_t body = 0; body < energy.size(); ++body) {
    v1::Quantity one = quantity(context, "strain_energy_nmm", "Nmm", context.part.body_names[body]);
    one.set_method("half the integral of stress times strain");
    set_value(one, energy[body]);
    out.push_back(one);
  }
}

void add_reactions(const Context& context, const Shared& shared, Quantities& out) {
  for (const auto& reaction : shared.reactions) {
    for (int c = 0; c < 3; ++c) {
      v1::Quantity made = quantity(context, "reaction_n", "N");
      made.set_method(std::string("reaction ") + "xyz"[c]);
      made.mutable_place()->set_face(reaction.name);
      if (reaction.motion.area > 0) set_point(made, reaction.motion.centroid);
      set_value(made, reaction.force[c]);
      out.push_back(made);
    }
  }
}

}  // namespace proofload::solver::fields
