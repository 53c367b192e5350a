#include <Eigen/Geometry>
#include <algorithm>

#include "loads.h"
#include "proofload/core/vec3.h"

namespace proofload::solver {

/// Force and moment on the group that moves the place, the moment shifted to the group's point.
void add_rigid(const LoadContext& context, const v1::Load& load, LoadVector& result) {
  const auto& places = context.rigid_places;
  const std::size_t group = std::find(places.begin(), places.end(), load.at()) - places.begin();
  const Vec3 force = vec3(load.rigid().force_n());
  const Vec3 point = vec3(load.rigid().point_mm(), context.places.at(load.at()).facts.centroid);
  const Vec3 action = vec3(load.rigid().acts_at_mm(), point);
  const Vec3 arm = action - context.kinematics.rigid_groups[group].point;
  const Vec3 moment = vec3(load.rigid().moment_nmm()) + arm.cross(force);
  result.rigid_lever[group] += force * arm.transpose();
  for (int i = 0; i < 3; ++i) {
    result.rigid[group][i] += force[i];
    result.rigid[group][3 + i] += moment[i];
  }
}

}  // namespace proofload::solver
