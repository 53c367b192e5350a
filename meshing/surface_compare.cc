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

double longest_side(const TriangleSoup& soup, const Triangle& t) {
  double longest = 0;
  for (int k = 0; k < 3; ++k) {
    const Eigen::Vector3d side = to_vec(soup.points[t[k]]) - to_vec(soup.points[t[(k + 1) % 3]]);
    longest = std::max(longest, side.norm());
  }
  return longest;
}

/// Points of a surface at which its distance to another is taken: corners, and middles of sides and
/// of triangles with a side longer than `spacing`; none of the triangles that `skipped` marks.
template <class Look>
void for_samples(const TriangleSoup& soup, const std::vector<char>& skipped, double spacing,
                 const Look& look) {
  std::vector<char> used(soup.points.size(), 0);
  for (std::size_t i = 0; i < soup.triangles.size(); ++i) {
    const Triangle& t = soup.triangles[i];
    if (!skipped.empty() && skipped[i]) continue;
    const bool large = longest_side(soup, t) > spacing;
    if (large) look(centroid(soup.points, t));
    for (int k = 0; k < 3; ++k) {
      const int a = t[k], b = t[(k + 1) % 3];
      if (!used[a]) look(to_vec(soup.points[a]));
      used[a] = 1;
      if (large && a < b) look((to_vec(soup.points[a]) + to_vec(soup.points[b])) / 2);
    }
  }
}

/// Greatest distance of samples of `from` to a surface; those of triangles that both have are not
/// looked at.
double one_sided(const TriangleSoup& from, const TriangleSoup& to) {
  const std::vector<char> shared = shared_triangles(from, to);
  if (std::count(shared.begin(), shared.end(), 0) == 0) return 0;
  const SurfaceDistance distance(to);
  double greatest = 0;
  for_samples(from, shared, 0,
              [&](const Eigen::Vector3d& at) { greatest = std::max(greatest, distance(at)); });
  return greatest;
}

SurfaceChange measured(const TriangleSoup& before, const TriangleSoup& after) {
  SurfaceChange change;
  measure(before, change.volume_before_mm3, change.area_before_mm2);
  measure(after, change.volume_after_mm3, change.area_after_mm2);
  return change;
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

std::optional<Eigen::Vector3d> SurfaceDistance::nearest_facing(const Eigen::Vector3d& at,
                                                               const Eigen::Vector3d& normal,
                                                               double least_cosine) const {
  const auto [point, primitive] = tree_->tree.closest_point_and_primitive(plain(at));
  const auto corner = [&](int k) {
    const Plain::Point_3& p = primitive->vertex(k);
    return Eigen::Vector3d(p.x(), p.y(), p.z());
  };
  const Eigen::Vector3d there = (corner(1) - corner(0)).cross(corner(2) - corner(0)).normalized();
  if (there.dot(normal) < least_cosine) return std::nullopt;
  return Eigen::Vector3d(point.x(), point.y(), point.z());
}

double SurfaceChange::relative_volume() const {
  return volume_before_mm3 == 0 ? 0 : volume_after_mm3 / volume_before_mm3 - 1;
}

double SurfaceChange::relative_area() const {
  return area_before_mm2 == 0 ? 0 : area_after_mm2 / area_before_mm2 - 1;
}

SurfaceChange compare_surfaces(const TriangleSoup& before, const SurfaceDistance& to_before,
                               const TriangleSoup& after, double spacing_mm, double beyond_mm,
                               std::vector<MovedPlace>& moved) {
  SurfaceChange change = measured(before, after);
  const auto greatest = [&](const TriangleSoup& from, const SurfaceDistance& to, double spacing) {
    double result = 0;
    for_samples(from, {}, spacing, [&](const Eigen::Vector3d& at) {
      const double here = to(at);
      result = std::max(result, here);
      if (here > beyond_mm) moved.push_back({to_point(at), here});
    });
    return result;
  };
  change.after_to_before_mm = greatest(after, to_before, 0);
  change.hausdorff_mm =
      std::max(greatest(before, SurfaceDistance(after), spacing_mm), change.after_to_before_mm);
  return change;
}

SurfaceChange compare_surfaces(const TriangleSoup& before, const TriangleSoup& after) {
  SurfaceChange change = measured(before, after);
  change.after_to_before_mm = one_sided(after, before);
  change.hausdorff_mm = std::max(one_sided(before, after), change.after_to_before_mm);
  return change;
}

}  // namespace proofload::meshing
