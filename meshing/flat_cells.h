#pragma once
/// Where a mesh has flat cells, and how small cells there must be to be round.
#include <functional>

#include "proofload/meshing/mesh_input.h"
#include "sizing.h"

namespace proofload::meshing {

/// Least dihedral angle of all cells, degrees.
double least_dihedral(const VolumeMesh& mesh);

/// Flat cells sit where the geometry is narrower than the size asked for: a ball around each with a
/// dihedral angle under `dihedral_deg`, of the size (mm) made of the cell's shortest and longest
/// edge. At most 300.
std::vector<SizeBall> balls_at_flat_cells(
    const VolumeMesh& mesh, double dihedral_deg,
    const std::function<double(double shortest, double longest)>& size);

/// For triangles made anew: under 6 degrees, five times the shortest edge, but between a tenth and
/// half of the longest.
std::vector<SizeBall> balls_at_flat_cells(const VolumeMesh& mesh);

}  // namespace proofload::meshing
