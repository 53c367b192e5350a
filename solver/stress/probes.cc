#include <cmath>

#include "probe_samples.h"
#include "proofload/core/vec3.h"
#include "proofload/solver/collective.h"
#include "proofload/solver/manufactured.h"
#include "quantities.h"

namespace proofload::solver::fields {
namespace {

using Kind = v1::ProbeQuantity;

const char* unit_of(Kind::Enum quantity) {
  switch (quantity) {
    case Kind::displacement:
      return "mm";
    case Kind::stress:
    case Kind::von_mises:
    case Kind::principal_1:
    case Kind::principal_2:
    case Kind::principal_3:
      return "MPa";
    case Kind::strain_energy:
      return "Nmm";
    case Kind::reaction:
      return "N";
    case Kind::volume:
      return "mm3";
    case Kind::area:
      return "mm2";
    case Kind::rotation:
      return "rad";
    default:
      return "";
  }
}

const std::string& place_name(const v1::Probe& probe) {
  if (!probe.mean_over().empty()) return probe.mean_over();
  return probe.max_over().empty() ? probe.min_over() : probe.max_over();
}

/// x, y, z (or rx, ry, rz) of the probe's frame; none or "magnitude": the length.
void set_component(const v1::Probe& probe, const Eigen::Vector3d& vector, v1::Quantity& out) {
  const std::string& component = probe.component();
  if (component.empty() || component == "magnitude") {
    set_value(out, vector.norm());
    return;
  }
  const auto axis = std::string("xyz").find(component.back());
  if (axis == std::string::npos || component.size() > 2) {
    out.set_reason("no component '" + component + "': write x, y, z or magnitude");
    return;
  }
  set_value(out, frame_of(probe).row(static_cast<Eigen::Index>(axis)).dot(vector));
}

void read_field(const Context& context, const Shared& shared, const v1::Probe& probe,
                v1::Quantity& out) {
  std::string reason;
  const auto read = reader_of(probe, reason);
  if (!read) {
    out.set_reason(reason);
    return;
  }
  const double sign =
      !probe.min_over().empty() || probe.over_body() == v1::Probe::Over::min ? -1 : 1;
  Peak peak;
  if (!probe.mean_over().empty()) {
    read_place_mean(context, probe, *read, out);
  } else if (!place_name(probe).empty()) {
    peak = read_place_peak(context, probe, *read, sign, out);
  } else if (probe.point_mm_size() == 3 && probe.has_average_radius_mm()) {
    read_ball(context, probe, *read, out);
  } else if (probe.point_mm_size() == 3) {
    read_point(context, probe, *read, out);
  } else if (probe.over_body() == v1::Probe::Over::mean) {
    read_body_mean(context, probe, *read, out);
  } else if (probe.over_body() != v1::Probe::Over::unspecified) {
    peak = read_body_peak(context, shared.zones, probe, *read, sign, out);
  } else {
    out.set_reason("the probe names no point, place or body to read at");
  }
  if (peak.found && probe.quantity() != Kind::displacement) {
    flag_unresolved(context, shared.zones, peak, out);
  }
}

void read_reaction(const Context& context, const Shared& shared, const v1::Probe& probe,
                   v1::Quantity& out) {
  Eigen::Vector3d force = Eigen::Vector3d::Zero();
  bool found = false;
  for (const auto& reaction : shared.reactions) {
    if (!place_name(probe).empty() && reaction.place != place_name(probe)) continue;
    force += reaction.force;
    found = true;
  }
  if (!found) {
    out.set_reason("nothing holds place '" + place_name(probe) + "' in this load case");
    return;
  }
  out.mutable_place()->set_face(place_name(probe));
  out.set_method("sum of nodal reactions");
  set_component(probe, force, out);
  (void)context;
}

void read_rotation(const Context& context, const Shared&, const v1::Probe& probe,
                   v1::Quantity& out) {
  const FaceMotion motion = face_motion(context, place_name(probe));
  if (!(motion.area > 0)) {
    out.set_reason("this design has no place '" + place_name(probe) + "'");
    return;
  }
  out.mutable_place()->set_face(place_name(probe));
  out.set_method("least-squares rigid motion of the place, weighted by area");
  set_component(probe, motion.rotation, out);
}

void read_area(const Context& context, const Shared&, const v1::Probe& probe, v1::Quantity& out) {
  const FaceMotion motion = face_motion(context, place_name(probe));
  out.mutable_place()->set_face(place_name(probe));
  if (motion.area > 0) {
    set_value(out, motion.area);
  } else {
    out.set_reason("this design has no place '" + place_name(probe) + "'");
  }
}

/// Numbers of each body, of the body named or of all.
void set_body_sum(const Context& context, const v1::Probe& probe, const std::vector<double>& values,
                  v1::Quantity& out) {
  const int body = body_index(context, probe.body());
  if (body < 0 && !probe.body().empty()) {
    out.set_reason("this design has no body '" + probe.body() + "'");
    return;
  }
  double total = 0;
  for (const double value : values) total += value;
  set_value(out, body < 0 ? total : values[body]);
}

void read_volume(const Context& context, const Shared&, const v1::Probe& probe, v1::Quantity& out) {
  std::vector<double> volumes(context.part.body_names.size(), 0.0);
  for (std::int32_t cell = 0; cell < context.part.n_cells(); ++cell) {
    const NodeValues x = gather(context.part, cell, context.part.xyz);
    for (const auto& point : fourteen_points()) {
      volumes[context.part.cell_body[cell]] +=
          point.weight * map_cell(x, point.gradients).determinant;
    }
  }
  sum_over_ranks(context.part.comm, volumes.data(), static_cast<int>(volumes.size()));
  set_body_sum(context, probe, volumes, out);
}

void read_energy(const Context& context, const Shared&, const v1::Probe& probe, v1::Quantity& out) {
  set_body_sum(context, probe, strain_energy(context), out);
}

const v1::Manufactured* manufactured_of(const Context& context) {
  for (const auto& load : load_case_of(context).loads()) {
    if (load.has_manufactured()) return &load.manufactured();
  }
  return nullptr;
}

/// Relative L2 error against the manufactured field: of the displacement or the recovered stress.
void read_error(const Context& context, const Shared&, const v1::Probe& probe, v1::Quantity& out) {
  const v1::Manufactured* field = manufactured_of(context);
  const int body = body_index(context, probe.body());
  if (!field) {
    out.set_reason("the load case has no manufactured field");
    return;
  }
  const bool of_stress = probe.quantity() == Kind::stress_error;
  double sums[2] = {};
  for (std::int32_t cell = 0; cell < context.part.n_cells(); ++cell) {
    const std::int32_t own = context.part.cell_body[cell];
    if (!probe.body().empty() && own != body) continue;
    const NodeValues x = gather(context.part, cell, context.part.xyz);
    const NodeValues u = gather(context.part, cell, context.solution.displacement);
    const NodeStress recovered = gather_stress(context, cell);
    for (const auto& point : fourteen_points()) {
      const double volume = point.weight * map_cell(x, point.gradients).determinant;
      const FieldValue exact = manufactured_field(*field, x.transpose() * point.shape);
      if (of_stress) {
        const Eigen::Matrix3d truth = stress_of(context.model.elasticity[own], exact.gradient);
        const Eigen::Matrix3d found = tensor(recovered.transpose() * point.shape);
        sums[0] += volume * truth.squaredNorm();
        sums[1] += volume * (found - truth).squaredNorm();
      } else {
        sums[0] += volume * exact.u.squaredNorm();
        sums[1] += volume * (u.transpose() * point.shape - exact.u).squaredNorm();
      }
    }
  }
  sum_over_ranks(context.part.comm, sums, 2);
  set_value(out, std::sqrt(sums[1] / sums[0]));
  out.set_method("L2 norm of the error over that of the manufactured field");
}

/// Estimated over true error in the energy norm.
void read_effectivity(const Context& context, const Shared&, const v1::Probe&, v1::Quantity& out) {
  const v1::Manufactured* field = manufactured_of(context);
  if (!field) {
    out.set_reason("the load case has no manufactured field");
    return;
  }
  double squares[2] = {};  // estimated, true
  for (const double error :
       cell_energy_error(context.model, context.points, context.solution, context.stress)) {
    squares[0] += error * error;
  }
  for (std::int32_t cell = 0; cell < context.part.n_cells(); ++cell) {
    const Elasticity material = context.model.material_of(cell);
    const NodeValues x = gather(context.part, cell, context.part.xyz);
    const NodeValues u = gather(context.part, cell, context.solution.displacement);
    for (const auto& point : fourteen_points()) {
      const CellMap map = map_cell(x, point.gradients);
      const FieldValue exact = manufactured_field(*field, x.transpose() * point.shape);
      const Stress difference = stress_of_gradient(
          material, Eigen::Matrix3d(u.transpose() * map.gradients) - exact.gradient);
      squares[1] += 2 * point.weight * map.determinant * energy_density(material, difference);
    }
  }
  sum_over_ranks(context.part.comm, squares, 2);
  set_value(out, std::sqrt(squares[0] / squares[1]));
  out.set_method("Zienkiewicz-Zhu estimate over the true error in the energy norm");
}

using Reader = void (*)(const Context&, const Shared&, const v1::Probe&, v1::Quantity&);

Reader reader_for(Kind::Enum quantity) {
  switch (quantity) {
    case Kind::strain_energy:
      return read_energy;
    case Kind::reaction:
      return read_reaction;
    case Kind::volume:
      return read_volume;
    case Kind::area:
      return read_area;
    case Kind::rotation:
      return read_rotation;
    case Kind::l2_error:
    case Kind::stress_error:
      return read_error;
    case Kind::effectivity:
      return read_effectivity;
    default:
      return read_field;
  }
}

}  // namespace

void add_probes(const Context& context, const Shared& shared, Quantities& out) {
  for (const auto& probe : context.value.probes()) {
    v1::Quantity made = quantity(context, probe.name(), unit_of(probe.quantity()), probe.body());
    if (!probe.body().empty()) made.mutable_place()->set_body(probe.body());
    reader_for(probe.quantity())(context, shared, probe, made);
    out.push_back(made);
  }
}

}  // namespace proofload::solver::fields
