#pragma once
/// Middle nodes on the curved faces of CAD bodies that are meshed from their triangles.
#include <vector>

#include "proofload/meshing/topology.h"

namespace proofload::meshing {

/// Fills mesh.curved_middle: edges of outer and shared faces whose ends lie on the (finely
/// tessellated) surface of a CAD body get the point of it nearest to their middle. Bones stay
/// straight: their surface is that of voxels.
void curve_surface_edges(const std::vector<BodySurface>& surfaces, const Topology& topology,
                         TetMesh& mesh);

}  // namespace proofload::meshing
