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

/// Aggregates take all columns at once; a direct solver goes by columns.
void StackedSolver::build_coarse(KSP coarse) {
  if (const Aggregation* aggregation = single_.aggregation())
    correct_ = [aggregation](const double* in, double* out) {
      aggregation->apply(in, out, kColumns);
    };
  else
    correct_ = column_by_column(single_.coarse_solver());
  coarse_ = make_matrix_of_size(single_.stiffness().part().comm,
                                single_.transfer().n_coarse() * kColumns);
  set_coarse_function(coarse, coarse_, correct_);
}

void StackedSolver::cycle(const double* r, double* z) const {
  apply_preconditioner(ksp_, single_.stiffness().part().comm,
                       single_.stiffness().n_unknowns() * kColumns, r, z);
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
