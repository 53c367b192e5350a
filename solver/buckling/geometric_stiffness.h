#pragma once
/// Geometric stiffness of a load case without a matrix.
#include <Eigen/Core>
#include <vector>

#include "../elasticity/matrix_free_operator.h"

namespace proofload::solver {

/// G = BᵀKgB with the kinematics B of the load case. Kg is the integral of
/// grad(v) · σ grad(u) over the cells by the four-point rule (Bathe 1996, Finite Element
/// Procedures, section 6.2.3: the initial stress part of the tangent), σ the static stress.
///
/// A rigid face turns by θ as u = θ×r + ½ θ×(θ×r). The quadratic part works against the forces R
/// between link and body and with the forces F on the link at arms a:
/// θᵀ Σ[sym(R rᵀ) - R·r I] θ - θᵀ Σ[sym(F aᵀ) - F·a I] θ, without which a lever loses its own P-Δ.
/// Moments are taken as semitangential, all forces as dead.
class GeometricStiffness {
 public:
  /// Collective. Keeps the references to `free` and `stiffness`.
  GeometricStiffness(const FreeStiffness& free, const ReducedStiffness& stiffness,
                     const LoadVector& load, const Solution& solution);

  /// out = G x, [n_unknowns * kColumns]; x must be zero on identity rows, as out is. Collective.
  void apply(const double* x, double* out) const;
  /// forces = Kg u for a nodal array of kColumns columns with its ghosts; owners complete.
  /// Collective.
  void nodal_forces(const double* u, double* forces) const;

 private:
  const FreeStiffness& free_;
  const ReducedStiffness& stiffness_;
  AlignedVector stress_;                ///< at the integration points
  std::vector<Eigen::Matrix3d> links_;  ///< on θ of each rigid group, Nmm; same on every rank
  mutable AlignedVector u_, y_;
};

}  // namespace proofload::solver
