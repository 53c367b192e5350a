#include "projected_solver.h"

#include <cmath>

#include "proofload/solver/collective.h"

namespace proofload::solver {

KinematicSet on_foundation(const Model& model, const KinematicSet& set) {
  KinematicSet held = set;
  held.distributed.clear();
  for (const DistributedSupport& support : set.distributed)
    for (std::size_t f = 0; f < support.faces.size(); ++f) {
      FoundationFace face;
      face.nodes = support.faces[f];
      face.normal_n_per_mm3 = face.tangential_n_per_mm3 =
          model.material_of(support.cells[f]).mu / support.length;
      held.foundation.push_back(face);
    }
  return held;
}

ProjectedSolver::ProjectedSolver(const FreeStiffness& free, const KinematicSet& set,
                                 const MultigridSolver& multigrid)
    : stiffness_(free, set),
      rows_(stiffness_.kinematics()),
      multigrid_(multigrid),
      preconditioner_([this](const double* in, double* out) { precondition(in, out); }) {
  const int n = stiffness_.n_unknowns();
  smooth_.resize(n, rows_.count());
  Eigen::MatrixXd products(rows_.count(), rows_.count());
  for (int k = 0; k < rows_.count(); ++k) {
    std::vector<double> column(n, 0.0);
    rows_.add(Eigen::VectorXd::Unit(rows_.count(), k), column.data());
    multigrid_.cycle(column.data(), smooth_.col(k).data());
    products.col(k) = rows_.products(smooth_.col(k).data());
  }
  factor_.compute(products);
  operator_ =
      make_function_shell(comm(), n, [this](const double* in, double* out) { apply(in, out); });
  ksp_ = make_conjugate_gradients(comm(), operator_);
  check_petsc(KSPSetInitialGuessNonzero(ksp_, PETSC_FALSE));
  PC pc;
  check_petsc(KSPGetPC(ksp_, &pc));
  make_preconditioner_shell(pc, preconditioner_);
  check_petsc(KSPSetUp(ksp_));
}

void ProjectedSolver::apply(const double* in, double* out) const {
  std::vector<double> x(in, in + stiffness_.n_unknowns());
  rows_.project(x.data());
  stiffness_.apply(x.data(), out, 1);
  rows_.project(out);
}

void ProjectedSolver::precondition(const double* in, double* out) const {
  multigrid_.cycle(in, out);
  const Eigen::VectorXd c = factor_.solve(rows_.products(out));
  Eigen::Map<Eigen::VectorXd>(out, smooth_.rows()) -= smooth_ * c;
}

std::vector<double> ProjectedSolver::particular(const Eigen::VectorXd& g) const {
  std::vector<double> x(stiffness_.n_unknowns(), 0.0);
  if (g.isZero(0)) return x;
  Eigen::Map<Eigen::VectorXd>(x.data(), smooth_.rows()) = smooth_ * factor_.solve(g);
  return x;
}

std::vector<double> ProjectedSolver::residual(const std::vector<double>& b,
                                              const std::vector<double>& x) const {
  std::vector<double> r(b.size());
  stiffness_.apply(x.data(), r.data(), 1);
  for (std::size_t i = 0; i < r.size(); ++i) r[i] = b[i] - r[i];
  return r;
}

double ProjectedSolver::residual_norm(const std::vector<double>& b,
                                      const std::vector<double>& x) const {
  std::vector<double> r = residual(b, x);
  rows_.project(r.data());
  double sum = 0;
  for (const double value : r) sum += value * value;
  return std::sqrt(sum_over_ranks(comm(), sum));
}

IterationResult ProjectedSolver::iterate(const std::vector<double>& b, std::vector<double>& x,
                                         double goal, int max_iterations) {
  std::vector<double> r = residual(b, x), step(r.size(), 0.0);
  rows_.project(r.data());
  const auto n = static_cast<PetscInt>(r.size());
  VecHandle right, left;
  check_petsc(VecCreateMPIWithArray(comm(), 1, n, PETSC_DETERMINE, r.data(), right.fill()));
  check_petsc(VecCreateMPIWithArray(comm(), 1, n, PETSC_DETERMINE, step.data(), left.fill()));
  check_petsc(KSPSetTolerances(ksp_, 0, goal, PETSC_DEFAULT, max_iterations));
  check_petsc(KSPSolve(ksp_, right, left));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] += step[i];
  return result_of(ksp_);
}

}  // namespace proofload::solver
