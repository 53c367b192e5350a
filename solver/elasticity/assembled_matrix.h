#pragma once
/// The assembled system of a kinematic set: TᵀKT with identities where nothing is unknown; with
/// distributed supports the saddle point system (TᵀKT, TᵀB; BᵀT, 0) with their multipliers.
#include "assembled_cell.h"
#include "assembled_unknowns.h"
#include "petsc_handles.h"

namespace proofload::solver {

/// Symmetric, block size 3. Throws NumericalFailure on all ranks. Collective.
MatHandle assemble_matrix(const Model& model, const Unknowns& unknowns);

/// Tᵀ(f - K u0), the forces on rigid groups and -Bᵀu0. Collective.
VecHandle assemble_right_side(const Model& model, const Unknowns& unknowns, const LoadVector& load);

/// Adds `factor` times the nodal forces of distributed supports. `forces`: Solution::distributed.
void add_support_forces(const KinematicSet& set, const std::vector<std::array<double, 6>>& forces,
                        double factor, std::vector<double>& nodal);

/// The six rigid-body motions of all bodies in the unknowns, orthonormal, for algebraic multigrid.
/// Collective.
NullSpaceHandle rigid_body_modes(const Unknowns& unknowns);

/// Upper bounds of the blocks in each own row, in own columns and in others. Collective.
struct RowCounts {
  std::vector<PetscInt> own;
  std::vector<PetscInt> other;
};
RowCounts count_rows(const Unknowns& unknowns);

}  // namespace proofload::solver
