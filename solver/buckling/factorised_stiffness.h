#pragma once
#include "../elasticity/assembled_unknowns.h"
#include "../elasticity/petsc_handles.h"

namespace proofload::solver {

/// Inverse of the assembled stiffness of a kinematic set by MUMPS, for blocks of vectors: where a
/// multigrid cycle is too weak a preconditioner and the model is small.
class FactorisedStiffness {
 public:
  /// Throws NumericalFailure. Collective. Keeps the references.
  FactorisedStiffness(const Model& model, const KinematicSet& set);

  /// z = K^-1 r, [n_unknowns][kColumns] as the matrix-free path orders them; zero where K is an
  /// identity. Collective.
  void solve(const double* r, double* z) const;

 private:
  Unknowns unknowns_;
  MatHandle matrix_;
  KspHandle ksp_;
};

}  // namespace proofload::solver
