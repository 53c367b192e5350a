#pragma once
/// Conjugate gradients with two levels: the quadratic operator without a matrix and the assembled
/// linear one.
#include <memory>
#include <vector>

#include "matrix_free_shells.h"
#include "multigrid_coarse.h"
#include "multigrid_smoother.h"

namespace proofload::solver {

struct MultigridOptions {
  int direct_coarse_limit = kDirectCoarseLimit;
};

struct IterationResult {
  int iterations = 0;
  bool converged = false;
};

/// Everything built once for a kinematic set.
class MultigridSolver {
 public:
  /// Collective. Keeps references.
  MultigridSolver(const FreeStiffness& stiffness, const KinematicSet& set, const Vertices& vertices,
                  const std::vector<Elasticity>& by_body, const MultigridOptions& options);

  const ReducedStiffness& stiffness() const { return stiffness_; }
  /// Improves x until the norm of b - A x as the iteration carries it is below
  /// `tolerance` times that of b. Collective.
  IterationResult iterate(const std::vector<double>& b, std::vector<double>& x, double tolerance,
                          int max_iterations);
  /// ‖b - A x‖ recomputed. Collective.
  double residual_norm(const std::vector<double>& b, const std::vector<double>& x) const;

 private:
  void build_cycle(PC pc, const MultigridOptions& options);

  ReducedStiffness stiffness_;
  Transfer transfer_;
  Chebyshev smoother_;
  ApplyFunction smooth_;
  MatHandle fine_, transfer_shell_, coarse_;
  KspHandle ksp_;
};

}  // namespace proofload::solver
