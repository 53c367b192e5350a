#include "aggregation_halo.h"

#include "proofload/solver/collective.h"

namespace proofload::solver {

Halo number_blocks(MPI_Comm comm, int n_own) {
  Halo halo;
  halo.comm = comm;
  halo.n_own = n_own;
  const int ranks = ranks_of(comm);
  halo.begins.assign(ranks + 1, 0);
  MPI_Allgather(&n_own, 1, MPI_INT, halo.begins.data() + 1, 1, MPI_INT, comm);
  for (int r = 0; r < ranks; ++r) halo.begins[r + 1] += halo.begins[r];
  halo.first = halo.begins[rank_of(comm)];
  halo.n_global = halo.begins[ranks];
  return halo;
}

void add_ghosts(Halo& halo, std::vector<int> ids) {
  halo.ghost_id = std::move(ids);
  halo.n_ghost = static_cast<int>(halo.ghost_id.size());
  std::vector<std::vector<int>> wanted(ranks_of(halo.comm));
  for (const int id : halo.ghost_id) wanted[halo.owner(id)].push_back(id);
  const std::vector<std::vector<int>> given = exchange_lists(halo.comm, wanted);
  int begin = halo.n_own;
  for (std::size_t r = 0; r < wanted.size(); ++r) {
    if (wanted[r].empty() && given[r].empty()) continue;
    halo.ranks.push_back(static_cast<int>(r));
    halo.range.push_back({begin, static_cast<int>(wanted[r].size())});
    begin += static_cast<int>(wanted[r].size());
    halo.owned.push_back(given[r]);
    for (int& id : halo.owned.back()) id -= halo.first;
  }
}

}  // namespace proofload::solver
