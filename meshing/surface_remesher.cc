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

class Remesher {
 public:
  Remesher(SurfaceMesh mesh, const Triangulation& asked) : asked_(asked), mesh_(std::move(mesh)) {
    sharp_ = mesh_.add_property_map<Edge, bool>("e:sharp", false).first;
    if (asked.sharp_deg > 0) pmp::detect_sharp_edges(mesh_, asked.sharp_deg, sharp_);
  }

  SurfaceMesh run() {
    const double size = asked_.size_mm;
    remesh_graded(mesh_, sharp_, [&](const Point& at) {
      return asked_.size_at ? std::min(size, asked_.size_at(at)) : size;
    });
    collapse_needles();
    remove_crossings();
    return std::move(mesh_);
  }

 private:
  /// Short edges are collapsed, caps flipped.
  void collapse_needles() {
    const double length = std::min(0.1 * asked_.size_mm, asked_.shift_limit_mm);
    pmp::experimental::remove_almost_degenerate_faces(mesh_, kCapCosine, kNeedleRatio, length,
                                                      params::edge_is_constrained_map(sharp_));
    mesh_.collect_garbage();
  }

  /// Remeshing itself makes a few triangles cross now and then; more than a few is another fault.
  void remove_crossings() {
    const TriangleSoup now = to_soup(mesh_, {});
    const std::size_t count =
        find_crossings(now.points, now.triangles, kMendedCrossings + 1).size();
    if (count == 0 || count > kMendedCrossings) return;
    pmp::experimental::remove_self_intersections(mesh_);
    mesh_.collect_garbage();
  }

  const Triangulation& asked_;
  SurfaceMesh mesh_;
  SharpEdges sharp_;
};

}  // namespace

SurfaceMesh triangulate_anew(SurfaceMesh mesh, const Triangulation& asked) {
  return Remesher(std::move(mesh), asked).run();
}

}  // namespace proofload::meshing
