#pragma once
/// Conjugate gradients with two levels: the quadratic operator without a matrix and the assembled
/// linear one.
#include <memory>
#include <vector>

#include "aggregation.h"
#include "matrix_free_shells.h"
#include "multigrid_coarse.h"
#include "multigrid_smoother.h"

namespace proofload::solver {

struct MultigridOptions {
  int direct_coarse_limit = kDirectCoarseLimit;
  AggregationOptions aggregation;  ///< above that limit
  /// Above this Poisson's ratio linear tetrahedra lock; the coarse operator is softened to it.
  double coarse_poisson_limit = kCoarsePoissonLimit;
  int smoother_degree = 3;  ///< applications of the operator in a smoothing step
  /// Loads of one set from which on they are solved together, if this rank's share is small enough
  /// for eight of everything.
  int stack_from = 3;
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
  const Transfer& transfer() const { return transfer_; }
  const Chebyshev& smoother() const { return smoother_; }
  /// The coarse level: a direct solver, or aggregates if there are.
  KSP coarse_solver() const { return coarse_solver_; }
  const Aggregation* aggregation() const { return aggregation_.get(); }
  /// Improves x until the norm of b - A x as the iteration carries it is below
  /// `tolerance` times that of b. Collective.
  IterationResult iterate(const std::vector<double>& b, std::vector<double>& x, double tolerance,
                          int max_iterations);
  /// z = one cycle for the residual r. Collective.
  void cycle(const double* r, double* z) const;
  /// ‖b - A x‖ recomputed. Collective.
  double residual_norm(const std::vector<double>& b, const std::vector<double>& x) const;

 private:
  void set_coarse_solver(const MultigridOptions& options);

  ReducedStiffness stiffness_;
  Transfer transfer_;
  Chebyshev smoother_;
  ApplyFunction smooth_;
  MatHandle fine_, transfer_shell_, coarse_;
  KspHandle ksp_;
  KSP coarse_solver_ = nullptr;  // owned by ksp_
  std::unique_ptr<Aggregation> aggregation_;
  ApplyFunction correct_;
};

/// Conjugate gradients that watch the norm of the residual itself.
KspHandle make_conjugate_gradients(MPI_Comm comm, Mat matrix);

/// Makes `pc` a cycle of two levels with `smooth` (one application from zero, which must outlive
/// it) before and after; returns its coarse solver, still to be set.
KSP make_cycle(PC pc, Mat fine, Mat transfer, const ApplyFunction& smooth);

/// Makes `ksp` apply the function once; it keeps the matrix' sizes only.
void set_coarse_function(KSP ksp, Mat sizes, const ApplyFunction& function);

/// z = the preconditioner of `ksp` applied to r, local arrays of n. Collective.
void apply_preconditioner(KSP ksp, MPI_Comm comm, PetscInt n, const double* r, double* z);

IterationResult result_of(KSP ksp);

}  // namespace proofload::solver
