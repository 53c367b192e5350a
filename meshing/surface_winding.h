#pragma once
/// The generalised winding number (Jacobson, Kavan, Sorkine-Hornung 2013, eq. 6).
#include <vector>

#include "surface_topology.h"

namespace proofload::meshing {

/// Sum of the signed solid angles of the triangles seen from `at`, over 4 pi: 1 inside and 0
/// outside a closed surface with outward normals, in between where the surface is open.
double winding_number(const std::vector<Point>& points, const std::vector<Triangle>& triangles,
                      const Eigen::Vector3d& at);

/// Share of sample points in the bounding box whose winding number is farther than 0.25 from an
/// integer. Samples are a fixed Halton sequence, fewer for large surfaces (32 … 256).
double uncertain_inside(const std::vector<Point>& points, const std::vector<Triangle>& triangles);

/// The same number for many points: far groups of triangles count as dipoles (Barill et al. 2018,
/// first order), error about 0.01. Points and triangles are copied.
class Winding {
 public:
  /// `weights` (empty: all 1) multiply the triangles.
  Winding(const std::vector<Point>& points, const std::vector<Triangle>& triangles,
          const std::vector<double>& weights = {});
  /// `without`: a triangle that is left out, for points on it; -1: none.
  double operator()(const Eigen::Vector3d& at, int without = -1) const;

 private:
  struct Node {
    Eigen::Vector3d centre, dipole;
    double radius = 0;
    int begin = 0, end = 0;  ///< range in order_
    int left = -1, right = -1;
  };
  int build(int begin, int end);
  double near_sum(const Node& node, const Eigen::Vector3d& at, int without) const;

  std::vector<std::array<Eigen::Vector3d, 3>> corners_;
  std::vector<double> weights_;
  std::vector<int> order_;
  std::vector<Node> nodes_;
};

/// Point number `index` (from 1) of a fixed sequence that fills the box evenly (Halton 2, 3, 5).
Eigen::Vector3d spread_point(int index, const Point& min, const Point& max);

}  // namespace proofload::meshing
