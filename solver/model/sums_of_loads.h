#pragma once
/// Load cases that are sums of others, as bending to either side of the same force: what is linear
/// need not be solved again.
#include <mpi.h>

#include <Eigen/Core>
#include <vector>

namespace proofload::solver {

/// For each vector, given by this rank's part of it, the shares of the basis that make it up; empty
/// for those that are the basis: each that is not made up by the earlier ones of it (to a
/// thousandth of its norm, so that the others' shares are well known). All vectors have a norm
/// other than zero. The same on all ranks. Collective.
std::vector<Eigen::VectorXd> shares_of_basis(
    MPI_Comm comm, const std::vector<const std::vector<double>*>& vectors);

}  // namespace proofload::solver
