#include "../../../solver/assessment/near_edge.h"

#include <gtest/gtest.h>

#include <cmath>

#include "small_run.h"

namespace proofload::assessment {
namespace {

v1::Case clamped_bar() {
  v1::Case value;
  v1::Support& support = *value.add_supports();
  support.set_name("ground");
  support.set_at("foot");
  for (const auto axis : {v1::Axis::x, v1::Axis::y, v1::Axis::z}) support.add_fix(axis);
  v1::LoadCase& axial = *value.add_load_cases();
  axial.set_name("axial");
  axial.add_loads()->set_at("head");
  return value;
}

/// Greatest height marked by a zone, of the nodes below the middle of the bar.
double reach(const io::Mesh& mesh, const EdgeZone& zone) {
  double greatest = -1;
  for (std::int64_t i = 0; i < mesh.n_nodes(); ++i) {
    if (zone.near[i]) greatest = std::max(greatest, mesh.nodes[3 * i + 2]);
  }
  return greatest;
}

TEST(NearEdge, TwoCellsFromTheSupport) {
  const io::Mesh mesh = bar_mesh(8, "implant");
  const auto zones = edge_zones(mesh, clamped_bar(), {"axial"});
  ASSERT_EQ(zones.size(), 2u);
  EXPECT_EQ(zones[0].name, "support ground");
  EXPECT_NEAR(reach(mesh, zones[0]), 2, 1e-12);  // cells are one high
  EXPECT_EQ(zones[1].name, "load at head");
  EXPECT_NEAR(reach(mesh, zones[1]), 8, 1e-12);
}

TEST(NearEdge, AwayIsAtLeastTheDistance) {
  const io::Mesh mesh = bar_mesh(8, "implant");
  const auto zones = edge_zones(mesh, clamped_bar(), {"axial"});
  const std::vector<char> away = away_from(mesh, zones, 1.9);
  int kept = 0;
  for (std::int64_t i = 0; i < mesh.n_nodes(); ++i) {
    const double x = mesh.nodes[3 * i], y = mesh.nodes[3 * i + 1], z = mesh.nodes[3 * i + 2];
    // Of the nearer square's border, on whose diagonals the border is a little farther.
    const double inside = std::min({x, 1 - x, y, 1 - y});
    const double distance = std::hypot(std::min(z, 8 - z), inside);
    if (distance < 1.9) EXPECT_FALSE(away[i]) << x << " " << y << " " << z;
    if (distance > 1.9 * 1.1) EXPECT_TRUE(away[i]) << x << " " << y << " " << z;
    kept += away[i];
  }
  EXPECT_GT(kept, 0);
  EXPECT_LT(kept, mesh.n_nodes());
}

TEST(NearEdge, AHeldCornerIsAZone) {
  io::Mesh mesh = bar_mesh(8, "implant");
  v1::Case value = clamped_bar();
  v1::Place& common = (*value.mutable_places())["edge"];
  for (const char* name : {"foot", "foot"}) common.add_common_to(name);
  value.mutable_supports(0)->set_at("edge");
  const auto zones = edge_zones(mesh, value, {"axial"});
  ASSERT_EQ(zones.size(), 2u);
  EXPECT_EQ(zones[0].name, "support ground");
  EXPECT_NEAR(reach(mesh, zones[0]), 2, 1e-12);
  (*value.mutable_places())["edge"].set_common_to(1, "head");
  EXPECT_EQ(reach(mesh, edge_zones(mesh, value, {"axial"})[0]), -1) << "they do not meet";
}

TEST(NearEdge, OtherLoadCasesDoNotCount) {
  const io::Mesh mesh = bar_mesh(8, "implant");
  EXPECT_TRUE(edge_zones(mesh, clamped_bar(), {"bending"}).empty());
}

TEST(NearEdge, AMirrorHasNoEdgeWhereTheSurfaceIsSquareToIt) {
  io::Mesh mesh = bar_mesh(8, "implant");
  // The exterior: all faces with one cell, found by counting.
  std::map<std::array<int, 3>, std::pair<int, std::array<int, 6>>> seen;
  const int faces[4][6] = {
      {0, 2, 1, 6, 5, 4}, {0, 1, 3, 4, 8, 7}, {1, 2, 3, 5, 9, 8}, {0, 3, 2, 7, 9, 6}};
  for (std::int64_t c = 0; c < mesh.n_cells(); ++c) {
    for (const auto& face : faces) {
      std::array<int, 6> nodes;
      for (int k = 0; k < 6; ++k) nodes[k] = mesh.cells[10 * c + face[k]];
      std::array<int, 3> key{nodes[0], nodes[1], nodes[2]};
      std::sort(key.begin(), key.end());
      ++seen.emplace(key, std::pair{0, nodes}).first->second.first;
    }
  }
  for (const auto& [key, found] : seen) {
    if (found.first != 1) continue;
    mesh.exterior.faces.insert(mesh.exterior.faces.end(), found.second.begin(), found.second.end());
  }
  v1::Case value = clamped_bar();
  value.mutable_supports(0)->clear_fix();
  value.mutable_supports(0)->add_fix(v1::Axis::z);
  const auto zones = edge_zones(mesh, value, {"axial"});
  EXPECT_EQ(reach(mesh, zones[0]), -1);
}

}  // namespace
}  // namespace proofload::assessment
