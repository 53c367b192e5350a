#pragma once
/// Stiffness of one cell from deal.II's shape functions: the reference for the kernel.
#include <Eigen/Core>
#include <array>
#include <vector>

#include "proofload/solver/model.h"

namespace proofload::solver {

/// Node by node, three components each: [3 * node + component]. N/mm.
using CellMatrix = Eigen::Matrix<double, 30, 30, Eigen::RowMajor>;
using FaceMatrix = Eigen::Matrix<double, 18, 18, Eigen::RowMajor>;

/// Gradients of dealii::FE_SimplexP<3>(2) at QWitherdenVincentSimplex<3>(1, false), in VTK order.
class ReferenceCell {
 public:
  ReferenceCell();

  /// Isoparametric, curved. Throws NumericalFailure (NEGATIVE_JACOBIAN) with the cell's place.
  CellMatrix stiffness(const MeshPart& part, std::int32_t cell, const Elasticity& material) const;

 private:
  using Gradients = Eigen::Matrix<double, 10, 3>;
  std::vector<Gradients> gradients_;
  std::vector<double> weights_;
};

/// Springs of a foundation face, integrated over the curved face.
FaceMatrix foundation_stiffness(const MeshPart& part, const FoundationFace& face);

/// y += (K + foundation) u for the free body, summands of this rank's cells and faces; `set` may be
/// null: no foundation. Throws like stiffness() on this rank only.
void add_stiffness(const Model& model, const KinematicSet* set, const std::vector<double>& u,
                   std::vector<double>& y);

}  // namespace proofload::solver
