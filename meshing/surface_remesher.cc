#include "surface_remesher.h"

#include <CGAL/Polygon_mesh_processing/detect_features.h>
#include <CGAL/Polygon_mesh_processing/repair_degeneracies.h>
#include <CGAL/Polygon_mesh_processing/repair_self_intersections.h>

#include <algorithm>
#include <cmath>

#include "surface_crossings.h"
#include "surface_graded.h"

namespace proofload::meshing {
namespace {

namespace pmp = CGAL::Polygon_mesh_processing;
namespace params = CGAL::parameters;
using Edge = SurfaceMesh::Edge_index;
using SharpEdges = SurfaceMesh::Property_map<Edge, bool>;

constexpr double kCapCosine = -0.9396926;  // of 160 degrees
constexpr double kNeedleRatio = 4;
constexpr std::size_t kMendedCrossings = 40;

/// Short edges are collapsed, caps flipped.
void collapse_needles(SurfaceMesh& mesh, SharpEdges sharp, double length) {
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

SurfaceMesh triangulate_anew(SurfaceMesh mesh, const Triangulation& asked) {
  const double size = asked.size_mm;
  const SharpEdges sharp = mesh.add_property_map<Edge, bool>("e:sharp", false).first;
  if (asked.sharp_deg > 0) pmp::detect_sharp_edges(mesh, asked.sharp_deg, sharp);
  remesh_graded(mesh, sharp, [&](const Point& at) {
    return asked.size_at ? std::min(size, asked.size_at(at)) : size;
  });
  collapse_needles(mesh, sharp, std::min(0.1 * size, asked.shift_limit_mm));
  remove_crossings(mesh);
  return mesh;
}

}  // namespace proofload::meshing
