#pragma once
/// The constraints of distributed supports on the unknowns of the matrix-free path: Bᵀx = g.
#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <vector>

#include "matrix_free_kinematics.h"

namespace proofload::solver {

/// B has a column for each held motion, in the order of the supports; what holds of nodes leave of
/// it is linearly independent (build_model() sees to that).
class DistributedRows {
 public:
  /// Collective. Keeps the reference.
  explicit DistributedRows(const Kinematics& kinematics);

  int count() const { return static_cast<int>(columns_.size()); }
  /// Bᵀx, the same on every rank. Collective.
  Eigen::VectorXd products(const double* x) const;
  /// x += B c.
  void add(const Eigen::VectorXd& c, double* x) const;
  /// (BᵀB)⁻¹Bᵀr. Collective.
  Eigen::VectorXd multipliers(const double* r) const { return gram_.solve(products(r)); }
  /// x = Π x with Π = I - B(BᵀB)⁻¹Bᵀ. Collective.
  void project(double* x) const { add(-multipliers(x), x); }
  /// -Bᵀu of a nodal motion that is given beside the unknowns (owned nodes). Collective.
  Eigen::VectorXd gap(const std::vector<double>& motion) const;
  /// Force and moment of each support from the multipliers, N and Nmm.
  std::vector<std::array<double, 6>> forces(const Eigen::VectorXd& multipliers) const;
  /// Nodal forces [3 * n_local] that the multipliers exert, on every copy of a node.
  std::vector<double> nodal_forces(const Eigen::VectorXd& multipliers) const;

 private:
  struct Column {
    int support, motion;
  };

  const Kinematics& kinematics_;
  std::vector<Column> columns_;
  std::vector<int> unknowns_;  // of this rank, with a coefficient
  Eigen::MatrixXd rows_;       // [unknowns_][columns_]
  Eigen::LLT<Eigen::MatrixXd> gram_;
};

}  // namespace proofload::solver
