#pragma once
/// Up to kColumns right-hand sides at once: one stacked system x[unknown][column] through the same
/// two levels.
#include <vector>

#include "multigrid.h"

namespace proofload::solver {

class StackedSolver {
 public:
  /// Collective. Keeps the reference; shares everything that `single` has set up.
  explicit StackedSolver(const MultigridSolver& single);

  /// Solutions of A x = b, each started from zero, for right-hand sides that are not zero. The
  /// recurrence's residual of each is below `tolerance` if the result says converged. Collective.
  IterationResult solve(const std::vector<std::vector<double>>& b,
                        std::vector<std::vector<double>>& x, double tolerance, int max_iterations);

  /// z = one cycle of the multigrid for the residuals r; [n_unknowns * kColumns]. Collective.
  void cycle(const double* r, double* z) const;

 private:
  void build_coarse(KSP coarse);

  const MultigridSolver& single_;
  ApplyFunction smooth_, correct_;
  MatHandle fine_, transfer_, coarse_;
  KspHandle ksp_;
};

}  // namespace proofload::solver
