#include <Eigen/Dense>
#include <stdexcept>

#include "loads.h"
#include "proofload/core/vec3.h"

namespace proofload::solver {
namespace {

/// Resultants of the nodal forces must be what was asked, to this share of force and moment.
constexpr double kResultantTolerance = 1e-10;

void check_resultant(const LoadContext& context, const Place& place, const Nodal& nodal,
                     const Eigen::Vector3d& force, const Eigen::Vector3d& moment) {
  Eigen::Vector3d got_force, got_moment;
  resultant(context.part, nodal, place.facts.centroid, got_force, got_moment);
  const double length = std::sqrt(place.facts.second_moment.trace() / place.facts.area);
  const double scale = force.norm() + moment.norm() / length;
  const double error = (got_force - force).norm() + (got_moment - moment).norm() / length;
  if (!(error <= kResultantTolerance * scale)) {
    throw std::logic_error("distributed load: nodal forces do not add up to the load");
  }
}

}  // namespace

/// t(x) = F/A + w x (x - c) with c the centroid and w such that the moment about c is M: exact
/// resultants, no stiffening of the face.
void add_distributed(const LoadContext& context, const v1::Load& load, Nodal& nodal) {
  const Place& place = context.places.at(load.at());
  const SurfaceFacts& facts = place.facts;
  const Vec3 force = vec3(load.distributed().force_n());
  const Vec3 point = vec3(load.distributed().point_mm(), facts.centroid);
  const Vec3 action = vec3(load.distributed().acts_at_mm(), point);
  const Vec3 moment =
      vec3(load.distributed().moment_nmm()) + (action - facts.centroid).cross(force);
  const Eigen::Matrix3d inertia =
      facts.second_moment.trace() * Eigen::Matrix3d::Identity() - facts.second_moment;
  const Vec3 w = inertia.ldlt().solve(moment);
  Nodal mine(nodal.size(), 0.0);
  add_face_forces(
      context.part, *place.faces,
      [&](const FacePoint& p, std::int32_t) {
        return Vec3(p.area.norm() * (force / facts.area + w.cross(p.x - facts.centroid)));
      },
      mine);
  check_resultant(context, place, mine, force, moment);
  for (std::size_t i = 0; i < nodal.size(); ++i) nodal[i] += mine[i];
}

}  // namespace proofload::solver
