#include "small_gaps.h"

#include <algorithm>
#include <cmath>

#include "surface_distance.h"
#include "surface_thickness.h"
#include "surface_winding.h"

namespace proofload::meshing {
namespace {

constexpr double kTouching = 1e-6;  // mm
constexpr double kMostOnSide = 64;  // points
constexpr double kInFront = 0.7;    // cosine between the normal and the way to the other surface

}  // namespace

Gap gap_between(const TriangleSoup& from, const TriangleSoup& to, double least_mm, double most_mm,
                double spacing_mm) {
  Gap gap;
  const SurfaceDistance other(to);
  for (const Triangle& t : from.triangles) {
    const Eigen::Vector3d normal = area_vector(from.points, t);
    const std::vector<Point> points = points_on(from, t, spacing_mm);
    for (const Point& point : points) {
      const Eigen::Vector3d way = other.nearest(to_vec(point)) - to_vec(point);
      const double width = way.norm();
      if (!(width > std::max(kTouching, least_mm) && width <= most_mm)) continue;
      if (way.dot(normal) < kInFront * width * normal.norm()) continue;
      const double area = normal.norm() / 2 / double(points.size());
      gap.area_mm2 += area;
      gap.volume_mm3 += area * width;
      if (width > gap.widest_mm) gap.at = point;
      gap.widest_mm = std::max(gap.widest_mm, width);
    }
  }
  return gap;
}

namespace {

/// Corners of a surface and points along its sides: what is pressed in first.
std::vector<Point> points_on_sides(const TriangleSoup& surface, double spacing) {
  std::vector<Point> points = surface.points;
  for (const Triangle& t : surface.triangles) {
    for (int k = 0; k < 3; ++k) {
      if (t[k] > t[(k + 1) % 3]) continue;
      const Eigen::Vector3d a = to_vec(surface.points[t[k]]);
      const Eigen::Vector3d way = to_vec(surface.points[t[(k + 1) % 3]]) - a;
      const double pieces = std::min(std::ceil(way.norm() / spacing), kMostOnSide);
      for (double i = 1; i < pieces; ++i) points.push_back(to_point(a + i / pieces * way));
    }
  }
  return points;
}

}  // namespace

Contact contact_with(const TriangleSoup& surface, const TriangleSoup& body, double near_mm,
                     double spacing_mm) {
  Contact contact;
  Point low, high;
  bounds(body.points, low, high);
  const SurfaceDistance distance(body);
  const Winding inside(body.points, body.triangles);
  const auto touches = [&](const Point& p) {
    for (int k = 0; k < 3; ++k) {
      if (p[k] < low[k] - near_mm || p[k] > high[k] + near_mm) return false;
    }
    return distance(to_vec(p)) <= near_mm || inside(to_vec(p)) > 0.5;
  };
  for (const Triangle& t : surface.triangles) {
    const std::vector<Point> points = points_on(surface, t, spacing_mm);
    const double area = area_vector(surface.points, t).norm() / 2 / double(points.size());
    for (const Point& point : points) {
      if (!touches(point)) continue;
      contact.area_mm2 += area;
      contact.points.push_back(point);
    }
  }
  for (const Point& point : points_on_sides(surface, spacing_mm)) {
    if (touches(point)) contact.points.push_back(point);
  }
  return contact;
}

}  // namespace proofload::meshing
