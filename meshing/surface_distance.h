#pragma once
/// Distance to a surface.
#include <memory>

#include "surface_topology.h"

namespace proofload::meshing {

/// A search tree over the triangles with area; the soup need not outlive it.
class SurfaceDistance {
 public:
  explicit SurfaceDistance(const TriangleSoup& soup);
  ~SurfaceDistance();
  SurfaceDistance(const SurfaceDistance&) = delete;
  SurfaceDistance& operator=(const SurfaceDistance&) = delete;
  /// Distance of a point to the nearest triangle, mm.
  double operator()(const Eigen::Vector3d& at) const;
  /// The nearest point of the surface.
  Eigen::Vector3d nearest(const Eigen::Vector3d& at) const;

 private:
  struct Tree;
  std::unique_ptr<Tree> tree_;
};

/// A sample point of one surface and how far it lies from another.
struct MovedPlace {
  Point at{};
  double distance_mm = 0;
};

/// As `compare_surfaces`; `moved` gets the samples of both that are further away than `beyond_mm`.
SurfaceChange compare_surfaces(const TriangleSoup& before, const TriangleSoup& after,
                               double beyond_mm, std::vector<MovedPlace>& moved);

}  // namespace proofload::meshing
