#include "tet10.h"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <cmath>

namespace proofload::solver::fields {
namespace {

std::vector<RulePoint> points_of(const TetrahedronRule& rule) {
  std::vector<RulePoint> points;
  for (std::size_t q = 0; q < rule.weights.size(); ++q) {
    const Bary bary(rule.points[q].data());
    points.push_back({bary, rule.weights[q] / 6, shape(bary), reference_gradients(bary)});
  }
  return points;
}

}  // namespace

const std::vector<RulePoint>& four_points() {
  static const std::vector<RulePoint> points = points_of(stiffness_rule());
  return points;
}

const std::vector<RulePoint>& fourteen_points() {
  static const std::vector<RulePoint> points = points_of(tetrahedron_rule(3));
  return points;
}

Shape shape(const Bary& at) {
  return Shape(tetrahedron_shape({at[0], at[1], at[2], at[3]}).data());
}

Gradients reference_gradients(const Bary& at) {
  return tetrahedron_gradient({at[0], at[1], at[2], at[3]});
}

CellMap map_cell(const NodeValues& nodes, const Gradients& reference) {
  const Eigen::Matrix3d jacobian = nodes.transpose() * reference;
  return {reference * jacobian.inverse(), jacobian.determinant()};
}

GradientAt gradient_at(const NodeValues& nodes, const NodeValues& displacement,
                       const Gradients& reference) {
  const Eigen::Matrix3d jacobian = nodes.transpose().lazyProduct(reference);
  const Eigen::Matrix3d moved = displacement.transpose().lazyProduct(reference);
  return {moved * jacobian.inverse(), jacobian.determinant()};
}

NodeValues gather(const MeshPart& part, std::int32_t cell, const std::vector<double>& field) {
  NodeValues values;
  for (int k = 0; k < 10; ++k) {
    const std::size_t node = part.cells[10 * static_cast<std::size_t>(cell) + k];
    for (int c = 0; c < 3; ++c) values(k, c) = field[3 * node + c];
  }
  return values;
}

Stress stress_of_gradient(const Elasticity& material, const Eigen::Matrix3d& gradient) {
  const double pressure = material.lambda * gradient.trace();
  const double mu = material.mu;
  Stress value;
  if (material.orthotropic) {
    value << gradient(0, 0), gradient(1, 1), gradient(2, 2), gradient(0, 1) + gradient(1, 0),
        gradient(1, 2) + gradient(2, 1), gradient(0, 2) + gradient(2, 0);
    return material.stiffness * value;
  }
  value << pressure + 2 * mu * gradient(0, 0), pressure + 2 * mu * gradient(1, 1),
      pressure + 2 * mu * gradient(2, 2), mu * (gradient(0, 1) + gradient(1, 0)),
      mu * (gradient(1, 2) + gradient(2, 1)), mu * (gradient(0, 2) + gradient(2, 0));
  return value;
}

double energy_density(const Elasticity& material, const Stress& stress) {
  if (material.orthotropic) return 0.5 * stress.dot(material.stiffness.ldlt().solve(stress));
  const double trace = stress[0] + stress[1] + stress[2];
  const double square = stress.head<3>().squaredNorm() + 2 * stress.tail<3>().squaredNorm();
  const double spread = material.lambda / (3 * material.lambda + 2 * material.mu);
  return (square - spread * trace * trace) / (4 * material.mu);
}

Eigen::Matrix3d tensor(const Stress& s) {
  Eigen::Matrix3d value;
  value << s[0], s[3], s[5], s[3], s[1], s[4], s[5], s[4], s[2];
  return value;
}

double von_mises(const Stress& s) {
  const double a = s[0] - s[1], b = s[1] - s[2], c = s[2] - s[0];
  return std::sqrt(0.5 * (a * a + b * b + c * c) + 3 * s.tail<3>().squaredNorm());
}

Eigen::Vector3d principal(const Stress& stress) {
  const Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d> solver(tensor(stress),
                                                              Eigen::EigenvaluesOnly);
  return solver.eigenvalues().reverse();
}

}  // namespace proofload::solver::fields
