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
  int whole = -1;           ///< body this is a region of, with its surface; -1: none
  InRegion part;            ///< of a region
};

/// What lies between two bodies, no further than `mm` from both together, belongs to `giver`.
struct Closing {
  int keeper = 0, giver = 0;
  double mm = 0;
};

struct LabelledOptions {
  double sharp_deg = 50;      ///< edges kept are sharper than this (between normals)
  bool protect_edges = true;  ///< false: no edge is kept
  bool optimise = true;       ///< remove slivers (perturb, then exude)
  std::vector<SizeBall> balls;
  SizeLimit size_limit;  ///< may be empty
  std::vector<Closing> closings;
};

/// Every face of the result lies within `deviation_mm` of a surface (away from kept edges, unless
/// sampled too coarsely) and every interface face has one cell of each body by construction.
/// Deterministic. Throws NumericalFailure (LABELLED_MESH) when a body comes out empty.
VolumeMesh mesh_labelled(const std::vector<LabelledBody>& bodies, const LabelledOptions& options);

/// How much of the mesh the geometry gives to whom, by points in its cells. mm3.
struct BodyVolumes {
  /// [owner][other] cells of `owner` that lie inside the surface of `other` (no region).
  std::vector<std::vector<double>> overlap;
  std::vector<double> region;  ///< [bodies] what the labels say
};

BodyVolumes measure_bodies(const std::vector<LabelledBody>& bodies,
                           const std::vector<Closing>& closings, const VolumeMesh& mesh);

}  // namespace proofload::meshing
