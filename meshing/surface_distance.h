#pragma once
/// Distance to a surface.
#include <memory>
#include <optional>

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
  /// The nearest point, if the cosine between the surface's normal there and `normal` is that.
  std::optional<Eigen::Vector3d> nearest_facing(const Eigen::Vector3d& at,
                                                const Eigen::Vector3d& normal,
                                                double least_cosine) const;

 private:
  struct Tree;
  std::unique_ptr<Tree> tree_;
};

/// A sample point of one surface and how far it lies from another.
struct MovedPlace {
  Point at{};
  double distance_mm = 0;
};

/// As `compare_surfaces`, for a surface that is compared often: its triangles with no side longer
/// than `spacing_mm` are sampled at their corners only. `moved` gets the samples of both that are
/// further away than `beyond_mm`.
SurfaceChange compare_surfaces(const TriangleSoup& before, const SurfaceDistance& to_before,
                               const TriangleSoup& after, double spacing_mm, double beyond_mm,
                               std::vector<MovedPlace>& moved);

}  // namespace proofload::meshing
