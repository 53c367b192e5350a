#include "multigrid_stacked.h"

#include <array>
#include <cmath>

#include "proofload/solver/collective.h"

namespace proofload::solver {
namespace {

/// One number for each column.
using Numbers = std::array<double, kColumns>;

/// Iterates of all columns; [n][kColumns].
struct Iterates {
  long n;
  AlignedVector x, r, z, p, q;
  explicit Iterates(long rows) : n(rows), x(rows * kColumns, 0.0), r(x), z(x), p(x), q(x) {}
};

/// Sums over this rank's rows.
Numbers products(long n, const AlignedVector& a, const AlignedVector& b) {
  Numbers sum{};
  for (long i = 0; i < n; ++i)
    for (int k = 0; k < kColumns; ++k) sum[k] += a[i * kColumns + k] * b[i * kColumns + k];
  return sum;
}

/// a = b + factor a.
void scale_and_add(long n, const Numbers& factor, const AlignedVector& b, AlignedVector& a) {
  for (long i = 0; i < n; ++i)
    for (int k = 0; k < kColumns; ++k)
      a[i * kColumns + k] = b[i * kColumns + k] + factor[k] * a[i * kColumns + k];
}

/// x += alpha p, r -= alpha q; squares of r.
Numbers advance(Iterates& v, const Numbers& alpha) {
  Numbers square{};
  for (long i = 0; i < v.n; ++i)
    for (int k = 0; k < kColumns; ++k) {
      const long at = i * kColumns + k;
      v.x[at] += alpha[k] * v.p[at];
      v.r[at] -= alpha[k] * v.q[at];
      square[k] += v.r[at] * v.r[at];
    }
  return square;
}

double norm(MPI_Comm comm, const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v * v;
  return std::sqrt(sum_over_ranks(comm, sum));
}

}  // namespace

IterationResult StackedSolver::solve(const std::vector<std::vector<double>>& b,
                                     std::vector<std::vector<double>>& x, double tolerance,
                                     int max_iterations) {
  const ReducedStiffness& stiffness = single_.stiffness();
  const MPI_Comm comm = stiffness.part().comm;
  const int used = static_cast<int>(b.size());
  Iterates v(stiffness.n_unknowns());
  std::vector<double> sizes;
  for (const auto& column : b) sizes.push_back(norm(comm, column));
  for (long i = 0; i < v.n; ++i)
    for (int k = 0; k < used; ++k) v.r[i * kColumns + k] = b[k][i] / sizes[k];

  IterationResult result;
  Numbers alpha{}, before{}, square{};
  for (int k = 0; k < used; ++k) square[k] = 1;
  const auto is_done = [&](int k) { return !(square[k] > tolerance * tolerance); };
  for (; result.iterations < max_iterations; ++result.iterations) {
    result.converged = true;
    for (int k = 0; k < used; ++k) result.converged = result.converged && is_done(k);
    if (result.converged) break;
    cycle(v.r.data(), v.z.data());
    // Flexible: the change of r since the last step is -alpha q (Notay 2000,
    // doi 10.1137/S1064827599362314).
    std::array<Numbers, 2> both = {products(v.n, v.r, v.z), products(v.n, v.q, v.z)};
    sum_over_ranks(comm, both[0].data(), 2 * kColumns);
    Numbers beta{};
    for (int k = 0; k < used; ++k)
      if (before[k] > 0) beta[k] = -alpha[k] * both[1][k] / before[k];
    before = both[0];
    scale_and_add(v.n, beta, v.z, v.p);
    stiffness.apply(v.p.data(), v.q.data(), kColumns);
    Numbers curvature = products(v.n, v.p, v.q);
    sum_over_ranks(comm, curvature.data(), kColumns);
    for (int k = 0; k < kColumns; ++k)
      alpha[k] = !is_done(k) && curvature[k] > 0 ? before[k] / curvature[k] : 0;
    square = advance(v, alpha);
    sum_over_ranks(comm, square.data(), kColumns);
  }
  x.assign(used, std::vector<double>(v.n));
  for (long i = 0; i < v.n; ++i)
    for (int k = 0; k < used; ++k) x[k][i] = v.x[i * kColumns + k] * sizes[k];
  return result;
}

}  // namespace proofload::solver
