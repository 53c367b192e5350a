#pragma once
/// Coarse level: the assembled stiffness of linear tetrahedra on the same vertices.
#include "matrix_free_operator.h"
#include "multigrid_transfer.h"
#include "petsc_handles.h"

namespace proofload::solver {

inline constexpr double kCoarsePoissonLimit = 0.45;
/// Up to this many coarse unknowns a direct factor is cheaper than multigrid cycles.
inline constexpr int kDirectCoarseLimit = 15000;
/// Rows and columns in blocks of three: vertices, then two blocks for each rigid group. Carries the
/// rigid-body modes as near null space. Poisson's ratios above the limit are lowered to it.
/// Collective.
MatHandle assemble_coarse(const ReducedStiffness& stiffness, const Vertices& vertices,
                          const std::vector<Elasticity>& by_body, double poisson_limit);

}  // namespace proofload::solver
