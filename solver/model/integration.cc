#include "proofload/solver/integration.h"

#include <Eigen/Dense>
#include <sstream>

#include "proofload/core/problem.h"
#include "proofload/solver/collective.h"

namespace proofload::solver {
namespace {

constexpr int kTriangleEdges[3][2] = {{0, 1}, {1, 2}, {2, 0}};
constexpr int kFaceRule = 5;

/// Derivatives by barycentric coordinates 1 and 2.
Eigen::Matrix<double, 6, 2> triangle_gradient(const std::array<double, 3>& l) {
  static const Eigen::Matrix<double, 3, 2> dl =
      (Eigen::Matrix<double, 3, 2>() << -1, -1, 1, 0, 0, 1).finished();
  Eigen::Matrix<double, 6, 2> gradient;
  for (int i = 0; i < 3; ++i) gradient.row(i) = (4 * l[i] - 1) * dl.row(i);
  for (int k = 0; k < 3; ++k) {
    const int a = kTriangleEdges[k][0], b = kTriangleEdges[k][1];
    gradient.row(3 + k) = 4 * (l[a] * dl.row(b) + l[b] * dl.row(a));
  }
  return gradient;
}

}  // namespace

std::array<double, 6> triangle_shape(const std::array<double, 3>& l) {
  std::array<double, 6> shape{};
  for (int i = 0; i < 3; ++i) shape[i] = l[i] * (2 * l[i] - 1);
  for (int k = 0; k < 3; ++k) {
    shape[3 + k] = 4 * l[kTriangleEdges[k][0]] * l[kTriangleEdges[k][1]];
  }
  return shape;
}

std::array<double, 10> tetrahedron_shape(const std::array<double, 4>& l) {
  std::array<double, 10> shape{};
  for (int i = 0; i < 4; ++i) shape[i] = l[i] * (2 * l[i] - 1);
  for (int k = 0; k < 6; ++k) shape[4 + k] = 4 * l[kTetEdges[k][0]] * l[kTetEdges[k][1]];
  return shape;
}

Eigen::Matrix<double, 10, 3> tetrahedron_gradient(const std::array<double, 4>& l) {
  static const Eigen::Matrix<double, 4, 3> dl =
      (Eigen::Matrix<double, 4, 3>() << -1, -1, -1, 1, 0, 0, 0, 1, 0, 0, 0, 1).finished();
  Eigen::Matrix<double, 10, 3> gradient;
  for (int i = 0; i < 4; ++i) gradient.row(i) = (4 * l[i] - 1) * dl.row(i);
  for (int k = 0; k < 6; ++k) {
    const int a = kTetEdges[k][0], b = kTetEdges[k][1];
    gradient.row(4 + k) = 4 * (l[a] * dl.row(b) + l[b] * dl.row(a));
  }
  return gradient;
}

void fail_inside_out(const MeshPart& part, std::int32_t cell) {
  Eigen::Vector3d centre = Eigen::Vector3d::Zero();
  for (int i = 0; i < 4; ++i) {
    centre += node_point(part, part.cells[10 * static_cast<std::size_t>(cell) + i]) / 4;
  }
  std::ostringstream out;
  out << "a cell is turned inside out at (" << centre.transpose() << ") mm";
  throw NumericalFailure("NEGATIVE_JACOBIAN", out.str());
}

void refuse_inside_out(const MeshPart& part) {
  std::vector<Eigen::Matrix<double, 10, 3>> gradients;
  for (const auto& point : stiffness_rule().points) {
    gradients.push_back(tetrahedron_gradient(point));
  }
  on_all_ranks(part.comm, [&] {
    for (std::int32_t cell = 0; cell < part.n_cells(); ++cell) {
      Eigen::Matrix<double, 3, 10> x;
      for (int i = 0; i < 10; ++i) {
        x.col(i) = node_point(part, part.cells[10 * static_cast<std::size_t>(cell) + i]);
      }
      for (const auto& gradient : gradients) {
        const Eigen::Matrix3d jacobian = x.lazyProduct(gradient);
        if (!(jacobian.determinant() > 0)) fail_inside_out(part, cell);
      }
    }
  });
}

std::vector<FacePoint> face_points(const MeshPart& part, const std::int32_t* nodes) {
  static const TriangleRule rule = triangle_rule(kFaceRule);
  Eigen::Matrix<double, 3, 6> x;
  for (int i = 0; i < 6; ++i) x.col(i) = node_point(part, nodes[i]);
  std::vector<FacePoint> points(rule.weights.size());
  for (std::size_t q = 0; q < points.size(); ++q) {
    points[q].shape = triangle_shape(rule.points[q]);
    points[q].x = x * Eigen::Map<const Eigen::Matrix<double, 6, 1>>(points[q].shape.data());
    const Eigen::Matrix<double, 3, 2> tangents = x * triangle_gradient(rule.points[q]);
    points[q].area = 0.5 * rule.weights[q] * tangents.col(0).cross(tangents.col(1));
  }
  return points;
}

std::vector<CellPoint> cell_points(const MeshPart& part, std::int32_t cell,
                                   const TetrahedronRule& rule) {
  Eigen::Matrix<double, 3, 10> x;
  for (int i = 0; i < 10; ++i) x.col(i) = node_point(part, part.cells[10 * cell + i]);
  std::vector<CellPoint> points(rule.weights.size());
  for (std::size_t q = 0; q < points.size(); ++q) {
    points[q].shape = tetrahedron_shape(rule.points[q]);
    points[q].x = x * Eigen::Map<const Eigen::Matrix<double, 10, 1>>(points[q].shape.data());
    const Eigen::Matrix3d jacobian = x * tetrahedron_gradient(rule.points[q]);
    points[q].volume = rule.weights[q] * jacobian.determinant() / 6;
  }
  return points;
}

SurfaceFacts surface_facts(const MeshPart& part, const FacePart& faces) {
  double first[4] = {};
  for (std::size_t f = 0; f < faces.cells.size(); ++f) {
    for (const FacePoint& p : face_points(part, &faces.faces[6 * f])) {
      const double area = p.area.norm();
      first[0] += area;
      for (int i = 0; i < 3; ++i) first[1 + i] += area * p.x[i];
    }
  }
  sum_over_ranks(part.comm, first, 4);
  SurfaceFacts facts;
  facts.area = first[0];
  if (facts.area <= 0) return facts;
  facts.centroid = Eigen::Vector3d(first[1], first[2], first[3]) / facts.area;
  for (std::size_t f = 0; f < faces.cells.size(); ++f) {
    for (const FacePoint& p : face_points(part, &faces.faces[6 * f])) {
      const Eigen::Vector3d r = p.x - facts.centroid;
      facts.second_moment += p.area.norm() * r * r.transpose();
    }
  }
  sum_over_ranks(part.comm, facts.second_moment.data(), 9);
  return facts;
}

}  // namespace proofload::solver
