#include <algorithm>
#include <cmath>

#include "assembled_matrix.h"
#include "proofload/solver/collective.h"

namespace proofload::solver {
namespace {

/// Rank that owns each local node.
std::vector<int> owners(const MeshPart& part) {
  std::vector<int> owner(part.n_local(), rank_of(part.comm));
  for (std::size_t i = 0; i < part.exchange.ranks.size(); ++i) {
    for (const std::int32_t node : part.exchange.ghosts[i]) owner[node] = part.exchange.ranks[i];
  }
  return owner;
}

/// Cells at each node: offsets and cells.
struct CellsOfNodes {
  std::vector<std::int32_t> offset, cell;
};

CellsOfNodes cells_of_nodes(const MeshPart& part) {
  CellsOfNodes result;
  result.offset.assign(part.n_local() + 1, 0);
  for (const std::int32_t node : part.cells) ++result.offset[node + 1];
  for (std::int32_t n = 0; n < part.n_local(); ++n) result.offset[n + 1] += result.offset[n];
  result.cell.resize(part.cells.size());
  std::vector<std::int32_t> next(result.offset);
  for (std::size_t i = 0; i < part.cells.size(); ++i) {
    result.cell[next[part.cells[i]]++] = static_cast<std::int32_t>(i / 10);
  }
  return result;
}

/// Neighbours of each node on this rank's cells: [2 * n_local] with the row's owner, with others.
std::vector<double> node_counts(const Unknowns& unknowns) {
  const MeshPart& part = unknowns.part();
  const std::vector<int> owner = owners(part);
  const CellsOfNodes cells = cells_of_nodes(part);
  const int groups =
      static_cast<int>(unknowns.set().rigid_groups.size() + unknowns.set().distributed.size());
  const int last = ranks_of(part.comm) - 1;
  std::vector<double> counts(2 * static_cast<std::size_t>(part.n_local()), 0.0);
  std::vector<std::int32_t> near;
  for (std::int32_t n = 0; n < part.n_local(); ++n) {
    near.clear();
    for (std::int32_t i = cells.offset[n]; i < cells.offset[n + 1]; ++i) {
      const auto nodes = part.cells.begin() + 10 * static_cast<std::ptrdiff_t>(cells.cell[i]);
      near.insert(near.end(), nodes, nodes + 10);
    }
    std::sort(near.begin(), near.end());
    near.erase(std::unique(near.begin(), near.end()), near.end());
    for (const std::int32_t m : near) counts[2 * n + (owner[m] == owner[n] ? 0 : 1)] += 1;
    counts[2 * n + (owner[n] == last ? 0 : 1)] += 2 * groups;
  }
  add_to_owners(part, counts.data(), 2);
  return counts;
}

/// Owned nodes that share a cell with a moved node of the group.
double near_group(const Unknowns& unknowns, int group) {
  const MeshPart& part = unknowns.part();
  std::vector<double> mark(part.n_local(), 0.0);
  for (std::int32_t cell = 0; cell < part.n_cells(); ++cell) {
    const std::int32_t* nodes = &part.cells[10 * static_cast<std::size_t>(cell)];
    const bool touches = std::any_of(nodes, nodes + 10,
                                     [&](std::int32_t n) { return unknowns.group_of(n) == group; });
    if (!touches) continue;
    for (int i = 0; i < 10; ++i) mark[nodes[i]] = 1;
  }
  add_to_owners(part, mark.data(), 1);
  return static_cast<double>(
      std::count_if(mark.begin(), mark.begin() + part.n_owned, [](double m) { return m > 0; }));
}

double owned_nodes(const MeshPart& part, const DistributedSupport& support) {
  return static_cast<double>(std::count_if(support.nodes.begin(), support.nodes.end(),
                                           [&](std::int32_t node) { return node < part.n_owned; }));
}

}  // namespace

RowCounts count_rows(const Unknowns& unknowns) {
  const MeshPart& part = unknowns.part();
  const std::vector<double> counts = node_counts(unknowns);
  const PetscInt own = unknowns.own_blocks(), other = unknowns.total_blocks() - own;
  RowCounts rows;
  for (std::int32_t n = 0; n < part.n_owned; ++n) {
    rows.own.push_back(std::min(own, static_cast<PetscInt>(counts[2 * n])));
    rows.other.push_back(std::min(other, static_cast<PetscInt>(counts[2 * n + 1])));
  }
  const auto& distributed = unknowns.set().distributed;
  const int groups = static_cast<int>(unknowns.set().rigid_groups.size());
  const int last = groups + static_cast<int>(distributed.size());
  for (int g = 0; g < last; ++g) {
    const double here =
        g < groups ? near_group(unknowns, g) : owned_nodes(part, distributed[g - groups]);
    const double all = sum_over_ranks(part.comm, here);
    if (!unknowns.owns_groups()) continue;
    for (int which = 0; which < 2; ++which) {
      rows.own.push_back(std::min(own, static_cast<PetscInt>(here) + 2 * last));
      rows.other.push_back(std::min(other, static_cast<PetscInt>(all - here)));
    }
  }
  return rows;
}

}  // namespace proofload::solver
