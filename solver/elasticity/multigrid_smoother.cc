#include "multigrid_smoother.h"

#include <Eigen/LU>
#include <algorithm>
#include <cmath>

#include "matrix_free_shells.h"

namespace proofload::solver {
namespace {

constexpr int kEigenSteps = 12;
constexpr double kEigenMargin = 1.1;
/// Nodes whose values fit a cache together.
constexpr int kChunk = 128;

Eigen::Matrix3d to_matrix(const double* s) {
  Eigen::Matrix3d m;
  m << s[0], s[3], s[5], s[3], s[1], s[4], s[5], s[4], s[2];
  return m;
}

/// Inverse of (P D P + I - P): on the free directions only.
Eigen::Matrix3d invert_projected(const Eigen::Matrix3d& d, const Eigen::Matrix3d& free) {
  const double scale = d.trace() / 3;
  const Eigen::Matrix3d held = Eigen::Matrix3d::Identity() - free;
  return free * (free * d * free + scale * held).inverse() * free + held;
}

/// The 6 x 6 blocks of the groups, from the operator itself.
std::vector<double> group_inverses(const ReducedStiffness& stiffness) {
  const Kinematics& kinematics = stiffness.kinematics();
  const int n_own = kinematics.n_own_motions();
  const long first = 3l * stiffness.part().n_owned;
  AlignedVector x(stiffness.n_unknowns(), 0.0), y(x);
  std::vector<double> blocks(6ul * n_own, 0.0);
  for (int m = 0; m < kinematics.n_motions(); ++m) {
    if (n_own) x[first + m] = 1;
    stiffness.apply(x.data(), y.data(), 1);
    if (!n_own) continue;
    x[first + m] = 0;
    const int group = m / 6;
    for (int i = 0; i < 6; ++i) blocks[36 * group + 6 * (m % 6) + i] = y[first + 6 * group + i];
  }
  using Block = Eigen::Matrix<double, 6, 6>;
  for (int g = 0; g < n_own / 6; ++g) {
    Eigen::Map<Block> block(blocks.data() + 36 * g);
    const Block symmetric = 0.5 * (block + block.transpose());
    block = symmetric.inverse();
  }
  return blocks;
}

}  // namespace

BlockJacobi::BlockJacobi(const ReducedStiffness& stiffness)
    : n_nodes_(stiffness.part().n_owned),
      n_groups_(stiffness.kinematics().n_own_motions() / 6),
      inverse_(stiffness.diagonal()),
      group_inverse_(group_inverses(stiffness)) {
  const Kinematics& kinematics = stiffness.kinematics();
  std::vector<const Eigen::Matrix3d*> free(n_nodes_, nullptr);
  for (const NodeConstraint& constraint : kinematics.set().constraints)
    if (constraint.node < n_nodes_) free[constraint.node] = &constraint.free;
  for (int node = 0; node < n_nodes_; ++node) {
    const Eigen::Matrix3d d = to_matrix(&inverse_[6l * node]);
    Eigen::Matrix3d inverse = Eigen::Matrix3d::Identity();
    if (kinematics.group_of(node) < 0)
      inverse = free[node] ? invert_projected(d, *free[node]) : Eigen::Matrix3d(d.inverse());
    double* out = &inverse_[6l * node];
    for (int c = 0; c < 3; ++c) out[c] = inverse(c, c);
    out[3] = inverse(0, 1);
    out[4] = inverse(1, 2);
    out[5] = inverse(0, 2);
  }
}

void BlockJacobi::apply_nodes(int first, int last, const double* r, double* z, int columns) const {
  for (int node = first; node < last; ++node) {
    const double* m = &inverse_[6l * node];
    const double* in = r + 3l * node * columns;
    double* out = z + 3l * node * columns;
    for (int k = 0; k < columns; ++k) {
      const double a = in[k], b = in[columns + k], c = in[2 * columns + k];
      out[k] = m[0] * a + m[3] * b + m[5] * c;
      out[columns + k] = m[3] * a + m[1] * b + m[4] * c;
      out[2 * columns + k] = m[5] * a + m[4] * b + m[2] * c;
    }
  }
}

void BlockJacobi::apply_groups(const double* r, double* z, int columns) const {
  const long first = 3l * n_nodes_ * columns;
  for (int g = 0; g < n_groups_; ++g)
    for (int i = 0; i < 6; ++i)
      for (int k = 0; k < columns; ++k) {
        double sum = 0;
        for (int j = 0; j < 6; ++j)
          sum += group_inverse_[36 * g + 6 * i + j] * r[first + (6 * g + j) * columns + k];
        z[first + (6 * g + i) * columns + k] = sum;
      }
}

void BlockJacobi::apply(const double* r, double* z, int columns) const {
  apply_nodes(0, n_nodes_, r, z, columns);
  apply_groups(r, z, columns);
}

double largest_eigenvalue(const ReducedStiffness& stiffness, const BlockJacobi& jacobi) {
  const MPI_Comm comm = stiffness.part().comm;
  const int n = stiffness.n_unknowns();
  const MatHandle matrix = make_operator_shell(stiffness, 1);
  VecHandle b, x;
  check_petsc(MatCreateVecs(matrix, x.fill(), b.fill()));
  {
    // Rough in space, of the same size in stiff and soft parts, and the same in every run.
    const VecWrite values(b);
    const std::int64_t first = 3 * stiffness.part().first_node;
    for (int i = 0; i < n; ++i)
      values.data()[i] = std::sin(1.0 + 12.9898 * double(first + i)) * jacobi.scale(i / 3);
  }
  KspHandle ksp;
  check_petsc(KSPCreate(comm, ksp.fill()));
  check_petsc(KSPSetOperators(ksp, matrix, matrix));
  check_petsc(KSPSetType(ksp, KSPCG));
  check_petsc(KSPSetComputeSingularValues(ksp, PETSC_TRUE));
  check_petsc(KSPSetTolerances(ksp, 1e-10, 0, PETSC_DEFAULT, kEigenSteps));
  PC pc;
  check_petsc(KSPGetPC(ksp, &pc));
  const ApplyFunction precondition = [&](const double* r, double* z) { jacobi.apply(r, z, 1); };
  make_preconditioner_shell(pc, precondition);
  check_petsc(KSPSolve(ksp, b, x));
  PetscReal largest = 0, smallest = 0;
  check_petsc(KSPComputeExtremeSingularValues(ksp, &largest, &smallest));
  if (!(largest > 0) || !std::isfinite(largest))
    throw NumericalFailure("SOLVER_DIVERGED", "the stiffness matrix is not positive definite");
  return kEigenMargin * largest;
}

Chebyshev::Chebyshev(const ReducedStiffness& stiffness, int degree)
    : stiffness_(stiffness),
      jacobi_(stiffness),
      eigenvalue_(largest_eigenvalue(stiffness, jacobi_)),
      degree_(degree) {}

void Chebyshev::apply(const double* b, double* x, int columns) const {
  const std::size_t n = static_cast<std::size_t>(stiffness_.n_unknowns()) * columns;
  if (residual_.size() < n)
    for (AlignedVector* v : {&residual_, &step_, &work_}) v->assign(n, 0.0);
  double* r = residual_.data();
  double* step = step_.data();
  double* work = work_.data();
  jacobi_.apply(b, step, columns);
  const double first = 4 / (3 * eigenvalue_);
  for (std::size_t i = 0; i < n; ++i) x[i] = step[i] *= first;
  for (int k = 2; k <= degree_; ++k) {
    stiffness_.apply(step, work, columns);
    const double* before = k == 2 ? b : r;
    const double keep = (2.0 * k - 3) / (2 * k + 1);
    const double gain = (8.0 * k - 4) / ((2 * k + 1) * eigenvalue_);
    const auto residual = [&](long i) { r[i] = before[i] - work[i]; };
    const auto advance = [&](long i) {
      step[i] = keep * step[i] + gain * work[i];
      x[i] += step[i];
    };
    // A few nodes at a time, which stay in the cache from one loop to the next.
    const int width = 3 * columns;
    for (int first = 0; first < jacobi_.n_nodes(); first += kChunk) {
      const int last = std::min(first + kChunk, jacobi_.n_nodes());
      for (long i = static_cast<long>(first) * width; i < static_cast<long>(last) * width; ++i)
        residual(i);
      jacobi_.apply_nodes(first, last, r, work, columns);
      for (long i = static_cast<long>(first) * width; i < static_cast<long>(last) * width; ++i)
        advance(i);
    }
    const long tail = static_cast<long>(jacobi_.n_nodes()) * width;
    for (long i = tail; i < static_cast<long>(n); ++i) residual(i);
    jacobi_.apply_groups(r, work, columns);
    for (long i = tail; i < static_cast<long>(n); ++i) advance(i);
  }
}

}  // namespace proofload::solver
