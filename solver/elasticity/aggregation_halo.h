#pragma once
/// Blocks of unknowns of one level that other ranks own.
#include <mpi.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace proofload::solver {

/// Owned blocks [0, n_own) are numbered contiguously over the ranks from `first`; ghosts follow in
/// the order of their global numbers, hence of their owners.
struct Halo {
  MPI_Comm comm = MPI_COMM_SELF;
  int n_own = 0, n_ghost = 0;
  int first = 0, n_global = 0;
  std::vector<int> begins;                 ///< [ranks + 1] first block of each rank
  std::vector<int> ghost_id;               ///< [n_ghost] global numbers
  std::vector<int> ranks;                  ///< neighbours, ascending
  std::vector<std::vector<int>> owned;     ///< per neighbour: owned blocks that it has as ghosts
  std::vector<std::pair<int, int>> range;  ///< per neighbour: begin and count of its ghosts here

  int n_local() const { return n_own + n_ghost; }
  bool owns(int id) const { return first <= id && id < first + n_own; }
  /// Rank that owns a block.
  int owner(int id) const {
    return static_cast<int>(std::upper_bound(begins.begin(), begins.end(), id) - begins.begin()) -
           1;
  }
  /// Local index of an owned block or ghost.
  int local(int id) const {
    if (owns(id)) return id - first;
    return n_own + static_cast<int>(std::lower_bound(ghost_id.begin(), ghost_id.end(), id) -
                                    ghost_id.begin());
  }
  int global(int local) const { return local < n_own ? first + local : ghost_id[local - n_own]; }
};

/// Only the numbering, without ghosts. Collective.
Halo number_blocks(MPI_Comm comm, int n_own);

/// Adds ghosts of these global numbers, ascending and none owned. Collective.
void add_ghosts(Halo& halo, std::vector<int> ids);

/// What every rank sent to this one: item lists by rank. Collective.
template <class Value>
std::vector<std::vector<Value>> exchange_lists(MPI_Comm comm,
                                               const std::vector<std::vector<Value>>& to_rank) {
  const int ranks = static_cast<int>(to_rank.size());
  std::vector<int> send(ranks), receive(ranks), send_at(ranks, 0), receive_at(ranks, 0);
  for (int r = 0; r < ranks; ++r) send[r] = static_cast<int>(to_rank[r].size() * sizeof(Value));
  MPI_Alltoall(send.data(), 1, MPI_INT, receive.data(), 1, MPI_INT, comm);
  std::vector<Value> outgoing;
  for (const auto& list : to_rank) outgoing.insert(outgoing.end(), list.begin(), list.end());
  int total = receive[0];
  for (int r = 1; r < ranks; ++r) {
    send_at[r] = send_at[r - 1] + send[r - 1];
    receive_at[r] = receive_at[r - 1] + receive[r - 1];
    total += receive[r];
  }
  std::vector<Value> incoming(total / sizeof(Value));
  MPI_Alltoallv(outgoing.data(), send.data(), send_at.data(), MPI_BYTE, incoming.data(),
                receive.data(), receive_at.data(), MPI_BYTE, comm);
  std::vector<std::vector<Value>> lists(ranks);
  for (int r = 0; r < ranks; ++r) {
    const auto begin = incoming.begin() + receive_at[r] / sizeof(Value);
    lists[r].assign(begin, begin + receive[r] / sizeof(Value));
  }
  return lists;
}

/// Owner's values to ghosts; values[block * n_local]. Collective.
template <class Value>
void update_ghosts(const Halo& halo, Value* values, int block) {
  constexpr int kTag = 713;
  const std::size_t n = halo.ranks.size();
  std::vector<MPI_Request> requests(2 * n);
  std::vector<std::vector<Value>> outgoing(n);
  for (std::size_t i = 0; i < n; ++i) {
    const auto [begin, count] = halo.range[i];
    MPI_Irecv(values + static_cast<long>(begin) * block,
              static_cast<int>(count * block * sizeof(Value)), MPI_BYTE, halo.ranks[i], kTag,
              halo.comm, &requests[i]);
    outgoing[i].reserve(halo.owned[i].size() * block);
    for (const int own : halo.owned[i]) {
      const Value* from = values + static_cast<long>(own) * block;
      outgoing[i].insert(outgoing[i].end(), from, from + block);
    }
    MPI_Isend(outgoing[i].data(), static_cast<int>(outgoing[i].size() * sizeof(Value)), MPI_BYTE,
              halo.ranks[i], kTag, halo.comm, &requests[n + i]);
  }
  MPI_Waitall(static_cast<int>(2 * n), requests.data(), MPI_STATUSES_IGNORE);
}

/// Ghosts' values added to their owners in the order of ranks. Collective.
template <class Value>
void add_to_owners(const Halo& halo, Value* values, int block) {
  constexpr int kTag = 714;
  const std::size_t n = halo.ranks.size();
  std::vector<MPI_Request> requests(2 * n);
  std::vector<std::vector<Value>> incoming(n);
  for (std::size_t i = 0; i < n; ++i) {
    incoming[i].resize(halo.owned[i].size() * block);
    MPI_Irecv(incoming[i].data(), static_cast<int>(incoming[i].size() * sizeof(Value)), MPI_BYTE,
              halo.ranks[i], kTag, halo.comm, &requests[i]);
    const auto [begin, count] = halo.range[i];
    MPI_Isend(values + static_cast<long>(begin) * block,
              static_cast<int>(count * block * sizeof(Value)), MPI_BYTE, halo.ranks[i], kTag,
              halo.comm, &requests[n + i]);
  }
  MPI_Waitall(static_cast<int>(2 * n), requests.data(), MPI_STATUSES_IGNORE);
  for (std::size_t i = 0; i < n; ++i) {
    const Value* from = incoming[i].data();
    for (const int own : halo.owned[i])
      for (int c = 0; c < block; ++c) values[static_cast<long>(own) * block + c] += *from++;
  }
}

}  // namespace proofload::solver
