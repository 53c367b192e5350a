#include "pairs.h"

#include <algorithm>
#include <utility>

namespace proofload::solver {
namespace fields {
namespace {

constexpr int kTag = 731;
using Lists = std::vector<std::vector<std::int32_t>>;
using Pair = std::pair<std::int32_t, std::int32_t>;

/// Sends values at send[i] to neighbour i, gives what came for receive[i] to `take(index, values)`.
template <class Take>
void swap_pairs(MPI_Comm comm, const std::vector<int>& ranks, const std::vector<double>& values,
                int block, const Lists& send, const Lists& receive, Take take) {
  const std::size_t n = ranks.size();
  std::vector<std::vector<double>> outgoing(n), incoming(n);
  std::vector<MPI_Request> requests(2 * n);
  for (std::size_t i = 0; i < n; ++i) {
    incoming[i].resize(receive[i].size() * block);
    MPI_Irecv(incoming[i].data(), static_cast<int>(incoming[i].size()), MPI_DOUBLE, ranks[i], kTag,
              comm, &requests[i]);
    for (const std::int32_t pair : send[i]) {
      const auto from = values.begin() + static_cast<std::ptrdiff_t>(pair) * block;
      outgoing[i].insert(outgoing[i].end(), from, from + block);
    }
    MPI_Isend(outgoing[i].data(), static_cast<int>(outgoing[i].size()), MPI_DOUBLE, ranks[i], kTag,
              comm, &requests[n + i]);
  }
  MPI_Waitall(static_cast<int>(requests.size()), requests.data(), MPI_STATUSES_IGNORE);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < receive[i].size(); ++k) {
      take(receive[i][k], incoming[i].data() + k * block);
    }
  }
}

/// For each neighbour, the pairs (position in its list of my ghosts, body) that a rank has.
Lists receive_lists(MPI_Comm comm, const std::vector<int>& ranks, const Lists& outgoing) {
  const std::size_t n = ranks.size();
  std::vector<int> sizes(n);
  std::vector<int> own(n);
  std::vector<MPI_Request> requests(2 * n);
  for (std::size_t i = 0; i < n; ++i) {
    own[i] = static_cast<int>(outgoing[i].size());
    MPI_Irecv(&sizes[i], 1, MPI_INT, ranks[i], kTag + 1, comm, &requests[i]);
    MPI_Isend(&own[i], 1, MPI_INT, ranks[i], kTag + 1, comm, &requests[n + i]);
  }
  MPI_Waitall(static_cast<int>(requests.size()), requests.data(), MPI_STATUSES_IGNORE);
  Lists incoming(n);
  for (std::size_t i = 0; i < n; ++i) {
    incoming[i].resize(sizes[i]);
    MPI_Irecv(incoming[i].data(), sizes[i], MPI_INT32_T, ranks[i], kTag + 2, comm, &requests[i]);
    MPI_Isend(outgoing[i].data(), own[i], MPI_INT32_T, ranks[i], kTag + 2, comm, &requests[n + i]);
  }
  MPI_Waitall(static_cast<int>(requests.size()), requests.data(), MPI_STATUSES_IGNORE);
  return incoming;
}

/// Ascending. Few nodes have more than one body: only those are sorted.
std::vector<Pair> pairs_of_cells(const MeshPart& part) {
  std::vector<std::int32_t> first(part.n_local(), -1);
  std::vector<Pair> further, pairs;
  for (std::size_t i = 0; i < part.cells.size(); ++i) {
    std::int32_t& body = first[part.cells[i]];
    if (body < 0) body = part.cell_body[i / 10];
    if (body != part.cell_body[i / 10]) further.emplace_back(part.cells[i], part.cell_body[i / 10]);
  }
  std::sort(further.begin(), further.end());
  further.erase(std::unique(further.begin(), further.end()), further.end());
  auto next = further.begin();
  for (std::int32_t node = 0; node < part.n_local(); ++node) {
    const std::size_t begin = pairs.size();
    if (first[node] >= 0) pairs.emplace_back(node, first[node]);
    for (; next != further.end() && next->first == node; ++next) pairs.push_back(*next);
    std::sort(pairs.begin() + static_cast<std::ptrdiff_t>(begin), pairs.end());
  }
  return pairs;
}

/// (position, body) of the pairs at the ghosts of each neighbour.
Lists ghost_pairs(const MeshPart& part, const std::vector<Pair>& pairs) {
  Lists lists(part.exchange.ranks.size());
  for (std::size_t i = 0; i < lists.size(); ++i) {
    const auto& ghosts = part.exchange.ghosts[i];
    for (std::size_t k = 0; k < ghosts.size(); ++k) {
      auto at = std::lower_bound(pairs.begin(), pairs.end(), Pair(ghosts[k], -1));
      for (; at != pairs.end() && at->first == ghosts[k]; ++at) {
        lists[i].push_back(static_cast<std::int32_t>(k));
        lists[i].push_back(at->second);
      }
    }
  }
  return lists;
}

Lists indices(const Lists& shared, const Lists& nodes, const std::vector<Pair>& pairs) {
  Lists lists(shared.size());
  for (std::size_t i = 0; i < shared.size(); ++i) {
    for (std::size_t k = 0; k < shared[i].size(); k += 2) {
      const Pair pair(nodes[i][shared[i][k]], shared[i][k + 1]);
      const auto at = std::lower_bound(pairs.begin(), pairs.end(), pair);
      lists[i].push_back(static_cast<std::int32_t>(at - pairs.begin()));
    }
  }
  return lists;
}

}  // namespace

