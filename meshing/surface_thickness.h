#pragma once
/// How thin a body is.
#include "surface_topology.h"

namespace proofload::meshing {

/// A wall thinner than an element.
struct ThinPlace {
  Eigen::Vector3d at;
  double thickness = 0;
};

/// The surface seen from the other side: its thin places are gaps.
TriangleSoup turned(TriangleSoup surface);

/// Middles of a triangle's pieces, none much longer than `size`; at most 64 of them.
std::vector<Point> points_on(const TriangleSoup& surface, const Triangle& t, double size);

/// Distance through the body straight inwards from points at most about `limit` apart, where it is
/// less than `limit` (mm); at most `samples` points are tried, spread over them. Thinnest first.
std::vector<ThinPlace> thin_places(const TriangleSoup& soup, double limit, int samples);

}  // namespace proofload::meshing
