#include <Eigen/Cholesky>
#include <algorithm>
#include <array>
#include <optional>

#include "pairs.h"
#include "patch_basis.h"
#include "proofload/solver/collective.h"
#include "tet10.h"

namespace proofload::solver {
namespace fields {
namespace {

constexpr int kBlock = kTerms * kTerms + kTerms * 6;
using Fit = Eigen::Matrix<double, kTerms, 6>;

/// Normal equations of one patch, in mm about its vertex.
struct Patch {
  Eigen::Map<Normal> normal;
  Eigen::Map<Fit> right;
  explicit Patch(double* values) : normal(values), right(values + kTerms * kTerms) {}
};

/// Least-squares fit with the first `terms` terms. Nothing if the equations are near singular or
/// the vertex lies so far out of the points that noise of theirs would be amplified beyond
/// `leverage`. Scaling to a unit diagonal makes the test independent of units and of the patch's
/// size.
std::optional<Fit> fit(const Patch& patch, int terms, double leverage) {
  const Eigen::VectorXd scale = patch.normal.diagonal().head(terms).cwiseSqrt().cwiseInverse();
  if (!scale.allFinite()) return std::nullopt;
  const Eigen::MatrixXd scaled =
      scale.asDiagonal() * patch.normal.topLeftCorner(terms, terms) * scale.asDiagonal();
  const Eigen::LDLT<Eigen::MatrixXd> factor(scaled);
  if (factor.info() != Eigen::Success || !(factor.rcond() > 1e-8)) return std::nullopt;
  const Eigen::VectorXd first = factor.solve(Eigen::VectorXd::Unit(terms, 0));
  if (!(first[0] * scale[0] * scale[0] <= leverage)) return std::nullopt;
  Fit result = Fit::Zero();
  result.topRows(terms) =
      scale.asDiagonal() * factor.solve(scale.asDiagonal() * patch.right.topRows(terms));
  return result;
}

/// Amplification of noise that a patch may have without being widened; widened; and at all. Patches
/// at a surface see one side only: widening them a little makes the surface better.
constexpr double kOwnLeverage = 0.1;
constexpr double kWideLeverage = 0.3;
constexpr double kLeverage = 1.0;

std::optional<Fit> quadratic_fit(const Patch& patch, double leverage) {
  constexpr double kPointsOfSixCells = 24;
  if (patch.normal(0, 0) < kPointsOfSixCells - 0.5) return std::nullopt;
  return fit(patch, kTerms, leverage);
}

/// Linear, or if even that is not determined the mean.
Fit lower_fit(const Patch& patch) {
  if (const auto linear = fit(patch, 4, kLeverage)) return *linear;
  if (const auto extrapolated = fit(patch, 4, 1e3)) return *extrapolated;
  Fit mean = Fit::Zero();
  mean.row(0) = patch.right.row(0) / patch.normal(0, 0);
  return mean;
}

/// The patch with the least weight of its neighbours that makes a steady quadratic: neighbours
/// steady the fit but smear what varies within few cells.
Fit widened_fit(const Patch& own, const Patch& neighbours) {
  double values[kBlock];
  Patch sum(values);
  for (const double weight : {0.002, 0.02, 0.2, 1.0}) {
    sum.normal = own.normal + weight * neighbours.normal;
    sum.right = own.right + weight * neighbours.right;
    if (const auto quadratic = fit(sum, kTerms, weight < 1 ? kWideLeverage : kLeverage)) {
      return *quadratic;
    }
  }
  return lower_fit(sum);
}

/// Sums of one load case's stress over the cells about each vertex pair.
std::vector<double> own_patches(const Model& model, const StressPoints& points,
                                const PairIndex& index, const Solution& solution) {
  const MeshPart& part = *model.mesh;
  std::vector<double> sums(points.node.size() * kBlock, 0.0);
  for (std::int32_t cell = 0; cell < part.n_cells(); ++cell) {
    const NodeValues x = gather(part, cell, part.xyz);
    const NodeValues u = gather(part, cell, solution.displacement);
    const std::int32_t body = part.cell_body[cell];
    const Elasticity material = model.material_of(cell);
    for (const auto& point : four_points()) {
      const CellMap map = map_cell(x, point.gradients);
      const Stress stress = stress_of_gradient(material, u.transpose() * map.gradients);
      const Eigen::Vector3d at = x.transpose() * point.shape;
      for (int v = 0; v < 4; ++v) {
        const Basis p = basis(at - x.row(v).transpose());
        const std::int32_t pair = index.find(part.cells[10 * std::size_t(cell) + v], body);
        Patch patch(&sums[std::size_t(pair) * kBlock]);
        patch.normal += p * p.transpose();
        patch.right += p * stress.transpose();
      }
    }
  }
  sum_pairs(part.comm, points, sums, kBlock);
  return sums;
}

void add_translated(Patch to, Patch from, double weight, const Eigen::Vector3d& shift) {
  const Normal t = translation(shift);
  to.normal += weight * (t * from.normal * t.transpose());
  to.right += weight * (t * from.right);
}

/// An edge of cells of one body, both ends as vertex pairs, and how many local cells have it.
struct Edge {
  std::int32_t ends[2];
  int cells;
};

std::vector<Edge> edges_of(const MeshPart& part, const PairIndex& index) {
  std::vector<std::array<std::int32_t, 2>> all;
  all.reserve(6 * std::size_t(part.n_cells()));
  for (std::int32_t cell = 0; cell < part.n_cells(); ++cell) {
    const std::int32_t* nodes = &part.cells[10 * std::size_t(cell)];
    for (const auto& edge : kTetEdges) {
      const std::int32_t a = index.find(nodes[edge[0]], part.cell_body[cell]);
      const std::int32_t b = index.find(nodes[edge[1]], part.cell_body[cell]);
      all.push_back({std::min(a, b), std::max(a, b)});
    }
  }
  std::sort(all.begin(), all.end());
  std::vector<Edge> edges;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i > 0 && all[i] == all[i - 1]) {
      ++edges.back().cells;
    } else {
      edges.push_back({{all[i][0], all[i][1]}, 1});
    }
  }
  return edges;
}

/// For each poor patch the sum of its neighbours' along edges, once for each cell at the edge.
std::vector<double> neighbour_patches(const MeshPart& part, const StressPoints& points,
                                      const PairIndex& index, const std::vector<char>& poor,
                                      std::vector<double>& sums) {
  std::vector<double> around(sums.size(), 0.0);
  for (const Edge& edge : edges_of(part, index)) {
    for (int side = 0; side < 2; ++side) {
      const std::int32_t to = edge.ends[side], from = edge.ends[1 - side];
      if (!poor[to]) continue;
      add_translated(Patch(&around[std::size_t(to) * kBlock]),
                     Patch(&sums[std::size_t(from) * kBlock]), edge.cells,
                     node_point(part, points.node[from]) - node_point(part, points.node[to]));
    }
  }
  sum_pairs(part.comm, points, around, kBlock);
  return around;
}

std::vector<Fit> fits(const MeshPart& part, const StressPoints& points, const PairIndex& index,
                      std::vector<double>& sums) {
  std::vector<Fit> result(points.node.size());
  std::vector<char> poor(points.node.size(), 0);
  for (std::size_t i = 0; i < poor.size(); ++i) {
    if (const auto quadratic = quadratic_fit(Patch(&sums[i * kBlock]), kOwnLeverage)) {
      result[i] = *quadratic;
    } else {
      poor[i] = 1;
    }
  }
  std::vector<double> around = neighbour_patches(part, points, index, poor, sums);
  for (std::size_t i = 0; i < poor.size(); ++i) {
    if (!poor[i]) continue;
    result[i] = widened_fit(Patch(&sums[i * kBlock]), Patch(&around[i * kBlock]));
  }
  return result;
}

}  // namespace
}  // namespace fields

