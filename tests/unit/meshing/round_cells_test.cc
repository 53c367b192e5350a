/// Flat cells made rounder.
#include "../../../meshing/round_cells.h"

#include <gtest/gtest.h>

#include "../../../meshing/flat_cells.h"
#include "../../../meshing/relax_inside.h"
#include "proofload/meshing/quality.h"

namespace proofload::meshing {
namespace {

/// A unit cube: eight corners, the middles of its sides (8 to 13) and its own (14); 24 cells.
VolumeMesh cube() {
  VolumeMesh mesh;
  for (int i = 0; i < 8; ++i) {
    for (const int bit : {1, 2, 4}) mesh.nodes.push_back(i & bit ? 1 : 0);
  }
  constexpr int kSides[6][4] = {{0, 2, 3, 1}, {4, 5, 7, 6}, {0, 1, 5, 4},
                                {2, 6, 7, 3}, {0, 4, 6, 2}, {1, 3, 7, 5}};
  for (const auto& side : kSides) {
    for (int k = 0; k < 3; ++k) {
      double sum = 0;
      for (const int corner : side) sum += mesh.nodes[3 * corner + k] / 4;
      mesh.nodes.push_back(sum);
    }
  }
  mesh.nodes.insert(mesh.nodes.end(), {0.5, 0.5, 0.5});
  for (int s = 0; s < 6; ++s) {
    for (int k = 0; k < 4; ++k) {
      mesh.tets.push_back({kSides[s][(k + 1) % 4], kSides[s][k], 8 + s, 14});
      mesh.tet_body.push_back(0);
    }
  }
  return mesh;
}

TEST(RoundCells, AnInnerCornerGoesToTheMiddle) {
  VolumeMesh mesh = cube();
  EXPECT_EQ(round_flat_cells(mesh), 0);
  mesh.nodes[3 * 14 + 2] = 0.985;
  EXPECT_LT(least_dihedral(mesh), 2);
  EXPECT_GT(round_flat_cells(mesh), 0);
  EXPECT_GE(least_dihedral(mesh), 7);
}

TEST(RoundCells, ACornerOnAWallStaysInIt) {
  VolumeMesh mesh = cube();
  mesh.nodes[3 * 9 + 1] = 0.02;  // middle of the upper side, almost on its edge
  const VolumeMesh before = mesh;
  EXPECT_LT(least_dihedral(mesh), 5);
  EXPECT_GT(round_flat_cells(mesh), 0);
  EXPECT_GT(least_dihedral(mesh), 1.5 * least_dihedral(before));
  EXPECT_NEAR(mesh.nodes[3 * 9 + 2], 1, 1e-12);
  for (int node = 0; node < 8; ++node) {
    for (int k = 0; k < 3; ++k) EXPECT_EQ(mesh.nodes[3 * node + k], before.nodes[3 * node + k]);
  }
}

TEST(RoundCells, AWallBetweenBodiesIsAWall) {
  VolumeMesh mesh = cube();
  for (std::size_t c = 0; c < mesh.tets.size(); ++c) mesh.tet_body[c] = c < 4 ? 1 : 0;
  mesh.nodes[3 * 14 + 2] = 0.03;  // the lower side's cells are a body, and flat
  round_flat_cells(mesh);
  EXPECT_NEAR(mesh.nodes[3 * 14 + 2], 0.03, 1e-3);
}

TEST(RelaxInside, AnInnerPointGoesToTheMiddleAndWallsStay) {
  VolumeMesh mesh = cube();
  const double best = mean_gamma(mesh);
  for (int k = 0; k < 3; ++k) mesh.nodes[3 * 14 + k] = 0.5 + 0.1 * (k + 1);
  mesh.nodes[3 * 9 + 1] = 0.2;  // middle of the upper side
  const VolumeMesh before = mesh;
  EXPECT_LT(mean_gamma(mesh), 0.9 * best);
  relax_inside(mesh);
  EXPECT_GT(mean_gamma(mesh), 1.1 * mean_gamma(before));
  EXPECT_GE(least_dihedral(mesh), least_dihedral(before));
  for (int i = 0; i < 3 * 14; ++i) EXPECT_EQ(mesh.nodes[i], before.nodes[i]) << i;
}

TEST(RelaxInside, AWallBetweenBodiesStays) {
  VolumeMesh mesh = cube();
  for (std::size_t c = 0; c < mesh.tets.size(); ++c) mesh.tet_body[c] = c < 4 ? 1 : 0;
  mesh.nodes[3 * 14 + 2] = 0.2;
  const VolumeMesh before = mesh;
  relax_inside(mesh);
  EXPECT_EQ(mesh.nodes, before.nodes);
}

TEST(MeanGamma, IsThatOfTheQualityGate) {
  const VolumeMesh mesh = cube();
  double sum = 0;
  for (const auto& t : mesh.tets) {
    sum += cell_shape(&mesh.nodes[3 * t[0]], &mesh.nodes[3 * t[1]], &mesh.nodes[3 * t[2]],
                      &mesh.nodes[3 * t[3]])
               .gamma;
  }
  EXPECT_NEAR(mean_gamma(mesh), sum / 24, 1e-12);
}

}  // namespace
}  // namespace proofload::meshing
