#include "proofload/meshing/quadratic.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "proofload/core/vec3.h"

namespace proofload::meshing {
namespace {

constexpr double kMostDisplacement = 0.25;  // of the edge length
constexpr double kLeastRatio = 0.1;         // Bézier bound over the straight Jacobian
constexpr int kHalvings = 3;

using Barycentric = std::array<int, 4>;  // thirds, sum 3

std::vector<Barycentric> lattice() {
  std::vector<Barycentric> points;
  for (int a = 3; a >= 0; --a) {
    for (int b = 3 - a; b >= 0; --b) {
      for (int c = 3 - a - b; c >= 0; --c) points.push_back({a, b, c, 3 - a - b - c});
    }
  }
  return points;
}

double factorial(int n) { return n < 2 ? 1 : n * factorial(n - 1); }

/// What does not depend on the cell: shape gradients at the lattice, and lattice to Bézier.
struct Tables {
  std::array<Eigen::Matrix<double, 10, 3>, 20> gradients;
  Eigen::Matrix<double, 20, 20> to_bezier;
};

Eigen::Matrix<double, 10, 3> shape_gradients(const Barycentric& at) {
  const Eigen::Matrix<double, 4, 3> d =
      (Eigen::Matrix<double, 4, 3>() << -1, -1, -1, 1, 0, 0, 0, 1, 0, 0, 0, 1).finished();
  Eigen::Matrix<double, 10, 3> g;
  for (int i = 0; i < 4; ++i) g.row(i) = (4 * at[i] / 3.0 - 1) * d.row(i);
  for (int k = 0; k < 6; ++k) {
    const int a = kTetEdges[k][0], b = kTetEdges[k][1];
    g.row(4 + k) = 4 / 3.0 * (at[a] * d.row(b) + at[b] * d.row(a));
  }
  return g;
}

Tables make_tables() {
  Tables tables;
  const std::vector<Barycentric> points = lattice();
  Eigen::Matrix<double, 20, 20> values;
  for (int p = 0; p < 20; ++p) {
    tables.gradients[p] = shape_gradients(points[p]);
    for (int i = 0; i < 20; ++i) {
      double value = 6;
      for (int k = 0; k < 4; ++k) {
        value *= std::pow(points[p][k] / 3.0, points[i][k]) / factorial(points[i][k]);
      }
      values(p, i) = value;
    }
  }
  tables.to_bezier = values.inverse();
  return tables;
}

/// Edges of the mesh with the displacement of their middles.
struct EdgeTable {
  std::vector<std::array<std::int32_t, 2>> ends;
  std::vector<std::array<std::int32_t, 6>> of_cell;
  std::vector<Vec3> target;  ///< displacement that reaches the geometry
  std::vector<Vec3> moved;   ///< displacement used
};

Vec3 vertex(const VolumeMesh& mesh, std::int32_t v) {
  return Eigen::Map<const Vec3>(&mesh.nodes[3 * v]);
}

/// What a map holds, and whether it is new.
template <class Inserted>
std::pair<std::int32_t, bool> numbered(const Inserted& inserted) {
  return {inserted.first->second, inserted.second};
}

EdgeTable number_edges(const VolumeMesh& mesh, const EdgeSides& sides) {
  EdgeTable table;
  std::map<std::pair<std::uint64_t, int>, std::int32_t> on_side;
  std::unordered_map<std::uint64_t, std::int32_t> index;
  index.reserve(mesh.tets.size() * 2);
  table.of_cell.resize(mesh.tets.size());
  for (std::size_t c = 0; c < mesh.tets.size(); ++c) {
    for (int k = 0; k < 6; ++k) {
      const int a = mesh.tets[c][kTetEdges[k][0]], b = mesh.tets[c][kTetEdges[k][1]];
      const auto next = static_cast<std::int32_t>(table.ends.size());
      const std::uint64_t key = edge_key(a, b);
      const auto side = sides.find({key, mesh.tet_body[c]});
      const auto [number, fresh] = side == sides.end()
                                       ? numbered(index.try_emplace(key, next))
                                       : numbered(on_side.try_emplace({key, side->second}, next));
      if (fresh) table.ends.push_back({a, b});
      table.of_cell[c][k] = number;
    }
  }
  return table;
}

void set_targets(const TetMesh& mesh, const std::vector<std::int32_t>& origin, EdgeTable& edges) {
  edges.target.assign(edges.ends.size(), Vec3::Zero());
  for (std::size_t e = 0; e < edges.ends.size(); ++e) {
    const auto [a, b] = edges.ends[e];
    const auto entry = mesh.curved_middle.find(edge_key(origin[a], origin[b]));
    if (entry == mesh.curved_middle.end()) continue;
    const Vec3 goal(entry->second[0], entry->second[1], entry->second[2]);
    edges.target[e] = goal - 0.5 * (vertex(mesh.volume, a) + vertex(mesh.volume, b));
  }
  edges.moved = edges.target;
  for (std::size_t e = 0; e < edges.ends.size(); ++e) {
    const auto [a, b] = edges.ends[e];
    const double most =
        kMostDisplacement * (vertex(mesh.volume, a) - vertex(mesh.volume, b)).norm();
    if (edges.moved[e].norm() > most) edges.moved[e] *= most / edges.moved[e].norm();
  }
}

CellNodes cell_nodes(const VolumeMesh& mesh, const EdgeTable& edges, std::size_t c) {
  CellNodes nodes;
  for (int i = 0; i < 4; ++i) {
    for (int k = 0; k < 3; ++k) nodes[i][k] = mesh.nodes[3 * mesh.tets[c][i] + k];
  }
  for (int e = 0; e < 6; ++e) {
    const Vec3& moved = edges.moved[edges.of_cell[c][e]];
    for (int k = 0; k < 3; ++k) {
      nodes[4 + e][k] = 0.5 * (nodes[kTetEdges[e][0]][k] + nodes[kTetEdges[e][1]][k]) + moved[k];
    }
  }
  return nodes;
}

double straight_jacobian(const VolumeMesh& mesh, std::size_t c) {
  const auto& tet = mesh.tets[c];
  const Vec3 o = vertex(mesh, tet[0]);
  return (vertex(mesh, tet[1]) - o).cross(vertex(mesh, tet[2]) - o).dot(vertex(mesh, tet[3]) - o);
}

bool is_curved(const EdgeTable& edges, std::size_t c) {
  return std::any_of(edges.of_cell[c].begin(), edges.of_cell[c].end(),
                     [&](std::int32_t e) { return !edges.moved[e].isZero(0); });
}

/// Ratio and volume of a cell.
std::pair<double, double> measure(const VolumeMesh& mesh, const EdgeTable& edges, std::size_t c) {
  const double straight = straight_jacobian(mesh, c);
  if (!is_curved(edges, c)) return {1, straight / 6};
  const std::array<double, 20> b = jacobian_coefficients(cell_nodes(mesh, edges, c));
  double sum = 0;
  for (const double value : b) sum += value;
  return {*std::min_element(b.begin(), b.end()) / straight, sum / 120};
}

/// Shrinks the displacements of bad cells until none is left.
void make_valid(const VolumeMesh& mesh, EdgeTable& edges) {
  std::vector<std::size_t> suspects;
  for (std::size_t c = 0; c < mesh.tets.size(); ++c) {
    if (is_curved(edges, c)) suspects.push_back(c);
  }
  for (int round = 0;; ++round) {
    std::set<std::int32_t> shrink;
    for (const std::size_t c : suspects) {
      if (!is_curved(edges, c) || measure(mesh, edges, c).first >= kLeastRatio) continue;
      shrink.insert(edges.of_cell[c].begin(), edges.of_cell[c].end());
    }
    if (shrink.empty()) return;
    for (const std::int32_t e : shrink) {
      edges.moved[e] = round < kHalvings ? Vec3(0.5 * edges.moved[e]) : Vec3(Vec3::Zero());
    }
  }
}

}  // namespace

std::array<double, 20> jacobian_coefficients(const CellNodes& nodes) {
  static const Tables tables = make_tables();
  const Eigen::Map<const Eigen::Matrix<double, 10, 3, Eigen::RowMajor>> x(nodes[0].data());
  Eigen::Matrix<double, 20, 1> values;
  for (int p = 0; p < 20; ++p) {
    const Eigen::Matrix3d jacobian = x.transpose() * tables.gradients[p];
    values[p] = jacobian.determinant();
  }
  std::array<double, 20> result;
  Eigen::Map<Eigen::Matrix<double, 20, 1>>(result.data()) = tables.to_bezier * values;
  return result;
}

Quadratic make_quadratic(const TetMesh& mesh, const std::vector<std::int32_t>& origin,
                         const EdgeSides& sides) {
  const VolumeMesh& volume = mesh.volume;
  EdgeTable edges = number_edges(volume, sides);
  set_targets(mesh, origin, edges);
  make_valid(volume, edges);

  Quadratic result;
  result.nodes = volume.nodes;
  const auto n_vertices = static_cast<std::int32_t>(volume.nodes.size() / 3);
  for (std::size_t e = 0; e < edges.ends.size(); ++e) {
    const Vec3 middle =
        0.5 * (vertex(volume, edges.ends[e][0]) + vertex(volume, edges.ends[e][1])) +
        edges.moved[e];
    result.nodes.insert(result.nodes.end(), middle.data(), middle.data() + 3);
    result.largest_loss_mm =
        std::max(result.largest_loss_mm, (edges.target[e] - edges.moved[e]).norm());
    if (!edges.target[e].isZero(0) && edges.moved[e].isZero(0)) ++result.straightened_count;
  }
  for (std::size_t c = 0; c < volume.tets.size(); ++c) {
    for (const int v : volume.tets[c]) result.cells.push_back(v);
    for (const std::int32_t e : edges.of_cell[c]) result.cells.push_back(n_vertices + e);
    const auto [ratio, size] = measure(volume, edges, c);
    result.jacobian_ratio.push_back(ratio);
    result.cell_volume.push_back(size);
  }
  return result;
}

}  // namespace proofload::meshing
