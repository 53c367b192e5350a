#include "assembled_cell.h"

#include <deal.II/base/quadrature_lib.h>
#include <deal.II/fe/fe_simplex_p.h>

#include <Eigen/Dense>
#include <sstream>
#include <stdexcept>

#include "proofload/core/problem.h"
#include "proofload/solver/collective.h"
#include "proofload/solver/integration.h"

namespace proofload::solver {
namespace {

/// deal.II's number of each node of a VTK quadratic tetrahedron, matched by position.
std::array<int, 10> dealii_numbers(const dealii::FE_SimplexP<3>& element) {
  const std::array<dealii::Point<3>, 4> vertices = {{{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
  std::array<int, 10> numbers{};
  for (int node = 0; node < 10; ++node) {
    const int a = node < 4 ? node : kTetEdges[node - 4][0];
    const int b = node < 4 ? node : kTetEdges[node - 4][1];
    const dealii::Point<3> place = vertices[a] + (vertices[b] - vertices[a]) / 2.0;
    const auto& points = element.get_unit_support_points();
    numbers[node] = -1;
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (points[i].distance(place) < 1e-12) numbers[node] = static_cast<int>(i);
    }
    if (numbers[node] < 0) throw std::logic_error("deal.II's quadratic tetrahedron has changed");
  }
  return numbers;
}

std::string centre_of(const MeshPart& part, std::int32_t cell) {
  Eigen::Vector3d centre = Eigen::Vector3d::Zero();
  for (int i = 0; i < 4; ++i) {
    centre += node_point(part, part.cells[10 * static_cast<std::size_t>(cell) + i]) / 4;
  }
  std::ostringstream out;
  out << "(" << centre.transpose() << ") mm";
  return out.str();
}

}  // namespace

ReferenceCell::ReferenceCell() {
  const dealii::FE_SimplexP<3> element(2);
  const dealii::QWitherdenVincentSimplex<3> rule(1, false);
  const std::array<int, 10> numbers = dealii_numbers(element);
  for (unsigned int q = 0; q < rule.size(); ++q) {
    Gradients gradients;
    for (int i = 0; i < 10; ++i) {
      const dealii::Tensor<1, 3> gradient = element.shape_grad(numbers[i], rule.point(q));
      for (int d = 0; d < 3; ++d) gradients(i, d) = gradient[d];
    }
    gradients_.push_back(gradients);
    weights_.push_back(rule.weight(q));
  }
}

CellMatrix ReferenceCell::stiffness(const MeshPart& part, std::int32_t cell,
                                    const Elasticity& material) const {
  Eigen::Matrix<double, 3, 10> x;
  for (int i = 0; i < 10; ++i) {
    x.col(i) = node_point(part, part.cells[10 * static_cast<std::size_t>(cell) + i]);
  }
  CellMatrix stiffness = CellMatrix::Zero();
  for (std::size_t q = 0; q < weights_.size(); ++q) {
    const Eigen::Matrix3d jacobian = x * gradients_[q];
    const double determinant = jacobian.determinant();
    if (!(determinant > 0)) {
      throw NumericalFailure("NEGATIVE_JACOBIAN",
                             "a cell is turned inside out at " + centre_of(part, cell));
    }
    const Gradients g = gradients_[q] * jacobian.inverse();
    const double volume = weights_[q] * determinant;
    for (int i = 0; i < 10; ++i) {
      for (int j = 0; j < 10; ++j) {
        const Eigen::Vector3d gi = g.row(i), gj = g.row(j);
        if (material.orthotropic) {
          stiffness.block<3, 3>(3 * i, 3 * j) +=
              volume * strains_of(gi).transpose() * material.stiffness * strains_of(gj);
          continue;
        }
        stiffness.block<3, 3>(3 * i, 3 * j) +=
            volume * (material.lambda * gi * gj.transpose() + material.mu * gj * gi.transpose() +
                      material.mu * gi.dot(gj) * Eigen::Matrix3d::Identity());
      }
    }
  }
  return stiffness;
}

FaceMatrix foundation_stiffness(const MeshPart& part, const FoundationFace& face) {
  FaceMatrix stiffness = FaceMatrix::Zero();
  for (const FacePoint& p : face_points(part, face.nodes.data())) {
    const double area = p.area.norm();
    const Eigen::Vector3d n = p.area / area;
    const Eigen::Matrix3d nn = n * n.transpose();
    const Eigen::Matrix3d k =
        area * (face.normal_n_per_mm3 * nn +
                face.tangential_n_per_mm3 * (Eigen::Matrix3d::Identity() - nn));
    for (int i = 0; i < 6; ++i) {
      for (int j = 0; j < 6; ++j) {
        stiffness.block<3, 3>(3 * i, 3 * j) += p.shape[i] * p.shape[j] * k;
      }
    }
  }
  return stiffness;
}

void add_stiffness(const Model& model, const KinematicSet* set, const std::vector<double>& u,
                   std::vector<double>& y) {
  const MeshPart& part = *model.mesh;
  const ReferenceCell reference;
  Eigen::Matrix<double, 30, 1> local;
  for (std::int32_t cell = 0; cell < part.n_cells(); ++cell) {
    const std::int32_t* nodes = &part.cells[10 * static_cast<std::size_t>(cell)];
    for (int i = 0; i < 10; ++i) local.segment<3>(3 * i) = at_node(u, nodes[i]);
    const CellMatrix k = reference.stiffness(part, cell, model.material_of(cell));
    const Eigen::Matrix<double, 30, 1> force = k * local;
    for (int i = 0; i < 10; ++i) at_node(y, nodes[i]) += force.segment<3>(3 * i);
  }
  if (!set) return;
  for (const FoundationFace& face : set->foundation) {
    Eigen::Matrix<double, 18, 1> motion;
    for (int i = 0; i < 6; ++i) motion.segment<3>(3 * i) = at_node(u, face.nodes[i]);
    const Eigen::Matrix<double, 18, 1> force = foundation_stiffness(part, face) * motion;
    for (int i = 0; i < 6; ++i) at_node(y, face.nodes[i]) += force.segment<3>(3 * i);
  }
}

void apply_stiffness_assembled(const Model& model, const std::vector<double>& u,
                               std::vector<double>& y) {
  y.assign(3 * static_cast<std::size_t>(model.mesh->n_local()), 0.0);
  on_all_ranks(model.mesh->comm, [&] { add_stiffness(model, nullptr, u, y); });
  add_to_owners(*model.mesh, y.data(), 3);
}

}  // namespace proofload::solver
