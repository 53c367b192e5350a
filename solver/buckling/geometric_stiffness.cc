#include "geometric_stiffness.h"

#include <algorithm>

#include "proofload/solver/collective.h"
#include "proofload/solver/integration.h"

namespace proofload::solver {
namespace {

/// Second-order work of forces at arms, as a matrix on the rotation; from Σ F aᵀ.
Eigen::Matrix3d turned(const Eigen::Matrix3d& virial) {
  return 0.5 * (virial + virial.transpose()) - virial.trace() * Eigen::Matrix3d::Identity();
}

/// Σ R rᵀ over the nodes of a group, of all ranks. Collective.
Eigen::Matrix3d link_virial(const MeshPart& part, const RigidGroup& group,
                            const Solution& solution) {
  Eigen::Matrix3d sum = Eigen::Matrix3d::Zero();
  for (const std::int32_t node : group.nodes) {
    if (node >= part.n_owned) continue;
    const Eigen::Vector3d force = at_node(solution.nodal_reaction, node);
    sum += force * (node_point(part, node) - group.point).transpose();
  }
  sum_over_ranks(part.comm, sum.data(), 9);
  return sum;
}

}  // namespace

GeometricStiffness::GeometricStiffness(const FreeStiffness& free, const ReducedStiffness& stiffness,
                                       const LoadVector& load, const Solution& solution)
    : free_(free), stiffness_(stiffness), u_(free.size(kColumns), 0.0), y_(u_) {
  AlignedVector motion(free.size(1), 0.0);
  std::copy(solution.displacement.begin(), solution.displacement.end(), motion.begin());
  stress_ = free.point_stress(motion.data());
  const KinematicSet& set = stiffness.kinematics().set();
  for (std::size_t g = 0; g < set.rigid_groups.size(); ++g) {
    Eigen::Matrix3d link = turned(link_virial(free.part(), set.rigid_groups[g], solution));
    if (g < load.rigid_lever.size()) link -= turned(load.rigid_lever[g]);
    links_.push_back(link);
  }
}

void GeometricStiffness::nodal_forces(const double* u, double* forces) const {
  std::fill_n(forces, free_.size(kColumns), 0.0);
  free_.add_geometric(stress_, u, forces);
  add_to_owners(free_.part(), forces, 3 * kColumns);
}

void GeometricStiffness::apply(const double* x, double* out) const {
  const Kinematics& kinematics = stiffness_.kinematics();
  kinematics.expand(x, u_.data(), kColumns);
  nodal_forces(u_.data(), y_.data());
  kinematics.contract(x, y_.data(), out, kColumns);
  const long first = 3l * free_.part().n_owned;
  for (int m = 0; m < kinematics.n_own_motions(); ++m) {
    if (m % 6 < 3 || kinematics.is_fixed(m)) continue;
    const int group = m / 6;
    const double length = kinematics.set().rigid_groups[group].length;
    for (int c = 0; c < 3; ++c) {
      const int turn = 6 * group + 3 + c;
      if (kinematics.is_fixed(turn)) continue;
      const double factor = links_[group](m % 6 - 3, c) / (length * length);
      for (int k = 0; k < kColumns; ++k)
        out[(first + m) * kColumns + k] += factor * x[(first + turn) * kColumns + k];
    }
  }
}

}  // namespace proofload::solver
