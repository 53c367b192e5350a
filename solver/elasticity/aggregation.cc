#include "aggregation.h"

#include <Eigen/Eigenvalues>
#include <cmath>

#include "aggregation_kernels.h"
#include "proofload/solver/collective.h"

namespace proofload::solver {
namespace {

constexpr int kEigenSteps = 12;
constexpr double kEigenMargin = 1.1;
/// A level that is not this much smaller than the one above is not worth it.
constexpr double kLeastReduction = 0.7;
/// The coarsest level's factor is dense and on every rank.
constexpr int kMostDirectBlocks = 1000;

/// y = A x; brings the ghosts of x up to date.
void multiply(const LevelDraft& level, std::vector<double>& x, std::vector<double>& y) {
  const BlockMatrix<double>& a = level.matrix;
  update_ghosts(level.halo, x.data(), a.rows);
  for (int i = 0; i < a.n(); ++i) {
    double sum[kModes] = {};
    for (long k = a.begin[i]; k < a.begin[i + 1]; ++k)
      for (int r = 0; r < a.rows; ++r)
        for (int c = 0; c < a.rows; ++c)
          sum[r] += a.value[k * a.size() + r * a.rows + c] *
                    x[static_cast<std::size_t>(a.column[k]) * a.rows + c];
    std::copy_n(sum, a.rows, &y[static_cast<std::size_t>(i) * a.rows]);
  }
}

double dot(const LevelDraft& level, const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (int i = 0; i < level.halo.n_own * level.matrix.rows; ++i) sum += a[i] * b[i];
  return sum_over_ranks(level.halo.comm, sum);
}

/// Largest eigenvalue of D⁻¹A from the coefficients of conjugate gradients, with a margin.
double largest_eigenvalue(const LevelDraft& level, const std::vector<double>& inverse) {
  const int block = level.matrix.rows;
  const std::size_t n = static_cast<std::size_t>(level.halo.n_local()) * block;
  std::vector<double> r(n), z(n, 0.0), p(n, 0.0), q(n, 0.0);
  // Rough in space, of the same size in stiff and soft parts, and the same in every run.
  for (int i = 0; i < level.halo.n_own * block; ++i) {
    const double diagonal = inverse[static_cast<std::size_t>(i) * block + i % block];
    r[i] = std::sin(1.0 + 12.9898 * (static_cast<double>(level.halo.first) * block + i)) /
           std::sqrt(diagonal);
  }
  Eigen::MatrixXd t = Eigen::MatrixXd::Zero(kEigenSteps, kEigenSteps);
  double rz_before = 0, alpha_before = 0;
  int steps = 0;
  for (; steps < kEigenSteps; ++steps) {
    for (int i = 0; i < level.halo.n_own; ++i)
      for (int a = 0; a < block; ++a) {
        double sum = 0;
        for (int c = 0; c < block; ++c)
          sum += inverse[(static_cast<std::size_t>(i) * block + a) * block + c] * r[i * block + c];
        z[i * block + a] = sum;
      }
    const double rz = dot(level, r, z);
    if (!(rz > 0)) break;
    const double beta = steps ? rz / rz_before : 0;
    for (int i = 0; i < level.halo.n_own * block; ++i) p[i] = z[i] + beta * p[i];
    multiply(level, p, q);
    const double pq = dot(level, p, q);
    if (!(pq > 0)) break;
    const double alpha = rz / pq;
    t(steps, steps) = 1 / alpha + (steps ? beta / alpha_before : 0);
    if (steps) t(steps, steps - 1) = t(steps - 1, steps) = std::sqrt(beta) / alpha_before;
    for (int i = 0; i < level.halo.n_own * block; ++i) r[i] -= alpha * q[i];
    rz_before = rz;
    alpha_before = alpha;
  }
  if (steps == 0) return 1;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(t.topLeftCorner(steps, steps));
  return kEigenMargin * eigen.eigenvalues().maxCoeff();
}

LevelDraft first_level(MatHandle matrix, int n_groups) {
  LevelDraft draft;
  draft.matrix = blocks_of(matrix, draft.halo);
  const int n = draft.halo.n_own;
  draft.apart.assign(n, -1);
  for (int i = 0; i < 2 * n_groups; ++i) draft.apart[n - 2 * n_groups + i] = i / 2;
  MatNullSpace space = nullptr;
  PetscInt count = 0;
  const Vec* modes = nullptr;
  check_petsc(MatGetNearNullSpace(matrix, &space));
  check_petsc(MatNullSpaceGetVecs(space, nullptr, &count, &modes));
  draft.modes.resize(3ul * n * kModes);
  for (int m = 0; m < kModes; ++m) {
    const VecRead values(modes[m]);
    for (int i = 0; i < 3 * n; ++i) draft.modes[i * long(kModes) + m] = values.data()[i];
  }
  return draft;
}

}  // namespace

Aggregation::Aggregation(MatHandle matrix, int n_groups, const AggregationOptions& options)
    : options_(options) {
  LevelDraft draft = first_level(std::move(matrix), n_groups);
  set_up(std::move(draft));
}

void Aggregation::set_up(LevelDraft draft) {
  for (;;) {
    const MPI_Comm comm = draft.halo.comm;
    std::vector<double> inverse;
    on_all_ranks(comm, [&] { inverse = inverse_diagonal(draft.matrix); });
    Level level;
    level.largest = largest_eigenvalue(draft, inverse);
    int n_aggregates = 0;
    const bool small = draft.halo.n_global <= options_.direct_blocks;
    const std::vector<int> aggregates =
        small ? std::vector<int>() : aggregate(draft, options_.threshold, n_aggregates);
    const std::int64_t next = sum_over_ranks(comm, static_cast<std::int64_t>(n_aggregates));
    const bool last =
        small || next == 0 || static_cast<double>(next) > kLeastReduction * draft.halo.n_global;
    Coarsened coarser;
    if (last)
      factorise(draft);
    else
      coarser = coarsen(draft, aggregates, n_aggregates, inverse, level.largest);
    level.halo = std::move(draft.halo);
    level.matrix = std::move(draft.matrix);
    level.inverse = std::move(inverse);
    level.prolongation = std::move(coarser.prolongation);
    if (!last && level.matrix.rows == 3) keep_couplings(level);
    levels_.push_back(std::move(level));
    if (last) return;
    draft = std::move(coarser.draft);
  }
}

/// The finest matrix in half the bytes.
void Aggregation::keep_couplings(Level& level) {
  BlockMatrix<double>& matrix = level.matrix;
  level.row_sums.assign(9ul * matrix.n(), 0.0);
  for (int i = 0; i < matrix.n(); ++i)
    for (long k = matrix.begin[i]; k < matrix.begin[i + 1]; ++k)
      for (int c = 0; c < 9; ++c) level.row_sums[9ul * i + c] += matrix.value[9 * k + c];
  level.couplings.begin = std::move(matrix.begin);
  level.couplings.column = std::move(matrix.column);
  level.couplings.value.assign(matrix.value.begin(), matrix.value.end());
  matrix = BlockMatrix<double>();
}

/// The whole coarsest matrix on every rank.
void Aggregation::factorise(const LevelDraft& draft) {
  const Halo& halo = draft.halo;
  if (halo.n_global > kMostDirectBlocks)
    throw NumericalFailure("SOLVER_DIVERGED", "the aggregates do not make coarse levels");
  const int block = draft.matrix.rows;
  std::vector<double> triples;
  for (int i = 0; i < halo.n_own; ++i)
    for (long k = draft.matrix.begin[i]; k < draft.matrix.begin[i + 1]; ++k)
      for (int c = 0; c < draft.matrix.size(); ++c) {
        triples.push_back((halo.first + i) * block + c / block);
        triples.push_back(halo.global(draft.matrix.column[k]) * block + c % block);
        triples.push_back(draft.matrix.value[k * draft.matrix.size() + c]);
      }
  const std::vector<std::vector<double>> copies(halo.begins.size() - 1, triples);
  Dense whole = Dense::Zero(halo.n_global * block, halo.n_global * block);
  for (const auto& list : exchange_lists(halo.comm, copies))
    for (std::size_t i = 0; i < list.size(); i += 3)
      whole(static_cast<long>(list[i]), static_cast<long>(list[i + 1])) += list[i + 2];
  factor_.compute(0.5 * (whole + whole.transpose()));
  if (factor_.info() != Eigen::Success)
    throw NumericalFailure("SOLVER_DIVERGED", "the coarsest matrix is not positive definite");
}

template <int Columns>
void Aggregation::solve_coarsest(const Level& level) const {
  const Halo& halo = level.halo;
  const int block = level.matrix.rows * Columns;
  std::vector<int> counts, begins;
  for (std::size_t r = 0; r + 1 < halo.begins.size(); ++r) {
    counts.push_back((halo.begins[r + 1] - halo.begins[r]) * block);
    begins.push_back(halo.begins[r] * block);
  }
  std::vector<double> all(static_cast<std::size_t>(halo.n_global) * block);
  MPI_Allgatherv(level.b.data(), halo.n_own * block, MPI_DOUBLE, all.data(), counts.data(),
                 begins.data(), MPI_DOUBLE, halo.comm);
  using Stacked = Eigen::Matrix<double, Eigen::Dynamic, Columns,
                                Columns == 1 ? Eigen::ColMajor : Eigen::RowMajor>;
  const Eigen::Map<const Stacked> right(all.data(), static_cast<long>(all.size()) / Columns,
                                        Columns);
  const Eigen::Matrix<double, Eigen::Dynamic, Columns> x = factor_.solve(right);
  for (int i = 0; i < halo.n_own * level.matrix.rows; ++i)
    for (int c = 0; c < Columns; ++c)
      level.x[static_cast<std::size_t>(i) * Columns + c] = x(halo.first * level.matrix.rows + i, c);
}

namespace {

/// Chooses the block size at compile time.
template <class Work>
void with_block(int block, Work work) {
  if (block == 3)
    work(std::integral_constant<int, 3>());
  else
    work(std::integral_constant<int, kModes>());
}

}  // namespace

/// Improves level.x for level.b by one cycle; `from_zero`: from nothing.
template <int Columns>
void Aggregation::cycle(std::size_t depth, bool from_zero) const {
  const Level& level = levels_[depth];
  if (depth + 1 == levels_.size()) {
    solve_coarsest<Columns>(level);
    return;
  }
  const Level& next = levels_[depth + 1];
  with_block(level.matrix.rows, [&](auto size) {
    constexpr int kBlock = decltype(size)::value;
    const int n_own = level.halo.n_own, width = kBlock * Columns;
    const long n = static_cast<long>(n_own) * width;
    double *x = level.x.data(), *r = level.r.data(), *step = level.step.data();
    double* work = level.work.data();
    const double* b = level.b.data();
    const auto times_matrix = [&](const double* in, double* out) {
      if constexpr (kBlock == 3)
        multiply_differences<Columns>(level.couplings, level.row_sums, in, out);
      else
        proofload::solver::multiply<kBlock, kBlock, Columns, false>(level.matrix, in, out);
    };
    const auto residual = [&] {
      update_ghosts(level.halo, x, width);
      times_matrix(x, r);
      for (long i = 0; i < n; ++i) r[i] = b[i] - r[i];
    };
    // Fourth-kind Chebyshev (multigrid_smoother.h) on the residual in r.
    const auto smooth = [&](bool first_ever) {
      if (first_ever) std::copy_n(b, n, r);
      scale_blocks<kBlock, Columns>(level.inverse, n_own, r, step);
      const double first = 4 / (3 * level.largest);
      for (long i = 0; i < n; ++i) {
        step[i] *= first;
        x[i] = first_ever ? step[i] : x[i] + step[i];
      }
      for (int k = 2; k <= options_.smoother_degree; ++k) {
        update_ghosts(level.halo, step, width);
        times_matrix(step, work);
        for (long i = 0; i < n; ++i) r[i] -= work[i];
        scale_blocks<kBlock, Columns>(level.inverse, n_own, r, work);
        const double keep = (2.0 * k - 3) / (2 * k + 1);
        const double gain = (8.0 * k - 4) / ((2 * k + 1) * level.largest);
        for (long i = 0; i < n; ++i) {
          step[i] = keep * step[i] + gain * work[i];
          x[i] += step[i];
        }
      }
    };
    if (!from_zero) residual();
    smooth(from_zero);
    residual();
    double* coarse = next.b.data();
    std::fill_n(coarse, static_cast<long>(next.halo.n_local()) * kModes * Columns, 0.0);
    add_transposed<kBlock, kModes, Columns>(level.prolongation, r, coarse);
    add_to_owners(next.halo, coarse, kModes * Columns);
    cycle<Columns>(depth + 1, true);
    update_ghosts(next.halo, next.x.data(), kModes * Columns);
    proofload::solver::multiply<kBlock, kModes, Columns, true>(level.prolongation, next.x.data(),
                                                               x);
    residual();
    smooth(false);
  });
}

template <int Columns>
void Aggregation::apply_columns(const double* b, double* x) const {
  for (const Level& level : levels_) {
    const std::size_t size =
        static_cast<std::size_t>(level.halo.n_local()) * level.matrix.rows * Columns;
    for (auto* v : {&level.b, &level.x, &level.r, &level.step, &level.work})
      if (v->size() < size) v->assign(size, 0.0);
  }
  const Level& top = levels_.front();
  const long n = static_cast<long>(top.halo.n_own) * top.matrix.rows * Columns;
  std::copy_n(b, n, top.b.data());
  for (int i = 0; i < options_.cycles; ++i) cycle<Columns>(0, i == 0);
  std::copy_n(top.x.data(), n, x);
}

void Aggregation::apply(const double* b, double* x, int columns) const {
  if (columns == 1)
    apply_columns<1>(b, x);
  else
    apply_columns<kColumns>(b, x);
}

}  // namespace proofload::solver
