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

constexpr double kMostPieces = 8;  // of a triangle's longest side

struct Ray {
  std::size_t triangle;
  Point from;
};

/// Rays from points spread over the surface.
std::vector<Ray> rays_from(const TriangleSoup& surface, double spacing) {
  std::vector<Ray> rays;
  for (std::size_t t = 0; t < surface.triangles.size(); ++t) {
    for (const Point& from : points_on(surface, surface.triangles[t], spacing)) {
      rays.push_back({t, from});
    }
  }
  return rays;
}

}  // namespace

std::vector<Point> points_on(const TriangleSoup& surface, const Triangle& t, double size) {
  const Eigen::Vector3d a = to_vec(surface.points[t[0]]);
  const Eigen::Vector3d u = to_vec(surface.points[t[1]]) - a, v = to_vec(surface.points[t[2]]) - a;
  const double longest = std::max({u.norm(), v.norm(), (u - v).norm()});
  const int n = static_cast<int>(std::clamp(std::ceil(longest / size), 1.0, kMostPieces));
  std::vector<Point> middles;
  for (int i = 0; i < n; ++i) {
    for (int k = 0; i + k < n; ++k) {
      middles.push_back(to_point(a + (i + 1.0 / 3) / n * u + (k + 1.0 / 3) / n * v));
      if (i + k + 1 < n)
        middles.push_back(to_point(a + (i + 2.0 / 3) / n * u + (k + 2.0 / 3) / n * v));
    }
  }
  return middles;
}

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
  const std::vector<Ray> rays = rays_from(soup, limit);
  const std::size_t stride = std::max<std::size_t>(1, rays.size() / std::max(1, samples));
  std::vector<ThinPlace> found;
  for (std::size_t i = 0; i < rays.size(); i += stride) {
    const Eigen::Vector3d vector = area_vector(soup.points, soup.triangles[rays[i].triangle]);
    if (!(vector.norm() > 0)) continue;
    const Eigen::Vector3d inward = -vector.normalized();
    const Eigen::Vector3d from = to_vec(rays[i].from);
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
