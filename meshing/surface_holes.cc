#include "surface_holes.h"

#include <CGAL/Polygon_mesh_processing/triangulate_hole.h>

#include <algorithm>

#include "surface_cgal.h"

namespace proofload::meshing {
namespace {

namespace pmp = CGAL::Polygon_mesh_processing;
constexpr std::size_t kMostCorners = 3000;  // the search grows with the cube at worst

struct Width {
  double width = 0;
  Point middle{};
};

Width width_of(const TriangleSoup& soup, const std::vector<int>& loop) {
  Eigen::Vector3d low = to_vec(soup.points[loop[0]]), high = low;
  for (const int p : loop) {
    low = low.cwiseMin(to_vec(soup.points[p]));
    high = high.cwiseMax(to_vec(soup.points[p]));
  }
  return {(high - low).norm(), to_point((low + high) / 2)};
}

/// A fan around the middle, where the search finds nothing.
std::vector<Triangle> fan(TriangleSoup& soup, const std::vector<int>& loop, const Point& middle) {
  const int centre = static_cast<int>(soup.points.size());
  soup.points.push_back(middle);
  std::vector<Triangle> triangles;
  for (std::size_t i = 0; i < loop.size(); ++i) {
    triangles.push_back({loop[i], loop[(i + 1) % loop.size()], centre});
  }
  return triangles;
}

std::vector<Triangle> patch_for(TriangleSoup& soup, const std::vector<int>& loop,
                                const Point& middle) {
  if (loop.size() < 3) return {};
  if (loop.size() == 3) return {{loop[0], loop[1], loop[2]}};
  std::vector<CGAL::Triple<int, int, int>> found;
  if (loop.size() <= kMostCorners) {
    std::vector<Kernel::Point_3> corners;
    for (const int p : loop) corners.push_back(to_cgal(soup.points[p]));
    try {
      pmp::triangulate_hole_polyline(corners, std::back_inserter(found));
    } catch (const CGAL::Failure_exception&) {
      found.clear();  // a fan does
    }
  }
  if (found.empty()) return fan(soup, loop, middle);
  std::vector<Triangle> triangles;
  for (const auto& t : found) triangles.push_back({loop[t.first], loop[t.second], loop[t.third]});
  return triangles;
}

/// Runs along the loop's first edge?
bool follows(const std::vector<Triangle>& triangles, int from, int to) {
  for (const Triangle& t : triangles) {
    for (int k = 0; k < 3; ++k) {
      if (t[k] == from && t[(k + 1) % 3] == to) return true;
    }
  }
  return false;
}

}  // namespace

HoleFilling fill_holes(TriangleSoup& soup, double widest) {
  HoleFilling result;
  for (const std::vector<int>& loop : hole_loops(soup)) {
    const Width width = width_of(soup, loop);
    if (width.width > widest) {
      ++result.left;
      if (width.width > result.widest_left_mm) {
        result.widest_left_mm = width.width;
        result.widest_left = width.middle;
      }
      continue;
    }
    std::vector<Triangle> patch = patch_for(soup, loop, width.middle);
    const bool right_way = loop.size() < 2 || follows(patch, loop[0], loop[1]);
    for (Triangle& t : patch) {
      if (!right_way) std::swap(t[1], t[2]);
      result.area_mm2 += area_vector(soup.points, t).norm() / 2;
      soup.triangles.push_back(t);
      if (!soup.solids.empty()) soup.solids.push_back(soup.solids.front());
    }
    ++result.filled;
  }
  return result;
}

}  // namespace proofload::meshing
