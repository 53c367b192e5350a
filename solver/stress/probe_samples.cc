#include "probe_samples.h"

#include <Eigen/Geometry>
#include <cmath>

#include "locate.h"
#include "proofload/core/vec3.h"
#include "proofload/solver/collective.h"

namespace proofload::solver::fields {
namespace {

std::optional<Read> displacement_reader(const v1::Probe& probe, std::string& reason) {
  const std::string& component = probe.component();
  if (component.empty() || component == "magnitude") {
    return [](const Sample& sample) { return sample.displacement.norm(); };
  }
  const auto c = std::string("xyz").find(component);
  if (component.size() != 1 || c == std::string::npos) {
    reason = "no displacement component '" + component + "': write x, y, z or magnitude";
    return std::nullopt;
  }
  const Eigen::Vector3d axis = frame_of(probe).row(static_cast<Eigen::Index>(c)).transpose();
  return [axis](const Sample& sample) { return axis.dot(sample.displacement); };
}

std::optional<Read> stress_reader(const v1::Probe& probe, std::string& reason) {
  const std::string& component = probe.component();
  const auto a = std::string("xyz").find(component.substr(0, 1));
  const auto b = component.size() == 2 ? std::string("xyz").find(component[1]) : std::string::npos;
  if (component.size() != 2 || a == std::string::npos || b == std::string::npos) {
    reason = "no stress component '" + component + "': write xx, yy, zz, xy, yz or xz";
    return std::nullopt;
  }
  const Eigen::Matrix3d frame = frame_of(probe);
  const Eigen::Vector3d first = frame.row(static_cast<Eigen::Index>(a)).transpose();
  const Eigen::Vector3d second = frame.row(static_cast<Eigen::Index>(b)).transpose();
  return [=](const Sample& sample) { return first.dot(tensor(sample.stress) * second); };
}

Sample sample_in_cell(const Context& context, std::int32_t cell, const Shape& shape) {
  const NodeValues u = gather(context.part, cell, context.solution.displacement);
  return {u.transpose() * shape, gather_stress(context, cell).transpose() * shape};
}

double model_size(const MeshPart& part) {
  double span[6];
  for (int c = 0; c < 3; ++c) {
    double low = 1e300, high = -1e300;
    for (std::size_t i = c; i < part.xyz.size(); i += 3) {
      low = std::min(low, part.xyz[i]);
      high = std::max(high, part.xyz[i]);
    }
    span[c] = -low;
    span[3 + c] = high;
  }
  MPI_Allreduce(MPI_IN_PLACE, span, 6, MPI_DOUBLE, MPI_MAX, part.comm);
  return Eigen::Vector3d(span[0] + span[3], span[1] + span[4], span[2] + span[5]).norm();
}

/// The body a probe names; false (with reason) if the mesh has none of that name.
bool find_body(const Context& context, const v1::Probe& probe, int& body, v1::Quantity& out) {
  body = body_index(context, probe.body());
  if (body >= 0 || probe.body().empty()) return true;
  out.set_reason("this design has no body '" + probe.body() + "'");
  return false;
}

const std::string& place_name(const v1::Probe& probe) {
  if (!probe.mean_over().empty()) return probe.mean_over();
  return probe.max_over().empty() ? probe.min_over() : probe.max_over();
}

/// Samples at the nodes of a place's faces, of the body named or of the face's own cell.
struct PlaceSamples {
  const FacePart* faces = nullptr;
  std::vector<Sample> samples;  ///< [6 * n]
};

/// Stress of one body at all local nodes [7 * n_local]; the seventh is 0 where it has none.
std::vector<double> nodal_stress(const Context& context, int body) {
  std::vector<double> values(7 * static_cast<std::size_t>(context.part.n_local()), 0.0);
  for (std::size_t i = 0; i < context.points.node.size(); ++i) {
    if (context.points.body[i] != body) continue;
    double* to = &values[7 * static_cast<std::size_t>(context.points.node[i])];
    std::copy_n(&context.stress[6 * i], 6, to);
    to[6] = 1;
  }
  update_ghosts(context.part, values.data(), 7);
  return values;
}

/// Nothing (with reason) if the design has no such place or the body does not reach it. Collective.
std::optional<PlaceSamples> place_samples(const Context& context, const v1::Probe& probe,
                                          v1::Quantity& out) {
  int body = -1;
  if (!find_body(context, probe, body, out)) return std::nullopt;
  PlaceSamples found;
  found.faces = place_of(context, place_name(probe));
  const double n = found.faces ? static_cast<double>(found.faces->cells.size()) : 0;
  if (!(sum_over_ranks(context.part.comm, n) > 0)) {
    out.set_reason("this design has no place '" + place_name(probe) + "'");
    return std::nullopt;
  }
  const std::vector<double> of_body =
      body < 0 ? std::vector<double>() : nodal_stress(context, body);
  double missing = 0;
  for (std::size_t i = 0; i < found.faces->faces.size(); ++i) {
    const std::int32_t node = found.faces->faces[i];
    Sample sample{displacement_at(context, node)};
    if (body >= 0) {
      sample.stress = Eigen::Map<const Stress>(&of_body[7 * static_cast<std::size_t>(node)]);
      if (of_body[7 * static_cast<std::size_t>(node) + 6] == 0) missing = 1;
    } else {
      const std::int32_t own = context.part.cell_body[found.faces->cells[i / 6]];
      sample.stress = stress_at(context, context.index.find(node, own));
    }
    found.samples.push_back(sample);
  }
  if (max_over_ranks(context.part.comm, missing) > 0) {
    out.set_reason("body '" + probe.body() + "' does not reach place '" + place_name(probe) + "'");
    return std::nullopt;
  }
  out.mutable_place()->set_face(place_name(probe));
  return found;
}

}  // namespace

Eigen::Matrix3d frame_of(const v1::Probe& probe) {
  if (probe.axis_x().empty()) return Eigen::Matrix3d::Identity();
  const Eigen::Vector3d x = vec3(probe.axis_x()).normalized();
  Eigen::Vector3d y = vec3(probe.axis_y(), x.unitOrthogonal());
  y = (y - y.dot(x) * x).normalized();
  Eigen::Matrix3d frame;
  frame << x.transpose(), y.transpose(), x.cross(y).transpose();
  return frame;
}

std::optional<Read> reader_of(const v1::Probe& probe, std::string& reason) {
  using Quantity = v1::ProbeQuantity;
  switch (probe.quantity()) {
    case Quantity::displacement:
      return displacement_reader(probe, reason);
    case Quantity::stress:
      return stress_reader(probe, reason);
    case Quantity::von_mises:
      return [](const Sample& sample) { return von_mises(sample.stress); };
    case Quantity::principal_1:
    case Quantity::principal_2:
    case Quantity::principal_3: {
      const int i = probe.quantity() - Quantity::principal_1;
      return [i](const Sample& sample) { return principal(sample.stress)[i]; };
    }
    default:
      reason = "this quantity is not read at a point";
      return std::nullopt;
  }
}

void read_point(const Context& context, const v1::Probe& probe, const Read& read,
                v1::Quantity& out) {
  constexpr double kTolerance = 0.01;
  int body = -1;
  if (!find_body(context, probe, body, out)) return;
  const Located at = locate(context.part, body, vec3(probe.point_mm()));
  if (!at.found || at.distance > kTolerance * model_size(context.part)) {
    out.set_reason("the point lies " + std::to_string(at.distance) + " mm outside of the body");
    return;
  }
  double values[4] = {};
  if (at.cell >= 0) {
    const Shape weights = shape(at.bary);
    values[0] = read(sample_in_cell(context, at.cell, weights));
    const Eigen::Vector3d point =
        gather(context.part, at.cell, context.part.xyz).transpose() * weights;
    std::copy_n(point.data(), 3, values + 1);
  }
  MPI_Bcast(values, 4, MPI_DOUBLE, at.rank, context.part.comm);
  set_value(out, values[0]);
  set_point(out, Eigen::Vector3d(values + 1));
  if (at.distance > 0) {
    out.set_method("at the nearest point of the body, " + std::to_string(at.distance) +
                   " mm from the point asked for");
  }
}

void read_ball(const Context& context, const v1::Probe& probe, const Read& read,
               v1::Quantity& out) {
  constexpr int kAcross = 12;  // 904 points in the ball
  int body = -1;
  if (!find_body(context, probe, body, out)) return;
  const Eigen::Vector3d centre = vec3(probe.point_mm());
  const double radius = probe.average_radius_mm();
  const auto cells = cells_near(context.part, body, centre, radius);
  std::vector<double> sums;  // count and sum of values of each point: several ranks may hold it
  for (int i = 0; i < kAcross * kAcross * kAcross; ++i) {
    const Eigen::Vector3d cell(i % kAcross, i / kAcross % kAcross, i / (kAcross * kAcross));
    const Eigen::Vector3d at = (2 * cell.array() + 1) / kAcross - 1;
    if (at.norm() > 1) continue;
    const Located found = locate_here(context.part, cells, centre + radius * at, 0.0);
    sums.push_back(found.found ? 1 : 0);
    sums.push_back(found.found ? read(sample_in_cell(context, found.cell, shape(found.bary))) : 0);
  }
  sum_over_ranks(context.part.comm, sums.data(), static_cast<int>(sums.size()));
  double total = 0, n = 0;
  for (std::size_t i = 0; i < sums.size(); i += 2) {
    if (sums[i] == 0) continue;
    n += 1;
    total += sums[i + 1] / sums[i];
  }
  if (n == 0) {
    out.set_reason("no material within the averaging radius");
    return;
  }
  set_value(out, total / n);
  set_point(out, centre);
  out.set_method("mean of " + std::to_string(static_cast<int>(n)) +
                 " evenly spread points in the ball");
}

void read_place_mean(const Context& context, const v1::Probe& probe, const Read& read,
                     v1::Quantity& out) {
  const auto place = place_samples(context, probe, out);
  if (!place) return;
  double sums[2] = {};
  for (std::size_t f = 0; f < place->faces->cells.size(); ++f) {
    for (const auto& point : face_points(context.part, &place->faces->faces[6 * f])) {
      Sample sample;
      for (int k = 0; k < 6; ++k) {
        sample.displacement += point.shape[k] * place->samples[6 * f + k].displacement;
        sample.stress += point.shape[k] * place->samples[6 * f + k].stress;
      }
      sums[0] += point.area.norm();
      sums[1] += point.area.norm() * read(sample);
    }
  }
  sum_over_ranks(context.part.comm, sums, 2);
  set_value(out, sums[1] / sums[0]);
  out.set_method("area mean");
}

void read_body_mean(const Context& context, const v1::Probe& probe, const Read& read,
                    v1::Quantity& out) {
  int body = -1;
  if (!find_body(context, probe, body, out)) return;
  double sums[2] = {};
  for (std::int32_t cell = 0; cell < context.part.n_cells(); ++cell) {
    if (body >= 0 && context.part.cell_body[cell] != body) continue;
    const NodeValues x = gather(context.part, cell, context.part.xyz);
    for (const auto& point : fourteen_points()) {
      const double volume = point.weight * map_cell(x, point.gradients).determinant;
      sums[0] += volume;
      sums[1] += volume * read(sample_in_cell(context, cell, point.shape));
    }
  }
  sum_over_ranks(context.part.comm, sums, 2);
  set_value(out, sums[1] / sums[0]);
  out.set_method("volume mean");
}

Peak read_place_peak(const Context& context, const v1::Probe& probe, const Read& read, double sign,
                     v1::Quantity& out) {
  const auto place = place_samples(context, probe, out);
  if (!place) return {};
  std::vector<double> values;
  for (const auto& sample : place->samples) values.push_back(sign * read(sample));
  const Peak peak = find_peak(context.part, place->faces->faces, values);
  if (!peak.found) {
    out.set_reason("the result is not a finite number");
    return peak;
  }
  set_value(out, sign * peak.value);
  set_point(out, peak.point);
  out.set_method(sign > 0 ? "greatest nodal value" : "least nodal value");
  return peak;
}

Peak read_body_peak(const Context& context, const std::vector<EdgeZone>& zones,
                    const v1::Probe& probe, const Read& read, double sign, v1::Quantity& out) {
  int body = -1;
  if (!find_body(context, probe, body, out)) return {};
  std::vector<char> kept(context.part.n_owned, 1);
  if (probe.has_away_from_edges_mm()) {
    kept = away_from_edges(context.part, zones, probe.away_from_edges_mm());
  }
  std::vector<std::int32_t> nodes;
  std::vector<double> values;
  for (std::size_t i = 0; i < context.points.node.size(); ++i) {
    const std::int32_t node = context.points.node[i];
    if (node >= context.part.n_owned || (body >= 0 && context.points.body[i] != body)) continue;
    if (!kept[node]) continue;
    nodes.push_back(node);
    values.push_back(sign * read({displacement_at(context, node),
                                  stress_at(context, static_cast<std::int32_t>(i))}));
  }
  const Peak peak = find_peak(context.part, nodes, values);
  if (!peak.found) {
    out.set_reason(
        probe.has_away_from_edges_mm()
            ? "no point of the body lies that far from edges, or no number there is finite"
            : "the result is not a finite number");
    return peak;
  }
  set_value(out, sign * peak.value);
  set_point(out, peak.point);
  std::string method = sign > 0 ? "greatest nodal value" : "least nodal value";
  if (probe.has_away_from_edges_mm())
    method += " away from edges of supports, loads and interfaces";
  out.set_method(method);
  return peak;
}

}  // namespace proofload::solver::fields
