#pragma once
/// Load vectors and solutions between the model's terms and the unknowns of the matrix-free path.
#include "distributed_rows.h"
#include "matrix_free_operator.h"

namespace proofload::solver {

/// b = Bᵀ(f - (K + C) u0) with the forces at the points of rigid groups, zero on identity rows.
/// Collective.
std::vector<double> right_hand_side(const FreeStiffness& free, const ReducedStiffness& stiffness,
                                    const LoadVector& load);

/// What distributed supports do to the model.
struct SupportForces {
  const DistributedRows& rows;
  Eigen::VectorXd multipliers;
};

/// Motion and reactions of the unknowns x; `held`: null without distributed supports. Collective.
Solution to_solution(const FreeStiffness& free, const ReducedStiffness& stiffness,
                     const LoadVector& load, const std::vector<double>& x,
                     const SupportForces* held);

}  // namespace proofload::solver
