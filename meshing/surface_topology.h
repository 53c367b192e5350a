#pragma once
/// Neighbourhood in a triangle soup, without the assumption that it is a surface.
#include <Eigen/Core>
#include <Eigen/Geometry>
#include <vector>

#include "proofload/meshing/surface.h"

namespace proofload::meshing {

inline Eigen::Vector3d to_vec(const Point& p) { return {p[0], p[1], p[2]}; }
inline Point to_point(const Eigen::Vector3d& v) { return {v[0], v[1], v[2]}; }

/// Twice the area as a vector along the normal.
inline Eigen::Vector3d area_vector(const std::vector<Point>& points, const Triangle& t) {
  const Eigen::Vector3d a = to_vec(points[t[0]]);
  return (to_vec(points[t[1]]) - a).cross(to_vec(points[t[2]]) - a);
}

inline Eigen::Vector3d centroid(const std::vector<Point>& points, const Triangle& t) {
  return (to_vec(points[t[0]]) + to_vec(points[t[1]]) + to_vec(points[t[2]])) / 3;
}

/// Corners of the bounding box.
void bounds(const std::vector<Point>& points, Point& min, Point& max);

/// One point for all points within `distance` of it; returns how many points went away.
std::int64_t merge_points(TriangleSoup& soup, double distance);

/// Takes out triangles that name a point twice; returns how many.
std::int64_t drop_collapsed(TriangleSoup& soup);

/// Takes out triangles over the corners of an earlier one; returns how many.
std::int64_t drop_duplicates(TriangleSoup& soup);

/// A side of a triangle: points low < high, seen from its triangle.
struct Side {
  int low, high;
  int triangle;
  bool forward;  ///< the triangle runs from low to high
};

/// All sides, sorted by (low, high, triangle): the sides of an edge follow each other.
std::vector<Side> sorted_sides(const std::vector<Triangle>& triangles);

/// One past the last side of the edge that begins at `begin`.
inline std::size_t end_of_edge(const std::vector<Side>& sides, std::size_t begin) {
  std::size_t end = begin + 1;
  while (end < sides.size() && sides[end].low == sides[begin].low &&
         sides[end].high == sides[begin].high) {
    ++end;
  }
  return end;
}

/// Number of the shell of each triangle, connected over edges; shells counted from 0 in the order
/// of their first triangle.
std::vector<int> shells_of(const std::vector<Triangle>& triangles, const std::vector<Side>& sides,
                           int& count);

/// Border edges joined to loops (chains over shared points), longest first.
std::vector<BorderLoop> border_loops(const TriangleSoup& soup, const std::vector<Side>& sides);

/// Turns triangles so that neighbours over two-triangle edges agree, each shell by its first
/// triangle. False: some shell has no consistent side (as a Moebius band).
bool orient_consistently(std::vector<Triangle>& triangles);

}  // namespace proofload::meshing
