#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "proofload/solver/collective.h"
#include "quantities.h"

namespace proofload::solver::fields {
namespace {

std::string text(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.4g", value);
  return buffer;
}

/// A layer across the way from supports to load.
struct Layer {
  Eigen::Vector3d normal;
  double from = 0, to = 0;  ///< positions along the normal, mm

  double ramp(const Eigen::Vector3d& point) const {
    return std::clamp((point.dot(normal) - from) / (to - from), 0.0, 1.0);
  }
};

struct Transfer {
  std::vector<double> force;   ///< along the normal, by body, N
  std::vector<double> volume;  ///< of cells across the layer, by body
};

/// Force along the normal that each body carries through the layer: the work of its internal forces
/// on a displacement that rises from 0 to 1 across it. The sum over bodies is exactly the load
/// beyond.
Transfer transferred(const Context& context, const Layer& layer) {
  const std::size_t n = context.part.body_names.size();
  Transfer result{std::vector<double>(n, 0.0), std::vector<double>(n, 0.0)};
  for (std::int32_t cell = 0; cell < context.part.n_cells(); ++cell) {
    const NodeValues x = gather(context.part, cell, context.part.xyz);
    Shape ramp;
    for (int k = 0; k < 10; ++k) ramp[k] = layer.ramp(x.row(k).transpose());
    if (ramp.maxCoeff() == ramp.minCoeff()) continue;
    const NodeValues u = gather(context.part, cell, context.solution.displacement);
    const std::int32_t body = context.part.cell_body[cell];
    const Elasticity material = context.model.material_of(cell);
    for (const auto& point : four_points()) {
      const CellMap map = map_cell(x, point.gradients);
      const Stress stress = stress_of_gradient(material, u.transpose() * map.gradients);
      const Eigen::Vector3d slope = map.gradients.transpose() * ramp;
      const double volume = point.weight * map.determinant;
      result.force[body] += volume * layer.normal.dot(tensor(stress) * slope);
      result.volume[body] += volume;
    }
  }
  sum_over_ranks(context.part.comm, result.force.data(), static_cast<int>(n));
  sum_over_ranks(context.part.comm, result.volume.data(), static_cast<int>(n));
  return result;
}

/// Volume, first and second moments weighted by Young's modulus, in slices along an axis.
struct Slice {
  double volume = 0, stiffness = 0;
  Eigen::Vector3d first = Eigen::Vector3d::Zero();
  Eigen::Matrix3d second = Eigen::Matrix3d::Zero();
};

std::vector<Slice> slices(const Context& context, const Eigen::Vector3d& origin,
                          const Eigen::Vector3d& axis, double length, int n) {
  std::vector<Slice> found(n);
  for (std::int32_t cell = 0; cell < context.part.n_cells(); ++cell) {
    const NodeValues x = gather(context.part, cell, context.part.xyz);
    const double modulus = youngs_modulus(context.model.material_of(cell), axis);
    for (const auto& point : fourteen_points()) {
      const Eigen::Vector3d r = x.transpose() * point.shape - origin;
      const double at = r.dot(axis) / length * n;
      if (!(at >= 0 && at < n)) continue;
      const double volume = point.weight * map_cell(x, point.gradients).determinant;
      Slice& slice = found[static_cast<std::size_t>(at)];
      slice.volume += volume;
      slice.stiffness += modulus * volume;
      slice.first += modulus * volume * r;
      slice.second += modulus * volume * r * r.transpose();
    }
  }
  static_assert(sizeof(Slice) == 14 * sizeof(double), "summed as plain numbers");
  sum_over_ranks(context.part.comm, &found[0].volume, 14 * n);
  return found;
}

/// Least bending stiffness E I of a slice about its elastic centre, N mm2.
double least_bending_stiffness(const Slice& slice, const Eigen::Vector3d& axis, double thickness) {
  const Eigen::Vector3d centre = slice.first / slice.stiffness;
  const Eigen::Matrix3d about = slice.second - slice.stiffness * centre * centre.transpose();
  const Eigen::Vector3d across = axis.unitOrthogonal();
  Eigen::Matrix<double, 3, 2> plane;
  plane << across, axis.cross(across);
  const Eigen::Matrix2d moments = plane.transpose() * about * plane / thickness;
  return Eigen::SelfAdjointEigenSolver<Eigen::Matrix2d>(moments).eigenvalues()[0];
}

}  // namespace

void add_load_share(const Context& context, const Shared& shared, Quantities& out) {
  constexpr double kHalfLayer = 0.05;
  const Action& action = shared.action;
  v1::Quantity none = quantity(context, "load_share", "");
  none.set_reason(action.missing);
  if (action.missing.empty()) {
    Layer layer{action.force.normalized()};
    const Eigen::Vector3d way = action.point - action.support_point;
    const double along = way.dot(layer.normal);
    const double middle = (action.support_point + 0.5 * way).dot(layer.normal);
    layer.from = middle - kHalfLayer * std::abs(along);
    layer.to = middle + kHalfLayer * std::abs(along);
    none.set_reason("the force does not act along the way from supports to load");
    if (std::abs(along) > 0.1 * way.norm()) {
      const Transfer transfer = transferred(context, layer);
      double total = 0;
      for (const double force : transfer.force) total += force;
      none.set_reason("no force crosses the section midway between supports and load");
      if (std::abs(total) > 1e-3 * action.force.norm()) {
        for (std::size_t body = 0; body < transfer.force.size(); ++body) {
          if (!(transfer.volume[body] > 0)) continue;
          v1::Quantity share = quantity(context, "load_share", "", context.part.body_names[body]);
          share.set_method(
              "internal force along the load across the section midway between supports and load, "
              "part of all bodies");
          set_point(share, action.support_point + 0.5 * way);
          set_value(share, transfer.force[body] / total);
          out.push_back(share);
        }
        return;
      }
    }
  }
  out.push_back(none);
}

void add_euler(const Context& context, const Shared& shared, Quantities& out) {
  constexpr int kSlices = 12;
  const Action& action = shared.action;
  v1::Quantity ratio = quantity(context, "euler_load_ratio", "");
  ratio.set_method(
      "compressive part of the force over the Euler load of a cantilever (K = 2) with the bending "
      "stiffness of twelve slices between supports and load");
  const Eigen::Vector3d way = action.point - action.support_point;
  const double length = way.norm();
  if (!action.missing.empty() || !(length > 0)) {
    ratio.set_reason(action.missing.empty() ? "the load acts at the support" : action.missing);
    out.push_back(ratio);
    return;
  }
  const Eigen::Vector3d axis = way / length;
  const double compression = std::max(0.0, -action.force.dot(axis));
  // Rayleigh quotient of the cantilever's mode; equals pi^2 E I / (2 L)^2 for equal slices.
  constexpr double kPi = 3.14159265358979323846;
  double flexibility = 0;
  const std::vector<Slice> all = slices(context, action.support_point, axis, length, kSlices);
  for (int i = 0; i < kSlices; ++i) {
    if (!(all[i].volume > 0)) continue;
    const double bending = least_bending_stiffness(all[i], axis, length / kSlices);
    const double angle = std::cos(kPi * (i + 0.5) / (2 * kSlices));
    flexibility += angle * angle / bending;
  }
  if (!(flexibility > 0)) {
    ratio.set_reason("no material between supports and load");
    out.push_back(ratio);
    return;
  }
  const double critical = kPi * kPi * kSlices / (8 * length * length * flexibility);
  const double value = compression / critical;
  set_value(ratio, value);
  if (value > 0.1) {
    ratio.set_reason("compression of " + text(compression) + " N is " + text(value) +
                     " of the Euler load of " + text(critical) +
                     " N (estimate): linear results are too small by a factor of about " +
                     (value < 1 ? text(1 / (1 - value)) : "infinity (it would buckle)"));
  }
  out.push_back(ratio);
}

}  // namespace proofload::solver::fields
