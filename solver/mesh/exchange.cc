#include <algorithm>

#include "exchange_single.h"

namespace proofload::solver {
namespace {

using Lists = std::vector<std::vector<std::int32_t>>;
template <class Real>
using Buffers = std::vector<std::vector<Real>>;

MPI_Datatype type_of(double) { return MPI_DOUBLE; }
MPI_Datatype type_of(float) { return MPI_FLOAT; }

/// Values at `send[i]` to neighbour i; returns what it sent for `receive[i]`.
template <class Real>
Buffers<Real> swap_values(const MeshPart& part, const Real* values, int block, const Lists& send,
                          const Lists& receive) {
  constexpr int kTag = 711;
  const std::size_t n = part.exchange.ranks.size();
  Buffers<Real> outgoing(n), incoming(n);
  std::vector<MPI_Request> requests(2 * n);
  for (std::size_t i = 0; i < n; ++i) {
    incoming[i].resize(receive[i].size() * block);
    MPI_Irecv(incoming[i].data(), static_cast<int>(incoming[i].size()), type_of(Real()),
              part.exchange.ranks[i], kTag, part.comm, &requests[i]);
  }
  for (std::size_t i = 0; i < n; ++i) {
    outgoing[i].reserve(send[i].size() * block);
    for (const std::int32_t node : send[i]) {
      const Real* from = values + static_cast<std::size_t>(node) * block;
      outgoing[i].insert(outgoing[i].end(), from, from + block);
    }
    MPI_Isend(outgoing[i].data(), static_cast<int>(outgoing[i].size()), type_of(Real()),
              part.exchange.ranks[i], kTag, part.comm, &requests[n + i]);
  }
  MPI_Waitall(static_cast<int>(requests.size()), requests.data(), MPI_STATUSES_IGNORE);
  return incoming;
}

/// Neighbours in their fixed order, so that sums are the same in every run.
template <class Real, class Operation>
void merge_into_owners(const MeshPart& part, Real* values, int block, Operation operation) {
  const Buffers<Real> incoming =
      swap_values(part, values, block, part.exchange.ghosts, part.exchange.owned);
  for (std::size_t i = 0; i < incoming.size(); ++i) {
    const Real* from = incoming[i].data();
    for (const std::int32_t node : part.exchange.owned[i]) {
      Real* to = values + static_cast<std::size_t>(node) * block;
      for (int c = 0; c < block; ++c) to[c] = operation(to[c], *from++);
    }
  }
}

template <class Real>
void copy_to_ghosts(const MeshPart& part, Real* values, int block) {
  const Buffers<Real> incoming =
      swap_values(part, values, block, part.exchange.owned, part.exchange.ghosts);
  for (std::size_t i = 0; i < incoming.size(); ++i) {
    const Real* from = incoming[i].data();
    for (const std::int32_t node : part.exchange.ghosts[i]) {
      std::copy(from, from + block, values + static_cast<std::size_t>(node) * block);
      from += block;
    }
  }
}

template <class Real>
void sum_into_owners(const MeshPart& part, Real* values, int block) {
  merge_into_owners(part, values, block, [](Real a, Real b) { return a + b; });
  std::fill(values + static_cast<std::size_t>(part.n_owned) * block,
            values + static_cast<std::size_t>(part.n_local()) * block, Real(0));
}

}  // namespace

void update_ghosts(const MeshPart& part, double* values, int block) {
  copy_to_ghosts(part, values, block);
}
void update_ghosts(const MeshPart& part, float* values, int block) {
  copy_to_ghosts(part, values, block);
}

void add_to_owners(const MeshPart& part, double* values, int block) {
  sum_into_owners(part, values, block);
}
void add_to_owners(const MeshPart& part, float* values, int block) {
  sum_into_owners(part, values, block);
}

void min_over_copies(const MeshPart& part, double* values, int block) {
  merge_into_owners(part, values, block, [](double a, double b) { return std::min(a, b); });
  update_ghosts(part, values, block);
}

}  // namespace proofload::solver
