#include "multigrid_stacked.h"

#include <algorithm>
#include <cmath>

#include "proofload/solver/collective.h"

namespace proofload::solver {
namespace {

/// A solver of one column applied to each of them.
ApplyFunction column_by_column(KSP ksp) {
  return [ksp](const double* in, double* out) {
    Mat matrix;
    VecHandle right, left;
    check_petsc(KSPGetOperators(ksp, &matrix, nullptr));
    check_petsc(MatCreateVecs(matrix, left.fill(), right.fill()));
    PetscInt n = 0;
    check_petsc(VecGetLocalSize(right, &n));
    for (int k = 0; k < kColumns; ++k) {
      {
        const VecWrite values(right);
        for (PetscInt i = 0; i < n; ++i) values.data()[i] = in[i * kColumns + k];
      }
      check_petsc(KSPSolve(ksp, right, left));
      const VecRead values(left);
      for (PetscInt i = 0; i < n; ++i) out[i * kColumns + k] = values.data()[i];
    }
  };
}

/// PETSc's repeated matrices come without a diagonal.
PetscErrorCode repeated_diagonal(Mat repeated, Vec out) {
  Mat matrix = nullptr;
  Vec diagonal = nullptr;
  PetscCall(MatMAIJGetAIJ(repeated, &matrix));
  PetscCall(MatCreateVecs(matrix, nullptr, &diagonal));
  PetscCall(MatGetDiagonal(matrix, diagonal));
  PetscInt n = 0;
  const double* from = nullptr;
  double* to = nullptr;
  PetscCall(VecGetLocalSize(diagonal, &n));
  PetscCall(VecGetArrayRead(diagonal, &from));
  PetscCall(VecGetArrayWrite(out, &to));
  for (PetscInt i = 0; i < n; ++i) std::fill_n(to + i * kColumns, kColumns, from[i]);
  PetscCall(VecRestoreArrayWrite(out, &to));
  PetscCall(VecRestoreArrayRead(diagonal, &from));
  PetscCall(VecDestroy(&diagonal));
  return 0;
}

MatHandle repeat(Mat matrix) {
  MatHandle repeated;
  check_petsc(MatCreateMAIJ(matrix, kColumns, repeated.fill()));
  return repeated;
}

double norm(MPI_Comm comm, const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v * v;
  return std::sqrt(sum_over_ranks(comm, sum));
}

}  // namespace

StackedSolver::StackedSolver(const MultigridSolver& single)
    : single_(single),
      smooth_(
          [this](const double* in, double* out) { single_.smoother().apply(in, out, kColumns); }),
      fine_(make_operator_shell(single.stiffness(), kColumns)),
      transfer_(make_transfer_shell(single.transfer(), kColumns)) {
  ksp_ = make_conjugate_gradients(single.stiffness().part().comm, fine_);
  PC pc;
  check_petsc(KSPGetPC(ksp_, &pc));
  build_coarse(make_cycle(pc, fine_, transfer_, smooth_));
  check_petsc(KSPSetUp(ksp_));
}

/// A copy of the aggregation hierarchy with repeated matrices; a direct solver goes by columns.
void StackedSolver::build_coarse(KSP coarse) {
  const KSP single = single_.coarse_solver();
  PC single_pc, pc;
  check_petsc(KSPGetPC(single, &single_pc));
  check_petsc(KSPGetPC(coarse, &pc));
  check_petsc(KSPSetType(coarse, KSPPREONLY));
  Mat matrix;
  check_petsc(KSPGetOperators(single, &matrix, nullptr));
  coarse_matrices_.push_back(repeat(matrix));
  check_petsc(KSPSetOperators(coarse, coarse_matrices_.back(), coarse_matrices_.back()));
  PetscBool aggregated = PETSC_FALSE;
  check_petsc(
      PetscObjectTypeCompare(reinterpret_cast<PetscObject>(single_pc), PCGAMG, &aggregated));
  PetscInt levels = 1;
  if (aggregated) check_petsc(PCMGGetLevels(single_pc, &levels));
  if (levels == 1) {
    coarsest_ = column_by_column(single);
    make_preconditioner_shell(pc, coarsest_);
    return;
  }
  set_cycles(coarse);
  check_petsc(PCSetType(pc, PCMG));
  check_petsc(PCMGSetLevels(pc, levels, nullptr));
  for (int level = 0; level < levels; ++level) build_level(pc, single_pc, level);
}

void StackedSolver::build_level(PC pc, PC single, int level) {
  KSP from, to;
  check_petsc(level ? PCMGGetSmoother(single, level, &from) : PCMGGetCoarseSolve(single, &from));
  check_petsc(level ? PCMGGetSmoother(pc, level, &to) : PCMGGetCoarseSolve(pc, &to));
  Mat matrix;
  check_petsc(KSPGetOperators(from, &matrix, nullptr));
  coarse_matrices_.push_back(repeat(matrix));
  const Mat repeated = coarse_matrices_.back();
  check_petsc(KSPSetOperators(to, repeated, repeated));
  PC smoother;
  check_petsc(KSPGetPC(to, &smoother));
  if (level == 0) {
    check_petsc(KSPSetType(to, KSPPREONLY));
    coarsest_ = column_by_column(from);
    make_preconditioner_shell(smoother, coarsest_);
    return;
  }
  check_petsc(MatSetOperation(repeated, MATOP_GET_DIAGONAL,
                              reinterpret_cast<void (*)()>(repeated_diagonal)));
  check_petsc(KSPSetType(to, KSPCHEBYSHEV));
  check_petsc(KSPSetTolerances(to, 0, 0, PETSC_DEFAULT, 2));
  check_petsc(KSPSetNormType(to, KSP_NORM_NONE));
  check_petsc(PCSetType(smoother, PCJACOBI));
  Mat interpolation;
  check_petsc(PCMGGetInterpolation(single, level, &interpolation));
  coarse_matrices_.push_back(repeat(interpolation));
  check_petsc(PCMGSetInterpolation(pc, level, coarse_matrices_.back()));
}

void StackedSolver::cycle(const double* r, double* z) const {
  const MPI_Comm comm = single_.stiffness().part().comm;
  const PetscInt n = single_.stiffness().n_unknowns() * kColumns;
  VecHandle in, out;
  check_petsc(VecCreateMPIWithArray(comm, 1, n, PETSC_DETERMINE, r, in.fill()));
  check_petsc(VecCreateMPIWithArray(comm, 1, n, PETSC_DETERMINE, z, out.fill()));
  PC pc;
  check_petsc(KSPGetPC(ksp_, &pc));
  check_petsc(PCApply(pc, in, out));
}

IterationResult StackedSolver::solve(const std::vector<std::vector<double>>& b,
                                     std::vector<std::vector<double>>& x, double tolerance,
                                     int max_iterations) {
  const MPI_Comm comm = single_.stiffness().part().comm;
  const std::size_t n = single_.stiffness().n_unknowns(), used = b.size();
  std::vector<double> sizes;
  for (const auto& column : b) sizes.push_back(norm(comm, column));
  VecHandle right, left;
  check_petsc(MatCreateVecs(fine_, left.fill(), right.fill()));
  {
    const VecWrite values(right);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t k = 0; k < used; ++k) values.data()[i * kColumns + k] = b[k][i] / sizes[k];
  }
  // The norm of all columns together bounds that of each.
  const double together = tolerance / std::sqrt(static_cast<double>(used));
  check_petsc(KSPSetTolerances(ksp_, together, 0, PETSC_DEFAULT, max_iterations));
  check_petsc(VecSet(left, 0));
  check_petsc(KSPSolve(ksp_, right, left));
  const VecRead values(left);
  x.assign(used, std::vector<double>(n));
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t k = 0; k < used; ++k) x[k][i] = values.data()[i * kColumns + k] * sizes[k];
  return result_of(ksp_);
}

}  // namespace proofload::solver
