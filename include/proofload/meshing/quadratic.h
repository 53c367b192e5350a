#pragma once
/// Ten-node tetrahedra: middle nodes on the geometry as far as every cell stays valid.
#include <vector>

#include "proofload/io/mesh_file.h"
#include "proofload/meshing/tet_mesh.h"
#include "proofload/meshing/topology.h"

namespace proofload::meshing {

/// Corners of a cell's edges in the order of nodes 4 … 9 (VTK).
inline constexpr int kTetEdges[6][2] = {{0, 1}, {1, 2}, {0, 2}, {0, 3}, {1, 3}, {2, 3}};

/// Positions of the ten nodes of a cell.
using CellNodes = std::array<Point, 10>;

/// The 20 Bézier coefficients of the Jacobian determinant, a cubic: their least value bounds it
/// from below, their mean is six times the volume (Johnen, Remacle, Geuzaine 2013, doi
/// 10.1016/j.jcp.2012.08.051).
std::array<double, 20> jacobian_coefficients(const CellNodes& nodes);

struct Quadratic {
  std::vector<double> nodes;           ///< [3 * n], the straight mesh's vertices first
  std::vector<std::int32_t> cells;     ///< [10 * n_cells], VTK order
  std::vector<double> jacobian_ratio;  ///< [n_cells] least coefficient over the straight cell's
  std::vector<double> cell_volume;     ///< [n_cells] mm3
  int straightened_count = 0;          ///< edges that lost all of their curve
  double largest_loss_mm = 0;          ///< most that any middle node was moved off its target
};

/// Places the middle nodes. Displacements are limited to 0.25 of the edge; cells whose ratio falls
/// below 0.1 have theirs halved up to three times, then removed. `origin[v]` is the vertex v was
/// before bodies were split (keys of mesh.curved_middle). Each of the `sides` of an edge has a
/// middle node of its own.
Quadratic make_quadratic(const TetMesh& mesh, const std::vector<std::int32_t>& origin,
                         const EdgeSides& sides = {});

}  // namespace proofload::meshing
