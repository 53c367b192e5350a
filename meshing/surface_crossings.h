#pragma once
/// Triangles of a soup that cross each other.
#include <vector>

#include "proofload/meshing/surface.h"

namespace proofload::meshing {

/// Pairs of triangles whose intersection is more than their common corners or edge, exact
/// predicates; triangles without area are left out. At most `limit` pairs are listed.
/// Sorted by triangle numbers; `point` is a point of the intersection.
std::vector<Crossing> find_crossings(const std::vector<Point>& points,
                                     const std::vector<Triangle>& triangles,
                                     std::size_t limit = 1'000'000);

}  // namespace proofload::meshing
