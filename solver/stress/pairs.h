#pragma once
/// Values on (node, body) pairs: where they are and how ranks share them.
#include <vector>

#include "proofload/solver/stress.h"

namespace proofload::solver::fields {

/// Finds the index of a pair.
class PairIndex {
 public:
  PairIndex(const StressPoints& points, std::int32_t n_nodes);

  /// Index of the pair; -1: not on this rank.
  std::int32_t find(std::int32_t node, std::int32_t body) const;

 private:
  const StressPoints* points_;
  std::vector<std::int32_t> first_;  ///< [n_nodes + 1]
};

/// Contributions of all ranks summed, values[block * n] then equal on all of them. Collective.
void sum_pairs(MPI_Comm comm, const StressPoints& points, std::vector<double>& values, int block);

/// The pairs whose node is a vertex of cells, in the same order.
StressPoints vertex_pairs(const MeshPart& part, const StressPoints& points);

}  // namespace proofload::solver::fields
