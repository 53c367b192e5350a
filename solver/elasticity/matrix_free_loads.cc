#include "matrix_free_loads.h"

#include <algorithm>

#include "proofload/solver/collective.h"

namespace proofload::solver {
namespace {

/// Nodal array of the prescribed motion, or of zeros.
AlignedVector start_motion(const FreeStiffness& stiffness, const LoadVector& load) {
  AlignedVector u(stiffness.size(1), 0.0);
  std::copy(load.prescribed.begin(), load.prescribed.end(), u.begin());
  return u;
}

/// Motions of the groups, the same on every rank.
std::vector<std::array<double, 6>> group_motions(const Kinematics& kinematics,
                                                 const std::vector<double>& x) {
  std::vector<std::array<double, 6>> motions(kinematics.set().rigid_groups.size());
  if (motions.empty()) return motions;
  const double* own = x.data() + 3l * kinematics.part().n_owned;
  for (int m = 0; m < kinematics.n_own_motions(); ++m) {
    const double length = m % 6 < 3 ? 1.0 : kinematics.set().rigid_groups[m / 6].length;
    motions[m / 6][m % 6] = kinematics.is_fixed(m) ? 0.0 : own[m] / length;
  }
  MPI_Bcast(motions.data(), kinematics.n_motions(), MPI_DOUBLE,
            ranks_of(kinematics.part().comm) - 1, kinematics.part().comm);
  return motions;
}

/// (K + C) u - f - forces of distributed supports where a constraint or a group holds, zero
/// elsewhere; owners complete.
std::vector<double> nodal_reactions(const ReducedStiffness& stiffness, const LoadVector& load,
                                    const AlignedVector& u, const SupportForces* held) {
  const Kinematics& kinematics = stiffness.kinematics();
  const MeshPart& part = kinematics.part();
  AlignedVector forces(u.size(), 0.0);
  stiffness.nodal_forces(u.data(), forces.data(), 1);
  if (held) {
    const std::vector<double> others = held->rows.nodal_forces(held->multipliers);
    for (std::size_t i = 0; i < others.size(); ++i) forces[i] -= others[i];
  }

  std::vector<double> reactions(3ul * part.n_local(), 0.0);
  for (const NodeConstraint& constraint : kinematics.set().constraints) {
    if (constraint.node >= part.n_owned) continue;
    const long at = 3l * constraint.node;
    Eigen::Vector3d force;
    for (int c = 0; c < 3; ++c) force[c] = forces[at + c] - load.force[at + c];
    const Eigen::Vector3d held = force - constraint.free * force;
    std::copy_n(held.data(), 3, &reactions[at]);
  }
  for (const RigidGroup& group : kinematics.set().rigid_groups)
    for (const std::int32_t node : group.nodes)
      for (long i = 3l * node; node < part.n_owned && i < 3l * node + 3; ++i)
        reactions[i] = forces[i] - load.force[i];
  return reactions;
}

}  // namespace

std::vector<double> right_hand_side(const FreeStiffness& free, const ReducedStiffness& stiffness,
                                    const LoadVector& load) {
  const Kinematics& kinematics = stiffness.kinematics();
  AlignedVector forces(free.size(1), 0.0);
  if (!load.prescribed.empty()) {
    stiffness.nodal_forces(start_motion(free, load).data(), forces.data(), 1);
    for (double& force : forces) force = -force;
  }
  for (std::int32_t i = 0; i < 3 * stiffness.part().n_owned; ++i) forces[i] += load.force[i];
  const std::vector<double> zero(stiffness.n_unknowns(), 0.0);
  std::vector<double> b(stiffness.n_unknowns());
  kinematics.contract(zero.data(), forces.data(), b.data(), 1);
  double* motions = b.data() + 3l * stiffness.part().n_owned;
  for (int m = 0; m < kinematics.n_own_motions(); ++m) {
    if (kinematics.is_fixed(m) || load.rigid.empty()) continue;
    const double length = m % 6 < 3 ? 1.0 : kinematics.set().rigid_groups[m / 6].length;
    motions[m] += load.rigid[m / 6][m % 6] / length;
  }
  return b;
}

Solution to_solution(const FreeStiffness& free, const ReducedStiffness& stiffness,
                     const LoadVector& load, const std::vector<double>& x,
                     const SupportForces* held) {
  const Kinematics& kinematics = stiffness.kinematics();
  Solution solution;
  solution.load_case = load.name;
  solution.path = "matrix_free";
  AlignedVector u(free.size(1), 0.0);
  kinematics.expand(x.data(), u.data(), 1);
  for (std::size_t i = 0; i < load.prescribed.size(); ++i) u[i] += load.prescribed[i];
  solution.displacement.assign(u.begin(), u.begin() + 3l * kinematics.part().n_local());
  solution.rigid = group_motions(kinematics, x);
  if (held) solution.distributed = held->rows.forces(held->multipliers);
  solution.nodal_reaction = nodal_reactions(stiffness, load, u, held);
  return solution;
}

}  // namespace proofload::solver
