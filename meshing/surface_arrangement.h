#pragma once
/// Crossing triangles cut along each other, and the outer side of the result.
#include "proofload/meshing/surface.h"

namespace proofload::meshing {

/// Every triangle that crosses others is cut along the intersections (computed exactly, equal
/// points are one point, then rounded to double); the others stay as they are. Rounding can make
/// a few new crossings: repeated up to `rounds` times. Triangles without area must be out before.
TriangleSoup cut_crossings(const TriangleSoup& soup, int rounds = 3);

/// Of a surface cut at its crossings and oriented for the most part: the triangles with inside
/// (winding number above 1/2) on one side only, turned outwards. Crossing parts are united, sheets
/// inside and folds of no thickness vanish, cavities with inward normals stay.
TriangleSoup outer_boundary(const TriangleSoup& soup);

}  // namespace proofload::meshing
