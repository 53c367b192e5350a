#pragma once
/// Greatest eigenvalues of A x = mu K x with K symmetric positive definite, A symmetric and
/// indefinite, from operators alone.
#include <mpi.h>

#include <functional>
#include <string>
#include <vector>

#include "../elasticity/aligned_vector.h"
#include "../elasticity/kernel.h"

namespace proofload::solver {

/// out = f(in) on blocks [n][kColumns] of this rank's unknowns.
using BlockFunction = std::function<void(const double* in, double* out)>;

struct EigenProblem {
  MPI_Comm comm = MPI_COMM_SELF;
  long n = 0;                                    ///< unknowns of this rank
  BlockFunction stiffness, other, precondition;  ///< K, A, an approximate inverse of K
  /// Fills a block to begin a turn with (0, 1, …), another one for each; zero where K is an
  /// identity.
  std::function<void(int turn, double* block)> start;
  const Kernels* kernels = nullptr;
};

struct EigenOptions {
  int count = 4;
  double tolerance = 3e-4;   ///< of EigenPair::error
  int max_iterations = 200;  ///< of blocks, in all
};

struct EigenPair {
  double value = 0;     ///< mu
  double error = 1;     ///< ‖A x - mu K x‖ in the norm of K^-1 (by the preconditioner) / |mu|:
                        ///< an eigenvalue lies within this share of mu; mu itself is off by
                        ///< about its square
  double residual = 1;  ///< ‖A x - mu K x‖₂ / ‖mu K x‖₂, recomputed
  std::vector<double> mode;  ///< [n], xᵀK x = 1
};

struct EigenResult {
  std::vector<EigenPair> pairs;  ///< the leading ones that converged, greatest value first
  int iterations = 0;
  std::string failure;       ///< why there are fewer than asked; empty if all are there
  bool no_positive = false;  ///< the greatest values were negative to the end
};

/// Locally optimal block preconditioned conjugate gradients (Knyazev 2001,
/// doi:10.1137/S1064827500366124) with the basis of Hetmaniuk and Lehoucq 2006
/// (doi:10.1016/j.jcp.2006.02.007): kColumns vectors go together, so that several equal values are
/// found, and more than five values in turns, those found held apart. Only positive values count:
/// if the greatest are not positive, that is a failure. Errors and residuals are recomputed with
/// the operators from the final vectors. Repeats bit by bit on one machine and number of ranks.
/// Collective.
EigenResult greatest_eigenpairs(const EigenProblem& problem, const EigenOptions& options);

}  // namespace proofload::solver
