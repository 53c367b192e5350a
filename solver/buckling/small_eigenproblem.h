#pragma once
#include <Eigen/Core>

namespace proofload::solver {

/// Solution of the small problem of a block iteration.
struct SmallEigen {
  Eigen::VectorXd values;   ///< descending
  Eigen::MatrixXd vectors;  ///< columns y with yᵀ gram y = 1
};

/// H y = theta gram y on the range of `gram` (positive semidefinite, scaled to a unit diagonal):
/// directions that depend on others are left out, so there may be fewer values than rows.
SmallEigen small_eigenproblem(const Eigen::MatrixXd& gram, const Eigen::MatrixXd& h);

}  // namespace proofload::solver
