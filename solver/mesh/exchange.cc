#include <algorithm>

#include "proofload/solver/mesh_part.h"

namespace proofload::solver {
namespace {

using Lists = std::vector<std::vector<std::int32_t>>;
using Buffers = std::vector<std::vector<double>>;

/// Values at `send[i]` to neighbour i; returns what it sent for `receive[i]`.
Buffers swap_values(const MeshPart& part, const double* values, int block, const Lists& send,
                    const Lists& receive) {
  constexpr int kTag = 711;
  const std::size_t n = part.exchange.ranks.size();
  Buffers outgoing(n), incoming(n);
  std::vector<MPI_Request> requests(2 * n);
  for (std::size_t i = 0; i < n; ++i) {
    incoming[i].resize(receive[i].size() * block);
    MPI_Irecv(incoming[i].data(), static_cast<int>(incoming[i].size()), MPI_DOUBLE,
              part.exchange.ranks[i], kTag, part.comm, &requests[i]);
  }
  for (std::size_t i = 0; i < n; ++i) {
    outgoing[i].reserve(send[i].size() * block);
    for (const std::int32_t node : send[i]) {
      const double* from = values + static_cast<std::size_t>(node) * block;
      outgoing[i].insert(outgoing[i].end(), from, from + block);
    }
    MPI_Isend(outgoing[i].data(), static_cast<int>(outgoing[i].size()), MPI_DOUBLE,
              part.exchange.ranks[i], kTag, part.comm, &requests[n + i]);
  }
  MPI_Waitall(static_cast<int>(requests.size()), requests.data(), MPI_STATUSES_IGNORE);
  return incoming;
}

/// Neighbours in their fixed order, so that sums are the same in every run.
template <class Operation>
void merge_into_owners(const MeshPart& part, double* values, int block, Operation operation) {
  const Buffers incoming =
      swap_values(part, values, block, part.exchange.ghosts, part.exchange.owned);
  for (std::size_t i = 0; i < incoming.size(); ++i) {
    const double* from = incoming[i].data();
    for (const std::int32_t node : part.exchange.owned[i]) {
      double* to = values + static_cast<std::size_t>(node) * block;
      for (int c = 0; c < block; ++c) to[c] = operation(to[c], *from++);
    }
  }
}

}  // namespace

void update_ghosts(const MeshPart& part, double* values, int block) {
  const Buffers incoming =
      swap_values(part, values, block, part.exchange.owned, part.exchange.ghosts);
  for (std::size_t i = 0; i < incoming.size(); ++i) {
    const double* from = incoming[i].data();
    for (const std::int32_t node : part.exchange.ghosts[i]) {
      std::copy(from, from + block, values + static_cast<std::size_t>(node) * block);
      from += block;
    }
  }
}

void add_to_owners(const MeshPart& part, double* values, int block) {
  merge_into_owners(part, values, block, [](double a, double b) { return a + b; });
  std::fill(values + static_cast<std::size_t>(part.n_owned) * block,
            values + static_cast<std::size_t>(part.n_local()) * block, 0.0);
}

void min_over_copies(const MeshPart& part, double* values, int block) {
  merge_into_owners(part, values, block, [](double a, double b) { return std::min(a, b); });
  update_ghosts(part, values, block);
}

}  // namespace proofload::solver
