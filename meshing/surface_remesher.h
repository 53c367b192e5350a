#pragma once
/// New triangles on a closed surface, made step by step. Only for .cc files.
#include "proofload/meshing/surface.h"
#include "surface_graded.h"

namespace proofload::meshing {

/// What is asked of one triangulation.
struct Triangulation {
  double size_mm = 0;         ///< the greatest anywhere
  SizeLimit size_at;          ///< empty: the same everywhere
  double shift_limit_mm = 0;  ///< edges shorter than this may be collapsed
};

/// Iterations of `remesh_graded` that triangles need until they are round, and until they lie as
/// far from the surface as they will.
constexpr int kIterations = 6, kDraftIterations = 2;

/// Some of the iterations.
void iterate(SurfaceMesh& mesh, const GivenSurface& given, const Triangulation& asked,
             int iterations);

/// After the iterations: needles and caps that are left are taken out. May cross itself.
void finish(SurfaceMesh& mesh, const Triangulation& asked);

}  // namespace proofload::meshing