PairIndex::PairIndex(const StressPoints& points, std::int32_t n_nodes)
    : points_(&points), first_(n_nodes + 1, 0) {
  for (const std::int32_t node : points.node) ++first_[node + 1];
  for (std::int32_t i = 0; i < n_nodes; ++i) first_[i + 1] += first_[i];
}

std::int32_t PairIndex::find(std::int32_t node, std::int32_t body) const {
  for (std::int32_t i = first_[node]; i < first_[node + 1]; ++i) {
    if (points_->body[i] == body) return i;
  }
  return -1;
}

void sum_pairs(MPI_Comm comm, const StressPoints& points, std::vector<double>& values, int block) {
  const GhostExchange& exchange = points.exchange;
  swap_pairs(comm, exchange.ranks, values, block, exchange.ghosts, exchange.owned,
             [&](std::int32_t pair, const double* from) {
               double* to = &values[static_cast<std::size_t>(pair) * block];
               for (int c = 0; c < block; ++c) to[c] += from[c];
             });
  swap_pairs(comm, exchange.ranks, values, block, exchange.owned, exchange.ghosts,
             [&](std::int32_t pair, const double* from) {
               std::copy(from, from + block, &values[static_cast<std::size_t>(pair) * block]);
             });
}

StressPoints vertex_pairs(const MeshPart& part, const StressPoints& points) {
  std::vector<char> is_vertex(part.n_local(), 0);
  for (std::size_t i = 0; i < part.cells.size(); ++i) {
    if (i % 10 < 4) is_vertex[part.cells[i]] = 1;
  }
  StressPoints kept;
  std::vector<std::int32_t> position(points.node.size(), -1);
  for (std::size_t i = 0; i < points.node.size(); ++i) {
    if (!is_vertex[points.node[i]]) continue;
    position[i] = static_cast<std::int32_t>(kept.node.size());
    kept.node.push_back(points.node[i]);
    kept.body.push_back(points.body[i]);
  }
  const auto keep = [&](const Lists& lists) {
    Lists result(lists.size());
    for (std::size_t i = 0; i < lists.size(); ++i) {
      for (const std::int32_t pair : lists[i]) {
        if (position[pair] >= 0) result[i].push_back(position[pair]);
      }
    }
    return result;
  };
  kept.exchange = {points.exchange.ranks, keep(points.exchange.owned),
                   keep(points.exchange.ghosts)};
  return kept;
}

}  // namespace fields

StressPoints stress_points(const MeshPart& part) {
  using namespace fields;
  std::vector<Pair> pairs = pairs_of_cells(part);
  const auto n_own = static_cast<std::ptrdiff_t>(pairs.size());
  const Lists sent = ghost_pairs(part, pairs);
  const Lists received = receive_lists(part.comm, part.exchange.ranks, sent);
  for (std::size_t i = 0; i < received.size(); ++i) {
    for (std::size_t k = 0; k < received[i].size(); k += 2) {
      pairs.emplace_back(part.exchange.owned[i][received[i][k]], received[i][k + 1]);
    }
  }
  std::sort(pairs.begin() + n_own, pairs.end());
  std::inplace_merge(pairs.begin(), pairs.begin() + n_own, pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  StressPoints points;
  for (const auto& [node, body] : pairs) {
    points.node.push_back(node);
    points.body.push_back(body);
  }
  points.exchange = {part.exchange.ranks, indices(received, part.exchange.owned, pairs),
                     indices(sent, part.exchange.ghosts, pairs)};
  return points;
}

}  // namespace proofload::solver
