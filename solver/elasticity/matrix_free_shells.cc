#include "matrix_free_shells.h"

#include "matrix_free_operator.h"

namespace proofload::solver {
namespace {

PetscErrorCode run(const ApplyFunction& function, Vec in, Vec out) {
  const double* from = nullptr;
  double* to = nullptr;
  PetscCall(VecGetArrayRead(in, &from));
  PetscCall(VecGetArrayWrite(out, &to));
  function(from, to);
  PetscCall(VecRestoreArrayWrite(out, &to));
  PetscCall(VecRestoreArrayRead(in, &from));
  return 0;
}

PetscErrorCode multiply(Mat matrix, Vec in, Vec out) {
  ApplyFunction* function = nullptr;
  PetscCall(MatShellGetContext(matrix, &function));
  return run(*function, in, out);
}

PetscErrorCode destroy(Mat matrix) {
  ApplyFunction* function = nullptr;
  PetscCall(MatShellGetContext(matrix, &function));
  delete function;
  return 0;
}

PetscErrorCode apply(PC pc, Vec in, Vec out) {
  const ApplyFunction* function = nullptr;
  PetscCall(PCShellGetContext(pc, &function));
  return run(*function, in, out);
}

}  // namespace

MatHandle make_operator_shell(const ReducedStiffness& stiffness, int columns) {
  return make_function_shell(
      stiffness.part().comm, stiffness.n_unknowns() * columns,
      [&stiffness, columns](const double* in, double* out) { stiffness.apply(in, out, columns); });
}

MatHandle make_function_shell(MPI_Comm comm, PetscInt n, const ApplyFunction& action) {
  MatHandle matrix;
  check_petsc(MatCreateShell(comm, n, n, PETSC_DETERMINE, PETSC_DETERMINE,
                             new ApplyFunction(action), matrix.fill()));
  const auto set = [&](MatOperation operation, auto function) {
    check_petsc(MatShellSetOperation(matrix, operation, reinterpret_cast<void (*)()>(function)));
  };
  set(MATOP_MULT, multiply);
  set(MATOP_DESTROY, destroy);
  check_petsc(MatSetOption(matrix, MAT_SPD, PETSC_TRUE));
  return matrix;
}

void make_preconditioner_shell(PC pc, const ApplyFunction& function) {
  check_petsc(PCSetType(pc, PCSHELL));
  check_petsc(PCShellSetContext(pc, const_cast<ApplyFunction*>(&function)));
  check_petsc(PCShellSetApply(pc, apply));
}

}  // namespace proofload::solver
