#pragma once
/// What is wrong with a surface, triangle by triangle: for a picture and for other programs.
#include "proofload/meshing/surface.h"

namespace proofload::meshing {

/// In the order of what is shown where several apply: the last.
enum class Defect : char { none, duplicate, no_area, turned, hole, non_manifold, crossing };

struct MarkedSurface {
  TriangleSoup soup;           ///< equal points merged
  std::vector<Defect> defect;  ///< [triangles]
  std::vector<std::array<int, 2>> edges;
  std::vector<Defect> edge_defect;  ///< [edges] hole, non_manifold or turned
};

/// Triangles that cross others, lie at holes, at edges of more than two triangles or at edges whose
/// two disagree, have no area or are there twice; the edges concerned.
MarkedSurface mark_defects(const TriangleSoup& soup);

/// VTK XML: lines and polygons with the cell array "defect" (numbers of Defect). Throws
/// std::runtime_error.
void write_defects(const MarkedSurface& marked, const std::string& path);

}  // namespace proofload::meshing
