#pragma once
/// Fine-level smoother: Chebyshev polynomial of the fourth kind in the operator, preconditioned by
/// its exact 3 x 3 (for rigid groups 6 x 6) diagonal blocks.
#include <cmath>
#include <vector>

#include "matrix_free_operator.h"

namespace proofload::solver {

/// z = D⁻¹ r.
class BlockJacobi {
 public:
  /// Collective.
  explicit BlockJacobi(const ReducedStiffness& stiffness);
  void apply(const double* r, double* z, int columns) const;
  /// The owned nodes [first, last) only.
  void apply_nodes(int first, int last, const double* r, double* z, int columns) const;
  void apply_groups(const double* r, double* z, int columns) const;
  int n_nodes() const { return n_nodes_; }
  /// Root of the size of a node's diagonal block; 1 beyond the nodes.
  double scale(int node) const {
    if (node >= n_nodes_) return 1;
    const double* m = &inverse_[6l * node];
    return std::sqrt(3 / (m[0] + m[1] + m[2]));
  }

 private:
  int n_nodes_;
  int n_groups_;
  std::vector<double> inverse_;        // [6 * n_owned] XX YY ZZ XY YZ XZ
  std::vector<double> group_inverse_;  // [36 * groups] on the last rank
};

/// Largest eigenvalue of D⁻¹A from a few steps of conjugate gradients, with a margin for what they
/// miss. Collective.
double largest_eigenvalue(const ReducedStiffness& stiffness, const BlockJacobi& jacobi);

/// x = p(D⁻¹A) D⁻¹ b, Lottes (2022), "Optimal polynomial smoothers for multigrid V-cycles",
/// Numer. Linear Algebra Appl. 30, e2518, algorithm 3 with all beta = 1.
class Chebyshev {
 public:
  /// Collective. Keeps the reference.
  Chebyshev(const ReducedStiffness& stiffness, int degree);
  /// Collective; costs degree - 1 applications of the operator.
  void apply(const double* b, double* x, int columns) const;
  double eigenvalue() const { return eigenvalue_; }

 private:
  const ReducedStiffness& stiffness_;
  BlockJacobi jacobi_;
  double eigenvalue_;
  int degree_;
  mutable AlignedVector residual_, step_, work_;
};

}  // namespace proofload::solver
