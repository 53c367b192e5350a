#pragma once
/// Errors and sums that reach every rank.
#include <mpi.h>

#include <cstdint>
#include <functional>

namespace proofload::solver {

/// Runs `work` on every rank. If it throws anywhere, the error of the lowest such rank is thrown on
/// all: InvalidInput, NumericalFailure or std::runtime_error. `work` must hold no collective call
/// that another rank could miss. Collective.
void on_all_ranks(MPI_Comm comm, const std::function<void()>& work);

double sum_over_ranks(MPI_Comm comm, double value);
double max_over_ranks(MPI_Comm comm, double value);
std::int64_t sum_over_ranks(MPI_Comm comm, std::int64_t value);

/// Sums values[n] in place. Collective.
void sum_over_ranks(MPI_Comm comm, double* values, int n);

int rank_of(MPI_Comm comm);
int ranks_of(MPI_Comm comm);

}  // namespace proofload::solver
