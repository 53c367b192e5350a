#pragma once
/// What the sharp edges of a surface ask of the triangles between them.
#include "surface_detail.h"

namespace proofload::meshing {

/// Sizes that follow the sharp edges of a part drawn in CAD, where they are less than `size` (mm):
/// the width of the strip between two edges (an edge is across a strip where the way along edges is
/// more than three times the distance), the length of an edge between two corners, and eight sides
/// to a full turn of a bent edge. No less than a twelfth of `size`.
std::vector<SizeAt> sizes_at_edges(const TriangleSoup& soup, double sharp_deg, double size);

}  // namespace proofload::meshing
