/// Shares of a mesh and the exchange between them.
#include "proofload/solver/mesh_part.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "box_case.h"
#include "proofload/core/problem.h"

namespace proofload::solver {
namespace {

TEST(MeshPart, EveryCellAndNodeIsOwnedOnce) {
  const io::Mesh mesh = small_box();
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, mesh);
  EXPECT_EQ(sum_over_ranks(part.comm, std::int64_t{part.n_cells()}), mesh.n_cells());
  EXPECT_EQ(sum_over_ranks(part.comm, std::int64_t{part.n_owned}), mesh.n_nodes());
  EXPECT_EQ(part.n_global_nodes, mesh.n_nodes());
  for (std::int32_t i = 0; i < part.n_owned; ++i) {
    EXPECT_EQ(part.global_node[i], part.first_node + i);
  }
  for (std::int32_t i = part.n_owned; i < part.n_local(); ++i) {
    EXPECT_LT(part.global_node[i], part.first_node);  // the lowest rank that touches it owns it
  }
}

TEST(MeshPart, CellsAndFacesKeepTheirNodes) {
  const io::Mesh mesh = small_box();
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, mesh);
  for (std::int32_t cell = 0; cell < part.n_cells(); ++cell) {
    for (int k = 0; k < 10; ++k) {
      EXPECT_EQ(part.file_node[part.cells[10 * cell + k]],
                mesh.cells[10 * part.file_cell[cell] + k]);
    }
  }
  std::int64_t faces = 0;
  for (const FacePart& place : part.places) faces += static_cast<std::int64_t>(place.cells.size());
  std::int64_t expected = 0;
  for (const io::FaceSet& place : mesh.places) {
    expected += static_cast<std::int64_t>(place.cells.size());
  }
  EXPECT_EQ(sum_over_ranks(part.comm, faces), expected);
}

TEST(MeshPart, GhostsGetTheOwnersValue) {
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, small_box());
  std::vector<double> values(2 * part.n_local(), -1);
  for (std::int32_t i = 0; i < part.n_owned; ++i) {
    values[2 * i] = static_cast<double>(part.global_node[i]);
    values[2 * i + 1] = part.xyz[3 * i];
  }
  update_ghosts(part, values.data(), 2);
  for (std::int32_t i = 0; i < part.n_local(); ++i) {
    EXPECT_EQ(values[2 * i], static_cast<double>(part.global_node[i]));
    EXPECT_EQ(values[2 * i + 1], part.xyz[3 * i]);
  }
}

/// The volume of the cells at each node, summed over ranks, is that of the whole mesh.
TEST(MeshPart, SharedSumsReachTheOwner) {
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, small_box());
  std::vector<double> volume(part.n_local(), 0.0);
  for (std::int32_t cell = 0; cell < part.n_cells(); ++cell) {
    for (const CellPoint& p : cell_points(part, cell, stiffness_rule())) {
      for (int k = 0; k < 10; ++k) volume[part.cells[10 * cell + k]] += p.shape[k] * p.volume;
    }
  }
  add_to_owners(part, volume.data(), 1);
  double sum = 0;
  for (std::int32_t i = 0; i < part.n_owned; ++i) sum += volume[i];
  for (std::int32_t i = part.n_owned; i < part.n_local(); ++i) EXPECT_EQ(volume[i], 0);
  EXPECT_NEAR(sum_over_ranks(part.comm, sum), 24, 1e-12);
}

TEST(MeshPart, LeastValueReachesAllCopies) {
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, small_box());
  std::vector<double> rank(part.n_local(), 10.0 - rank_of(part.comm));
  min_over_copies(part, rank.data(), 1);
  std::vector<double> owners(rank);
  update_ghosts(part, owners.data(), 1);
  EXPECT_EQ(rank, owners);
  for (std::size_t i = 0; i < part.exchange.ranks.size(); ++i) {
    for (const std::int32_t node : part.exchange.owned[i]) {
      EXPECT_LE(rank[node], 10.0 - part.exchange.ranks[i]);
    }
  }
}

TEST(MeshPart, BadMeshIsRefusedOnAllRanks) {
  io::Mesh mesh = small_box();
  mesh.cells[3] = static_cast<std::int32_t>(mesh.n_nodes());
  EXPECT_THROW(make_mesh_part(MPI_COMM_WORLD, mesh), std::runtime_error);
}

TEST(Collective, ErrorOfOneRankReachesAll) {
  const int last = ranks_of(MPI_COMM_WORLD) - 1;
  const auto fail = [&] {
    if (rank_of(MPI_COMM_WORLD) != last) return;
    throw NumericalFailure("SOME_CODE", "only the last rank knows");
  };
  try {
    on_all_ranks(MPI_COMM_WORLD, fail);
    ADD_FAILURE() << "no error on this rank";
  } catch (const NumericalFailure& error) {
    EXPECT_EQ(error.code(), "SOME_CODE");
    EXPECT_STREQ(error.what(), "only the last rank knows");
  }
}

}  // namespace
}  // namespace proofload::solver
