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

/// Sums of the basis times the stress in the cells about a vertex.
using Right = Eigen::Matrix<double, kTerms, 6>;
constexpr int kNormal = kTerms * kTerms, kRight = kTerms * 6;

Eigen::Map<Normal> normal_of(std::vector<double>& normals, std::size_t pair) {
  return Eigen::Map<Normal>(&normals[pair * kNormal]);
}

Eigen::Map<Right> right_of(std::vector<double>& rights, std::size_t pair) {
  return Eigen::Map<Right>(&rights[pair * kRight]);
}

/// Inverse of the first `terms` normal equations, zero for the other terms. Nothing if the
/// equations are near singular or the vertex lies so far out of the points that noise of theirs
/// would be amplified beyond `leverage`. Scaling to a unit diagonal makes the test independent of
/// units and of the patch's size.
std::optional<Normal> inverse(const Normal& normal, int terms, double leverage) {
  const Eigen::VectorXd scale = normal.diagonal().head(terms).cwiseSqrt().cwiseInverse();
  if (!scale.allFinite()) return std::nullopt;
  const Eigen::MatrixXd scaled =
      scale.asDiagonal() * normal.topLeftCorner(terms, terms) * scale.asDiagonal();
  const Eigen::LDLT<Eigen::MatrixXd> factor(scaled);
  if (factor.info() != Eigen::Success || !(factor.rcond() > 1e-8)) return std::nullopt;
  const Eigen::VectorXd first = factor.solve(Eigen::VectorXd::Unit(terms, 0));
  if (!(first[0] * scale[0] * scale[0] <= leverage)) return std::nullopt;
  Normal result = Normal::Zero();
  const Eigen::MatrixXd inverted = factor.solve(Eigen::MatrixXd(scale.asDiagonal()));
  result.topLeftCorner(terms, terms) = scale.asDiagonal() * inverted;
  return result;
}

/// Amplification of noise that a patch may have without being widened; widened; and at all. Patches
/// at a surface see one side only: widening them a little makes the surface better.
constexpr double kOwnLeverage = 0.1;
constexpr double kWideLeverage = 0.3;
constexpr double kLeverage = 1.0;

std::optional<Normal> quadratic_fit(const Normal& normal, double leverage) {
  constexpr double kPointsOfSixCells = 24;
  if (normal(0, 0) < kPointsOfSixCells - 0.5) return std::nullopt;
  return inverse(normal, kTerms, leverage);
}

/// Linear, or if even that is not determined the mean.
Normal lower_fit(const Normal& normal) {
  if (const auto linear = inverse(normal, 4, kLeverage)) return *linear;
  if (const auto extrapolated = inverse(normal, 4, 1e3)) return *extrapolated;
  Normal mean = Normal::Zero();
  mean(0, 0) = 1 / normal(0, 0);
  return mean;
}

/// The least weight of the neighbours that makes a steady quadratic: neighbours steady the fit but
/// smear what varies within few cells.
Normal widened_fit(const Normal& own, const Normal& neighbours, double& weight) {
  for (const double candidate : {0.002, 0.02, 0.2, 1.0}) {
    weight = candidate;
    const Normal sum = own + weight * neighbours;
    if (const auto quadratic = inverse(sum, kTerms, weight < 1 ? kWideLeverage : kLeverage)) {
      return *quadratic;
    }
  }
  return lower_fit(own + weight * neighbours);
}

/// Vertex pairs of a cell.
std::array<std::int32_t, 4> pairs_of(const MeshPart& part, const PairIndex& index,
                                     std::int32_t cell) {
  std::array<std::int32_t, 4> pairs{};
  for (int v = 0; v < 4; ++v) {
    pairs[v] = index.find(part.cells[10 * std::size_t(cell) + v], part.cell_body[cell]);
  }
  return pairs;
}

/// Sums over the cells about each vertex pair.
std::vector<double> own_normals(const MeshPart& part, const StressPoints& vertices,
                                const PairIndex& index) {
  std::vector<double> sums(vertices.node.size() * kNormal, 0.0);
  for (std::int32_t cell = 0; cell < part.n_cells(); ++cell) {
    const NodeValues x = gather(part, cell, part.xyz);
    const auto pairs = pairs_of(part, index, cell);
    for (const auto& point : four_points()) {
      const Eigen::Vector3d at = x.transpose() * point.shape;
      for (int v = 0; v < 4; ++v) {
        const Basis p = basis(at - x.row(v).transpose());
        normal_of(sums, pairs[v]) += p.lazyProduct(p.transpose());
      }
    }
  }
  sum_pairs(part.comm, vertices, sums, kNormal);
  return sums;
}

/// Edges of cells of one body, both ends as vertex pairs, and how many local cells have them.
struct Edge {
  std::int32_t ends[2];
  int cells;
};