std::vector<double> recover_stress(const Model& model, const StressPoints& points,
                                   const Solution& solution) {
  using namespace fields;
  const MeshPart& part = *model.mesh;
  const StressPoints vertices = vertex_pairs(part, points);
  const PairIndex vertex_index(vertices, part.n_local());
  std::vector<double> sums = own_patches(model, vertices, vertex_index, solution);
  const std::vector<Fit> fitted = fits(part, vertices, vertex_index, sums);

  // Seventh column: how many ranks gave a value; their values are equal up to rounding.
  constexpr int kColumns = 7;
  std::vector<double> values(points.node.size() * kColumns, 0.0);
  const PairIndex index(points, part.n_local());
  const auto give = [&](std::int32_t node, std::int32_t body, const Stress& value) {
    double* to = &values[std::size_t(index.find(node, body)) * kColumns];
    Eigen::Map<Stress>{to} = value;
    to[6] = 1;
  };
  for (std::int32_t cell = 0; cell < part.n_cells(); ++cell) {
    const std::int32_t* nodes = &part.cells[10 * std::size_t(cell)];
    const std::int32_t body = part.cell_body[cell];
    const Fit* at[4];
    for (int v = 0; v < 4; ++v) {
      at[v] = &fitted[vertex_index.find(nodes[v], body)];
      give(nodes[v], body, at[v]->row(0).transpose());
    }
    for (int e = 0; e < 6; ++e) {
      Stress mean = Stress::Zero();
      for (const int v : kTetEdges[e]) {
        const Eigen::Vector3d d = node_point(part, nodes[4 + e]) - node_point(part, nodes[v]);
        mean += 0.5 * at[v]->transpose() * basis(d);
      }
      give(nodes[4 + e], body, mean);
    }
  }
  sum_pairs(part.comm, points, values, kColumns);
  std::vector<double> stress(points.node.size() * 6);
  for (std::size_t i = 0; i < points.node.size(); ++i) {
    for (int c = 0; c < 6; ++c) stress[6 * i + c] = values[7 * i + c] / values[7 * i + 6];
  }
  return stress;
}

std::vector<double> cell_energy_error(const Model& model, const StressPoints& points,
                                      const Solution& solution, const std::vector<double>& stress) {
  using namespace fields;
  const MeshPart& part = *model.mesh;
  const PairIndex index(points, part.n_local());
  std::vector<double> error(part.n_cells());
  for (std::int32_t cell = 0; cell < part.n_cells(); ++cell) {
    const NodeValues x = gather(part, cell, part.xyz);
    const NodeValues u = gather(part, cell, solution.displacement);
    const std::int32_t body = part.cell_body[cell];
    const Elasticity material = model.material_of(cell);
    NodeStress recovered;
    for (int k = 0; k < 10; ++k) {
      const std::int32_t pair = index.find(part.cells[10 * std::size_t(cell) + k], body);
      recovered.row(k) = Eigen::Map<const Stress>(&stress[6 * std::size_t(pair)]).transpose();
    }
    double square = 0;
    for (const auto& point : fourteen_points()) {
      const CellMap map = map_cell(x, point.gradients);
      const Stress difference = recovered.transpose() * point.shape -
                                stress_of_gradient(material, u.transpose() * map.gradients);
      square += 2 * point.weight * map.determinant * energy_density(material, difference);
    }
    error[cell] = std::sqrt(std::max(0.0, square));
  }
  return error;
}

}  // namespace proofload::solver
