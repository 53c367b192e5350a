#pragma once
/// How nodes hang on the unknowns of the assembled system.
#include <petscvec.h>

#include <Eigen/Core>
#include <vector>

#include "proofload/solver/model.h"

namespace proofload::solver {

/// Part of a node's motion: u += matrix * unknown[block].
struct BlockTerm {
  PetscInt block;
  Eigen::Matrix3d matrix;
};

/// Blocks of three unknowns: one for each node in the solver's numbering, then for each rigid group
/// t and length * theta, then for each distributed support the multipliers of its motions, on the
/// last rank. u(node) = sum of its terms + prescribed value; unknowns
/// of held directions, moved nodes and fixed motions are zero.
class Unknowns {
 public:
  Unknowns(const MeshPart& part, const KinematicSet& set);

  const MeshPart& part() const { return part_; }
  const KinematicSet& set() const { return set_; }
  PetscInt total_blocks() const { return total_blocks_; }
  PetscInt own_blocks() const { return own_blocks_; }
  PetscInt group_block(int group) const { return first_group_ + 2 * group; }
  PetscInt multiplier_block(int support) const {
    return group_block(static_cast<int>(set_.rigid_groups.size()) + support);
  }
  bool owns_groups() const { return owns_groups_; }
  int group_of(std::int32_t node) const { return group_of_[node]; }

  /// The node hangs on itself alone, freely.
  bool is_plain(std::int32_t node) const { return group_of_[node] < 0 && constraint_of_[node] < 0; }
  std::vector<BlockTerm> terms(std::int32_t node) const;

  /// What the matrix gets on the diagonal block so that unknowns of no meaning are zero.
  Eigen::Matrix3d identity_part(std::int32_t node) const;
  /// Projector on the free directions of t (0) or theta (1) of a group.
  Eigen::Matrix3d group_free(int group, int which) const;

  /// Nodal motion of all local nodes from the unknowns. Collective.
  std::vector<double> expand(Vec x, const std::vector<double>& prescribed) const;
  /// t and theta of each group, on every rank. Collective.
  std::vector<std::array<double, 6>> group_motions(Vec x) const;
  /// Force and moment of each distributed support on the model, on every rank. Collective.
  std::vector<std::array<double, 6>> support_forces(Vec x) const;

 private:
  std::vector<std::array<double, 6>> last_blocks(Vec x, std::size_t first, std::size_t n) const;

  const MeshPart& part_;
  const KinematicSet& set_;
  bool owns_groups_ = false;
  int last_rank_ = 0;
  PetscInt first_group_ = 0;
  PetscInt total_blocks_ = 0;
  PetscInt own_blocks_ = 0;
  std::vector<int> group_of_;       ///< [n_local]
  std::vector<int> constraint_of_;  ///< [n_local]
};

}  // namespace proofload::solver
