#include "distributed_rows.h"

#include <algorithm>

#include "aligned_vector.h"
#include "proofload/solver/collective.h"
#include "proofload/solver/integration.h"

namespace proofload::solver {

DistributedRows::DistributedRows(const Kinematics& kinematics) : kinematics_(kinematics) {
  const MeshPart& part = kinematics.part();
  const auto& supports = kinematics.set().distributed;
  for (std::size_t s = 0; s < supports.size(); ++s)
    for (int m = 0; m < 6; ++m)
      if (supports[s].held[m]) columns_.push_back({static_cast<int>(s), m});
  std::vector<char> touched(part.n_owned, 0);
  for (const DistributedSupport& support : supports)
    for (const std::int32_t node : support.nodes)
      if (node < part.n_owned) touched[node] = 1;
  for (std::int32_t node = 0; node < part.n_owned; ++node)
    for (int c = 0; touched[node] && c < 3; ++c) unknowns_.push_back(3 * node + c);
  rows_.resize(unknowns_.size(), count());
  const std::vector<double> zero(kinematics.n_unknowns(), 0.0);
  std::vector<double> reduced(zero.size());
  for (int k = 0; k < count(); ++k) {
    const std::vector<double> nodal = nodal_forces(Eigen::VectorXd::Unit(count(), k));
    kinematics.contract(zero.data(), nodal.data(), reduced.data(), 1);
    for (std::size_t i = 0; i < unknowns_.size(); ++i) rows_(i, k) = reduced[unknowns_[i]];
  }
  Eigen::MatrixXd gram = rows_.transpose() * rows_;
  sum_over_ranks(part.comm, gram.data(), static_cast<int>(gram.size()));
  gram_.compute(gram);
}

Eigen::VectorXd DistributedRows::products(const double* x) const {
  Eigen::VectorXd own(unknowns_.size());
  for (std::size_t i = 0; i < unknowns_.size(); ++i) own[i] = x[unknowns_[i]];
  Eigen::VectorXd sums = rows_.transpose() * own;
  sum_over_ranks(kinematics_.part().comm, sums.data(), count());
  return sums;
}

void DistributedRows::add(const Eigen::VectorXd& c, double* x) const {
  const Eigen::VectorXd own = rows_ * c;
  for (std::size_t i = 0; i < unknowns_.size(); ++i) x[unknowns_[i]] += own[i];
}

Eigen::VectorXd DistributedRows::gap(const std::vector<double>& motion) const {
  Eigen::VectorXd sums = Eigen::VectorXd::Zero(count());
  if (motion.empty()) return sums;
  const auto& supports = kinematics_.set().distributed;
  for (int k = 0; k < count(); ++k) {
    const DistributedSupport& support = supports[columns_[k].support];
    for (std::size_t i = 0; i < support.nodes.size(); ++i) {
      if (support.nodes[i] >= kinematics_.part().n_owned) continue;
      sums[k] -= support.weights[i].col(columns_[k].motion).dot(at_node(motion, support.nodes[i]));
    }
  }
  sum_over_ranks(kinematics_.part().comm, sums.data(), count());
  return sums;
}

std::vector<std::array<double, 6>> DistributedRows::forces(
    const Eigen::VectorXd& multipliers) const {
  const auto& supports = kinematics_.set().distributed;
  std::vector<std::array<double, 6>> forces(supports.size());
  for (auto& force : forces) force.fill(0);
  for (int k = 0; k < count(); ++k) {
    const auto [support, motion] = columns_[k];
    forces[support][motion] = multipliers[k] * (motion < 3 ? 1 : supports[support].length);
  }
  return forces;
}

std::vector<double> DistributedRows::nodal_forces(const Eigen::VectorXd& multipliers) const {
  std::vector<double> forces(3ul * kinematics_.part().n_local(), 0.0);
  const auto& supports = kinematics_.set().distributed;
  for (int k = 0; k < count(); ++k) {
    const DistributedSupport& support = supports[columns_[k].support];
    for (std::size_t i = 0; i < support.nodes.size(); ++i)
      at_node(forces, support.nodes[i]) +=
          multipliers[k] * support.weights[i].col(columns_[k].motion);
  }
  return forces;
}

}  // namespace proofload::solver
