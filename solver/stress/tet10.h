#pragma once
/// Ten-node tetrahedra in Eigen types: shapes, gradients, quadrature, stress.
#include <Eigen/Core>
#include <vector>

#include "proofload/solver/integration.h"
#include "proofload/solver/model.h"

namespace proofload::solver::fields {

using Bary = Eigen::Vector4d;  ///< barycentric coordinates, sum 1
using Shape = Eigen::Matrix<double, 10, 1>;
using Gradients = Eigen::Matrix<double, 10, 3>;
using NodeValues = Eigen::Matrix<double, 10, 3>;  ///< a vector at each node of a cell
using Stress = Eigen::Matrix<double, 6, 1>;       ///< XX YY ZZ XY YZ XZ, MPa
using NodeStress = Eigen::Matrix<double, 10, 6>;

/// A point of the reference cell; weights of a rule add up to 1/6, its volume.
struct RulePoint {
  Bary bary;
  double weight;
  Shape shape;
  Gradients gradients;  ///< by barycentric coordinates 1, 2, 3
};

/// The points of the stiffness, exact for degree 2, where stress is superconvergent.
const std::vector<RulePoint>& four_points();

/// Fourteen points, exact for degree 5.
const std::vector<RulePoint>& fourteen_points();

Shape shape(const Bary& at);
Gradients reference_gradients(const Bary& at);

/// Gradients in space (1/mm) and determinant of the Jacobian at a point of a curved cell.
struct CellMap {
  Gradients gradients;
  double determinant = 0;
};
CellMap map_cell(const NodeValues& nodes, const Gradients& reference);

/// Gradient du_i/dx_j of a displacement at a point of a curved cell, and the Jacobian's
/// determinant.
struct GradientAt {
  Eigen::Matrix3d value;
  double determinant = 0;
};
GradientAt gradient_at(const NodeValues& nodes, const NodeValues& displacement,
                       const Gradients& reference);

/// Rows of a nodal vector field [3 * n_local] at the nodes of a cell.
NodeValues gather(const MeshPart& part, std::int32_t cell, const std::vector<double>& field);

/// Stress of a displacement gradient du_i/dx_j.
Stress stress_of_gradient(const Elasticity& material, const Eigen::Matrix3d& gradient);

/// Strain energy density of a stress, N/mm2.
double energy_density(const Elasticity& material, const Stress& stress);

Eigen::Matrix3d tensor(const Stress& stress);
double von_mises(const Stress& stress);

/// Principal stresses, greatest first.
Eigen::Vector3d principal(const Stress& stress);

}  // namespace proofload::solver::fields
