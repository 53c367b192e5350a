/// How far a surface has moved: volume, area, Hausdorff distance.
#include <CGAL/AABB_traits.h>
#include <CGAL/AABB_tree.h>
#include <CGAL/AABB_triangle_primitive.h>
#include <CGAL/Simple_cartesian.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "surface_distance.h"

namespace proofload::meshing {
namespace {

using Plain = CGAL::Simple_cartesian<double>;  // distances need no exact predicates
using Triangles = std::vector<Plain::Triangle_3>;
using Primitive = CGAL::AABB_triangle_primitive<Plain, Triangles::const_iterator>;
using AabbTree = CGAL::AABB_tree<CGAL::AABB_traits<Plain, Primitive>>;

template <class Coordinates>
Plain::Point_3 plain(const Coordinates& p) {
  return {p[0], p[1], p[2]};
}

void measure(const TriangleSoup& soup, double& volume, double& area) {
  volume = area = 0;
  if (soup.points.empty()) return;
  const Eigen::Vector3d origin = to_vec(soup.points.front());
  for (const Triangle& t : soup.triangles) {
    const Eigen::Vector3d vector = area_vector(soup.points, t) / 2;
    area += vector.norm();
    volume += vector.dot(to_vec(soup.points[t[0]]) - origin) / 3;
  }
}

/// Corners of a triangle, the same whichever way it is written.
std::array<Point, 3> key_of(const TriangleSoup& soup, const Triangle& t) {
  std::array<Point, 3> key{soup.points[t[0]], soup.points[t[1]], soup.points[t[2]]};
  std::sort(key.begin(), key.end());
  return key;
}

/// [triangles of `from`] 1: it is a triangle of `to` as well.
std::vector<char> shared_triangles(const TriangleSoup& from, const TriangleSoup& to) {
  std::vector<std::array<Point, 3>> keys;
  for (const Triangle& t : to.triangles) keys.push_back(key_of(to, t));
  std::sort(keys.begin(), keys.end());
  std::vector<char> shared;
  for (const Triangle& t : from.triangles) {
    shared.push_back(std::binary_search(keys.begin(), keys.end(), key_of(from, t)));
  }
  return shared;
}

/// Greatest distance of corners, middles of sides and of triangles of `from` to a surface; those
/// of triangles that both have are not looked at. `moved` gets those beyond the distance.
double one_sided(const TriangleSoup& from, const TriangleSoup& to, double beyond_mm,
                 std::vector<MovedPlace>& moved) {
  const std::vector<char> shared = shared_triangles(from, to);
  if (std::count(shared.begin(), shared.end(), 0) == 0) return 0;
  const SurfaceDistance distance(to);
  double greatest = 0;
  const auto look = [&](const Eigen::Vector3d& at) {
    const double here = distance(at);
    greatest = std::max(greatest, here);
    if (here > beyond_mm) moved.push_back({to_point(at), here});
  };
  std::vector<char> used(from.points.size(), 0);
  for (std::size_t i = 0; i < shared.size(); ++i) {
    const Triangle& t = from.triangles[i];
    if (shared[i]) continue;
    look(centroid(from.points, t));
    for (int k = 0; k < 3; ++k) {
      const int a = t[k], b = t[(k + 1) % 3];
      if (!used[a]) look(to_vec(from.points[a]));
      used[a] = 1;
      if (a < b) look((to_vec(from.points[a]) + to_vec(from.points[b])) / 2);
    }
  }
  return greatest;
}

}  // namespace

struct SurfaceDistance::Tree {
  Triangles triangles;
  AabbTree tree;
};

SurfaceDistance::SurfaceDistance(const TriangleSoup& soup) : tree_(new Tree) {
  for (const Triangle& t : soup.triangles) {
    const Plain::Triangle_3 triangle(plain(soup.points[t[0]]), plain(soup.points[t[1]]),
                                     plain(soup.points[t[2]]));
    if (!triangle.is_degenerate()) tree_->triangles.push_back(triangle);
  }
  tree_->tree.rebuild(tree_->triangles.cbegin(), tree_->triangles.cend());
  tree_->tree.accelerate_distance_queries();
}

SurfaceDistance::~SurfaceDistance() = default;

double SurfaceDistance::operator()(const Eigen::Vector3d& at) const {
  return std::sqrt(tree_->tree.squared_distance(plain(at)));
}

Eigen::Vector3d SurfaceDistance::nearest(const Eigen::Vector3d& at) const {
  const Plain::Point_3 found = tree_->tree.closest_point(plain(at));
  return {found.x(), found.y(), found.z()};
}

double SurfaceChange::relative_volume() const {
  return volume_before_mm3 == 0 ? 0 : volume_after_mm3 / volume_before_mm3 - 1;
}

double SurfaceChange::relative_area() const {
  return area_before_mm2 == 0 ? 0 : area_after_mm2 / area_before_mm2 - 1;
}

SurfaceChange compare_surfaces(const TriangleSoup& before, const TriangleSoup& after,
                               double beyond_mm, std::vector<MovedPlace>& moved) {
  SurfaceChange change;
  measure(before, change.volume_before_mm3, change.area_before_mm2);
  measure(after, change.volume_after_mm3, change.area_after_mm2);
  change.after_to_before_mm = one_sided(after, before, beyond_mm, moved);
  change.hausdorff_mm =
      std::max(one_sided(before, after, beyond_mm, moved), change.after_to_before_mm);
  return change;
}

SurfaceChange compare_surfaces(const TriangleSoup& before, const TriangleSoup& after) {
  std::vector<MovedPlace> moved;
  return compare_surfaces(before, after, std::numeric_limits<double>::infinity(), moved);
}

}  // namespace proofload::meshing
