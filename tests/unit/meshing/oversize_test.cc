/// Bodies of oversized variants: drawn out where the cut crosses them, moved beyond it.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "cad_case.h"

namespace proofload::meshing {
namespace {

std::string oversize(double at, double by) {
  std::ostringstream text;
  text.precision(15);
  text << "oversize: {point_mm: [0, 0, " << at << "], direction: [0, 0, 1], by_mm: " << by << "}";
  return text.str();
}

std::string body(const std::string& name, const std::string& geometry, const std::string& more) {
  return "  - {name: " + name + ", " + geometry + ", " + more + "}\n";
}

const char kMesh[] = "mesh: {element_size_mm: 2.5}\n";

/// A tube of squares, closed at both ends, along z; corners at heights of 0 and 12 only.
std::string write_tube(const std::string& name) {
  const double half[2] = {5, 3}, height[2] = {0, 12};
  const double sign[4][2] = {{-1, -1}, {1, -1}, {1, 1}, {-1, 1}};
  std::ofstream file(testing::TempDir() + "/" + name);
  file << "solid tube\n";
  const auto corner = [&](int wall, int end, int k) {
    std::ostringstream text;
    text << "vertex " << half[wall] * sign[k % 4][0] << " " << half[wall] * sign[k % 4][1] << " "
         << height[end] << "\n";
    return text.str();
  };
  const auto quad = [&](const std::string& a, const std::string& b, const std::string& c,
                        const std::string& d) {
    for (const auto& t : {std::array{a, b, c}, std::array{a, c, d}}) {
      file << "facet normal 0 0 0\nouter loop\n" << t[0] << t[1] << t[2] << "endloop\nendfacet\n";
    }
  };
  for (int k = 0; k < 4; ++k) {
    quad(corner(0, 0, k), corner(0, 0, k + 1), corner(0, 1, k + 1), corner(0, 1, k));
    quad(corner(1, 0, k + 1), corner(1, 0, k), corner(1, 1, k), corner(1, 1, k + 1));
    quad(corner(0, 0, k + 1), corner(0, 0, k), corner(1, 0, k), corner(1, 0, k + 1));
    quad(corner(0, 1, k), corner(0, 1, k + 1), corner(1, 1, k + 1), corner(1, 1, k));
  }
  file << "endsolid tube\n";
  return name;
}

const v1::Finding* found(const v1::MeshFacts& facts, const std::string& of) {
  for (const v1::Finding& finding : facts.findings()) {
    if (finding.code() == "OVERSIZE" && finding.body() == of) return &finding;
  }
  return nullptr;
}

TEST(Oversize, DrawsOutWhatIsCutMovesWhatIsBeyondLeavesTheRest) {
  const std::string over = oversize(6, 3);
  const MeshOutput output = mesh_text(
      "bodies:\n" + body("low", "shape: {box: {min_mm: [0, 0, -4], max_mm: [8, 8, 0]}}", over) +
      body("strut", "shape: {box: {min_mm: [0, 0, 0], max_mm: [8, 8, 20]}}", over) +
      body("high", "role: bone, shape: {box: {min_mm: [0, 0, 20], max_mm: [8, 8, 24]}}", over) +
      "interfaces:\n  - {between: [low, strut], kind: bonded}\n"
      "  - {between: [strut, high], kind: bonded}\nplaces:\n"
      "  top: {plane: {normal: [0, 0, 1], offset_mm: 27}}\n"
      "  wall: {named: face 1, body: strut}\n" +
      kMesh);
  EXPECT_NEAR(body_of(output.facts, "low").max_mm(2), 0, 1e-9);
  EXPECT_NEAR(body_of(output.facts, "strut").volume_mm3(), 64 * 23, 1e-6);
  EXPECT_NEAR(body_of(output.facts, "high").min_mm(2), 23, 1e-9);
  EXPECT_NEAR(body_of(output.facts, "high").volume_mm3(), 64 * 4, 1e-6);
  EXPECT_NEAR(shared_area(output.facts, "strut", "high"), 64, 1e-6);
  EXPECT_NEAR(place_of(output.facts, "top").area_mm2(), 64, 1e-6);
  EXPECT_NEAR(place_of(output.facts, "wall").area_mm2(), 8 * 23, 1e-6);
  ASSERT_NE(found(output.facts, "strut"), nullptr);
  EXPECT_EQ(found(output.facts, "strut")->severity(), v1::Finding::Severity::NOTE);
  EXPECT_NE(found(output.facts, "strut")->message().find("section of 64 mm2"), std::string::npos);
  EXPECT_EQ(found(output.facts, "high"), nullptr);
}

TEST(Oversize, FacesKeepTheNumbersTheyWereDrawnWith) {
  for (int number = 1; number <= 6; ++number) {
    const auto area = [&](const std::string& more) {
      const MeshOutput output = mesh_text(
          "bodies:\n  - {name: a, shape: {box: {min_mm: [0, 0, 0], max_mm: [4, 6, 10]}}" + more +
          "}\nplaces:\n  f: {named: face " + std::to_string(number) + "}\n" + kMesh);
      const v1::PlaceFacts& face = place_of(output.facts, "f");
      return std::array{face.area_mm2(), face.centroid_mm(0), face.centroid_mm(1)};
    };
    const auto before = area(""), after = area(", " + oversize(5, 10));
    const bool end = std::abs(before[0] - 24) < 1e-6;
    EXPECT_NEAR(after[0], end ? before[0] : 2 * before[0], 1e-6) << number;
    EXPECT_NEAR(after[1], before[1], 1e-6) << number;
    EXPECT_NEAR(after[2], before[2], 1e-6) << number;
  }
}

TEST(Oversize, GrowsAlongAnyAxisAlsoWhereItIsHollowOrTurned) {
  const MeshOutput output = mesh_text(
      "bodies:\n" +
      body("tube",
           "rotate_deg: [0, 90, 0], shape: {cylinder: {from_mm: [0, 0, 0], to_mm: [0, 0, 20], "
           "diameter_mm: 10, inner_diameter_mm: 6}}",
           "oversize: {point_mm: [12, 0, 0], direction: [-1, 0, 0], by_mm: 5}") +
      kMesh);
  EXPECT_NEAR(output.facts.bodies(0).volume_mm3(), M_PI * 16 * 25, 0.001 * M_PI * 16 * 25);
  EXPECT_NEAR(output.facts.bodies(0).min_mm(0), -5, 1e-6);
  EXPECT_NEAR(output.facts.bodies(0).max_mm(0), 20, 1e-6);
}

TEST(Oversize, WallsThatLeanAreTold) {
  const MeshOutput output =
      mesh_text("bodies:\n" +
                body("bent",
                     "shape: {swept_strut: {path_mm: [0, 0, 0, 10, 0, 20], width_mm: 4, "
                     "depth_mm: 6}}",
                     oversize(10, 4)) +
                kMesh);
  ASSERT_NE(found(output.facts, "bent"), nullptr);
  EXPECT_EQ(found(output.facts, "bent")->severity(), v1::Finding::Severity::WARNING);
  EXPECT_NE(found(output.facts, "bent")->message().find("lean by up to 26.5"), std::string::npos)
      << found(output.facts, "bent")->message();
}

TEST(Oversize, ACutThroughAHoleMakesItLonger) {
  const MeshOutput output = mesh_text(
      "bodies:\n" +
      body("plate",
           "shape: {plate_with_hole: {min_mm: [0, 0, 0], max_mm: [20, 10, 3], hole_center_mm: "
           "[9, 5, 0], hole_direction: [0, 0, 1], hole_diameter_mm: 4}}",
           "oversize: {point_mm: [10, 0, 0], direction: [1, 0, 0], by_mm: 2}") +
      "mesh: {element_size_mm: 1, elements_per_turn: 24}\n");
  const double section = 3 * (10 - 2 * std::sqrt(3.0)), volume = 3 * (200 - 4 * M_PI) + 2 * section;
  EXPECT_NEAR(output.facts.bodies(0).volume_mm3(), volume, 1e-4 * volume);
  EXPECT_NEAR(output.facts.bodies(0).max_mm(0), 22, 1e-6);
  ASSERT_NE(found(output.facts, "plate"), nullptr);
  EXPECT_NE(found(output.facts, "plate")->message().find("lean by up to 30 degrees"),
            std::string::npos)
      << found(output.facts, "plate")->message();
}

TEST(Oversize, TriangulatedBodiesAreDrawnOutToo) {
  const std::string file = write_tube("oversize_tube.stl");
  for (const double at : {6.0, 1e-9, 12 - 1e-9}) {
    const MeshOutput output = mesh_text(
        "bodies:\n" + body("tube", "file: " + file + ", length_unit: mm", oversize(at, 4)) + kMesh,
        1, testing::TempDir());
    EXPECT_NEAR(output.facts.bodies(0).volume_mm3(), 64 * 16, 0.01) << at;
    EXPECT_NEAR(output.facts.bodies(0).max_mm(2), 16, 1e-6) << at;
    ASSERT_NE(found(output.facts, "tube"), nullptr);
    EXPECT_NE(found(output.facts, "tube")->message().find("section of 64 mm2"), std::string::npos)
        << found(output.facts, "tube")->message();
  }
  const MeshOutput moved = mesh_text(
      "bodies:\n" + body("tube", "file: " + file + ", length_unit: mm", oversize(0, 4)) + kMesh, 1,
      testing::TempDir());
  EXPECT_NEAR(moved.facts.bodies(0).min_mm(2), 4, 1e-9);
  EXPECT_EQ(found(moved.facts, "tube"), nullptr);
}

TEST(Oversize, BonesAndScrewsAreNotCut) {
  const std::string file = write_tube("oversize_bone.stl");
  std::string messages;
  EXPECT_EQ(codes_of("bodies:\n" +
                         body("c4",
                              "role: bone, shape: {box: {min_mm: [0, 0, 0], "
                              "max_mm: [8, 8, 20]}}",
                              oversize(6, 3)) +
                         kMesh,
                     &messages),
            "OVERSIZE_CUTS_BODY");
  EXPECT_NE(messages.find("goes through the bone c4"), std::string::npos) << messages;
  EXPECT_EQ(
      codes_of("bodies:\n" +
                   body("s", "role: screw, file: " + file + ", length_unit: mm", oversize(6, 3)) +
                   kMesh,
               nullptr, testing::TempDir()),
      "OVERSIZE_CUTS_BODY");
}

}  // namespace
}  // namespace proofload::meshing
