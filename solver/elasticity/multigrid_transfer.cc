#include "multigrid_transfer.h"

#include <algorithm>

#include "proofload/solver/collective.h"

namespace proofload::solver {
namespace {

void number_vertices(const MeshPart& part, Vertices& vertices) {
  std::vector<double> number(part.n_local(), -1.0);
  std::vector<char> is_vertex(part.n_local(), 0);
  for (std::size_t i = 0; i < part.cells.size(); ++i)
    if (i % 10 < 4) is_vertex[part.cells[i]] = 1;
  for (std::int32_t node = 0; node < part.n_owned; ++node)
    if (is_vertex[node]) vertices.owned.push_back(node);
  std::int64_t mine = static_cast<std::int64_t>(vertices.owned.size()), first = 0;
  MPI_Exscan(&mine, &first, 1, MPI_INT64_T, MPI_SUM, part.comm);
  if (rank_of(part.comm) == 0) first = 0;
  vertices.n_global = sum_over_ranks(part.comm, mine);
  for (const std::int32_t node : vertices.owned) number[node] = static_cast<double>(first++);
  update_ghosts(part, number.data(), 1);
  vertices.number.assign(number.begin(), number.end());
}

}  // namespace

Vertices find_vertices(const MeshPart& part) {
  Vertices vertices;
  number_vertices(part, vertices);
  std::vector<char> seen(part.n_owned, 0);
  for (std::int32_t cell = 0; cell < part.n_cells(); ++cell) {
    const std::int32_t* nodes = &part.cells[10ul * cell];
    for (int e = 0; e < 6; ++e) {
      const std::int32_t mid = nodes[4 + e];
      if (mid >= part.n_owned || seen[mid]) continue;
      seen[mid] = 1;
      vertices.edges.push_back({mid, nodes[kTetEdges[e][0]], nodes[kTetEdges[e][1]]});
    }
  }
  return vertices;
}

Transfer::Transfer(const Kinematics& kinematics, const Vertices& vertices)
    : kinematics_(kinematics), vertices_(vertices) {}

int Transfer::n_coarse() const {
  return static_cast<int>(3 * vertices_.owned.size()) + kinematics_.n_own_motions();
}

double* Transfer::work(int columns) const {
  const std::size_t size = 3ul * kinematics_.part().n_local() * columns;
  if (work_.size() < size) work_.resize(size);
  return work_.data();
}

void Transfer::interpolate(const double* coarse, double* fine, int columns) const {
  const MeshPart& part = kinematics_.part();
  const int block = 3 * columns;
  double* u = work(columns);
  for (std::size_t v = 0; v < vertices_.owned.size(); ++v)
    std::copy_n(coarse + v * block, block, u + static_cast<long>(vertices_.owned[v]) * block);
  for (const auto& edge : vertices_.edges)
    std::fill_n(u + static_cast<long>(edge[0]) * block, block, 0.0);
  kinematics_.project(u, columns);
  const double* motions = coarse + vertices_.owned.size() * block;
  kinematics_.move_groups(motions, u, columns);
  update_ghosts(part, u, block);
  for (const auto& edge : vertices_.edges) {
    const double* a = u + static_cast<long>(edge[1]) * block;
    const double* b = u + static_cast<long>(edge[2]) * block;
    double* mid = u + static_cast<long>(edge[0]) * block;
    for (int i = 0; i < block; ++i) mid[i] = 0.5 * (a[i] + b[i]);
  }
  kinematics_.project(u, columns);
  double* end = std::copy_n(u, static_cast<long>(part.n_owned) * block, fine);
  for (int m = 0; m < kinematics_.n_own_motions(); ++m)
    for (int k = 0; k < columns; ++k)
      *end++ = kinematics_.is_fixed(m) ? 0.0 : motions[m * columns + k];
}

void Transfer::restrict_residual(const double* fine, double* coarse, int columns) const {
  const MeshPart& part = kinematics_.part();
  const int block = 3 * columns;
  const long n_nodal = static_cast<long>(part.n_owned) * block;
  double* u = work(columns);
  std::copy_n(fine, n_nodal, u);
  std::fill(u + n_nodal, u + static_cast<long>(part.n_local()) * block, 0.0);
  kinematics_.project(u, columns);
  for (const auto& edge : vertices_.edges) {
    double* a = u + static_cast<long>(edge[1]) * block;
    double* b = u + static_cast<long>(edge[2]) * block;
    double* mid = u + static_cast<long>(edge[0]) * block;
    for (int i = 0; i < block; ++i) {
      a[i] += 0.5 * mid[i];
      b[i] += 0.5 * mid[i];
      mid[i] = 0;
    }
  }
  add_to_owners(part, u, block);
  double* motions = coarse + vertices_.owned.size() * block;
  kinematics_.collect_groups(u, motions, columns);
  for (int m = 0; m < kinematics_.n_own_motions(); ++m)
    for (int k = 0; k < columns; ++k)
      if (!kinematics_.is_fixed(m)) motions[m * columns + k] += fine[n_nodal + m * columns + k];
  kinematics_.project(u, columns);
  for (std::size_t v = 0; v < vertices_.owned.size(); ++v)
    std::copy_n(u + static_cast<long>(vertices_.owned[v]) * block, block, coarse + v * block);
}

}  // namespace proofload::solver
