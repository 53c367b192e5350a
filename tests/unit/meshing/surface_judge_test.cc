#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "proofload/core/problem.h"
#include "proofload/meshing/surface.h"
#include "surface_samples.h"

namespace proofload::meshing {
namespace {

using testing::box;
using ::testing::Contains;
using ::testing::HasSubstr;
using testing::random_soup;
using testing::together;

const SurfaceOwner kOwner{"part"};

v1::Repair nothing_but_lossless() {
  v1::Repair limits;
  limits.set_allow(v1::Repair::Allow::none);
  return limits;
}

std::vector<std::string> codes_of(const TriangleSoup& soup, const v1::Repair& limits = {}) {
  std::vector<v1::Finding> findings;
  std::vector<std::string> codes;
  try {
    repair_surface(soup, kOwner, limits, findings);
  } catch (const InvalidInput& invalid) {
    for (const Problem& problem : invalid.problems()) codes.push_back(problem.code);
  }
  return codes;
}

TEST(ExamineSurface, ClosedBox) {
  const SurfaceFacts facts = examine_surface(box({0, 0, 0}, {10, 20, 30}));
  EXPECT_TRUE(facts.closed());
  EXPECT_NEAR(facts.signed_volume_mm3, 6000, 1e-9);
  EXPECT_NEAR(facts.area_mm2, 2200, 1e-9);
  EXPECT_EQ(facts.shells.size(), 1u);
  EXPECT_EQ(facts.self_intersections, 0);
  EXPECT_TRUE(diagnose(facts, kOwner).empty());
}

TEST(ExamineSurface, OpenBoxHasOneLoopWithLengthAndCentre) {
  TriangleSoup soup = box({0, 0, 0}, {10, 20, 30});
  soup.triangles.erase(soup.triangles.begin(), soup.triangles.begin() + 2);  // z = 0
  const SurfaceFacts facts = examine_surface(soup);
  EXPECT_EQ(facts.border_edges, 4);
  ASSERT_EQ(facts.loop_count, 1);
  EXPECT_NEAR(facts.loops[0].length_mm, 60, 1e-9);
  EXPECT_NEAR(facts.loops[0].centre[0], 5, 1e-9);
  EXPECT_NEAR(facts.loops[0].centre[1], 10, 1e-9);
  EXPECT_NEAR(facts.loops[0].centre[2], 0, 1e-9);
  EXPECT_THAT(codes_of(soup), Contains("GEOMETRY_OPEN"));
}

TEST(ExamineSurface, CavityIsNested) {
  const TriangleSoup soup = together(box({0, 0, 0}, {10, 10, 10}), box({4, 4, 4}, {6, 6, 6}, true));
  const SurfaceFacts facts = examine_surface(soup);
  ASSERT_EQ(facts.shells.size(), 2u);
  EXPECT_EQ(facts.shells[0].depth, 0);
  EXPECT_EQ(facts.shells[1].depth, 1);
  EXPECT_NEAR(facts.signed_volume_mm3, 992, 1e-9);
}

TEST(JudgeSurface, CrossingBoxesAreRefusedWithCoordinates) {
  const TriangleSoup soup = together(box({0, 0, 0}, {10, 10, 10}), box({5, 5, 5}, {15, 15, 15}));
  std::vector<v1::Finding> findings;
  try {
    repair_surface(soup, kOwner, nothing_but_lossless(), findings);
    FAIL() << "crossing boxes were accepted";
  } catch (const InvalidInput& invalid) {
    ASSERT_EQ(invalid.problems().size(), 1u);
    EXPECT_EQ(invalid.problems()[0].code, "GEOMETRY_SELF_INTERSECTING");
    EXPECT_THAT(invalid.problems()[0].message, HasSubstr(" at ("));
  }
  const SurfaceFacts facts = examine_surface(soup);
  for (const Crossing& crossing : facts.crossings) {
    for (const double x : crossing.point) {
      EXPECT_GE(x, 5 - 1e-9);
      EXPECT_LE(x, 10 + 1e-9);
    }
  }
}

TEST(JudgeSurface, TouchingBoxesOverAnEdgeAreNotAManifold) {
  const TriangleSoup soup = together(box({0, 0, 0}, {10, 10, 10}), box({10, 10, 0}, {20, 20, 10}));
  EXPECT_THAT(codes_of(soup, nothing_but_lossless()), Contains("GEOMETRY_NON_MANIFOLD"));
}

TEST(JudgeSurface, RandomTrianglesAreASoup) {
  const std::vector<std::string> codes = codes_of(random_soup(100));
  EXPECT_THAT(codes, Contains("GEOMETRY_SOUP"));
  EXPECT_THAT(codes, Contains("GEOMETRY_OPEN"));
}

TEST(JudgeSurface, MetresForMillimetresAreRefusedWithTheFactor) {
  SurfaceOwner bone{"bone", v1::Role::bone};
  const auto findings = judge_extents({0, 0, 0}, {0.074, 0.092, 0.039}, bone);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].code(), "E1");
  EXPECT_EQ(findings[0].severity(), v1::Finding::Severity::ERROR);
  EXPECT_THAT(findings[0].message(), HasSubstr("times 1000 gives 92 mm"));
  EXPECT_TRUE(judge_extents({0, 0, 0}, {74, 92, 39}, bone).empty());
}

TEST(RepairSurface, InvertedBoxIsTurned) {
  std::vector<v1::Finding> findings;
  const TriangleSoup repaired =
      repair_surface(box({0, 0, 0}, {10, 10, 10}, true), kOwner, {}, findings).surface;
  EXPECT_NEAR(examine_surface(repaired).signed_volume_mm3, 1000, 1e-9);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].code(), "E5");
}

TEST(RepairSurface, OneFlippedTriangleIsTurnedBack) {
  TriangleSoup soup = box({0, 0, 0}, {10, 10, 10});
  std::swap(soup.triangles[5][0], soup.triangles[5][1]);
  EXPECT_EQ(examine_surface(soup).flipped_edges, 3);
  std::vector<v1::Finding> findings;
  const SurfaceFacts facts = examine_surface(repair_surface(soup, kOwner, {}, findings).surface);
  EXPECT_EQ(facts.flipped_edges, 0);
  EXPECT_NEAR(facts.signed_volume_mm3, 1000, 1e-9);
}

TEST(RepairSurface, PointsApartByRoundingAreMergedAndDuplicatesDropped) {
  TriangleSoup soup = box({0, 0, 0}, {10, 10, 10});
  soup.triangles.push_back(soup.triangles[0]);
  soup.points.push_back({1e-7, 0, 0});
  for (int& corner : soup.triangles[1]) {
    if (corner == 0) corner = 8;
  }
  const SurfaceFacts facts = examine_surface(soup);
  EXPECT_GT(facts.unmerged_border_edges, 0);
  EXPECT_EQ(facts.merged_points, 1);
  EXPECT_EQ(facts.duplicate, 1);
  EXPECT_TRUE(facts.closed());
  std::vector<v1::Finding> findings;
  EXPECT_EQ(repair_surface(soup, kOwner, {}, findings).surface.triangles.size(), 12u);
}

TEST(RepairSurface, HoleIsNotFilledSilently) {
  TriangleSoup soup = box({0, 0, 0}, {10, 10, 10});
  soup.triangles.pop_back();
  EXPECT_THAT(codes_of(soup), Contains("GEOMETRY_OPEN"));
}

}  // namespace
}  // namespace proofload::meshing
