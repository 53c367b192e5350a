#pragma once
/// Cross-sections of a mesh along a member: centreline, area, second moments.
#include <Eigen/Core>
#include <optional>
#include <vector>

#include "proofload/io/mesh_file.h"
#include "proofload/v1/report.pb.h"

namespace proofload::meshing {

/// A plane cut through straight-sided cells (middle nodes are left out).
struct Section {
  Eigen::Vector3d centroid = Eigen::Vector3d::Zero();
  double area_mm2 = 0;
  double least_moment_mm4 = 0;     ///< principal second moments about the centroid
  double greatest_moment_mm4 = 0;
};

/// Exact integrals over the cut polygons. Nothing when the plane misses the mesh.
std::optional<Section> cut_section(const io::Mesh& mesh, const Eigen::Vector3d& point,
                                   const Eigen::Vector3d& normal);

/// Centreline from `start` to `end` (their own points first and last) through the centroids of
/// `stations` cuts, at first square to the chord, then square to the line found. Writes
/// facts.centreline_mm and facts.sections (position = arc length from `start`).
void add_sections(const io::Mesh& mesh, const Eigen::Vector3d& start, const Eigen::Vector3d& end,
                  int stations, v1::MeshFacts& facts);

}  // namespace proofload::meshing
