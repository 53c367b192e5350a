#pragma once
/// A closed skin around any triangles.
#include "surface_topology.h"

namespace proofload::meshing {

/// CGAL's alpha wrap: closed, oriented, free of crossings, encloses the triangles at `offset`,
/// enters openings wider than `alpha`.
TriangleSoup wrap_around(const TriangleSoup& soup, double alpha, double offset);

/// The skin's points drawn to the nearest point of the triangles where that is within `reach`, and
/// only as far as no triangle of the skin turns over or crosses another.
TriangleSoup drawn_back(const TriangleSoup& skin, const TriangleSoup& onto, double reach);

}  // namespace proofload::meshing
