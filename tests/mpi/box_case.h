#pragma once
/// A small box as a case: mesh on all ranks and the text of supports and loads.
#include <cmath>
#include <functional>
#include <string>

#include "proofload/core/case_reader.h"
#include "proofload/io/mesh_file.h"
#include "proofload/solver/box_mesh.h"
#include "proofload/solver/collective.h"
#include "proofload/solver/integration.h"
#include "proofload/solver/model.h"

namespace proofload::solver {

inline constexpr double kModulus = 1000, kRatio = 0.3;

/// 2 x 3 x 4 mm of 108 or more cells.
inline io::Mesh small_box(int n = 2) { return box_mesh({2, 3, 4}, {n, n, n + 1}); }

/// Moves every node; mid nodes too, so cells become curved.
inline void move_nodes(io::Mesh& mesh,
                       const std::function<Eigen::Vector3d(const Eigen::Vector3d&)>& map) {
  for (std::size_t i = 0; i < mesh.nodes.size(); i += 3) {
    Eigen::Map<Eigen::Vector3d> x(&mesh.nodes[i]);
    x = map(Eigen::Vector3d(x));
  }
}

/// Puts mid nodes halfway: straight cells, from the given one on.
inline void straighten(io::Mesh& mesh, std::size_t first = 0) {
  for (std::size_t cell = first; cell < mesh.cell_body.size(); ++cell) {
    const std::int32_t* nodes = &mesh.cells[10 * cell];
    for (int e = 0; e < 6; ++e) {
      for (int c = 0; c < 3; ++c) {
        mesh.nodes[3 * nodes[4 + e] + c] = 0.5 * (mesh.nodes[3 * nodes[kTetEdges[e][0]] + c] +
                                                  mesh.nodes[3 * nodes[kTetEdges[e][1]] + c]);
      }
    }
  }
}

/// Smooth and uneven, the box's faces bulge.
inline Eigen::Vector3d bulge(const Eigen::Vector3d& x) {
  return x + 0.06 * Eigen::Vector3d(std::sin(1.3 * x[1] + x[2]), std::cos(x[0] + 0.7 * x[2]),
                                    std::sin(1.1 * x[0]) * std::cos(x[1]));
}

/// The given YAML with a body "box" and places x0 … z1 in front.
inline v1::Case box_case(const std::string& text) {
  return parse_case(R"(
schema: proofload/v1
name: box
bodies:
  - {name: box, shape: {box: {min_mm: [0, 0, 0], max_mm: [2, 3, 4]}},
     material: {youngs_modulus_mpa: 1000, poisson_ratio: 0.3, density_g_per_cm3: 2}}
places:
  x0: {plane: {normal: [1, 0, 0], offset_mm: 0}}
  x1: {plane: {normal: [1, 0, 0], offset_mm: 2}}
  y0: {plane: {normal: [0, 1, 0], offset_mm: 0}}
  y1: {plane: {normal: [0, 1, 0], offset_mm: 3}}
  z0: {plane: {normal: [0, 0, 1], offset_mm: 0}}
  z1: {plane: {normal: [0, 0, 1], offset_mm: 4}}
)" + text,
                    "box")
      .value;
}

/// Every face of the mesh as a place "all".
inline void add_whole_surface(io::Mesh& mesh) {
  mesh.places.push_back(mesh.exterior);
  mesh.places.back().name = "all";
}

/// Greatest difference of a nodal array from a field, over all ranks.
inline double greatest_difference(
    const MeshPart& part, const std::vector<double>& values,
    const std::function<Eigen::Vector3d(const Eigen::Vector3d&)>& field) {
  double worst = 0;
  for (std::int32_t node = 0; node < part.n_local(); ++node) {
    worst = std::max(worst, (at_node(values, node) - field(node_point(part, node))).norm());
  }
  return max_over_ranks(part.comm, worst);
}

}  // namespace proofload::solver
