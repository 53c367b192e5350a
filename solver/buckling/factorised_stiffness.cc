#include "factorised_stiffness.h"

#include "../elasticity/assembled_matrix.h"
#include "../elasticity/kernel.h"
#include "proofload/solver/collective.h"

namespace proofload::solver {

FactorisedStiffness::FactorisedStiffness(const Model& model, const KinematicSet& set)
    : unknowns_(*model.mesh, set), matrix_(assemble_matrix(model, unknowns_)) {
  PC pc;
  check_petsc(KSPCreate(model.mesh->comm, ksp_.fill()));
  check_petsc(KSPSetOperators(ksp_, matrix_, matrix_));
  check_petsc(KSPSetType(ksp_, KSPPREONLY));
  check_petsc(KSPGetPC(ksp_, &pc));
  if (ranks_of(model.mesh->comm) > 1) {
    // The same factor on every rank: one spread over ranks does not repeat bit by bit.
    KSP inner;
    check_petsc(PCSetType(pc, PCREDUNDANT));
    check_petsc(PCRedundantGetKSP(pc, &inner));
    check_petsc(KSPSetType(inner, KSPPREONLY));
    check_petsc(KSPGetPC(inner, &pc));
  }
  check_petsc(PCSetType(pc, PCCHOLESKY));
  check_petsc(PCFactorSetMatSolverType(pc, MATSOLVERMUMPS));
  check_petsc(KSPSetUp(ksp_));
  PCFailedReason reason = PC_NOERROR;
  check_petsc(PCGetFailedReason(pc, &reason));
  if (max_over_ranks(model.mesh->comm, reason == PC_NOERROR ? 0 : 1) > 0)
    throw NumericalFailure("FACTORISATION_FAILED", "the stiffness matrix could not be factorised");
}

void FactorisedStiffness::solve(const double* r, double* z) const {
  VecHandle right, left;
  check_petsc(MatCreateVecs(matrix_, left.fill(), right.fill()));
  PetscInt n = 0;
  check_petsc(VecGetLocalSize(right, &n));
  for (int k = 0; k < kColumns; ++k) {
    {
      const VecWrite values(right);
      for (PetscInt i = 0; i < n; ++i) values.data()[i] = r[i * kColumns + k];
    }
    check_petsc(KSPSolve(ksp_, right, left));
    const VecRead values(left);
    for (PetscInt i = 0; i < n; ++i) z[i * kColumns + k] = values.data()[i];
  }
}

}  // namespace proofload::solver
