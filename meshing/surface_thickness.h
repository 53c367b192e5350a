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

/// Distance through the body from triangle middles straight inwards, where that is less than
/// `limit`; at most `samples` triangles are tried, spread over the list. Thinnest first.
std::vector<ThinPlace> thin_places(const TriangleSoup& soup, double limit, int samples);

}  // namespace proofload::meshing
