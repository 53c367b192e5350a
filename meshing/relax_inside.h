#pragma once
/// Cells made rounder on average.
#include "proofload/meshing/mesh_input.h"

namespace proofload::meshing {

/// Mean of gamma = 3 r_in / R_circ over the cells (1 is best, below 0 for turned ones).
double mean_gamma(const VolumeMesh& mesh);

/// Moves points inside bodies to the middle of the cells around them, weighted by volume
/// (centroids, or circumcentres: Alliez, Cohen-Steiner, Yvinec, Desbrun, Variational tetrahedral
/// meshing, 2005), where that makes the mean gamma around them greater and the least of it no less.
/// Points on walls stay. Meshes with a mean gamma of 0.76 and more are left as they are.
void relax_inside(VolumeMesh& mesh);

}  // namespace proofload::meshing
