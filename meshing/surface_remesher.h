#pragma once
/// New triangles on a closed surface, once. Only for .cc files.
#include "proofload/meshing/surface.h"
#include "surface_cgal.h"

namespace proofload::meshing {

/// What is asked of one triangulation.
struct Triangulation {
  double size_mm = 0;         ///< the greatest anywhere
  SizeLimit size_at;          ///< empty: the same everywhere
  double shift_limit_mm = 0;  ///< edges shorter than this may be collapsed
  double sharp_deg = 0;       ///< edges sharper than this are kept; 0: none
};

/// By `remesh_graded`; needles and caps that are left are taken out. May cross itself.
SurfaceMesh triangulate_anew(SurfaceMesh mesh, const Triangulation& asked);

}  // namespace proofload::meshing
