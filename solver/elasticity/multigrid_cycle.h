#pragma once
/// One cycle of two levels as preconditioner: smooth, correct by the linear level, smooth.
#include <functional>

#include "multigrid_smoother.h"
#include "multigrid_transfer.h"

namespace proofload::solver {

/// x ~ A⁻¹ b on the coarse level, stacked by columns, in double precision.
using CoarseFunction = std::function<void(const double* b, double* x, int columns)>;

/// Symmetric. In float the fine level works in single precision on numbers about one: half the
/// bytes and twice the lanes. What that rounds away is rough, small in energy (unit roundoff times
/// the root of the condition), and the outer iteration, in double precision, sees all of it.
template <class Real>
class Cycle {
 public:
  /// Keeps references.
  Cycle(const ReducedStiffness& stiffness, const Transfer& transfer, Chebyshev<Real> smoother,
        CoarseFunction coarse)
      : stiffness_(stiffness),
        transfer_(transfer),
        smoother_(std::move(smoother)),
        coarse_(std::move(coarse)) {}
  /// z ~ A⁻¹ r, [n_unknowns * columns]. Collective.
  void apply(const double* r, double* z, int columns) const;

 private:
  void correct(Real* r, Real* x, double unit, int columns) const;

  const ReducedStiffness& stiffness_;
  const Transfer& transfer_;
  Chebyshev<Real> smoother_;
  CoarseFunction coarse_;
  mutable AlignedVectorOf<Real> r_, x_, step_, work_, coarse_values_;
  mutable AlignedVector coarse_r_, coarse_x_;
};

}  // namespace proofload::solver
