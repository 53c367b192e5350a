#include "multigrid.h"

#include <algorithm>
#include <cmath>

#include "proofload/solver/collective.h"

namespace proofload::solver {
namespace {

constexpr int kSmootherDegree = 3;

}  // namespace

MultigridSolver::MultigridSolver(const FreeStiffness& stiffness, const KinematicSet& set,
                                 const Vertices& vertices, const std::vector<Elasticity>& by_body,
                                 const MultigridOptions& options)
    : stiffness_(stiffness, set),
      transfer_(stiffness_.kinematics(), vertices),
      smoother_(stiffness_, kSmootherDegree),
      smooth_([this](const double* in, double* out) { smoother_.apply(in, out, 1); }),
      fine_(make_operator_shell(stiffness_, 1)),
      transfer_shell_(make_transfer_shell(transfer_, 1)),
      coarse_(assemble_coarse(stiffness_, vertices, by_body)) {
  check_petsc(KSPCreate(stiffness.part().comm, ksp_.fill()));
  check_petsc(KSPSetOperators(ksp_, fine_, fine_));
  check_petsc(KSPSetType(ksp_, KSPCG));
  check_petsc(KSPSetNormType(ksp_, KSP_NORM_UNPRECONDITIONED));
  check_petsc(KSPSetInitialGuessNonzero(ksp_, PETSC_TRUE));
  PC pc;
  check_petsc(KSPGetPC(ksp_, &pc));
  build_cycle(pc, options);
  check_petsc(KSPSetUp(ksp_));
}

void MultigridSolver::build_cycle(PC pc, const MultigridOptions& options) {
  check_petsc(PCSetType(pc, PCMG));
  check_petsc(PCMGSetLevels(pc, 2, nullptr));
  check_petsc(PCMGSetInterpolation(pc, 1, transfer_shell_));
  KSP smoother, coarse;
  check_petsc(PCMGGetSmoother(pc, 1, &smoother));
  check_petsc(KSPSetOperators(smoother, fine_, fine_));
  check_petsc(KSPSetType(smoother, KSPRICHARDSON));
  check_petsc(KSPSetTolerances(smoother, 0, 0, PETSC_DEFAULT, 1));
  check_petsc(KSPSetNormType(smoother, KSP_NORM_NONE));
  PC shell;
  check_petsc(KSPGetPC(smoother, &shell));
  make_preconditioner_shell(shell, smooth_);
  check_petsc(PCMGGetCoarseSolve(pc, &coarse));
  set_coarse_solver(coarse, coarse_, options.direct_coarse_limit);
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
  IterationResult result;
  KSPConvergedReason reason;
  PetscInt iterations = 0;
  check_petsc(KSPGetConvergedReason(ksp_, &reason));
  check_petsc(KSPGetIterationNumber(ksp_, &iterations));
  result.iterations = static_cast<int>(iterations);
  result.converged = reason > 0;
  return result;
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
