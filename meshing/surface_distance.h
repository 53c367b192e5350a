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

}  // namespace proofload::meshing
