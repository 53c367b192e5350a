#include "surface_crossings.h"

#include <CGAL/Box_intersection_d/Box_with_info_d.h>
#include <CGAL/Exact_predicates_inexact_constructions_kernel.h>
#include <CGAL/box_intersection_d.h>
#include <CGAL/intersections.h>

#include <algorithm>
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

/// A point of an intersection of any kind.
struct SomePoint {
  using result_type = KPoint;
  KPoint operator()(const KPoint& p) const { return p; }
  KPoint operator()(const KSegment& s) const { return CGAL::midpoint(s.source(), s.target()); }
  KPoint operator()(const KTriangle& t) const { return CGAL::centroid(t); }
  KPoint operator()(const std::vector<KPoint>& polygon) const { return polygon.front(); }
};

template <class First, class Second>
bool touch(const First& first, const Second& second, KPoint& where) {
  if (!CGAL::do_intersect(first, second)) return false;
  try {
    if (const auto common = CGAL::intersection(first, second)) {
      where = boost::apply_visitor(SomePoint(), *common);
    }
  } catch (const CGAL::Failure_exception&) {
    // Rounded constructions fail on near-degenerate pairs; the centroid serves as the place.
  }
  return true;
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
    if (common == 1) {
      return touch(KSegment(point(a[1]), point(a[2])), triangle(b), where) ||
             touch(KSegment(point(b[1]), point(b[2])), triangle(a), where);
    }
    return touch(triangle(a), triangle(b), where);
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
