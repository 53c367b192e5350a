#include "../../../meshing/flat_cells.h"

#include <gtest/gtest.h>

#include <cmath>

namespace proofload::meshing {
namespace {

VolumeMesh one_cell(double height) {
  VolumeMesh mesh;
  mesh.nodes = {0, 0, 0, 10, 0, 0, 0, 10, 0, 3, 3, height};
  mesh.tets = {{0, 1, 2, 3}};
  mesh.tet_body = {0};
  return mesh;
}

TEST(FlatCells, AFlatOneGetsABallThatShrinksItsEdges) {
  const VolumeMesh flat = one_cell(0.1);
  EXPECT_LT(least_dihedral(flat), 6);
  const std::vector<SizeBall> balls = balls_at_flat_cells(flat);
  ASSERT_EQ(balls.size(), 1u);
  EXPECT_NEAR(balls[0].center[0], 13.0 / 4, 1e-12);
  EXPECT_NEAR(balls[0].size, 0.5 * 10 * std::sqrt(2.0), 1e-12);  // half the longest edge
}

TEST(FlatCells, ANarrowOneGetsFiveTimesItsShortestEdge) {
  VolumeMesh narrow = one_cell(6);
  narrow.nodes = {0, 0, 0, 0.3, 0, 0, 0, 10, 0, 0, 0, 10};
  const std::vector<SizeBall> balls = balls_at_flat_cells(narrow);
  ASSERT_EQ(balls.size(), 1u);
  EXPECT_NEAR(balls[0].size, 1.5, 1e-12);
}

TEST(FlatCells, ARoundOneGetsNone) {
  EXPECT_GT(least_dihedral(one_cell(6)), 20);
  EXPECT_TRUE(balls_at_flat_cells(one_cell(6)).empty());
}

}  // namespace
}  // namespace proofload::meshing
