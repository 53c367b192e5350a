#include "surface_thickness.h"

#include <CGAL/AABB_traits.h>
#include <CGAL/AABB_tree.h>
#include <CGAL/AABB_triangle_primitive.h>

#include <algorithm>
#include <cmath>

#include "surface_cgal.h"

namespace proofload::meshing {
namespace {

using Triangles = std::vector<Kernel::Triangle_3>;
using Primitive = CGAL::AABB_triangle_primitive<Kernel, Triangles::const_iterator>;
using Tree = CGAL::AABB_tree<CGAL::AABB_traits<Kernel, Primitive>>;

}  // namespace

TriangleSoup turned(TriangleSoup surface) {
  for (Triangle& t : surface.triangles) std::swap(t[1], t[2]);
  return surface;
}

std::vector<ThinPlace> thin_places(const TriangleSoup& soup, double limit, int samples) {
  Triangles triangles;
  for (const Triangle& t : soup.triangles) {
    triangles.emplace_back(to_cgal(soup.points[t[0]]), to_cgal(soup.points[t[1]]),
                           to_cgal(soup.points[t[2]]));
  }
  const Tree tree(triangles.cbegin(), triangles.cend());
  const std::size_t stride = std::max<std::size_t>(1, soup.triangles.size() / std::max(1, samples));
  std::vector<ThinPlace> found;
  for (std::size_t i = 0; i < soup.triangles.size(); i += stride) {
    const Eigen::Vector3d vector = area_vector(soup.points, soup.triangles[i]);
    if (!(vector.norm() > 0)) continue;
    const Eigen::Vector3d inward = -vector.normalized();
    const Eigen::Vector3d from = centroid(soup.points, soup.triangles[i]);
    const Eigen::Vector3d to = from + limit * inward;
    const Kernel::Segment_3 needle(to_cgal(to_point(from + 1e-3 * limit * inward)),
                                   to_cgal(to_point(to)));
    std::vector<Tree::Primitive_id> hits;
    tree.all_intersected_primitives(needle, std::back_inserter(hits));
    double thickness = limit;
    for (const auto& hit : hits) {
      const Kernel::Triangle_3& t = *hit;
      const Kernel::Vector_3 n = CGAL::cross_product(t[1] - t[0], t[2] - t[0]);
      const double along = n * Kernel::Vector_3(inward[0], inward[1], inward[2]);
      if (!(along > 0)) continue;  // seen from outside: not the far wall
      const double distance = n * (t[0] - to_cgal(to_point(from))) / along;
      if (distance > 0) thickness = std::min(thickness, distance);
    }
    if (thickness < limit) found.push_back({from, thickness});
  }
  std::stable_sort(found.begin(), found.end(), [](const ThinPlace& a, const ThinPlace& b) {
    return a.thickness < b.thickness;
  });
  return found;
}

}  // namespace proofload::meshing
