#include "proofload/solver/balance.h"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <limits>

#include "proofload/solver/collective.h"
#include "proofload/solver/integration.h"

namespace proofload::solver {
namespace {

struct Box {
  Eigen::Vector3d middle;
  double half_diagonal;
};

Box bounding_box(const MeshPart& part) {
  constexpr double kHuge = std::numeric_limits<double>::max();
  Eigen::Matrix<double, 6, 1> extent = Eigen::Matrix<double, 6, 1>::Constant(-kHuge);
  for (std::int32_t node = 0; node < part.n_owned; ++node) {
    extent.head<3>() = extent.head<3>().cwiseMax(node_point(part, node));
    extent.tail<3>() = extent.tail<3>().cwiseMax(-node_point(part, node));
  }
  MPI_Allreduce(MPI_IN_PLACE, extent.data(), 6, MPI_DOUBLE, MPI_MAX, part.comm);
  return {(extent.head<3>() - extent.tail<3>()) / 2,
          (extent.head<3>() + extent.tail<3>()).norm() / 2};
}

/// Sums of forces and moments about a point, and of their sizes by origin.
class Sums {
 public:
  explicit Sums(const Eigen::Vector3d& middle) : middle_(middle) {}

  void add(const Eigen::Vector3d& point, const Eigen::Vector3d& force) {
    values_.segment<3>(0) += force;
    values_.segment<3>(3) += (point - middle_).cross(force);
  }
  void add_moment(const Eigen::Vector3d& moment) { values_.segment<3>(3) += moment; }
  /// 0: loads, 1: reactions.
  void add_size(int origin, double size) { values_[6 + origin] += size; }

  /// Largest share of force and moment after summing over ranks.
  double share(MPI_Comm comm, double length) {
    sum_over_ranks(comm, values_.data(), 8);
    const double acting = std::max(values_[6], values_[7]);
    const double left =
        std::max(values_.segment<3>(0).norm(), values_.segment<3>(3).norm() / length);
    return acting > 0 ? left / acting : left;
  }

 private:
  Eigen::Vector3d middle_;
  Eigen::Matrix<double, 8, 1> values_ = Eigen::Matrix<double, 8, 1>::Zero();
};

void add_nodes(const Model& model, const LoadVector& load, const Solution& solution,
               const std::vector<char>& moved, Sums& sums) {
  const MeshPart& part = *model.mesh;
  for (std::int32_t node = 0; node < part.n_owned; ++node) {
    const Eigen::Vector3d force = at_node(load.force, node);
    const Eigen::Vector3d reaction = at_node(solution.nodal_reaction, node);
    sums.add(node_point(part, node), moved[node] ? force : Eigen::Vector3d(force + reaction));
    sums.add_size(0, force.norm());
    if (!moved[node]) sums.add_size(1, reaction.norm());
  }
}

void add_foundation(const Model& model, const KinematicSet& set, const Solution& solution,
                    Sums& sums) {
  const MeshPart& part = *model.mesh;
  for (const FoundationFace& face : set.foundation) {
    for (const FacePoint& p : face_points(part, face.nodes.data())) {
      Eigen::Vector3d u = Eigen::Vector3d::Zero();
      for (int i = 0; i < 6; ++i) u += p.shape[i] * at_node(solution.displacement, face.nodes[i]);
      const double area = p.area.norm();
      const Eigen::Vector3d n = p.area / area;
      const Eigen::Vector3d normal = n.dot(u) * n;
      const Eigen::Vector3d force =
          -area * (face.normal_n_per_mm3 * normal + face.tangential_n_per_mm3 * (u - normal));
      sums.add(p.x, force);
      sums.add_size(1, force.norm());
    }
  }
}

/// A free motion of a group meets its load, a fixed one what its nodes need. Same on every rank, so
/// only rank 0 counts it.
void add_groups(const Model& model, const KinematicSet& set, const LoadVector& load,
                const Solution& solution, double length, Sums& sums) {
  const MeshPart& part = *model.mesh;
  for (std::size_t g = 0; g < set.rigid_groups.size(); ++g) {
    const RigidGroup& group = set.rigid_groups[g];
    Eigen::Matrix<double, 6, 1> needed = Eigen::Matrix<double, 6, 1>::Zero();
    for (const std::int32_t node : group.nodes) {
      if (node >= part.n_owned) continue;
      const Eigen::Vector3d force = at_node(solution.nodal_reaction, node);
      needed.head<3>() += force;
      needed.tail<3>() += (node_point(part, node) - group.point).cross(force);
    }
    sum_over_ranks(part.comm, needed.data(), 6);
    if (rank_of(part.comm) != 0) continue;
    Eigen::Matrix<double, 6, 1> acting;
    for (int i = 0; i < 6; ++i) acting[i] = group.fixed[i] ? needed[i] : load.rigid[g][i];
    sums.add(group.point, acting.head<3>());
    sums.add_moment(acting.tail<3>());
    sums.add_size(1, needed.head<3>().norm() + needed.tail<3>().norm() / length);
    const Eigen::Map<const Eigen::Vector3d> force(load.rigid[g].data());
    const Eigen::Map<const Eigen::Vector3d> moment(load.rigid[g].data() + 3);
    sums.add_size(0, force.norm() + moment.norm() / length);
  }
}

/// Same on every rank, so only rank 0 counts it.
void add_distributed(const Model& model, const KinematicSet& set, const Solution& solution,
                     double length, Sums& sums) {
  if (rank_of(model.mesh->comm) != 0) return;
  for (std::size_t s = 0; s < set.distributed.size(); ++s) {
    const Eigen::Map<const Eigen::Vector3d> force(solution.distributed[s].data());
    const Eigen::Map<const Eigen::Vector3d> moment(solution.distributed[s].data() + 3);
    sums.add(set.distributed[s].point, force);
    sums.add_moment(moment);
    sums.add_size(1, force.norm() + moment.norm() / length);
  }
}

}  // namespace

double imbalance(const Model& model, const LoadVector& load, const Solution& solution) {
  const MeshPart& part = *model.mesh;
  const KinematicSet& set = model.kinematics[load.kinematic_set];
  const Box box = bounding_box(part);
  std::vector<char> moved(part.n_local(), 0);
  for (const RigidGroup& group : set.rigid_groups) {
    for (const std::int32_t node : group.nodes) moved[node] = 1;
  }
  Sums sums(box.middle);
  add_nodes(model, load, solution, moved, sums);
  add_foundation(model, set, solution, sums);
  add_groups(model, set, load, solution, box.half_diagonal, sums);
  add_distributed(model, set, solution, box.half_diagonal, sums);
  return sums.share(part.comm, box.half_diagonal);
}

}  // namespace proofload::solver
