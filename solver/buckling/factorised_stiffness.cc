#include "factorised_stiffness.h"

#include "../elasticity/assembled_matrix.h"
#include "../elasticity/direct_solver.h"
#include "../elasticity/kernel.h"
#include "proofload/solver/collective.h"

namespace proofload::solver {

FactorisedStiffness::FactorisedStiffness(const Model& model, const KinematicSet& set)
    : unknowns_(*model.mesh, set), matrix_(assemble_matrix(model, unknowns_)) {
  check_petsc(KSPCreate(model.mesh->comm, ksp_.fill()));
  set_direct_solver(ksp_, matrix_);
  factorise(ksp_);
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
