#pragma once
/// Conjugate gradients on the motions that distributed supports leave: ΠAΠ with the projector Π
/// onto Bᵀx = 0, preconditioned by z = Mr - Z(BᵀZ)⁻¹BᵀMr with Z = MB and the multigrid M of the
/// model on an elastic foundation at those faces. Never a penalty; the multipliers are the
/// reactions.
#include <Eigen/LU>

#include "distributed_rows.h"
#include "multigrid.h"

namespace proofload::solver {

/// The set with an elastic foundation, as stiff as the material over the size of the face, in place
/// of its distributed supports.
KinematicSet on_foundation(const Model& model, const KinematicSet& set);

class ProjectedSolver {
 public:
  /// `multigrid`: of on_foundation(set). Collective. Keeps references.
  ProjectedSolver(const FreeStiffness& free, const KinematicSet& set,
                  const MultigridSolver& multigrid);

  const ReducedStiffness& stiffness() const { return stiffness_; }
  const DistributedRows& rows() const { return rows_; }
  /// A smooth motion with Bᵀx = g. Collective.
  std::vector<double> particular(const Eigen::VectorXd& g) const;
  /// Improves x, Bᵀx as it is, until the norm of Π(b - A x) as the iteration carries it is below
  /// `goal`. Collective.
  IterationResult iterate(const std::vector<double>& b, std::vector<double>& x, double goal,
                          int max_iterations);
  /// b - A x. Collective.
  std::vector<double> residual(const std::vector<double>& b, const std::vector<double>& x) const;
  /// ‖Π(b - A x)‖. Collective.
  double residual_norm(const std::vector<double>& b, const std::vector<double>& x) const;

 private:
  MPI_Comm comm() const { return stiffness_.part().comm; }
  void apply(const double* in, double* out) const;
  void precondition(const double* in, double* out) const;

  ReducedStiffness stiffness_;
  DistributedRows rows_;
  const MultigridSolver& multigrid_;
  Eigen::MatrixXd smooth_;                       // Z, [n_unknowns][rows]
  Eigen::PartialPivLU<Eigen::MatrixXd> factor_;  // of BᵀZ
  ApplyFunction preconditioner_;
  MatHandle operator_;
  KspHandle ksp_;
};

}  // namespace proofload::solver
