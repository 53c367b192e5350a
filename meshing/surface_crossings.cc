#include "surface_crossings.h"

#include <CGAL/Box_intersection_d/Box_with_info_d.h>
#include <CGAL/Exact_predicates_inexact_constructions_kernel.h>
#include <CGAL/box_intersection_d.h>
#include <CGAL/intersections.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "surface_topology.h"

namespace proofload::meshing {
namespace {

using Kernel = CGAL::Exact_predicates_inexact_constructions_kernel;
using KPoint = Kernel::Point_3;
using KTriangle = Kernel::Triangle_3;
using KSegment = Kernel::Segment_3;
using Box = CGAL::Box_intersection_d::Box_with_info_d<double, 3, int>;

struct LimitReached {};

using Corners = std::array<Eigen::Vector3d, 3>;

/// Adds the points where the sides of a triangle pass the plane of another.
void add_passes(const Corners& sides, const Corners& other, std::vector<Eigen::Vector3d>& passes) {
  const Eigen::Vector3d normal = (other[1] - other[0]).cross(other[2] - other[0]);
  for (int k = 0; k < 3; ++k) {
    const Eigen::Vector3d &p = sides[k], &q = sides[(k + 1) % 3];
    const double a = normal.dot(p - other[0]), b = normal.dot(q - other[0]);
    if ((a > 0) != (b > 0) && a != b) passes.push_back(p + a / (a - b) * (q - p));
  }
}

/// The middle of what two triangles share, in doubles: a place for a message (exact constructions
/// may divide by zero). On the line of both planes each triangle has a stretch; the two inner ends
/// bound the common one. Coplanar triangles: the middle of the first.
Eigen::Vector3d place_of(const Corners& a, const Corners& b) {
  std::vector<Eigen::Vector3d> passes;
  add_passes(a, b, passes);
  add_passes(b, a, passes);
  if (passes.size() != 4) return (a[0] + a[1] + a[2]) / 3;
  int axis = 0;
  (passes[1] - passes[0]).cwiseAbs().maxCoeff(&axis);
  std::sort(passes.begin(), passes.end(),
            [axis](const auto& p, const auto& q) { return p[axis] < q[axis]; });
  return (passes[1] + passes[2]) / 2;
}

class Pairs {
 public:
  Pairs(const std::vector<Point>& points, const std::vector<Triangle>& triangles)
      : points_(points), triangles_(triangles) {}

  /// True if the two triangles share more than corners or a whole edge.
  bool cross(int first, int second, KPoint& where) const {
    Triangle a = triangles_[first], b = triangles_[second];
    const int common = bring_common_to_front(a, b);
    where = CGAL::centroid(triangle(a));
    if (common == 3) return false;
    if (common == 2) return folded(a, b);
    const bool crossing =
        common == 1 ? CGAL::do_intersect(KSegment(point(a[1]), point(a[2])), triangle(b)) ||
                          CGAL::do_intersect(KSegment(point(b[1]), point(b[2])), triangle(a))
                    : CGAL::do_intersect(triangle(a), triangle(b));
    if (crossing) {
      const Eigen::Vector3d at = place_of(corners(a), corners(b));
      where = KPoint(at[0], at[1], at[2]);
    }
    return crossing;
  }

  KTriangle triangle(const Triangle& t) const {
    return KTriangle(point(t[0]), point(t[1]), point(t[2]));
  }

 private:
  static int bring_common_to_front(Triangle& a, Triangle& b) {
    int common = 0;
    for (int i = 0; i < 3; ++i) {
      const auto found = std::find(b.begin() + common, b.end(), a[i]);
      if (found == b.end()) continue;
      std::swap(a[i], a[common]);
      std::iter_swap(found, b.begin() + common);
      ++common;
    }
    return common;
  }

  /// Over a common edge: both in one plane on the same side.
  bool folded(const Triangle& a, const Triangle& b) const {
    const KPoint p = point(a[0]), q = point(a[1]), r = point(a[2]), s = point(b[2]);
    return CGAL::coplanar(p, q, r, s) && CGAL::coplanar_orientation(p, q, r, s) == CGAL::POSITIVE;
  }

  Corners corners(const Triangle& t) const {
    return {to_vec(points_[t[0]]), to_vec(points_[t[1]]), to_vec(points_[t[2]])};
  }

  KPoint point(int i) const { return KPoint(points_[i][0], points_[i][1], points_[i][2]); }

  const std::vector<Point>& points_;
  const std::vector<Triangle>& triangles_;
};

}  // namespace

std::vector<Crossing> find_crossings(const std::vector<Point>& points,
                                     const std::vector<Triangle>& triangles, std::size_t limit) {
  const Pairs pairs(points, triangles);
  std::vector<Box> boxes;
  boxes.reserve(triangles.size());
  for (std::size_t i = 0; i < triangles.size(); ++i) {
    const KTriangle t = pairs.triangle(triangles[i]);
    if (!t.is_degenerate()) boxes.emplace_back(t.bbox(), static_cast<int>(i));
  }
  std::vector<Crossing> found;
  const auto visit = [&](const Box& first, const Box& second) {
    KPoint where;
    if (!pairs.cross(first.info(), second.info(), where)) return;
    found.push_back({std::min(first.info(), second.info()),
                     std::max(first.info(), second.info()),
                     {where.x(), where.y(), where.z()}});
    if (found.size() >= limit) throw LimitReached();
  };
  try {
    CGAL::box_self_intersection_d(boxes.begin(), boxes.end(), visit);
  } catch (const LimitReached&) {
  }
  std::sort(found.begin(), found.end(), [](const Crossing& a, const Crossing& b) {
    return std::tie(a.first, a.second) < std::tie(b.first, b.second);
  });
  return found;
}

}  // namespace proofload::meshing
