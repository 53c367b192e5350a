#include "matrix_free_kinematics.h"

#include <algorithm>

#include "../mesh/exchange_single.h"
#include "proofload/solver/collective.h"

namespace proofload::solver {
namespace {

/// values += factor * from, for all columns of one component.
template <class Real>
void add_scaled(double factor, const Real* from, Real* values, int columns) {
  for (int k = 0; k < columns; ++k) values[k] += static_cast<Real>(factor) * from[k];
}

MPI_Datatype type_of(double) { return MPI_DOUBLE; }
MPI_Datatype type_of(float) { return MPI_FLOAT; }

/// Next two components in cyclic order.
constexpr int kNext[3] = {1, 2, 0};
constexpr int kAfter[3] = {2, 0, 1};

}  // namespace

Kinematics::Kinematics(const MeshPart& part, const KinematicSet& set) : part_(part), set_(set) {
  last_rank_ = ranks_of(part.comm) - 1;
  owns_motions_ = rank_of(part.comm) == last_rank_;
  const int n_groups = static_cast<int>(set.rigid_groups.size());
  if (n_groups > 0) group_.assign(part.n_local(), -1);
  moved_.resize(n_groups);
  for (int g = 0; g < n_groups; ++g)
    for (const std::int32_t node : set.rigid_groups[g].nodes) {
      group_[node] = g;
      if (node < part.n_owned) moved_[g].push_back(node);
    }
  for (const NodeConstraint& constraint : set.constraints)
    if (constraint.node < part.n_owned) constraints_.push_back(constraint);
}

std::array<double, 3> Kinematics::arm(int group, std::int32_t node) const {
  const RigidGroup& g = set_.rigid_groups[group];
  std::array<double, 3> r;
  for (int c = 0; c < 3; ++c) r[c] = (part_.xyz[3 * node + c] - g.point[c]) / g.length;
  return r;
}

template <class Real>
void Kinematics::project(Real* u, int columns) const {
  constexpr auto width = node_width<Real>;
  for (const NodeConstraint& constraint : constraints_) {
    Real* node = u + static_cast<long>(constraint.node) * width(columns);
    for (int k = 0; k < columns; ++k) {
      const Eigen::Vector3d value(node[k], node[columns + k], node[2 * columns + k]);
      const Eigen::Vector3d kept = constraint.free * value;
      for (int c = 0; c < 3; ++c) node[c * columns + k] = static_cast<Real>(kept[c]);
    }
  }
  for (const auto& nodes : moved_)
    for (const std::int32_t node : nodes)
      std::fill_n(u + static_cast<long>(node) * width(columns), 3 * columns, Real(0));
}

template <class Real>
void Kinematics::move_groups(const Real* motions, Real* u, int columns) const {
  if (n_motions() == 0) return;
  std::vector<Real> q(static_cast<std::size_t>(n_motions()) * columns, Real(0));
  if (owns_motions_)
    for (int m = 0; m < n_motions(); ++m)
      if (!is_fixed(m)) std::copy_n(motions + m * columns, columns, q.data() + m * columns);
  MPI_Bcast(q.data(), static_cast<int>(q.size()), type_of(Real()), last_rank_, part_.comm);
  for (std::size_t g = 0; g < moved_.size(); ++g) {
    const Real* shift = q.data() + 6 * g * columns;
    const Real* turn = shift + 3 * columns;
    for (const std::int32_t node : moved_[g]) {
      const auto r = arm(static_cast<int>(g), node);
      for (int c = 0; c < 3; ++c) {
        Real* value = u + static_cast<long>(node) * node_width<Real>(columns) + c * columns;
        std::copy_n(shift + c * columns, columns, value);
        add_scaled(r[kAfter[c]], turn + kNext[c] * columns, value, columns);
        add_scaled(-r[kNext[c]], turn + kAfter[c] * columns, value, columns);
      }
    }
  }
}

template <class Real>
void Kinematics::collect_groups(const Real* u, Real* motions, int columns) const {
  if (n_motions() == 0) return;
  std::vector<Real> q(static_cast<std::size_t>(n_motions()) * columns, Real(0));
  for (std::size_t g = 0; g < moved_.size(); ++g) {
    Real* force = q.data() + 6 * g * columns;
    Real* moment = force + 3 * columns;
    for (const std::int32_t node : moved_[g]) {
      const auto r = arm(static_cast<int>(g), node);
      const Real* value = u + static_cast<long>(node) * node_width<Real>(columns);
      for (int c = 0; c < 3; ++c) {
        add_scaled(1, value + c * columns, force + c * columns, columns);
        add_scaled(r[kNext[c]], value + kAfter[c] * columns, moment + c * columns, columns);
        add_scaled(-r[kAfter[c]], value + kNext[c] * columns, moment + c * columns, columns);
      }
    }
  }
  for (int m = 0; m < n_motions(); ++m)
    if (is_fixed(m)) std::fill_n(q.data() + m * columns, columns, Real(0));
  MPI_Reduce(q.data(), motions, static_cast<int>(q.size()), type_of(Real()), MPI_SUM, last_rank_,
             part_.comm);
}

template <class Real>
void Kinematics::expand(const Real* x, Real* u, int columns) const {
  const int width = node_width<Real>(columns);
  for (long node = 0; node < part_.n_owned; ++node)
    std::copy_n(x + 3 * node * columns, 3 * columns, u + node * width);
  project(u, columns);
  move_groups(x + 3l * part_.n_owned * columns, u, columns);
  update_ghosts(part_, u, width);
}

template <class Real>
void Kinematics::contract(const Real* x, const Real* y, Real* out, int columns) const {
  const int width = node_width<Real>(columns);
  const long n_nodal = 3l * part_.n_owned * columns;
  for (long node = 0; node < part_.n_owned; ++node)
    std::copy_n(y + node * width, 3 * columns, out + 3 * node * columns);
  for (const NodeConstraint& constraint : constraints_) {
    const long at = 3l * constraint.node * columns;
    for (int k = 0; k < columns; ++k) {
      Eigen::Vector3d force, identity;
      for (int c = 0; c < 3; ++c) {
        force[c] = y[static_cast<long>(constraint.node) * width + c * columns + k];
        identity[c] = x[at + c * columns + k];
      }
      const Eigen::Vector3d row = identity + constraint.free * (force - identity);
      for (int c = 0; c < 3; ++c) out[at + c * columns + k] = static_cast<Real>(row[c]);
    }
  }
  if (n_motions() == 0) return;
  for (const auto& nodes : moved_)
    for (const std::int32_t node : nodes)
      std::copy_n(x + 3l * node * columns, 3 * columns, out + 3l * node * columns);
  collect_groups(y, out + n_nodal, columns);
  if (!owns_motions_) return;
  for (int m = 0; m < n_motions(); ++m)
    if (is_fixed(m)) std::copy_n(x + n_nodal + m * columns, columns, out + n_nodal + m * columns);
}

#define INSTANTIATE(Real)                                                         \
  template void Kinematics::expand(const Real*, Real*, int) const;                \
  template void Kinematics::contract(const Real*, const Real*, Real*, int) const; \
  template void Kinematics::project(Real*, int) const;                            \
  template void Kinematics::move_groups(const Real*, Real*, int) const;           \
  template void Kinematics::collect_groups(const Real*, Real*, int) const;
INSTANTIATE(double)
INSTANTIATE(float)
#undef INSTANTIATE

}  // namespace proofload::solver
