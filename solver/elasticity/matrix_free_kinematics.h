#pragma once
/// Between the unknowns of a kinematic set and the motion of the nodes.
#include <array>
#include <cstdint>
#include <vector>

#include "kernel.h"
#include "proofload/solver/model.h"

namespace proofload::solver {

/// Values of one node in a nodal array: three components of each column, in single precision one
/// more if there is but one column.
template <class Real>
constexpr int node_width(int columns) {
  return columns == 1 ? kNodeStride<Real> : 3 * columns;
}

/// Unknowns of this rank: three for each owned node, then, on the last rank only, six for each
/// rigid group: q = (t, length * theta), u = t + theta x (x - point). Rows of nodes that a group
/// moves and of directions that a constraint holds are identities.
///
/// Vectors may be stacked: value of column k at [index * columns + k]. Nodal arrays hold owned
/// nodes and ghosts, [node_width * n_local]. Real is double or float.
class Kinematics {
 public:
  /// A node is in one group at most and then has no constraint: build_model() sees to that. Keeps
  /// references.
  Kinematics(const MeshPart& part, const KinematicSet& set);

  const MeshPart& part() const { return part_; }
  const KinematicSet& set() const { return set_; }
  /// Of all groups together.
  int n_motions() const { return static_cast<int>(6 * set_.rigid_groups.size()); }
  bool owns_motions() const { return owns_motions_; }
  int n_own_motions() const { return owns_motions_ ? n_motions() : 0; }
  int n_unknowns() const { return 3 * part_.n_owned + n_own_motions(); }
  /// Group that moves this local node (owned or ghost), or -1.
  int group_of(std::int32_t node) const { return group_.empty() ? -1 : group_[node]; }
  bool is_fixed(int motion) const { return set_.rigid_groups[motion / 6].fixed[motion % 6]; }
  /// (x - point) / length, so that u = t + q_rotation x arm.
  std::array<double, 3> arm(int group, std::int32_t node) const;

  /// Motion of all local nodes from the unknowns. Collective.
  template <class Real>
  void expand(const Real* x, Real* u, int columns) const;
  /// Rows of the reduced system from complete nodal forces of the owned nodes: out = Bᵀy on free
  /// rows, x on identity rows. Collective.
  template <class Real>
  void contract(const Real* x, const Real* y, Real* out, int columns) const;

  /// Owned nodes only: projects constrained directions away, sets nodes of groups to zero.
  template <class Real>
  void project(Real* u, int columns) const;
  /// Owned nodes of groups move with `motions` [n_motions * columns], given on the last rank.
  template <class Real>
  void move_groups(const Real* motions, Real* u, int columns) const;
  /// Bᵀu of the owned nodes of groups, fixed motions zero; complete on the last rank.
  template <class Real>
  void collect_groups(const Real* u, Real* motions, int columns) const;

 private:
  const MeshPart& part_;
  const KinematicSet& set_;
  bool owns_motions_ = false;
  int last_rank_ = 0;
  std::vector<int> group_;                        // [n_local], empty without groups
  std::vector<NodeConstraint> constraints_;       // owned
  std::vector<std::vector<std::int32_t>> moved_;  // owned nodes of each group
};

}  // namespace proofload::solver
