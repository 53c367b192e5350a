#include "assembled_unknowns.h"

#include "petsc_handles.h"
#include "proofload/solver/collective.h"
#include "proofload/solver/integration.h"

namespace proofload::solver {
namespace {

/// theta x r as a matrix on theta.
Eigen::Matrix3d rotation_arm(const Eigen::Vector3d& r) {
  Eigen::Matrix3d m;
  m << 0, r[2], -r[1], -r[2], 0, r[0], r[1], -r[0], 0;
  return m;
}

}  // namespace

Unknowns::Unknowns(const MeshPart& part, const KinematicSet& set)
    : part_(part), set_(set), group_of_(part.n_local(), -1), constraint_of_(part.n_local(), -1) {
  last_rank_ = ranks_of(part.comm) - 1;
  owns_groups_ = rank_of(part.comm) == last_rank_;
  const int groups = static_cast<int>(set.rigid_groups.size());
  const int last_blocks = 2 * (groups + static_cast<int>(set.distributed.size()));
  first_group_ = static_cast<PetscInt>(part.n_global_nodes);
  total_blocks_ = first_group_ + last_blocks;
  own_blocks_ = part.n_owned + (owns_groups_ ? last_blocks : 0);
  for (int g = 0; g < groups; ++g) {
    for (const std::int32_t node : set.rigid_groups[g].nodes) group_of_[node] = g;
  }
  for (std::size_t i = 0; i < set.constraints.size(); ++i) {
    constraint_of_[set.constraints[i].node] = static_cast<int>(i);
  }
}

Eigen::Matrix3d Unknowns::group_free(int group, int which) const {
  Eigen::Vector3d free;
  for (int i = 0; i < 3; ++i) free[i] = set_.rigid_groups[group].fixed[3 * which + i] ? 0 : 1;
  return free.asDiagonal();
}

std::vector<BlockTerm> Unknowns::terms(std::int32_t node) const {
  const int g = group_of_[node];
  if (g >= 0) {
    const RigidGroup& group = set_.rigid_groups[g];
    const Eigen::Vector3d arm = (node_point(part_, node) - group.point) / group.length;
    return {{group_block(g), group_free(g, 0)},
            {group_block(g) + 1, rotation_arm(arm) * group_free(g, 1)}};
  }
  const PetscInt block = static_cast<PetscInt>(part_.global_node[node]);
  const int constraint = constraint_of_[node];
  if (constraint < 0) return {{block, Eigen::Matrix3d::Identity()}};
  return {{block, set_.constraints[constraint].free}};
}

Eigen::Matrix3d Unknowns::identity_part(std::int32_t node) const {
  if (group_of_[node] >= 0) return Eigen::Matrix3d::Identity();
  const int constraint = constraint_of_[node];
  if (constraint < 0) return Eigen::Matrix3d::Zero();
  return Eigen::Matrix3d::Identity() - set_.constraints[constraint].free;
}

/// Six unknowns each behind those of the nodes, from the `first` on, on every rank.
std::vector<std::array<double, 6>> Unknowns::last_blocks(Vec x, std::size_t first,
                                                         std::size_t n) const {
  std::vector<std::array<double, 6>> found(n);
  if (n == 0) return found;
  if (owns_groups_) {
    const VecRead values(x);
    std::copy_n(values.data() + 3 * static_cast<std::size_t>(part_.n_owned) + 6 * first, 6 * n,
                found[0].data());
  }
  MPI_Bcast(found.data(), static_cast<int>(6 * n), MPI_DOUBLE, last_rank_, part_.comm);
  return found;
}

std::vector<std::array<double, 6>> Unknowns::group_motions(Vec x) const {
  auto motions = last_blocks(x, 0, set_.rigid_groups.size());
  for (std::size_t g = 0; g < motions.size(); ++g) {
    for (int i = 0; i < 6; ++i) {
      motions[g][i] /= i < 3 ? 1 : set_.rigid_groups[g].length;
      if (set_.rigid_groups[g].fixed[i]) motions[g][i] = 0;
    }
  }
  return motions;
}

std::vector<std::array<double, 6>> Unknowns::support_forces(Vec x) const {
  auto forces = last_blocks(x, set_.rigid_groups.size(), set_.distributed.size());
  for (std::size_t s = 0; s < forces.size(); ++s) {
    for (int i = 0; i < 6; ++i) {
      forces[s][i] *= i < 3 ? -1 : -set_.distributed[s].length;
      if (!set_.distributed[s].held[i]) forces[s][i] = 0;
    }
  }
  return forces;
}

std::vector<double> Unknowns::expand(Vec x, const std::vector<double>& prescribed) const {
  std::vector<double> u(3 * static_cast<std::size_t>(part_.n_local()), 0.0);
  const auto motions = group_motions(x);
  {
    const VecRead values(x);
    std::copy_n(values.data(), 3 * static_cast<std::size_t>(part_.n_owned), u.begin());
  }
  for (std::int32_t node = 0; node < part_.n_owned; ++node) {
    if (is_plain(node)) continue;
    const int g = group_of_[node];
    if (g >= 0) {
      const Eigen::Map<const Eigen::Vector3d> t(motions[g].data()), theta(motions[g].data() + 3);
      const Eigen::Vector3d arm = node_point(part_, node) - set_.rigid_groups[g].point;
      at_node(u, node) = t + rotation_arm(arm) * theta;
    } else {
      const Eigen::Vector3d motion = at_node(u, node);
      at_node(u, node) = set_.constraints[constraint_of_[node]].free * motion;
    }
  }
  for (std::size_t i = 0; i < prescribed.size(); ++i) u[i] += prescribed[i];
  update_ghosts(part_, u.data(), 3);
  return u;
}

}  // namespace proofload::solver