std::vector<Edge> edges_of(const MeshPart& part, const PairIndex& index) {
  std::vector<std::array<std::int32_t, 2>> all;
  all.reserve(6 * std::size_t(part.n_cells()));
  for (std::int32_t cell = 0; cell < part.n_cells(); ++cell) {
    const auto pairs = pairs_of(part, index, cell);
    for (const auto& edge : kTetEdges) {
      const std::int32_t a = pairs[edge[0]], b = pairs[edge[1]];
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

}  // namespace
}  // namespace fields

using namespace fields;

/// What a vertex pair makes of the sums in its patch.
struct StressRecovery::Patches {
  StressPoints vertices;
  PairIndex index;
  PairIndex point_index;
  std::vector<double> inverses;  ///< [pairs][kNormal]
  std::vector<double> weights;   ///< [pairs] of the neighbours, 0 where the own patch is enough
  /// From a neighbour into a patch that takes its neighbours in, once for each cell at the edge.
  struct Step {
    std::int32_t to, from;
    int cells;
  };
  std::vector<Step> steps;

  Patches(const MeshPart& part, const StressPoints& points)
      : vertices(vertex_pairs(part, points)),
        index(vertices, part.n_local()),
        point_index(points, part.n_local()) {
    inverses = own_normals(part, vertices, index);
    weights.assign(vertices.node.size(), 0.0);
    std::vector<std::optional<Normal>> found(weights.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      found[i] = quadratic_fit(normal_of(inverses, i), kOwnLeverage);
    }
    for (const Edge& edge : edges_of(part, index)) {
      for (int side = 0; side < 2; ++side) {
        const std::int32_t to = edge.ends[side], from = edge.ends[1 - side];
        if (!found[to]) steps.push_back({to, from, edge.cells});
      }
    }
    std::vector<double> around(inverses.size(), 0.0);
    for (const Step& step : steps) {
      const Normal t = translation(shift(part, step));
      normal_of(around, step.to) +=
          step.cells * (t * normal_of(inverses, step.from) * t.transpose());
    }
    sum_pairs(part.comm, vertices, around, kNormal);
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (!found[i]) {
        found[i] = widened_fit(normal_of(inverses, i), normal_of(around, i), weights[i]);
      }
      normal_of(inverses, i) = *found[i];
    }
  }

  Eigen::Vector3d shift(const MeshPart& part, const Step& step) const {
    return node_point(part, vertices.node[step.from]) - node_point(part, vertices.node[step.to]);
  }
};

StressRecovery::StressRecovery(const Model& model, const StressPoints& points)
    : model_(model), points_(points), patches_(new Patches(*model.mesh, points)) {}

StressRecovery::~StressRecovery() = default;

std::vector<double> StressRecovery::coefficients(const Solution& solution) const {
  const MeshPart& part = *model_.mesh;
  const Patches& patches = *patches_;
  std::vector<double> sums(patches.vertices.node.size() * kRight, 0.0);
  for (std::int32_t cell = 0; cell < part.n_cells(); ++cell) {
    const NodeValues x = gather(part, cell, part.xyz);
    const NodeValues u = gather(part, cell, solution.displacement);
    const Elasticity material = model_.material_of(cell);
    const auto pairs = pairs_of(part, patches.index, cell);
    for (const auto& point : four_points()) {
      const Stress stress = stress_of_gradient(material, gradient_at(x, u, point.gradients).value);
      const Eigen::Vector3d at = x.transpose() * point.shape;
      for (int v = 0; v < 4; ++v) {
        right_of(sums, pairs[v]) +=
            basis(at - x.row(v).transpose()).lazyProduct(stress.transpose());
      }
    }
  }
  sum_pairs(part.comm, patches.vertices, sums, kRight);
  std::vector<double> around(sums.size(), 0.0);
  for (const Patches::Step& step : patches.steps) {
    const Normal t = translation(patches.shift(part, step));
    right_of(around, step.to) += step.cells * t.lazyProduct(right_of(sums, step.from));
  }
  sum_pairs(part.comm, patches.vertices, around, kRight);
  for (std::size_t i = 0; i < patches.weights.size(); ++i) {
    const Eigen::Map<const Normal> solve(&patches.inverses[i * kNormal]);
    const Right right = right_of(sums, i) + patches.weights[i] * right_of(around, i);
    right_of(sums, i) = solve.lazyProduct(right);
  }
  return sums;
}

std::vector<double> StressRecovery::stress(const Solution& solution) const {
  const MeshPart& part = *model_.mesh;
  std::vector<double> fitted = coefficients(solution);

  // Seventh column: how many ranks gave a value; their values are equal up to rounding.
  constexpr int kColumns = 7;
  std::vector<double> values(points_.node.size() * kColumns, 0.0);
  const auto give = [&](std::int32_t node, std::int32_t body, const Stress& value) {
    double* to = &values[std::size_t(patches_->point_index.find(node, body)) * kColumns];
    Eigen::Map<Stress>{to} = value;
    to[6] = 1;
  };
  for (std::int32_t cell = 0; cell < part.n_cells(); ++cell) {
    const std::int32_t* nodes = &part.cells[10 * std::size_t(cell)];
    const std::int32_t body = part.cell_body[cell];
    const auto pairs = pairs_of(part, patches_->index, cell);
    for (int v = 0; v < 4; ++v) give(nodes[v], body, right_of(fitted, pairs[v]).row(0).transpose());
    for (int e = 0; e < 6; ++e) {
      Stress mean = Stress::Zero();
      for (const int v : kTetEdges[e]) {
        const Eigen::Vector3d d = node_point(part, nodes[4 + e]) - node_point(part, nodes[v]);
        mean += 0.5 * right_of(fitted, pairs[v]).transpose() * basis(d);
      }
      give(nodes[4 + e], body, mean);
    }
  }
  sum_pairs(part.comm, points_, values, kColumns);
  std::vector<double> stress(points_.node.size() * 6);
  for (std::size_t i = 0; i < points_.node.size(); ++i) {
    for (int c = 0; c < 6; ++c) stress[6 * i + c] = values[7 * i + c] / values[7 * i + 6];
  }
  return stress;
}

std::vector<double> cell_energy_error(const Model& model, const StressPoints& points,
                                      const Solution& solution, const std::vector<double>& stress) {
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
      const GradientAt gradient = gradient_at(x, u, point.gradients);
      const Stress difference =
          recovered.transpose() * point.shape - stress_of_gradient(material, gradient.value);
      square += 2 * point.weight * gradient.determinant * energy_density(material, difference);
    }
    error[cell] = std::sqrt(std::max(0.0, square));
  }
  return error;
}

}  // namespace proofload::solver
