#pragma once
/// Up to kColumns right-hand sides at once, x[unknown][column], through the same two levels.
#include <vector>

#include "multigrid.h"

namespace proofload::solver {

/// Conjugate gradients of every column beside each other, with coefficients of their own: a column
/// takes the iterations that it takes alone.
class StackedSolver {
 public:
  /// Keeps the reference; shares everything that `single` has set up.
  explicit StackedSolver(const MultigridSolver& single) : single_(single) {}

  /// Solutions of A x = b, each started from zero, for right-hand sides that are not zero. The
  /// recurrence's residual of each is below `tolerance` if the result says converged. Collective.
  IterationResult solve(const std::vector<std::vector<double>>& b,
                        std::vector<std::vector<double>>& x, double tolerance, int max_iterations);

  /// z = one cycle of the multigrid for the residuals r; [n_unknowns * kColumns]. Collective.
  void cycle(const double* r, double* z) const { single_.cycle(r, z, kColumns); }

 private:
  const MultigridSolver& single_;
};

}  // namespace proofload::solver
