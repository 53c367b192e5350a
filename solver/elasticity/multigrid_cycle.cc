#include "multigrid_cycle.h"

#include <algorithm>
#include <cmath>

#include "proofload/solver/collective.h"

namespace proofload::solver {
namespace {

template <class Real>
void at_least(AlignedVectorOf<Real>& values, long n) {
  if (static_cast<long>(values.size()) < n) values.assign(n, Real(0));
}

}  // namespace

template <class Real>
void Cycle<Real>::apply(const double* r, double* z, int columns) const {
  const long n = static_cast<long>(stiffness_.n_unknowns()) * columns;
  double scale = 1, unit = 1;
  if (std::is_same<Real, float>::value) {
    unit = stiffness_.free().single_unit();
    double largest = 0;
    for (long i = 0; i < n; ++i) largest = std::max(largest, std::abs(r[i]));
    largest = max_over_ranks(stiffness_.part().comm, largest);
    if (largest > 0 && std::isfinite(largest)) scale = largest;
  }
  at_least(r_, n);
  at_least(x_, n);
  for (long i = 0; i < n; ++i) r_[i] = static_cast<Real>(r[i] / scale);
  smoother_.start(r_.data(), x_.data(), columns);
  correct(r_.data(), x_.data(), unit, columns);
  smoother_.finish(r_.data(), x_.data(), columns);
  for (long i = 0; i < n; ++i) z[i] = x_[i] * (scale / unit);
}

/// x += correction by the coarse level, r -= A times it.
template <class Real>
void Cycle<Real>::correct(Real* r, Real* x, double unit, int columns) const {
  const long n = static_cast<long>(stiffness_.n_unknowns()) * columns;
  const long n_coarse = static_cast<long>(transfer_.n_coarse()) * columns;
  at_least(step_, n);
  at_least(work_, n);
  at_least(coarse_values_, n_coarse);
  at_least(coarse_r_, n_coarse);
  at_least(coarse_x_, n_coarse);
  transfer_.restrict_residual(r, coarse_values_.data(), columns);
  std::copy_n(coarse_values_.data(), n_coarse, coarse_r_.data());
  coarse_(coarse_r_.data(), coarse_x_.data(), columns);
  for (long i = 0; i < n_coarse; ++i) coarse_values_[i] = static_cast<Real>(unit * coarse_x_[i]);
  transfer_.interpolate(coarse_values_.data(), step_.data(), columns);
  stiffness_.apply(step_.data(), work_.data(), columns);
  for (long i = 0; i < n; ++i) {
    x[i] += step_[i];
    r[i] -= work_[i];
  }
}

template class Cycle<double>;
template class Cycle<float>;

}  // namespace proofload::solver
