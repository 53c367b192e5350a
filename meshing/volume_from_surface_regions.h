#pragma once
/// Surfaces that divide space into bodies, and tetrahedra between them.
#include <vector>

#include "proofload/meshing/surface.h"

namespace proofload::meshing {

/// A connected piece of surface with the same bodies on both sides.
struct Patch {
  std::vector<Triangle> triangles;  ///< normals point from `inner` to `outer`
  int inner = 0;                    ///< body behind the normal
  int outer = -1;                   ///< body before it; -1: none
};

/// One connected piece of a body: an outer shell with its cavities, each a list of patches.
struct Region {
  int body = 0;
  std::vector<std::vector<int>> shells;  ///< outer one first
};

/// A surface complex whose regions are to be filled.
struct Regions {
  std::vector<Point> points;
  std::vector<Patch> patches;
  std::vector<Region> regions;
  int crumbs = 0;  ///< pieces and holes of a few faces that were left out
};

/// The regions one closed oriented surface bounds (nested shells are cavities).
Regions regions_of(const TriangleSoup& surface);

/// The regions of a mesh: its outer faces and the faces between bodies. Of a single body, pieces
/// and holes of at most 8 faces and 1e-4 of its volume are left out.
Regions regions_of(const VolumeMesh& mesh);

/// Fills the regions with Gmsh on the surfaces exactly as they are. `algorithm`: 10 HXT,
/// 1 Delaunay. Sizes follow the surface, at most `size_mm` and, if given, `size_at` a place.
/// Throws NumericalFailure (VOLUME_MESH).
VolumeMesh fill_regions(const Regions& regions, int algorithm, double size_mm,
                        const SizeLimit& size_at);

}  // namespace proofload::meshing
