#pragma once
/// Holes in a surface closed by triangles between their edges.
#include "surface_clean.h"

namespace proofload::meshing {

struct HoleFilling {
  std::int64_t filled = 0, left = 0;
  double area_mm2 = 0;        ///< of the new triangles
  double widest_left_mm = 0;  ///< width of the widest hole that stays
  Point widest_left{};        ///< its middle
};

/// Closes every hole not wider (diagonal of its box) than `widest` by the least area between its
/// edges (Liepa 2003); new triangles come last. The soup must be oriented.
HoleFilling fill_holes(TriangleSoup& soup, double widest);

}  // namespace proofload::meshing
