#include "multigrid_blocks.h"

#include <algorithm>
#include <numeric>

#include "proofload/solver/collective.h"

namespace proofload::solver {
namespace {

constexpr int kItem = 11;  // row, column, nine values

std::vector<int> begins(const std::vector<int>& counts) {
  std::vector<int> begin(counts.size(), 0);
  std::partial_sum(counts.begin(), counts.end() - 1, begin.begin() + 1);
  return begin;
}

/// What every rank sent to this one, in the order of ranks.
std::vector<double> pass_on(MPI_Comm comm, const std::vector<std::vector<double>>& to_rank) {
  std::vector<int> send, receive(to_rank.size());
  std::vector<double> outgoing;
  for (const auto& items : to_rank) {
    send.push_back(static_cast<int>(items.size()));
    outgoing.insert(outgoing.end(), items.begin(), items.end());
  }
  MPI_Alltoall(send.data(), 1, MPI_INT, receive.data(), 1, MPI_INT, comm);
  std::vector<double> incoming(std::accumulate(receive.begin(), receive.end(), 0ul));
  MPI_Alltoallv(outgoing.data(), send.data(), begins(send).data(), MPI_DOUBLE, incoming.data(),
                receive.data(), begins(receive).data(), MPI_DOUBLE, comm);
  return incoming;
}

}  // namespace

BlockAdder::BlockAdder(Mat matrix) : matrix_(matrix) {
  check_petsc(PetscObjectGetComm(reinterpret_cast<PetscObject>(matrix), &comm_));
  const PetscInt* ranges = nullptr;
  check_petsc(MatGetOwnershipRanges(matrix, &ranges));
  const int ranks = ranks_of(comm_), rank = rank_of(comm_);
  for (int r = 0; r < ranks; ++r) ends_.push_back(ranges[r + 1] / 3);
  first_ = ranges[rank] / 3;
  end_ = ranges[rank + 1] / 3;
  to_rank_.resize(ranks);
}

void BlockAdder::add(PetscInt block_row, PetscInt block_column, const double* values) {
  if (owns(block_row)) {
    check_petsc(MatSetValuesBlocked(matrix_, 1, &block_row, 1, &block_column, values, ADD_VALUES));
    return;
  }
  auto& items = to_rank_[std::upper_bound(ends_.begin(), ends_.end(), block_row) - ends_.begin()];
  items.push_back(block_row);
  items.push_back(block_column);
  items.insert(items.end(), values, values + 9);
}

void BlockAdder::finish() {
  const std::vector<double> incoming = pass_on(comm_, to_rank_);
  for (std::size_t i = 0; i < incoming.size(); i += kItem)
    add(static_cast<PetscInt>(incoming[i]), static_cast<PetscInt>(incoming[i + 1]),
        &incoming[i + 2]);
  check_petsc(MatAssemblyBegin(matrix_, MAT_FINAL_ASSEMBLY));
  check_petsc(MatAssemblyEnd(matrix_, MAT_FINAL_ASSEMBLY));
}

}  // namespace proofload::solver
