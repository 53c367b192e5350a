#include "multigrid.h"

#include <algorithm>
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
      smoother_degree_(options.smoother_degree),
      fine_(make_operator_shell(stiffness_, 1)),
      ksp_(make_conjugate_gradients(stiffness.part().comm, fine_)),
      precondition_([this](const double* in, double* out) { cycle(in, out, 1); }) {
  // The difference of an orthotropic law from an isotropic one is applied in double precision only.
  const bool orthotropic = std::any_of(by_body.begin(), by_body.end(),
                                       [](const Elasticity& e) { return e.orthotropic; });
  set_fine_level(options.single_precision && !orthotropic);
  set_coarse_solver(vertices, by_body, options);
  PC pc;
  check_petsc(KSPGetPC(ksp_, &pc));
  make_preconditioner_shell(pc, precondition_);
  check_petsc(KSPSetUp(ksp_));
}

void MultigridSolver::set_fine_level(bool single_precision) {
  const BlockJacobi<double> jacobi(stiffness_);
  eigenvalue_ = largest_eigenvalue(stiffness_, jacobi);
  if (!single_precision) return use_double_precision();
  const BlockJacobi<float> single(jacobi, stiffness_.free().single_unit());
  single_ = std::make_unique<Cycle<float>>(
      stiffness_, transfer_, Chebyshev<float>(stiffness_, single, eigenvalue_, smoother_degree_),
      [this](const double* b, double* x, int columns) { solve_coarse(b, x, columns); });
}

void MultigridSolver::use_double_precision() {
  single_.reset();
  double_ = std::make_unique<Cycle<double>>(
      stiffness_, transfer_,
      Chebyshev<double>(stiffness_, BlockJacobi<double>(stiffness_), eigenvalue_, smoother_degree_),
      [this](const double* b, double* x, int columns) { solve_coarse(b, x, columns); });
}

void MultigridSolver::cycle(const double* r, double* z, int columns) const {
  if (single_)
    single_->apply(r, z, columns);
  else
    double_->apply(r, z, columns);
}

void MultigridSolver::set_coarse_solver(const Vertices& vertices,
                                        const std::vector<Elasticity>& by_body,
                                        const MultigridOptions& options) {
  MatHandle matrix = assemble_coarse(stiffness_, vertices, by_body, options.coarse_poisson_limit);
  PetscInt n = 0;
  check_petsc(MatGetSize(matrix, &n, nullptr));
  if (n <= options.direct_coarse_limit) {
    check_petsc(KSPCreate(stiffness_.part().comm, direct_.fill()));
    set_direct_solver(direct_, matrix);
    factorise(direct_);
    return;
  }
  const int n_groups = stiffness_.kinematics().n_own_motions() / 6;
  aggregation_ = std::make_unique<Aggregation>(std::move(matrix), n_groups, options.aggregation);
}

void MultigridSolver::solve_coarse(const double* b, double* x, int columns) const {
  if (aggregation_)
    aggregation_->apply(b, x, columns);
  else
    solve_coarse_directly(b, x, columns);
}

/// Column by column.
void MultigridSolver::solve_coarse_directly(const double* b, double* x, int columns) const {
  Mat matrix;
  VecHandle right, left;
  check_petsc(KSPGetOperators(direct_, &matrix, nullptr));
  check_petsc(MatCreateVecs(matrix, left.fill(), right.fill()));
  const long n = transfer_.n_coarse();
  for (int k = 0; k < columns; ++k) {
    {
      const VecWrite values(right);
      for (long i = 0; i < n; ++i) values.data()[i] = b[i * columns + k];
    }
    check_petsc(KSPSolve(direct_, right, left));
    const VecRead values(left);
    for (long i = 0; i < n; ++i) x[i * columns + k] = values.data()[i];
  }
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

double MultigridSolver::residual_norm(const std::vector<double>& b,
                                      const std::vector<double>& x) const {
  std::vector<double> r(b.size());
  stiffness_.apply(x.data(), r.data(), 1);
  double sum = 0;
  for (std::size_t i = 0; i < b.size(); ++i) sum += (b[i] - r[i]) * (b[i] - r[i]);
  return std::sqrt(sum_over_ranks(stiffness_.part().comm, sum));
}

}  // namespace proofload::solver
