#include "matrix_free_kinematics.h"

#include <algorithm>

#include "proofload/solver/collective.h"

namespace proofload::solver {
namespace {

/// values += factor * from, for all columns of one component.
void add_scaled(double factor, const double* from, double* values, int columns) {
  for (int k = 0; k < columns; ++k) values[k] += factor * from[k];
}

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

void Kinematics::project(double* u, int columns) const {
  for (const NodeConstraint& constraint : constraints_) {
    double* node = u + 3l * constraint.node * columns;
    for (int k = 0; k < columns; ++k) {
      const Eigen::Vector3d value(node[k], node[columns + k], node[2 * columns + k]);
      const Eigen::Vector3d kept = constraint.free * value;
      for (int c = 0; c < 3; ++c) node[c * columns + k] = kept[c];
    }
  }
  for (const auto& nodes : moved_)
    for (const std::int32_t node : nodes) std::fill_n(u + 3l * node * columns, 3 * columns, 0.0);
}

void Kinematics::move_groups(const double* motions, double* u, int columns) const {
  if (n_motions() == 0) return;
  std::vector<double> q(static_cast<std::size_t>(n_motions()) * columns, 0.0);
  if (owns_motions_)
    for (int m = 0; m < n_motions(); ++m)
      if (!is_fixed(m)) std::copy_n(motions + m * columns, columns, q.data() + m * columns);
  MPI_Bcast(q.data(), static_cast<int>(q.size()), MPI_DOUBLE, last_rank_, part_.comm);
  for (std::size_t g = 0; g < moved_.size(); ++g) {
    const double* shift = q.data() + 6 * g * columns;
    const double* turn = shift + 3 * columns;
    for (const std::int32_t node : moved_[g]) {
      const auto r = arm(static_cast<int>(g), node);
      for (int c = 0; c < 3; ++c) {
        double* value = u + (3l * node + c) * columns;
        std::copy_n(shift + c * columns, columns, value);
        add_scaled(r[kAfter[c]], turn + kNext[c] * columns, value, columns);
        add_scaled(-r[kNext[c]], turn + kAfter[c] * columns, value, columns);
      }
    }
  }
}

void Kinematics::collect_groups(const double* u, double* motions, int columns) const {
  if (n_motions() == 0) return;
  std::vector<double> q(static_cast<std::size_t>(n_motions()) * columns, 0.0);
  for (std::size_t g = 0; g < moved_.size(); ++g) {
    double* force = q.data() + 6 * g * columns;
    double* moment = force + 3 * columns;
    for (const std::int32_t node : moved_[g]) {
      const auto r = arm(static_cast<int>(g), node);
      const double* value = u + 3l * node * columns;
      for (int c = 0; c < 3; ++c) {
        add_scaled(1, value + c * columns, force + c * columns, columns);
        add_scaled(r[kNext[c]], value + kAfter[c] * columns, moment + c * columns, columns);
        add_scaled(-r[kAfter[c]], value + kNext[c] * columns, moment + c * columns, columns);
      }
    }
  }
  for (int m = 0; m < n_motions(); ++m)
    if (is_fixed(m)) std::fill_n(q.data() + m * columns, columns, 0.0);
  MPI_Reduce(q.data(), motions, static_cast<int>(q.size()), MPI_DOUBLE, MPI_SUM, last_rank_,
             part_.comm);
}

void Kinematics::expand(const double* x, double* u, int columns) const {
  std::copy_n(x, 3l * part_.n_owned * columns, u);
  project(u, columns);
  move_groups(x + 3l * part_.n_owned * columns, u, columns);
  update_ghosts(part_, u, 3 * columns);
}

void Kinematics::contract(const double* x, const double* y, double* out, int columns) const {
  const long n_nodal = 3l * part_.n_owned * columns;
  std::copy_n(y, n_nodal, out);
  for (const NodeConstraint& constraint : constraints_) {
    const long at = 3l * constraint.node * columns;
    for (int k = 0; k < columns; ++k) {
      Eigen::Vector3d force, identity;
      for (int c = 0; c < 3; ++c) {
        force[c] = y[at + c * columns + k];
        identity[c] = x[at + c * columns + k];
      }
      const Eigen::Vector3d row = identity + constraint.free * (force - identity);
      for (int c = 0; c < 3; ++c) out[at + c * columns + k] = row[c];
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

}  // namespace proofload::solver
