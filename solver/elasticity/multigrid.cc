#include "multigrid.h"

#include <cmath>

#include "direct_solver.h"
#include "proofload/solver/collective.h"

namespace proofload::solver {

KspHandle make_conjugate_gradients(MPI_Comm comm, Mat matrix) {
  KspHandle ksp;
  check_petsc(KSPCreate(comm, ksp.fill()));
  check_petsc(KSPSetOperators(ksp, matrix, matrix));
  check_petsc(KSPSetType(ksp, KSPCG));
  check_petsc(KSPSetNormType(ksp, KSP_NORM_UNPRECONDITIONED));
  check_petsc(KSPSetInitialGuessNonzero(ksp, PETSC_TRUE));
  return ksp;
}

KSP make_cycle(PC pc, Mat fine, Mat transfer, const ApplyFunction& smooth) {
  check_petsc(PCSetType(pc, PCMG));
  check_petsc(PCMGSetLevels(pc, 2, nullptr));
  check_petsc(PCMGSetInterpolation(pc, 1, transfer));
  KSP smoother, coarse;
  check_petsc(PCMGGetSmoother(pc, 1, &smoother));
  check_petsc(KSPSetOperators(smoother, fine, fine));
  check_petsc(KSPSetType(smoother, KSPRICHARDSON));
  check_petsc(KSPSetTolerances(smoother, 0, 0, PETSC_DEFAULT, 1));
  check_petsc(KSPSetNormType(smoother, KSP_NORM_NONE));
  PC shell;
  check_petsc(KSPGetPC(smoother, &shell));
  make_preconditioner_shell(shell, smooth);
  check_petsc(PCMGGetCoarseSolve(pc, &coarse));
  return coarse;
}

IterationResult result_of(KSP ksp) {
  KSPConvergedReason reason;
  PetscInt iterations = 0;
  check_petsc(KSPGetConvergedReason(ksp, &reason));
  check_petsc(KSPGetIterationNumber(ksp, &iterations));
  return {static_cast<int>(iterations), reason > 0};
}

MultigridSolver::MultigridSolver(const FreeStiffness& stiffness, const KinematicSet& set,
                                 const Vertices& vertices, const std::vector<Elasticity>& by_body,
                                 const MultigridOptions& options)
    : stiffness_(stiffness, set),
      transfer_(stiffness_.kinematics(), vertices),
      smoother_(stiffness_, options.smoother_degree),
      smooth_([this](const double* in, double* out) { smoother_.apply(in, out, 1); }),
      fine_(make_operator_shell(stiffness_, 1)),
      transfer_shell_(make_transfer_shell(transfer_, 1)),
      coarse_(assemble_coarse(stiffness_, vertices, by_body, options.coarse_poisson_limit)),
      ksp_(make_conjugate_gradients(stiffness.part().comm, fine_)) {
  PC pc;
  check_petsc(KSPGetPC(ksp_, &pc));
  coarse_solver_ = make_cycle(pc, fine_, transfer_shell_, smooth_);
  set_coarse_solver(options);
  check_petsc(KSPSetUp(ksp_));
  check_petsc(KSPSetUp(coarse_solver_));
}

/// The matrix is given up once the aggregates hold it.
void MultigridSolver::set_coarse_solver(const MultigridOptions& options) {
  PetscInt n = 0;
  check_petsc(MatGetSize(coarse_, &n, nullptr));
  if (n <= options.direct_coarse_limit) {
    set_direct_solver(coarse_solver_, coarse_);
    return;
  }
  const int n_groups = stiffness_.kinematics().n_own_motions() / 6;
  aggregation_ = std::make_unique<Aggregation>(coarse_, n_groups, options.aggregation);
  correct_ = [this](const double* in, double* out) { aggregation_->apply(in, out, 1); };
  coarse_ = make_matrix_of_size(stiffness_.part().comm, transfer_.n_coarse());
  set_coarse_function(coarse_solver_, coarse_, correct_);
}

void set_coarse_function(KSP ksp, Mat sizes, const ApplyFunction& function) {
  check_petsc(KSPSetOperators(ksp, sizes, sizes));
  check_petsc(KSPSetType(ksp, KSPPREONLY));
  PC pc;
  check_petsc(KSPGetPC(ksp, &pc));
  make_preconditioner_shell(pc, function);
}

IterationResult MultigridSolver::iterate(const std::vector<double>& b, std::vector<double>& x,
                                         double tolerance, int max_iterations) {
  const MPI_Comm comm = stiffness_.part().comm;
  const auto n = static_cast<PetscInt>(b.size());
  VecHandle right, left;
  check_petsc(VecCreateMPIWithArray(comm, 1, n, PETSC_DETERMINE, b.data(), right.fill()));
  check_petsc(VecCreateMPIWithArray(comm, 1, n, PETSC_DETERMINE, x.data(), left.fill()));
  check_petsc(KSPSetTolerances(ksp_, tolerance, 0, PETSC_DEFAULT, max_iterations));
  check_petsc(KSPSolve(ksp_, right, left));
  return result_of(ksp_);
}

void apply_preconditioner(KSP ksp, MPI_Comm comm, PetscInt n, const double* r, double* z) {
  VecHandle in, out;
  check_petsc(VecCreateMPIWithArray(comm, 1, n, PETSC_DETERMINE, r, in.fill()));
  check_petsc(VecCreateMPIWithArray(comm, 1, n, PETSC_DETERMINE, z, out.fill()));
  PC pc;
  check_petsc(KSPGetPC(ksp, &pc));
  check_petsc(PCApply(pc, in, out));
}

void MultigridSolver::cycle(const double* r, double* z) const {
  apply_preconditioner(ksp_, stiffness_.part().comm, stiffness_.n_unknowns(), r, z);
}

double MultigridSolver::residual_norm(const std::vector<double>& b,
                                      const std::vector<double>& x) const {
  std::vector<double> r(b.size());
  stiffness_.apply(x.data(), r.data(), 1);
  double sum = 0;
  for (std::size_t i = 0; i < b.size(); ++i) sum += (b[i] - r[i]) * (b[i] - r[i]);
  return std::sqrt(sum_over_ranks(stiffness_.part().comm, sum));
}

}  // namespace proofload::solver
