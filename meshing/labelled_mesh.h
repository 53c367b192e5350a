#pragma once
/// Conforming tetrahedra of several overlapping or touching bodies by CGAL's Mesh_3.
#include <vector>

#include "proofload/meshing/surface.h"

namespace proofload::meshing {

struct LabelledBody {
  TriangleSoup surface;     ///< closed, oriented, no self-intersections
  double size_mm = 0;       ///< wanted edge length
  double deviation_mm = 0;  ///< allowed distance of faces to the surface
  double priority = 0;      ///< overlap goes to the higher; equal: listed first
  bool keep_edges = false;  ///< sharp edges stay edges of the mesh
};

struct LabelledOptions {
  double sharp_deg = 50;      ///< edges kept are sharper than this (between normals)
  bool protect_edges = true;  ///< false: no edge is kept
  bool optimise = true;       ///< remove slivers (perturb, then exude)
  std::vector<SizeBall> balls;
};

/// Every face of the result lies within `deviation_mm` of a surface (away from kept edges, unless
/// sampled too coarsely) and every interface face has one cell of each body by construction.
/// Deterministic. Throws NumericalFailure (LABELLED_MESH) when a body comes out empty.
VolumeMesh mesh_labelled(const std::vector<LabelledBody>& bodies, const LabelledOptions& options);

/// [owner][other] volume in mm3 of the cells of `owner` that lie inside the surface of `other`.
std::vector<std::vector<double>> overlap_volumes(const std::vector<LabelledBody>& bodies,
                                                 const VolumeMesh& mesh);

}  // namespace proofload::meshing
