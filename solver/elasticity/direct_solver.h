#pragma once
/// Cholesky factors by MUMPS.
#include <petscksp.h>

namespace proofload::solver {

/// Up to this many unknowns every rank has the whole factor: one spread over ranks does not repeat
/// bit by bit, as MUMPS sums in the order of arrival.
inline constexpr int kRepeatableUnknowns = 200000;

/// Makes `ksp` one application of the inverse of `matrix` by a factor. Collective.
void set_direct_solver(KSP ksp, Mat matrix);

/// Makes the factor now. Throws NumericalFailure (FACTORISATION_FAILED) on all ranks. Collective.
void factorise(KSP ksp);

}  // namespace proofload::solver
