/// The repair ladder: what it mends, what it certifies, what it refuses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../../../meshing/surface_arrangement.h"
#include "../../../meshing/surface_certificate.h"
#include "../../../meshing/surface_steps.h"
#include "../../../meshing/surface_wrap.h"
#include "proofload/core/problem.h"
#include "proofload/meshing/surface.h"
#include "surface_samples.h"

namespace proofload::meshing {
namespace {

using testing::box;
using ::testing::HasSubstr;
using testing::together;

const SurfaceOwner kOwner{"part"};

Repaired repaired(const TriangleSoup& soup, const v1::Repair& limits = {}) {
  std::vector<v1::Finding> findings;
  return repair_surface(soup, kOwner, limits, findings);
}

/// Code and message of the first problem; empty when the surface was accepted.
std::string refusal(const TriangleSoup& soup, const v1::Repair& limits = {}) {
  try {
    repaired(soup, limits);
    return "";
  } catch (const InvalidInput& invalid) {
    std::string text;
    for (const Problem& p : invalid.problems()) text += p.code + ": " + p.message + "\n";
    return text;
  }
}

/// A box with `n` by `n` squares on each side, so that single triangles are small.
TriangleSoup fine_box(double size, int n) {
  TriangleSoup soup;
  soup.file = "box";
  const double step = size / n;
  for (int axis = 0; axis < 3; ++axis) {
    for (const bool high : {false, true}) {
      for (int i = 0; i < n; ++i) {
        for (int k = 0; k < n; ++k) {
          const int first = static_cast<int>(soup.points.size());
          constexpr int kCorners[4][2] = {{0, 0}, {1, 0}, {1, 1}, {0, 1}};
          for (const auto& corner : kCorners) {
            Point p{};
            p[axis] = high ? size : 0;
            p[(axis + 1) % 3] = step * (i + corner[0]);
            p[(axis + 2) % 3] = step * (k + corner[1]);
            soup.points.push_back(p);
          }
          Triangle a{first, first + 1, first + 2}, b{first, first + 2, first + 3};
          if (!high) std::swap(a[1], a[2]), std::swap(b[1], b[2]);
          soup.triangles.insert(soup.triangles.end(), {a, b});
        }
      }
    }
  }
  return soup;
}

void expect_sound(const Repaired& result, double volume) {
  const SurfaceFacts facts = examine_surface(result.surface);
  EXPECT_TRUE(facts.closed());
  EXPECT_EQ(facts.self_intersections, 0);
  EXPECT_EQ(facts.flipped_edges, 0);
  EXPECT_NEAR(facts.signed_volume_mm3 / volume, 1, 1e-3);
  EXPECT_NEAR(result.certificate.volume_after_mm3(), facts.signed_volume_mm3, 1e-6 * volume);
}

TEST(RepairLadder, SmallHolesAreFilledAndCounted) {
  TriangleSoup soup = fine_box(10, 12);
  soup.triangles.erase(soup.triangles.begin() + 500);
  soup.triangles.erase(soup.triangles.begin() + 100);
  const Repaired result = repaired(soup);
  expect_sound(result, 1000);
  EXPECT_EQ(result.certificate.step(), "faithful");
  EXPECT_EQ(result.certificate.holes_filled_count(), 2);
  EXPECT_NEAR(result.certificate.hole_area_mm2(), 2 * 0.5 * std::pow(10.0 / 12, 2), 1e-9);
}

TEST(RepairLadder, WideHoleIsRefusedUnlessConfirmed) {
  TriangleSoup soup = fine_box(10, 2);
  soup.triangles.pop_back();
  EXPECT_THAT(refusal(soup), HasSubstr("GEOMETRY_OPEN"));
  EXPECT_THAT(refusal(soup), HasSubstr("1 holes are wider than the 1.732 mm that are filled"));
  v1::Repair limits;
  limits.set_max_hole_mm(8);
  expect_sound(repaired(soup, limits), 1000);
}

TEST(RepairLadder, CrossingBoxesAreUnited) {
  const Repaired result =
      repaired(together(box({0, 0, 0}, {10, 10, 10}), box({5, 5, 5}, {15, 15, 15})));
  expect_sound(result, 1875);
  EXPECT_EQ(result.certificate.shells_before_count(), 2);
  EXPECT_EQ(result.certificate.shells_after_count(), 1);
  EXPECT_LE(std::abs(result.certificate.volume_change()), 1e-3);
}

TEST(RepairLadder, BoxesWithACommonFaceAreUnited) {
  expect_sound(repaired(together(box({0, 0, 0}, {10, 10, 10}), box({10, 0, 0}, {20, 10, 10}))),
               2000);
}

TEST(RepairLadder, CavityStays) {
  TriangleSoup soup = together(together(box({0, 0, 0}, {10, 10, 10}), box({5, 5, 5}, {15, 15, 15})),
                               box({1, 1, 1}, {4, 4, 4}, false));
  const Repaired result = repaired(soup);
  expect_sound(result, 1875 - 27);
  EXPECT_EQ(result.certificate.shells_after_count(), 2);
}

TEST(RepairLadder, SheetInsideVanishes) {
  TriangleSoup soup = fine_box(10, 4);
  const int first = static_cast<int>(soup.points.size());
  soup.points.insert(soup.points.end(), {{5, -1, -1}, {5, 11, -1}, {5, 11, 11}, {5, -1, 11}});
  soup.triangles.push_back({first, first + 1, first + 2});
  soup.triangles.push_back({first, first + 2, first + 3});
  EXPECT_THAT(refusal(soup), HasSubstr("GEOMETRY_"));  // its border is a wide hole: said so
}

TEST(RepairLadder, FlippedTrianglesAreTurned) {
  TriangleSoup soup = fine_box(10, 6);
  for (std::size_t t = 0; t < soup.triangles.size(); t += 10) {
    std::swap(soup.triangles[t][0], soup.triangles[t][1]);
  }
  expect_sound(repaired(soup), 1000);
}

TEST(RepairLadder, TJunctionsAreJoined) {
  // One side of the box has twice as many squares along its edges as its neighbours.
  TriangleSoup soup = fine_box(10, 4);
  const TriangleSoup finer = fine_box(10, 8);
  const std::size_t side = soup.triangles.size() / 6, finer_side = finer.triangles.size() / 6;
  soup.triangles.erase(soup.triangles.begin(), soup.triangles.begin() + side);
  const int shift = static_cast<int>(soup.points.size());
  soup.points.insert(soup.points.end(), finer.points.begin(), finer.points.end());
  for (std::size_t t = 0; t < finer_side; ++t) {
    const Triangle& f = finer.triangles[t];
    soup.triangles.push_back({f[0] + shift, f[1] + shift, f[2] + shift});
  }
  const Repaired result = repaired(soup);
  expect_sound(result, 1000);
  EXPECT_EQ(result.certificate.holes_filled_count(), 0);
}

TEST(RepairLadder, FragmentsAreTakenOutWithNotice) {
  TriangleSoup soup = together(fine_box(10, 4), box({20, 0, 0}, {20.3, 0.3, 0.3}));
  soup.triangles.push_back(soup.triangles[0]);
  soup.triangles.pop_back();
  const Repaired result = repaired(soup);
  expect_sound(result, 1000);
  EXPECT_EQ(result.certificate.shells_after_count(), 1);
}

/// The first destroyer: a repair that leaves four triangles of a part.
TEST(Certificate, APartThatIsAlmostGoneIsDamage) {
  const TriangleSoup part = fine_box(100, 4), remains = box({0, 0, 0}, {1, 1, 1});
  const v1::RepairFacts facts = certify(part, remains, {});
  EXPECT_LT(facts.volume_change(), -0.99);
  EXPECT_GT(facts.hausdorff_mm(), 90);
}

/// The second: the wrap of an open part is a thin double sheet.
TEST(Certificate, AWrappedOpenSheetIsDamage) {
  TriangleSoup open = fine_box(10, 4);
  open.triangles.erase(open.triangles.begin(), open.triangles.begin() + open.triangles.size() / 6);
  const TriangleSoup skin = wrap_around(open, 1, 0.1);
  const v1::RepairFacts facts = certify(fine_box(10, 4), skin, {});
  EXPECT_LT(facts.volume_change(), -0.5);
  EXPECT_THAT(refusal(open), HasSubstr("GEOMETRY_OPEN"));
}

TEST(Certificate, CountsShellsAndHandles) {
  EXPECT_EQ(shells_and_genus(box({0, 0, 0}, {1, 1, 1})).genus, 0);
  const TriangleSoup two = together(box({0, 0, 0}, {1, 1, 1}), box({2, 0, 0}, {3, 1, 1}));
  EXPECT_EQ(shells_and_genus(two).shells, 2);
  EXPECT_EQ(shells_and_genus(two).genus, 0);
}

TEST(WrapStep, IsDrawnBackOntoThePart) {
  const TriangleSoup part = fine_box(10, 4);
  const Step step = wrap_step(part, 17.3, 0.5, 1);
  EXPECT_NEAR(step.facts.volume_change(), 0, 0.02);
  EXPECT_EQ(examine_surface(step.surface).self_intersections, 0);
}

TEST(CutCrossings, NothingCrossesAfterwards) {
  const TriangleSoup soup = together(box({0, 0, 0}, {10, 10, 10}), box({3, 4, 5}, {12, 14, 15}));
  EXPECT_GT(examine_surface(soup).self_intersections, 0);
  const TriangleSoup cut = cut_crossings(soup);
  EXPECT_EQ(examine_surface(cut).self_intersections, 0);
  EXPECT_NEAR(examine_surface(outer_boundary(cut)).signed_volume_mm3, 1000 + 900 - 7 * 6 * 5, 1e-6);
}

}  // namespace
}  // namespace proofload::meshing
