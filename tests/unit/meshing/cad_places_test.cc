/// Named places on CAD bodies.
#include <gtest/gtest.h>

#include "cad_case.h"

namespace proofload::meshing {
namespace {

const std::string kBox =
    "bodies:\n  - {name: a, shape: {box: {min_mm: [0, 0, 0], max_mm: [10, 8, 20]}}}\n";

double area(const std::string& bodies, const std::string& place) {
  return place_of(mesh_text(bodies + "places:\n  p: " + place + "\n").facts, "p").area_mm2();
}

TEST(Places, EachSelectorOnABox) {
  EXPECT_NEAR(area(kBox, "{plane: {normal: [0, 0, 2], offset_mm: 20}}"), 80, 1e-9);
  EXPECT_NEAR(area(kBox, "{normal: {direction: [1, 0, 0]}}"), 160, 1e-9);
  EXPECT_NEAR(area(kBox, "{nearest_mm: [5, -1, 10]}"), 200, 1e-9);
  EXPECT_NEAR(area(kBox, "{box: {min_mm: [-1, -1, -1], max_mm: [11, 9, 0]}}"), 80, 1e-9);
  EXPECT_NEAR(area(kBox, "{body: a}"), 2 * (80 + 160 + 200), 1e-6);
  EXPECT_NEAR(area(kBox, "{plane: {normal: [0, 0, 1], offset_mm: 20}, named: face 6}"), 80, 1e-9);
}

TEST(Places, FactsTellCentroidAndOutwardNormal) {
  const MeshOutput output =
      mesh_text(kBox + "places:\n  top: {plane: {normal: [0, 0, 1], offset_mm: 20}}\n");
  const v1::PlaceFacts& place = place_of(output.facts, "top");
  EXPECT_NEAR(place.centroid_mm(0), 5, 1e-9);
  EXPECT_NEAR(place.centroid_mm(1), 4, 1e-9);
  EXPECT_NEAR(place.normal(2), 1, 1e-12);
  ASSERT_EQ(output.mesh.places.size(), 1u);
  EXPECT_EQ(output.mesh.places[0].faces.size(), 6 * output.mesh.places[0].cells.size());
}

TEST(Places, CylinderLeavesItsFlatEndsOut) {
  const std::string rod =
      "bodies:\n  - {name: a, shape: {rod: {path_mm: [0, 0, 0, 0, 0, 30], diameter_mm: 8}}}\n"
      "mesh: {element_size_mm: 5, elements_per_turn: 6}\n";
  const double wall =
      area(rod, "{cylinder: {point_mm: [0, 0, 7], direction: [0, 0, 1], radius_mm: 4}}");
  EXPECT_NEAR(wall, 240 * M_PI, 0.01 * 240 * M_PI);
}

TEST(Places, SphereIsCaughtByRadius) {
  const double wall = area(
      "bodies:\n  - {name: a, shape: {sphere: {center_mm: [1, 0, 0], diameter_mm: 10, "
      "inner_diameter_mm: 5}}}\n",
      "{sphere: {center_mm: [1, 0, 0], radius_mm: 2.5}}");
  EXPECT_NEAR(wall, 25 * M_PI, 0.005 * 25 * M_PI);
}

TEST(Places, FollowATurnedAndShiftedBox) {
  const double turn = 30 * M_PI / 180;
  const std::string normal =
      "[0, " + std::to_string(-std::sin(turn)) + ", " + std::to_string(std::cos(turn)) + "]";
  const std::string moved =
      "bodies:\n  - {name: a, rotate_deg: [30, 0, 0], shift_mm: [100, 0, 0], shape: {box: {min_mm: "
      "[0, 0, 0], max_mm: [10, 8, 20]}}}\n";
  EXPECT_NEAR(area(moved, "{plane: {normal: " + normal + ", offset_mm: 20}}"), 80, 1e-6);
  EXPECT_NEAR(area(moved, "{named: face 6}"), 80, 1e-6);
}

/// Cells at the edge are smaller than the tolerance of places, 1e-4 of the model's size.
TEST(Places, TinyFacesBesideAnEdgeBelongToTheirOwnPlane) {
  const std::string fine =
      kBox +
      "mesh: {element_size_mm: 5, refine: [{center_mm: [0, 0, 10], radius_mm: 0.003, "
      "element_size_mm: 0.001}]}\n";
  EXPECT_NEAR(area(fine, "{plane: {normal: [1, 0, 0], offset_mm: 0}}"), 160, 1e-9);
  EXPECT_NEAR(area(fine, "{plane: {normal: [0, 1, 0], offset_mm: 0}}"), 200, 1e-9);
}

TEST(Places, CommonPlacesMustMeet) {
  const std::string faces =
      "places:\n  low: {plane: {normal: [0, 0, 1], offset_mm: 0}}\n"
      "  high: {plane: {normal: [0, 0, 1], offset_mm: 20}}\n"
      "  side: {plane: {normal: [1, 0, 0], offset_mm: 0}}\n";
  EXPECT_EQ(codes_of(kBox + faces + "  edge: {common_to: [low, side]}\n"), "none");
  EXPECT_EQ(codes_of(kBox + faces + "  edge: {common_to: [low, high]}\n"), "EMPTY_PLACE");
}

TEST(Places, SharedWithCatchesTheInterfaceFromTheBodysSide) {
  const std::string two =
      "bodies:\n"
      "  - {name: low, shape: {box: {min_mm: [0, 0, 0], max_mm: [10, 10, 10]}}}\n"
      "  - {name: high, shape: {box: {min_mm: [2, 2, 10], max_mm: [6, 6, 20]}}}\n"
      "interfaces:\n  - {between: [low, high], kind: bonded}\n";
  const MeshOutput output =
      mesh_text(two +
                "places:\n  seat: {body: high, shared_with: low}\n  top: {named: face 6, "
                "body: low}\n");
  EXPECT_NEAR(place_of(output.facts, "seat").area_mm2(), 16, 1e-9);
  EXPECT_NEAR(place_of(output.facts, "seat").normal(2), -1, 1e-12);
  EXPECT_NEAR(place_of(output.facts, "top").area_mm2(), 84, 1e-9);
  for (const io::FaceSet& set : output.mesh.places) {
    for (const std::int32_t cell : set.cells) {
      EXPECT_EQ(output.mesh.cell_body[cell], set.name == "seat" ? 1 : 0);
    }
  }
}

TEST(Places, EmptyAndUnexpectedAreToldWithNumbers) {
  std::string messages;
  EXPECT_EQ(codes_of(kBox + "places:\n"
                            "  above: {plane: {normal: [0, 0, 1], offset_mm: 23}}\n"
                            "  side: {normal: {direction: [1, 0, 0]}, expected_area_mm2: 100}\n",
                     &messages),
            "EMPTY_PLACE UNEXPECTED_AREA");
  EXPECT_NE(messages.find("misses it by 3 mm"), std::string::npos) << messages;
  EXPECT_NE(messages.find("160 mm2"), std::string::npos) << messages;
}

}  // namespace
}  // namespace proofload::meshing
