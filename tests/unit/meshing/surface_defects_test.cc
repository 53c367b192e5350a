/// What is marked as wrong on a surface, and the small gaps between two.
#include "../../../meshing/surface_defects.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "../../../meshing/small_gaps.h"
#include "surface_samples.h"

namespace proofload::meshing {
namespace {

using testing::box;
using testing::together;

long count(const std::vector<Defect>& defects, Defect kind) {
  return std::count(defects.begin(), defects.end(), kind);
}

TEST(MarkDefects, SoundBoxHasNone) {
  const MarkedSurface marked = mark_defects(box({0, 0, 0}, {1, 1, 1}));
  EXPECT_EQ(count(marked.defect, Defect::none), 12);
  EXPECT_TRUE(marked.edges.empty());
}

TEST(MarkDefects, HoleIsSeenFromItsThreeNeighbours) {
  TriangleSoup soup = box({0, 0, 0}, {1, 1, 1});
  soup.triangles.pop_back();
  const MarkedSurface marked = mark_defects(soup);
  EXPECT_EQ(count(marked.defect, Defect::hole), 3);
  EXPECT_EQ(count(marked.edge_defect, Defect::hole), 3);
}

TEST(MarkDefects, TurnedTwiceAndCrossing) {
  TriangleSoup turned = box({0, 0, 0}, {1, 1, 1});
  std::swap(turned.triangles[0][0], turned.triangles[0][1]);
  EXPECT_EQ(count(mark_defects(turned).defect, Defect::turned), 4);
  TriangleSoup twice = box({0, 0, 0}, {1, 1, 1});
  twice.triangles.push_back(twice.triangles[3]);
  EXPECT_EQ(count(mark_defects(twice).defect, Defect::duplicate), 1);
  TriangleSoup flat = box({0, 0, 0}, {1, 1, 1});
  flat.triangles.push_back({0, 0, 1});
  EXPECT_EQ(count(mark_defects(flat).defect, Defect::no_area), 1);
  TriangleSoup fin = box({0, 0, 0}, {1, 1, 1});
  fin.points.push_back({0.5, 0.5, 3});
  fin.triangles.push_back({4, 5, 8});
  EXPECT_EQ(count(mark_defects(fin).edge_defect, Defect::non_manifold), 1);
  const MarkedSurface crossed =
      mark_defects(together(box({0, 0, 0}, {2, 2, 2}), box({1, 1, 1}, {3, 3, 3})));
  EXPECT_GT(count(crossed.defect, Defect::crossing), 5);
  EXPECT_EQ(count(crossed.defect, Defect::hole), 0);
}

TEST(MarkDefects, WrittenAndReadAgain) {
  TriangleSoup soup = box({0, 0, 0}, {10, 10, 10});
  soup.triangles.pop_back();
  const testing::TemporaryFile file(".vtp", "");
  write_defects(mark_defects(soup), file.path());
  const SurfaceFacts facts = examine_surface(read_surface(file.path(), 1));
  EXPECT_EQ(facts.triangles, 11);
  EXPECT_EQ(facts.border_edges, 3);
}

TEST(GapBetween, ParallelFacesAsFarAsTheyFaceEachOther) {
  const TriangleSoup foot = box({2, 2, 10.05}, {6, 6, 20}), bone = box({0, 0, 0}, {10, 10, 10});
  const Gap gap = gap_between(foot, bone, 0, 0.2, 0.5);
  EXPECT_NEAR(gap.area_mm2, 16, 1e-9);
  EXPECT_NEAR(gap.widest_mm, 0.05, 1e-9);
  EXPECT_NEAR(gap.volume_mm3, 0.8, 1e-9);
  EXPECT_EQ(gap_between(foot, bone, 0, 0.04, 0.5).area_mm2, 0);
  EXPECT_EQ(gap_between(foot, bone, 0.06, 0.2, 0.5).area_mm2, 0);
  EXPECT_EQ(gap_between(box({2, 2, 9}, {6, 6, 20}), bone, 0, 0.2, 0.5).area_mm2, 0);
  EXPECT_EQ(gap_between(box({2, 2, 10}, {6, 6, 20}), bone, 0, 0.2, 0.5).area_mm2, 0);
}

}  // namespace
}  // namespace proofload::meshing
