#pragma once
/// Built-in displacement fields with known derivatives.
#include <Eigen/Core>
#include <array>

#include "proofload/solver/model.h"

namespace proofload::solver {

/// A displacement field at one point.
struct FieldValue {
  Eigen::Vector3d u = Eigen::Vector3d::Zero();         ///< mm
  Eigen::Matrix3d gradient = Eigen::Matrix3d::Zero();  ///< (i, j) = du_i / dx_j
  std::array<Eigen::Matrix3d, 3> hessian = {Eigen::Matrix3d::Zero(), Eigen::Matrix3d::Zero(),
                                            Eigen::Matrix3d::Zero()};  ///< [i](j, k), 1/mm
};

/// The field at x in mm; formulas at v1::Manufactured::Field.
FieldValue manufactured_field(const v1::Manufactured& load, const Eigen::Vector3d& x);

/// Stress of a displacement gradient, MPa.
Eigen::Matrix3d stress_of(const Elasticity& material, const Eigen::Matrix3d& gradient);

/// -div sigma, N/mm3.
Eigen::Vector3d body_force_of(const Elasticity& material, const FieldValue& field);

}  // namespace proofload::solver
