#include "direct_solver.h"

#include <cstring>

#include "petsc_handles.h"
#include "proofload/solver/collective.h"

namespace proofload::solver {
namespace {

MPI_Comm comm_of(KSP ksp) {
  MPI_Comm comm = MPI_COMM_SELF;
  check_petsc(PetscObjectGetComm(reinterpret_cast<PetscObject>(ksp), &comm));
  return comm;
}

KSP inner_solver(PC pc) {
  KSP inner = nullptr;
  check_petsc(PCRedundantGetKSP(pc, &inner));
  return inner;
}

/// The preconditioner that holds the factor.
PC factor_of(KSP ksp) {
  PC pc = nullptr;
  PCType type = nullptr;
  check_petsc(KSPGetPC(ksp, &pc));
  check_petsc(PCGetType(pc, &type));
  if (type && std::strcmp(type, PCREDUNDANT) == 0) check_petsc(KSPGetPC(inner_solver(pc), &pc));
  return pc;
}

}  // namespace

void set_direct_solver(KSP ksp, Mat matrix) {
  PC pc = nullptr;
  PetscInt rows = 0;
  check_petsc(MatGetSize(matrix, &rows, nullptr));
  check_petsc(KSPSetOperators(ksp, matrix, matrix));
  check_petsc(KSPSetType(ksp, KSPPREONLY));
  check_petsc(KSPGetPC(ksp, &pc));
  if (ranks_of(comm_of(ksp)) > 1 && rows <= kRepeatableUnknowns) {
    check_petsc(PCSetType(pc, PCREDUNDANT));
    check_petsc(KSPSetType(inner_solver(pc), KSPPREONLY));
    pc = factor_of(ksp);
  }
  check_petsc(PCSetType(pc, PCCHOLESKY));
  check_petsc(PCFactorSetMatSolverType(pc, MATSOLVERMUMPS));
}

void factorise(KSP ksp) {
  check_petsc(KSPSetUp(ksp));
  PCFailedReason reason = PC_NOERROR;
  check_petsc(PCGetFailedReason(factor_of(ksp), &reason));
  const double worst = max_over_ranks(comm_of(ksp), reason == PC_NOERROR ? 0 : reason);
  if (worst == 0) return;
  throw NumericalFailure("FACTORISATION_FAILED",
                         "the stiffness matrix could not be factorised (reason " +
                             std::to_string(static_cast<int>(worst)) + ")");
}

}  // namespace proofload::solver
