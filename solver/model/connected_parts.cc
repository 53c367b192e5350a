#include <algorithm>
#include <numeric>

#include "proofload/solver/collective.h"
#include "unconstrained.h"

namespace proofload::solver {
namespace {

/// Root of a node in a forest of local nodes.
std::int32_t root(std::vector<std::int32_t>& parent, std::int32_t node) {
  while (parent[node] != node) {
    parent[node] = parent[parent[node]];
    node = parent[node];
  }
  return node;
}

std::vector<std::int32_t> local_roots(const MeshPart& part) {
  std::vector<std::int32_t> parent(part.n_local());
  std::iota(parent.begin(), parent.end(), 0);
  for (std::int32_t cell = 0; cell < part.n_cells(); ++cell) {
    const std::int32_t* nodes = &part.cells[10 * static_cast<std::size_t>(cell)];
    for (int k = 1; k < 10; ++k) parent[root(parent, nodes[k])] = root(parent, nodes[0]);
  }
  for (std::int32_t node = 0; node < part.n_local(); ++node) parent[node] = root(parent, node);
  return parent;
}

/// All values that occur on any rank, sorted.
std::vector<double> gather_unique(MPI_Comm comm, std::vector<double> values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  const int ranks = ranks_of(comm);
  const int mine = static_cast<int>(values.size());
  std::vector<int> counts(ranks), offsets(ranks + 1, 0);
  MPI_Allgather(&mine, 1, MPI_INT, counts.data(), 1, MPI_INT, comm);
  std::partial_sum(counts.begin(), counts.end(), offsets.begin() + 1);
  std::vector<double> all(offsets[ranks]);
  MPI_Allgatherv(values.data(), mine, MPI_DOUBLE, all.data(), counts.data(), offsets.data(),
                 MPI_DOUBLE, comm);
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace

std::vector<int> connected_parts(const MeshPart& part, int& count) {
  const std::vector<std::int32_t> roots = local_roots(part);
  std::vector<double> label(part.global_node.begin(), part.global_node.end());
  for (double changed = 1; changed > 0;) {
    const std::vector<double> before = label;
    std::vector<double> least(label);
    for (std::int32_t n = 0; n < part.n_local(); ++n) {
      least[roots[n]] = std::min(least[roots[n]], label[n]);
    }
    for (std::int32_t n = 0; n < part.n_local(); ++n) label[n] = least[roots[n]];
    min_over_copies(part, label.data(), 1);
    changed = max_over_ranks(part.comm, label == before ? 0.0 : 1.0);
  }
  const std::vector<double> labels = gather_unique(part.comm, label);
  count = static_cast<int>(labels.size());
  std::vector<int> parts(part.n_local());
  for (std::int32_t n = 0; n < part.n_local(); ++n) {
    parts[n] =
        static_cast<int>(std::lower_bound(labels.begin(), labels.end(), label[n]) - labels.begin());
  }
  return parts;
}

}  // namespace proofload::solver
