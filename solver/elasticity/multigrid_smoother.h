#pragma once
/// Fine-level smoother: Chebyshev polynomial of the fourth kind in the operator, preconditioned by
/// its exact 3 x 3 (for rigid groups 6 x 6) diagonal blocks.
#include <cmath>
#include <vector>

#include "matrix_free_operator.h"

namespace proofload::solver {

/// z = D⁻¹ r. Real is double or float; in float D is divided by FreeStiffness::single_unit().
template <class Real>
class BlockJacobi {
 public:
  /// Collective. In double only.
  explicit BlockJacobi(const ReducedStiffness& stiffness);
  /// The same blocks, times `factor`.
  template <class Other>
  BlockJacobi(const BlockJacobi<Other>& other, double factor);
  void apply(const Real* r, Real* z, int columns) const;
  /// The owned nodes [first, last) only.
  void apply_nodes(int first, int last, const Real* r, Real* z, int columns) const;
  void apply_groups(const Real* r, Real* z, int columns) const;
  int n_nodes() const { return n_nodes_; }
  /// Root of the size of a node's diagonal block; 1 beyond the nodes.
  double scale(int node) const {
    if (node >= n_nodes_) return 1;
    const Real* m = &inverse_[6l * node];
    return std::sqrt(3 / (m[0] + m[1] + m[2]));
  }

 private:
  template <class Other>
  friend class BlockJacobi;
  int n_nodes_;
  int n_groups_;
  std::vector<Real> inverse_;        // [6 * n_owned] XX YY ZZ XY YZ XZ
  std::vector<Real> group_inverse_;  // [36 * groups] on the last rank
};

/// Largest eigenvalue of D⁻¹A from a few steps of conjugate gradients, with a margin for what they
/// miss. Collective.
double largest_eigenvalue(const ReducedStiffness& stiffness, const BlockJacobi<double>& jacobi);

/// Correction p(D⁻¹A) D⁻¹ r of a residual r, Lottes (2022), "Optimal polynomial smoothers for
/// multigrid V-cycles", Numer. Linear Algebra Appl. 30, e2518, algorithm 3 with all beta = 1.
template <class Real>
class Chebyshev {
 public:
  /// Keeps the reference.
  Chebyshev(const ReducedStiffness& stiffness, BlockJacobi<Real> jacobi, double eigenvalue,
            int degree)
      : stiffness_(stiffness),
        jacobi_(std::move(jacobi)),
        eigenvalue_(eigenvalue),
        degree_(degree) {}
  /// x = the correction and r the residual it leaves; `degree` applications of the operator.
  /// Collective.
  void start(Real* r, Real* x, int columns) const { smooth(r, x, columns, true); }
  /// x += the correction; r is spoiled; one application less. Collective.
  void finish(Real* r, Real* x, int columns) const { smooth(r, x, columns, false); }

 private:
  void smooth(Real* r, Real* x, int columns, bool first) const;

  const ReducedStiffness& stiffness_;
  BlockJacobi<Real> jacobi_;
  double eigenvalue_;
  int degree_;
  mutable AlignedVectorOf<Real> step_, work_;
};

}  // namespace proofload::solver
