#pragma once
/// Coarse level: the assembled stiffness of linear tetrahedra on the same vertices.
#include "matrix_free_operator.h"
#include "multigrid_transfer.h"
#include "petsc_handles.h"

namespace proofload::solver {

/// Above this Poisson's ratio linear tetrahedra lock; the coarse operator is softened to it.
inline constexpr double kCoarsePoissonLimit = 0.40;
/// Up to this many coarse unknowns a direct factor is cheaper than multigrid cycles.
inline constexpr int kDirectCoarseLimit = 15000;
/// Edges of the strength graph weaker than this are dropped by smoothed aggregation.
inline constexpr double kAggregationThreshold = 0.02;
/// Cycles of smoothed aggregation for one coarse correction: on a strut of 655,899 unknowns two
/// take 17 iterations where one takes 23, and less time.
inline constexpr int kCoarseCycles = 2;

/// Rows and columns in blocks of three: vertices, then two blocks for each rigid group. Carries the
/// rigid-body modes as near null space. Collective.
MatHandle assemble_coarse(const ReducedStiffness& stiffness, const Vertices& vertices,
                          const std::vector<Elasticity>& by_body);

/// Makes the solver repeat its preconditioner kCoarseCycles times, which keeps it symmetric.
void set_cycles(KSP ksp);

/// One application of an approximate inverse: direct factor up to `direct_limit` unknowns, else
/// kCoarseCycles of smoothed aggregation, every option pinned. Collective.
void set_coarse_solver(KSP ksp, Mat matrix, int direct_limit);

}  // namespace proofload::solver
