#pragma once
/// Flat cells made rounder without a new mesh.
#include "proofload/meshing/mesh_input.h"

namespace proofload::meshing {

/// Moves corners of cells under 7 degrees to where the least dihedral angle around them is greatest
/// (Freitag and Ollivier-Gooch, Tetrahedral mesh improvement using swapping and smoothing, 1997).
/// Corners on a wall stay in its plane or along its edge and move by no more than 0.15 of their
/// edges' length, those where three walls meet not at all. Returns how many moves were made.
int round_flat_cells(VolumeMesh& mesh);

}  // namespace proofload::meshing
