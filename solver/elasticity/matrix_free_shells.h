#pragma once
/// Our operators as PETSc's shell objects.
#include <functional>

#include "petsc_handles.h"

namespace proofload::solver {

class ReducedStiffness;

/// out = f(in) on local arrays.
using ApplyFunction = std::function<void(const double* in, double* out)>;

/// Symmetric operator on stacked vectors. Keeps the reference.
MatHandle make_operator_shell(const ReducedStiffness& stiffness, int columns);

/// Symmetric, `n` rows of this rank: multiplies by the function, of which it keeps a copy.
MatHandle make_function_shell(MPI_Comm comm, PetscInt n, const ApplyFunction& action);

/// Makes `pc` apply the function, which must outlive it.
void make_preconditioner_shell(PC pc, const ApplyFunction& function);

}  // namespace proofload::solver
