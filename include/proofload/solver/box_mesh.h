#pragma once
/// A structured mesh for tests and benchmarks.
#include <array>

#include "proofload/io/mesh_file.h"

namespace proofload::solver {

/// Box from the origin, mm, cut into counts[0] x counts[1] x counts[2] bricks of six tetrahedra
/// each (Kuhn 1960), bricks and nodes in the order x, y, z with z slowest. One body "box"; places
/// "x0" "x1" "y0" "y1" "z0" "z1" and the exterior.
io::Mesh box_mesh(const std::array<double, 3>& size_mm, const std::array<int, 3>& counts);

}  // namespace proofload::solver
