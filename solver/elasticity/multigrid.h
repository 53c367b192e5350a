#pragma once
/// Conjugate gradients with two levels: the quadratic operator without a matrix and the assembled
/// linear one.
#include <memory>
#include <vector>

#include "aggregation.h"
#include "matrix_free_shells.h"
#include "multigrid_coarse.h"
#include "multigrid_cycle.h"

namespace proofload::solver {

struct MultigridOptions {
  int direct_coarse_limit = kDirectCoarseLimit;
  AggregationOptions aggregation;  ///< above that limit
  /// Above this Poisson's ratio linear tetrahedra lock; the coarse operator is softened to it.
  double coarse_poisson_limit = kCoarsePoissonLimit;
  int smoother_degree = 3;  ///< applications of the operator in a smoothing step
  /// Cycles in single precision first; in double precision only when those do not get there.
  bool single_precision = true;
  /// Loads of one set from which on they are solved together, which takes some six times one load
  /// (docs/performance.md), if this rank's share is small enough for eight of everything.
  int stack_from = 7;
  int stack_unknowns = 1000000;
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
  /// z ~ A⁻¹ r by one cycle, stacked by columns (1 or kColumns). Collective.
  void cycle(const double* r, double* z, int columns = 1) const;
  bool in_single_precision() const { return single_ != nullptr; }
  /// From now on cycles are in double precision. Collective.
  void use_double_precision();
  /// Improves x until the norm of b - A x as the iteration carries it is below
  /// `tolerance` times that of b. Collective.
  IterationResult iterate(const std::vector<double>& b, std::vector<double>& x, double tolerance,
                          int max_iterations);
  /// ‖b - A x‖ recomputed. Collective.
  double residual_norm(const std::vector<double>& b, const std::vector<double>& x) const;

 private:
  void set_fine_level(bool single_precision);
  void set_coarse_solver(const Vertices& vertices, const std::vector<Elasticity>& by_body,
                         const MultigridOptions& options);
  void solve_coarse(const double* b, double* x, int columns) const;
  void solve_coarse_directly(const double* b, double* x, int columns) const;

  ReducedStiffness stiffness_;
  Transfer transfer_;
  int smoother_degree_;
  double eigenvalue_ = 0;
  MatHandle fine_;
  KspHandle ksp_, direct_;  // the coarse level is solved directly, or by aggregates
  std::unique_ptr<Aggregation> aggregation_;
  std::unique_ptr<Cycle<float>> single_;
  std::unique_ptr<Cycle<double>> double_;
  ApplyFunction precondition_;
};

/// Conjugate gradients that watch the norm of the residual itself.
KspHandle make_conjugate_gradients(MPI_Comm comm, Mat matrix);

IterationResult result_of(KSP ksp);

}  // namespace proofload::solver
