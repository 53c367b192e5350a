#include "multigrid_transfer.h"

#include <algorithm>

#include "../mesh/exchange_single.h"
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

template <class Real>
Real* Transfer::work(int columns) const {
  auto& work = std::get<AlignedVectorOf<Real>>(work_);
  const std::size_t size =
      static_cast<std::size_t>(kinematics_.part().n_local()) * node_width<Real>(columns);
  if (work.size() < size) work.resize(size);
  return work.data();
}

template <class Real>
void Transfer::interpolate(const Real* coarse, Real* fine, int columns) const {
  const MeshPart& part = kinematics_.part();
  const int block = 3 * columns;
  const long width = node_width<Real>(columns);
  Real* u = work<Real>(columns);
  for (std::size_t v = 0; v < vertices_.owned.size(); ++v)
    std::copy_n(coarse + v * block, block, u + vertices_.owned[v] * width);
  for (const auto& edge : vertices_.edges) std::fill_n(u + edge[0] * width, block, Real(0));
  kinematics_.project(u, columns);
  const Real* motions = coarse + vertices_.owned.size() * block;
  kinematics_.move_groups(motions, u, columns);
  update_ghosts(part, u, static_cast<int>(width));
  for (const auto& edge : vertices_.edges) {
    const Real* a = u + edge[1] * width;
    const Real* b = u + edge[2] * width;
    Real* mid = u + edge[0] * width;
    for (int i = 0; i < block; ++i) mid[i] = Real(0.5) * (a[i] + b[i]);
  }
  kinematics_.project(u, columns);
  for (long node = 0; node < part.n_owned; ++node)
    std::copy_n(u + node * width, block, fine + node * block);
  Real* end = fine + static_cast<long>(part.n_owned) * block;
  for (int m = 0; m < kinematics_.n_own_motions(); ++m)
    for (int k = 0; k < columns; ++k)
      *end++ = kinematics_.is_fixed(m) ? Real(0) : motions[m * columns + k];
}

template <class Real>
void Transfer::restrict_residual(const Real* fine, Real* coarse, int columns) const {
  const MeshPart& part = kinematics_.part();
  const int block = 3 * columns;
  const long width = node_width<Real>(columns);
  const long n_nodal = static_cast<long>(part.n_owned) * block;
  Real* u = work<Real>(columns);
  for (long node = 0; node < part.n_owned; ++node)
    std::copy_n(fine + node * block, block, u + node * width);
  std::fill(u + part.n_owned * width, u + part.n_local() * width, Real(0));
  kinematics_.project(u, columns);
  for (const auto& edge : vertices_.edges) {
    Real* a = u + edge[1] * width;
    Real* b = u + edge[2] * width;
    Real* mid = u + edge[0] * width;
    for (int i = 0; i < block; ++i) {
      a[i] += Real(0.5) * mid[i];
      b[i] += Real(0.5) * mid[i];
      mid[i] = 0;
    }
  }
  add_to_owners(part, u, static_cast<int>(width));
  Real* motions = coarse + vertices_.owned.size() * block;
  kinematics_.collect_groups(u, motions, columns);
  for (int m = 0; m < kinematics_.n_own_motions(); ++m)
    for (int k = 0; k < columns; ++k)
      if (!kinematics_.is_fixed(m)) motions[m * columns + k] += fine[n_nodal + m * columns + k];
  kinematics_.project(u, columns);
  for (std::size_t v = 0; v < vertices_.owned.size(); ++v)
    std::copy_n(u + vertices_.owned[v] * width, block, coarse + v * block);
}

template void Transfer::interpolate(const double*, double*, int) const;
template void Transfer::interpolate(const float*, float*, int) const;
template void Transfer::restrict_residual(const double*, double*, int) const;
template void Transfer::restrict_residual(const float*, float*, int) const;

}  // namespace proofload::solver
