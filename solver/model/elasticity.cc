#include <Eigen/Dense>

#include "materials.h"
#include "proofload/core/vec3.h"

namespace proofload::solver {
namespace {

constexpr int kRow[6] = {0, 1, 2, 0, 1, 0};
constexpr int kColumn[6] = {0, 1, 2, 1, 2, 2};

using Vector6 = Eigen::Matrix<double, 6, 1>;

/// Components of a symmetric tensor; `shear`: what a component off the diagonal is multiplied with.
Vector6 components(const Eigen::Matrix3d& tensor, double shear) {
  Vector6 values;
  for (int i = 0; i < 6; ++i) values[i] = tensor(kRow[i], kColumn[i]) * (i < 3 ? 1 : shear);
  return values;
}

Eigen::Matrix3d tensor_of(const Vector6& values, double shear) {
  Eigen::Matrix3d tensor;
  for (int i = 0; i < 6; ++i) {
    tensor(kRow[i], kColumn[i]) = tensor(kColumn[i], kRow[i]) = values[i] * (i < 3 ? 1 : shear);
  }
  return tensor;
}

/// Rows: the three axes.
Eigen::Matrix3d axes_of(const v1::Orthotropic& given) {
  Eigen::Matrix3d axes;
  axes.row(0) = vec3(given.axis_1(), Vec3::UnitX()).normalized();
  const Vec3 second = vec3(given.axis_2(), Vec3::UnitY());
  axes.row(2) = Vec3(axes.row(0)).cross(second).normalized();
  axes.row(1) = Vec3(axes.row(2)).cross(Vec3(axes.row(0)));
  return axes;
}

/// In the material's own axes; shears 12, 23, 13.
StiffnessMatrix compliance_of(const v1::Orthotropic& m) {
  StiffnessMatrix compliance = StiffnessMatrix::Zero();
  compliance.diagonal() << 1 / m.e1_mpa(), 1 / m.e2_mpa(), 1 / m.e3_mpa(), 1 / m.g12_mpa(),
      1 / m.g23_mpa(), 1 / m.g13_mpa();
  compliance(0, 1) = compliance(1, 0) = -m.nu12() / m.e1_mpa();
  compliance(0, 2) = compliance(2, 0) = -m.nu13() / m.e1_mpa();
  compliance(1, 2) = compliance(2, 1) = -m.nu23() / m.e2_mpa();
  return compliance;
}

}  // namespace

Elasticity orthotropic_elasticity(const v1::Orthotropic& given, double density) {
  const StiffnessMatrix own = compliance_of(given).inverse();
  const Eigen::Matrix3d axes = axes_of(given);
  Elasticity material;
  material.orthotropic = true;
  material.density = density;
  for (int i = 0; i < 6; ++i) {
    const Eigen::Matrix3d strain = tensor_of(Vector6::Unit(i), 0.5);
    const Vector6 stress = own * components(axes * strain * axes.transpose(), 2);
    material.stiffness.col(i) = components(axes.transpose() * tensor_of(stress, 1) * axes, 1);
  }
  const double normal = own(0, 0) + own(1, 1) + own(2, 2);
  const double across = own(0, 1) + own(0, 2) + own(1, 2);
  const double shear = own(3, 3) + own(4, 4) + own(5, 5);
  material.mu = (normal - across + 3 * shear) / 15;  // Voigt 1910, § 465
  material.lambda = (normal + 2 * across) / 9 - 2 * material.mu / 3;
  return material;
}

StiffnessMatrix stiffness_matrix(const Elasticity& material) {
  if (material.orthotropic) return material.stiffness;
  StiffnessMatrix stiffness = StiffnessMatrix::Zero();
  stiffness.topLeftCorner<3, 3>().setConstant(material.lambda);
  stiffness.diagonal().head<3>().array() += 2 * material.mu;
  stiffness.diagonal().tail<3>().setConstant(material.mu);
  return stiffness;
}

Elasticity scaled(const Elasticity& material, double factor) {
  Elasticity result = material;
  result.lambda *= factor;
  result.mu *= factor;
  if (material.orthotropic) result.stiffness *= factor;
  return result;
}

double youngs_modulus(const Elasticity& material, const Eigen::Vector3d& along) {
  if (!material.orthotropic) {
    return material.mu * (3 * material.lambda + 2 * material.mu) / (material.lambda + material.mu);
  }
  const Vector6 pull = components(along * along.transpose(), 1);
  return 1 / pull.dot(material.stiffness.ldlt().solve(pull));
}

}  // namespace proofload::solver
