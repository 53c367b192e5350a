#pragma once
#include <vector>

#include "petsc_handles.h"

namespace proofload::solver {

/// Adds 3 x 3 blocks to a matrix of block size 3. What belongs to other ranks is sent at the end
/// and added there rank by rank: PETSc's own exchange adds in the order of arrival, which does not
/// repeat bit by bit.
class BlockAdder {
 public:
  explicit BlockAdder(Mat matrix);
  bool owns(PetscInt block_row) const { return first_ <= block_row && block_row < end_; }
  /// `values` row by row.
  void add(PetscInt block_row, PetscInt block_column, const double* values);
  /// Exchanges and assembles. Collective.
  void finish();

 private:
  Mat matrix_;
  MPI_Comm comm_;
  PetscInt first_ = 0, end_ = 0;
  std::vector<PetscInt> ends_;                // of the block rows of each rank
  std::vector<std::vector<double>> to_rank_;  // row, column, nine values
};

}  // namespace proofload::solver
