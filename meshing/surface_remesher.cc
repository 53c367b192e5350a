#include "surface_remesher.h"

#include <CGAL/Polygon_mesh_processing/repair_degeneracies.h>
#include <CGAL/Polygon_mesh_processing/repair_self_intersections.h>

#include <algorithm>
#include <cmath>

#include "surface_crossings.h"

namespace proofload::meshing {
namespace {

namespace pmp = CGAL::Polygon_mesh_processing;
namespace params = CGAL::parameters;

constexpr double kCapCosine = -0.9396926;  // of 160 degrees
constexpr double kNeedleRatio = 4;
constexpr std::size_t kMendedCrossings = 40;

/// Short edges are collapsed, caps flipped.
void collapse_needles(SurfaceMesh& mesh, double length) {
  const auto sharp = GivenSurface::sharp_edges(mesh);
  pmp::experimental::remove_almost_degenerate_faces(mesh, kCapCosine, kNeedleRatio, length,
                                                    params::edge_is_constrained_map(sharp));
  mesh.collect_garbage();
}

/// Remeshing itself makes a few triangles cross now and then; more than a few is another fault.
void remove_crossings(SurfaceMesh& mesh) {
  const TriangleSoup now = to_soup(mesh, {});
  const std::size_t count = find_crossings(now.points, now.triangles, kMendedCrossings + 1).size();
  if (count == 0 || count > kMendedCrossings) return;
  pmp::experimental::remove_self_intersections(mesh);
  mesh.collect_garbage();
}

}  // namespace

void iterate(SurfaceMesh& mesh, const GivenSurface& given, const Triangulation& asked,
             int iterations) {
  const double size = asked.size_mm;
  const auto size_at = [&](const Point& at) {
    return asked.size_at ? std::min(size, asked.size_at(at)) : size;
  };
  remesh_graded(mesh, given, size_at, iterations);
}

void finish(SurfaceMesh& mesh, const Triangulation& asked) {
  collapse_needles(mesh, std::min(0.1 * asked.size_mm, asked.shift_limit_mm));
  remove_crossings(mesh);
}

}  // namespace proofload::meshing
