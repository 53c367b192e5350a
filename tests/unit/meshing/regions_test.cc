/// Regions inside bodies: by plane, box, depth from an interface, shell; cut by OpenCASCADE or told
/// by labels.
#include <gtest/gtest.h>

#include <fstream>

#include "cad_case.h"
#include "surface_samples.h"

namespace proofload::meshing {
namespace {

const std::string kBlock =
    "  - name: block\n    shape: {box: {min_mm: [0, 0, 0], max_mm: [10, 10, 10]}}\n";

std::string block_with(const std::string& regions) {
  return "bodies:\n" + kBlock + "    regions:\n" + regions + "mesh: {element_size_mm: 3}\n";
}

double total(const v1::MeshFacts& facts) {
  double volume = 0;
  for (const v1::BodyFacts& body : facts.bodies()) volume += body.volume_mm3();
  return volume;
}

TEST(Regions, APlaneAndABoxAreCutExactly) {
  const MeshOutput output = mesh_text(
      block_with("      - {name: top, plane: {normal: [0, 0, 2], offset_mm: 7}}\n"
                 "      - {name: corner, box: {min_mm: [-1, -1, -1], max_mm: [4, 4, 8]}}\n") +
      "places:\n  side: {plane: {normal: [1, 0, 0], offset_mm: 0}, body: block}\n"
      "  side_of_top: {plane: {normal: [1, 0, 0], offset_mm: 0}, body: top}\n"
      "  drawn: {named: face 6, body: block}\n");
  EXPECT_NEAR(body_of(output.facts, "top").volume_mm3(), 300, 1e-6);
  EXPECT_NEAR(body_of(output.facts, "corner").volume_mm3(), 4 * 4 * 7, 1e-6);  // top came first
  EXPECT_NEAR(body_of(output.facts, "block").volume_mm3(), 700 - 112, 1e-6);
  EXPECT_NEAR(shared_area(output.facts, "block", "top"), 100 - 16, 1e-6);
  EXPECT_NEAR(shared_area(output.facts, "top", "corner"), 16, 1e-6);
  // In places the body's name means it with its regions.
  EXPECT_NEAR(place_of(output.facts, "side").area_mm2(), 100, 1e-6);
  EXPECT_NEAR(place_of(output.facts, "side_of_top").area_mm2(), 30, 1e-6);
  EXPECT_NEAR(place_of(output.facts, "drawn").area_mm2(), 100, 1e-6);
}

TEST(Regions, ATiltedPlaneCutsWhatLiesBeyondIt) {
  const MeshOutput output = mesh_text(
      block_with("      - {name: far, plane: {normal: [1, 1, 0], offset_mm: 10.6066}}\n"));
  // x + y > 15 inside the square: a triangle with legs of 5.
  EXPECT_NEAR(body_of(output.facts, "far").volume_mm3(), 125, 0.01);
}

TEST(Regions, APlaneMayCutARegionInTwoPieces) {
  const MeshOutput output = mesh_text(
      "bodies:\n  - name: ring\n    shape: {cylinder: {from_mm: [0, 0, 0], to_mm: [0, 0, 2], "
      "diameter_mm: 10, inner_diameter_mm: 6}}\n    regions:\n      - {name: ends, plane: {normal: "
      "[1, 0, 0], offset_mm: 1}}\n      - {name: other, box: {min_mm: [-6, -1, -1], max_mm: [6, 1, "
      "3]}}\nmesh: {element_size_mm: 2}\n");
  EXPECT_NEAR(total(output.facts), M_PI * 16 * 2, 0.1);
}

TEST(Regions, AShellOfABoxLeavesItsCore) {
  const MeshOutput output =
      mesh_text(block_with("      - {name: shell, shell: {thickness_mm: 2}}\n"));
  EXPECT_NEAR(body_of(output.facts, "block").volume_mm3(), 6 * 6 * 6, 0.03 * 216);
  EXPECT_NEAR(total(output.facts), 1000, 3);
  EXPECT_NEAR(shared_area(output.facts, "block", "shell"), 6 * 36, 0.05 * 216);
  EXPECT_GT(output.facts.min_dihedral_deg(), 5);
}

TEST(Regions, DepthIsMeasuredFromTheInterface) {
  namespace samples = proofload::meshing::testing;
  std::ofstream(::testing::TempDir() + "/regions_bone.stl")
      << samples::ascii_stl(samples::box({-5, -5, -10}, {15, 15, 0}));
  // The post stands 1 mm deep in the bone: interface = its end and 1 mm of its sides.
  const MeshOutput output = mesh_text(
      "bodies:\n  - name: post\n    priority: 5\n    shape: {box: {min_mm: [0, 0, -1], max_mm: "
      "[10, "
      "10, 20]}}\n    regions:\n      - {name: porous, depth_from: {body: bone, depth_mm: 6}}\n"
      "  - {name: bone, file: regions_bone.stl, length_unit: mm}\n"
      "interfaces:\n  - {between: [post, bone], kind: bonded}\nmesh: {element_size_mm: 3}\n",
      1, ::testing::TempDir());
  // 5 mm above the end everywhere; up to 6 mm above the bone's surface beside the walls, where the
  // top is a quarter circle of radius 6 about the walls' rim, 5 mm wide before it meets z = 5.
  EXPECT_GT(body_of(output.facts, "porous").volume_mm3(), 600);
  EXPECT_LT(body_of(output.facts, "porous").volume_mm3(), 700);
  // Where the wall meets the post's faces it is ragged by a quarter of an element.
  EXPECT_NEAR(body_of(output.facts, "porous").max_mm(2), 6, 0.75);
  EXPECT_NEAR(
      body_of(output.facts, "porous").volume_mm3() + body_of(output.facts, "post").volume_mm3(),
      2100, 0.01 * 2100);
  // All of the contact belongs to the region, and it holds as the post was said to.
  EXPECT_GT(shared_area(output.facts, "porous", "bone"), 99);
  EXPECT_EQ(shared_area(output.facts, "post", "bone"), 0);
}

TEST(Regions, EmptyAndSwallowingOnesAreToldWithWhatWasMeasured) {
  std::string said;
  EXPECT_EQ(
      codes_of(block_with("      - {name: a, plane: {normal: [0, 0, 1], offset_mm: 11}}\n"), &said),
      "REGION_EMPTY");
  EXPECT_NE(said.find("10"), std::string::npos) << said;
  EXPECT_EQ(codes_of(block_with("      - {name: a, box: {min_mm: [-1, -1, -1], max_mm: [20, 20, "
                                "20]}}\n")),
            "REGION_FILLS_BODY");
  EXPECT_EQ(codes_of(block_with("      - {name: a, shell: {thickness_mm: 5.1}}\n")),
            "REGION_FILLS_BODY");
  EXPECT_EQ(
      codes_of(block_with("      - {name: s, shell: {thickness_mm: 2}}\n"
                          "      - {name: a, box: {min_mm: [0, 0, 0], max_mm: [1, 1, 1]}}\n")),
      "REGION_EMPTY");
  EXPECT_EQ(
      codes_of("bodies:\n" + kBlock +
               "    regions:\n      - {name: a, depth_from: {body: far, depth_mm: 3}}\n"
               "  - {name: far, shape: {sphere: {center_mm: [0, 0, 50], diameter_mm: 10}}}\n"),
      "REGION_EMPTY");
}

}  // namespace
}  // namespace proofload::meshing
