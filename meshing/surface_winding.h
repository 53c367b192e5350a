#pragma once
/// The generalised winding number (Jacobson, Kavan, Sorkine-Hornung 2013, eq. 6).
#include <vector>

#include "surface_topology.h"

namespace proofload::meshing {

/// Sum of the signed solid angles of the triangles seen from `at`, over 4 pi: 1 inside and 0
/// outside a closed surface with outward normals, in between where the surface is open.
double winding_number(const std::vector<Point>& points, const std::vector<Triangle>& triangles,
                      const Eigen::Vector3d& at);

/// Share of sample points in the bounding box whose winding number is farther than 0.25 from an
/// integer. Samples are a fixed Halton sequence, fewer for large surfaces (32 … 256).
double uncertain_inside(const std::vector<Point>& points, const std::vector<Triangle>& triangles);

}  // namespace proofload::meshing
