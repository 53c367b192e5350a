/// Several bodies: conforming interfaces, overlap, separation, what the user is told.
#include <gtest/gtest.h>

#include <set>

#include "cad_case.h"

namespace proofload::meshing {
namespace {

const std::string kTwoBoxes =
    "bodies:\n"
    "  - {name: low, shape: {box: {min_mm: [0, 0, 0], max_mm: [10, 10, 10]}}}\n"
    "  - {name: high, shape: {box: {min_mm: [2, 2, 10], max_mm: [6, 6, 20]}}}\n";

TEST(Interface, TouchingBoxesShareAllFaces) {
  const MeshOutput output =
      mesh_text(kTwoBoxes + "interfaces:\n  - {between: [low, high], kind: bonded}\n");
  ASSERT_EQ(output.mesh.interfaces.size(), 1u);
  EXPECT_EQ(output.mesh.interfaces[0].name, "low|high");
  EXPECT_NEAR(output.facts.interfaces(0).area_mm2(), 16, 1e-9);
  for (const std::int32_t cell : output.mesh.interfaces[0].cells) {
    EXPECT_EQ(output.mesh.cell_body[cell], 0);
  }
  // No face of the contact is left on the outside.
  const double outside = 600 + 4 * 4 * 10;
  double exterior = 0;
  for (const v1::BodyFacts& body : output.facts.bodies()) exterior += body.surface_area_mm2();
  EXPECT_NEAR(exterior - 2 * 16, outside, 1e-6);
}

TEST(Interface, SeparateBodiesHaveTheirOwnNodes) {
  const MeshOutput output =
      mesh_text(kTwoBoxes + "interfaces:\n  - {between: [low, high], kind: separate}\n");
  EXPECT_TRUE(output.mesh.interfaces.empty());
  EXPECT_NEAR(output.facts.bodies(0).surface_area_mm2(), 600, 1e-6);
  std::set<std::int32_t> nodes[2];
  for (std::int64_t c = 0; c < output.mesh.n_cells(); ++c) {
    for (int i = 0; i < 10; ++i) {
      nodes[output.mesh.cell_body[c]].insert(output.mesh.cells[10 * c + i]);
    }
  }
  for (const std::int32_t node : nodes[0]) EXPECT_EQ(nodes[1].count(node), 0u);
  EXPECT_EQ(static_cast<std::int64_t>(nodes[0].size() + nodes[1].size()), output.mesh.n_nodes());
}

TEST(Interface, MustBeNamedAndMustTouch) {
  std::string messages;
  EXPECT_EQ(codes_of(kTwoBoxes), "INTERFACE_MISSING");
  EXPECT_EQ(codes_of("bodies:\n"
                     "  - {name: a, shape: {box: {min_mm: [0, 0, 0], max_mm: [10, 10, 10]}}}\n"
                     "  - {name: b, shape: {box: {min_mm: [2, 2, 12.5], max_mm: [6, 6, 20]}}}\n"
                     "interfaces:\n  - {between: [a, b], kind: bonded}\n",
                     &messages),
            "BODIES_DO_NOT_TOUCH");
  EXPECT_NE(messages.find("2.5 mm"), std::string::npos) << messages;
}

TEST(Interface, BodiesThatNearlyTouchAreMeshedFromTheirSurfaces) {
  const std::string bodies =
      "bodies:\n"
      "  - {name: low, shape: {box: {min_mm: [0, 0, 0], max_mm: [10, 10, 10]}}}\n"
      "  - {name: high, priority: 1, shape: {box: {min_mm: [2, 2, 10.1], max_mm: [6, 6, 20]}}}\n";
  const MeshOutput output =
      mesh_text(bodies + "interfaces:\n  - {between: [low, high], kind: bonded}\n");
  ASSERT_EQ(output.facts.interfaces_size(), 1);
  EXPECT_NEAR(output.facts.interfaces(0).area_mm2(), 16, 0.2);
  EXPECT_NEAR(output.facts.bodies(0).volume_mm3(), 1000 + 1.6, 5);
  EXPECT_EQ(
      codes_of(bodies + "interfaces:\n  - {between: [low, high], kind: bonded, snap_mm: 0.05}\n"),
      "BODIES_DO_NOT_TOUCH");
}

TEST(Overlap, GoesToTheHigherPriorityAndIsReported) {
  const std::string bodies =
      "bodies:\n"
      "  - {name: bone, shape: {box: {min_mm: [0, 0, 0], max_mm: [10, 10, 10]}}}\n"
      "  - {name: screw, priority: 5, shape: {screw: {head_mm: [5, 5, 13], direction: [0, 0, -1], "
      "diameter_mm: 3, length_mm: 11, head_diameter_mm: 5, head_height_mm: 3}}}\n"
      "interfaces:\n  - {between: [screw, bone], kind: bonded}\n";
  const MeshOutput output = mesh_text(bodies);
  const double shank = M_PI * 1.5 * 1.5 * 8, head = M_PI * 2.5 * 2.5 * 3;
  EXPECT_NEAR(output.facts.bodies(0).volume_mm3(), 1000 - shank, 0.3);
  EXPECT_NEAR(output.facts.bodies(1).volume_mm3(), shank + head, 0.3);
  ASSERT_EQ(output.facts.findings_size(), 1);
  EXPECT_EQ(output.facts.findings(0).code(), "E9");
  EXPECT_GT(output.facts.min_dihedral_deg(), 5);
  const double wall = 2 * M_PI * 1.5 * 8 + M_PI * 2.5 * 2.5;  // shank, its tip, under the head
  EXPECT_NEAR(output.facts.interfaces(0).area_mm2(), wall, 0.02 * wall);
}

TEST(Overlap, ABodyWithoutSpaceIsTold) {
  EXPECT_EQ(codes_of("bodies:\n"
                     "  - {name: a, shape: {box: {min_mm: [0, 0, 0], max_mm: [10, 10, 10]}}}\n"
                     "  - {name: b, shape: {box: {min_mm: [2, 2, 2], max_mm: [6, 6, 6]}}}\n"),
            "BODY_EMPTY");
}

TEST(Bodies, AllProblemsAtOnce) {
  EXPECT_EQ(codes_of("bodies:\n"
                     "  - {name: a, file: nowhere.step, length_unit: mm}\n"
                     "  - {name: b, file: what.xyz, length_unit: mm}\n"
                     "  - {name: c, shape: {sphere: {center_mm: [0, 0, 0], diameter_mm: 3, "
                     "inner_diameter_mm: 3}}}\n"),
            "FILE_NOT_FOUND GEOMETRY_FORMAT SHAPE_INVALID");
}

}  // namespace
}  // namespace proofload::meshing
