#include "matrix_free_shells.h"

#include "matrix_free_operator.h"
#include "multigrid_transfer.h"

namespace proofload::solver {
namespace {

/// What a shell matrix does; owned by the matrix.
struct ShellContext {
  ApplyFunction multiply;
  ApplyFunction multiply_transposed;
};

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
  ShellContext* context = nullptr;
  PetscCall(MatShellGetContext(matrix, &context));
  return run(context->multiply, in, out);
}

PetscErrorCode multiply_transposed(Mat matrix, Vec in, Vec out) {
  ShellContext* context = nullptr;
  PetscCall(MatShellGetContext(matrix, &context));
  return run(context->multiply_transposed, in, out);
}

PetscErrorCode destroy(Mat matrix) {
  ShellContext* context = nullptr;
  PetscCall(MatShellGetContext(matrix, &context));
  delete context;
  return 0;
}

PetscErrorCode apply(PC pc, Vec in, Vec out) {
  const ApplyFunction* function = nullptr;
  PetscCall(PCShellGetContext(pc, &function));
  return run(*function, in, out);
}

MatHandle make_shell(MPI_Comm comm, PetscInt rows, PetscInt columns, ShellContext context) {
  MatHandle matrix;
  auto* kept = new ShellContext(std::move(context));
  check_petsc(
      MatCreateShell(comm, rows, columns, PETSC_DETERMINE, PETSC_DETERMINE, kept, matrix.fill()));
  const auto set = [&](MatOperation operation, auto function) {
    check_petsc(MatShellSetOperation(matrix, operation, reinterpret_cast<void (*)()>(function)));
  };
  set(MATOP_MULT, multiply);
  set(MATOP_MULT_TRANSPOSE, multiply_transposed);
  set(MATOP_DESTROY, destroy);
  return matrix;
}

}  // namespace

MatHandle make_operator_shell(const ReducedStiffness& stiffness, int columns) {
  const ApplyFunction function = [&stiffness, columns](const double* in, double* out) {
    stiffness.apply(in, out, columns);
  };
  return make_function_shell(stiffness.part().comm, stiffness.n_unknowns() * columns, function);
}

MatHandle make_function_shell(MPI_Comm comm, PetscInt n, const ApplyFunction& function) {
  MatHandle matrix = make_shell(comm, n, n, {function, function});
  check_petsc(MatSetOption(matrix, MAT_SPD, PETSC_TRUE));
  return matrix;
}

MatHandle make_transfer_shell(const Transfer& transfer, int columns) {
  return make_shell(transfer.comm(), transfer.n_fine() * columns, transfer.n_coarse() * columns,
                    {[&transfer, columns](const double* in, double* out) {
                       transfer.interpolate(in, out, columns);
                     },
                     [&transfer, columns](const double* in, double* out) {
                       transfer.restrict_residual(in, out, columns);
                     }});
}

MatHandle make_matrix_of_size(MPI_Comm comm, PetscInt n) {
  return make_shell(comm, n, n, {nullptr, nullptr});
}

void make_preconditioner_shell(PC pc, const ApplyFunction& function) {
  check_petsc(PCSetType(pc, PCSHELL));
  check_petsc(PCShellSetContext(pc, const_cast<ApplyFunction*>(&function)));
  check_petsc(PCShellSetApply(pc, apply));
}

}  // namespace proofload::solver
