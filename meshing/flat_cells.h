#pragma once
/// Where a mesh has flat cells, and how small cells there must be to be round.
#include "proofload/meshing/mesh_input.h"
#include "sizing.h"

namespace proofload::meshing {

/// Least dihedral angle of all cells, degrees.
double least_dihedral(const VolumeMesh& mesh);

/// Flat cells sit where the geometry is narrower than the size asked for: a ball around each with a
/// dihedral angle under 6 degrees. Its size is five times the cell's shortest edge, but between a
/// tenth and half of its longest. At most 300.
std::vector<SizeBall> balls_at_flat_cells(const VolumeMesh& mesh);

}  // namespace proofload::meshing
