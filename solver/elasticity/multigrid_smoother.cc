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

template <>
BlockJacobi<double>::BlockJacobi(const ReducedStiffness& stiffness)
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

template <class Real>
template <class Other>
BlockJacobi<Real>::BlockJacobi(const BlockJacobi<Other>& other, double factor)
    : n_nodes_(other.n_nodes_), n_groups_(other.n_groups_) {
  inverse_.reserve(other.inverse_.size());
  for (const Other v : other.inverse_) inverse_.push_back(static_cast<Real>(factor * v));
  for (const Other v : other.group_inverse_)
    group_inverse_.push_back(static_cast<Real>(factor * v));
}

template <class Real>
void BlockJacobi<Real>::apply_nodes(int first, int last, const Real* r, Real* z,
                                    int columns) const {
  for (int node = first; node < last; ++node) {
    const Real* m = &inverse_[6l * node];
    const Real* in = r + 3l * node * columns;
    Real* out = z + 3l * node * columns;
    for (int k = 0; k < columns; ++k) {
      const Real a = in[k], b = in[columns + k], c = in[2 * columns + k];
      out[k] = m[0] * a + m[3] * b + m[5] * c;
      out[columns + k] = m[3] * a + m[1] * b + m[4] * c;
      out[2 * columns + k] = m[5] * a + m[4] * b + m[2] * c;
    }
  }
}

template <class Real>
void BlockJacobi<Real>::apply_groups(const Real* r, Real* z, int columns) const {
  const long first = 3l * n_nodes_ * columns;
  for (int g = 0; g < n_groups_; ++g)
    for (int i = 0; i < 6; ++i)
      for (int k = 0; k < columns; ++k) {
        double sum = 0;
        for (int j = 0; j < 6; ++j)
          sum += static_cast<double>(group_inverse_[36 * g + 6 * i + j]) *
                 r[first + (6 * g + j) * columns + k];
        z[first + (6 * g + i) * columns + k] = static_cast<Real>(sum);
      }
}

template <class Real>
void BlockJacobi<Real>::apply(const Real* r, Real* z, int columns) const {
  apply_nodes(0, n_nodes_, r, z, columns);
  apply_groups(r, z, columns);
}

template class BlockJacobi<double>;
template class BlockJacobi<float>;
template BlockJacobi<float>::BlockJacobi(const BlockJacobi<double>&, double);

double largest_eigenvalue(const ReducedStiffness& stiffness, const BlockJacobi<double>& jacobi) {
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

template <class Real>
void Chebyshev<Real>::smooth(Real* r, Real* x, int columns, bool starts) const {
  const long n = static_cast<long>(stiffness_.n_unknowns()) * columns;
  for (AlignedVectorOf<Real>* v : {&step_, &work_})
    if (static_cast<long>(v->size()) < n) v->assign(n, Real(0));
  Real* step = step_.data();
  Real* work = work_.data();
  const auto first_gain = static_cast<Real>(4 / (3 * eigenvalue_));
  jacobi_.apply(r, step, columns);
  for (long i = 0; i < n; ++i) {
    step[i] *= first_gain;
    x[i] = starts ? step[i] : x[i] + step[i];
  }
  for (int k = 2; k <= degree_; ++k) {
    stiffness_.apply(step, work, columns);
    const auto keep = static_cast<Real>((2.0 * k - 3) / (2 * k + 1));
    const auto gain = static_cast<Real>((8.0 * k - 4) / ((2 * k + 1) * eigenvalue_));
    const auto residual = [&](long begin, long end) {
      for (long i = begin; i < end; ++i) r[i] -= work[i];
    };
    const auto advance = [&](long begin, long end) {
      for (long i = begin; i < end; ++i) {
        step[i] = keep * step[i] + gain * work[i];
        x[i] += step[i];
      }
    };
    // A few nodes at a time, which stay in the cache from one loop to the next.
    const long width = 3 * columns, tail = jacobi_.n_nodes() * width;
    for (int first = 0; first < jacobi_.n_nodes(); first += kChunk) {
      const int last = std::min(first + kChunk, jacobi_.n_nodes());
      residual(first * width, last * width);
      jacobi_.apply_nodes(first, last, r, work, columns);
      advance(first * width, last * width);
    }
    residual(tail, n);
    jacobi_.apply_groups(r, work, columns);
    advance(tail, n);
  }
  if (!starts) return;
  stiffness_.apply(step, work, columns);
  for (long i = 0; i < n; ++i) r[i] -= work[i];
}

template class Chebyshev<double>;
template class Chebyshev<float>;

}  // namespace proofload::solver
