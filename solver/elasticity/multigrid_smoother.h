#pragma once
/// Fine-level smoother: Chebyshev polynomial of the fourth kind in the operator, preconditioned by
/// its exact 3 x 3 (for rigid groups 6 x 6) diagonal blocks.
#include <vector>

#include "matrix_free_operator.h"

namespace proofload::solver {

/// z = D⁻¹ r.
class BlockJacobi {
 public:
  /// Collective.
  explicit BlockJacobi(const ReducedStiffness& stiffness);
  void apply(const double* r, double* z, int columns) const;

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
