/// Triangles that follow the detail of a surface.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "../../../meshing/surface_detail.h"
#include "../../../meshing/surface_edges.h"
#include "../../../meshing/surface_remesher.h"
#include "../../../meshing/surface_topology.h"
#include "surface_samples.h"

namespace proofload::meshing {
namespace {

using testing::box;
using testing::needle_cylinder;
using testing::revolved;

/// Greatest angle between the normals of two neighbours, degrees.
double sharpest(const TriangleSoup& soup) {
  const std::vector<Side> sides = sorted_sides(soup.triangles);
  double greatest = 0;
  for (std::size_t i = 0; i < sides.size(); i = end_of_edge(sides, i)) {
    const Eigen::Vector3d a = area_vector(soup.points, soup.triangles[sides[i].triangle]);
    const Eigen::Vector3d b = area_vector(soup.points, soup.triangles[sides[i + 1].triangle]);
    greatest = std::max(greatest, std::atan2(a.cross(b).norm(), a.dot(b)) * 180 / M_PI);
  }
  return greatest;
}

/// Mean length of the edges whose middle is nearer to a point than the distance.
double mean_edge(const TriangleSoup& soup, const Eigen::Vector3d& at, double near) {
  double sum = 0;
  int count = 0;
  for (const Side& side : sorted_sides(soup.triangles)) {
    const Eigen::Vector3d a = to_vec(soup.points[side.low]), b = to_vec(soup.points[side.high]);
    if (((a + b) / 2 - at).norm() > near) continue;
    sum += (a - b).norm();
    ++count;
  }
  return sum / count;
}

/// A rod along z with round ends.
TriangleSoup capsule(double radius, double length) {
  std::vector<std::array<double, 2>> profile;
  constexpr int kQuarter = 24;
  for (int i = 0; i <= kQuarter; ++i) {
    const double angle = M_PI / 2 * i / kQuarter;
    profile.push_back({radius * std::sin(angle), -radius * std::cos(angle)});
  }
  for (int i = kQuarter; i >= 0; --i) {
    const double angle = M_PI / 2 * i / kQuarter;
    profile.push_back({radius * std::sin(angle), length + radius * std::cos(angle)});
  }
  profile.front()[0] = profile.back()[0] = 0;
  return revolved(profile, 96);
}

TEST(GradedTriangles, FollowTheSizeAndKeepSharpEdges) {
  RemeshOptions options;
  options.element_size_mm = 3;
  options.keep_edges = true;
  options.size_limit = [](const Point& p) {
    return 0.5 + 0.2 * std::sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2]);
  };
  std::vector<v1::Finding> findings;
  const TriangleSoup fresh =
      remesh_surface(box({0, 0, 0}, {20, 20, 20}), options, {"box"}, findings);
  const SurfaceFacts facts = examine_surface(fresh);
  EXPECT_TRUE(facts.closed());
  EXPECT_EQ(facts.self_intersections, 0);
  EXPECT_NEAR(facts.signed_volume_mm3, 8000, 1e-6);
  EXPECT_GT(facts.min_angle_deg, 20);
  EXPECT_NEAR(mean_edge(fresh, {0, 0, 0}, 1), 0.6, 0.15);
  EXPECT_NEAR(mean_edge(fresh, {20, 20, 20}, 6), 3, 0.5);
  for (const Point& corner : box({0, 0, 0}, {20, 20, 20}).points) {
    EXPECT_NE(std::find(fresh.points.begin(), fresh.points.end(), corner), fresh.points.end());
  }
}

TEST(GradedTriangles, NothingIsFoldedOver) {
  RemeshOptions options;
  options.element_size_mm = 1.5;
  options.keep_edges = true;
  std::vector<v1::Finding> findings;
  // A land of 0.05 mm around a bore: needles that turn over at the least push.
  const TriangleSoup tube = revolved({{0, 0}, {4, 0}, {4, 10}, {3.95, 10}, {3.95, 5}, {0, 5}}, 64);
  const TriangleSoup fresh = remesh_surface(tube, options, {"tube"}, findings);
  EXPECT_LT(sharpest(fresh), 125);
  EXPECT_NEAR(examine_surface(fresh).signed_volume_mm3 / examine_surface(tube).signed_volume_mm3, 1,
              0.01);
}

/// A comb, 1 mm thick: teeth 1 mm wide and 6 mm long, 1 mm from each other on a bar of 2 mm, of
/// squares of a quarter of a millimetre.
TriangleSoup comb(int teeth) {
  constexpr int kPer = 4;
  const auto solid = [&](int x, int y, int z) {
    return z >= 0 && z < kPer && x >= 0 && x < (2 * teeth - 1) * kPer && y >= 0 &&
           (y < 2 * kPer || (y < 8 * kPer && x / kPer % 2 == 0));
  };
  constexpr int kAway[6][3] = {{0, 0, -1}, {0, 0, 1}, {0, -1, 0}, {0, 1, 0}, {-1, 0, 0}, {1, 0, 0}};
  TriangleSoup soup;
  soup.file = "comb";
  for (int i = 0; i < (2 * teeth - 1) * kPer * 8 * kPer * kPer; ++i) {
    const int z = i % kPer, y = i / kPer % (8 * kPer), x = i / (8 * kPer * kPer);
    if (!solid(x, y, z)) continue;
    const auto at = [&](int k) { return double(k) / kPer; };
    const TriangleSoup cube = box({at(x), at(y), at(z)}, {at(x + 1), at(y + 1), at(z + 1)});
    for (int side = 0; side < 6; ++side) {
      if (solid(x + kAway[side][0], y + kAway[side][1], z + kAway[side][2])) continue;
      for (int k = 2 * side; k < 2 * side + 2; ++k) {
        const int first = static_cast<int>(soup.points.size());
        for (const int corner : cube.triangles[k]) soup.points.push_back(cube.points[corner]);
        soup.triangles.push_back({first, first + 1, first + 2});
      }
    }
  }
  merge_points(soup, 1e-9);
  return soup;
}

TEST(GradedTriangles, CornersThatPointInwardsStay) {
  Triangulation asked;
  asked.size_mm = 6;
  const TriangleSoup cuts = comb(6);
  const GivenSurface given(cuts, 50);
  SurfaceMesh mesh = given.mesh;
  iterate(mesh, given, asked, kIterations);
  finish(mesh, asked);
  const TriangleSoup fresh = to_soup(mesh, {});
  EXPECT_LT(sharpest(fresh), 91);
  EXPECT_NEAR(examine_surface(fresh).signed_volume_mm3, 22 + 36, 1e-9);
  EXPECT_LT(fresh.triangles.size(), 400u);
}

TEST(GradedTriangles, ComeNearerWhereOneSizeCutsOffACurve) {
  RemeshOptions options;
  options.element_size_mm = 3;
  std::vector<v1::Finding> findings;
  const TriangleSoup rod = capsule(9, 120);
  const TriangleSoup fresh = remesh_surface(rod, options, {"rod"}, findings);
  EXPECT_LT(compare_surfaces(rod, fresh).hausdorff_mm, 0.2);
  ASSERT_FALSE(findings.empty());  // one size would have to be 2.1 mm for the volume
  EXPECT_NE(findings.back().message().find(" triangles of 3 mm: "), std::string::npos);
}

TEST(SurfaceChange, SmallTrianglesAreComparedAtTheirCorners) {
  TriangleSoup square, strips;
  square.points = {{0, 0, 0}, {10, 0, 0}, {10, 10, 0}, {0, 10, 0}};
  square.triangles = {{0, 1, 2}, {0, 2, 3}};
  strips.points = {{0, 0, 0}, {2, 0, 0},  {2, 10, 0},  {0, 10, 0},
                   {8, 0, 0}, {10, 0, 0}, {10, 10, 0}, {8, 10, 0}};
  strips.triangles = {{0, 1, 2}, {0, 2, 3}, {4, 5, 6}, {4, 6, 7}};
  const SurfaceDistance to_square(square);
  std::vector<MovedPlace> moved;
  EXPECT_EQ(compare_surfaces(square, to_square, strips, 15, 1, moved).hausdorff_mm, 0);
  EXPECT_TRUE(moved.empty());
  EXPECT_DOUBLE_EQ(compare_surfaces(square, to_square, strips, 5, 1, moved).hausdorff_mm, 3);
  ASSERT_EQ(moved.size(), 5u);  // middles of the triangles and of three sides
  EXPECT_EQ(to_square.nearest_facing({1, 2, 3}, {0, 0, 1}, 0.3), Eigen::Vector3d(1, 2, 0));
  EXPECT_FALSE(to_square.nearest_facing({1, 2, 3}, {0, 0, -1}, 0.3));
}

TEST(DetailSizes, ShareWhatIsThin) {
  const auto sizes = sizes_across({{{1, 2, 3}, 0.9}, {{0, 0, 0}, 0.1}}, 2, 1.2);
  ASSERT_EQ(sizes.size(), 2u);
  EXPECT_EQ(sizes[0].at, (Point{1, 2, 3}));
  EXPECT_DOUBLE_EQ(sizes[0].size, 0.45);
  EXPECT_DOUBLE_EQ(sizes[1].size, 0.4);  // a third of 1.2
}

TEST(DetailSizes, GoByTheRootOfWhatMoved) {
  const SizeLimit three = [](const Point&) { return 3.0; };
  const auto sizes =
      sizes_where_moved({{{0, 0, 0}, 0.4}, {{1, 0, 0}, 10}, {{2, 0, 0}, 0.1}}, 0.1, three);
  EXPECT_DOUBLE_EQ(sizes[0].size, 3 * 0.9 / 2);
  EXPECT_DOUBLE_EQ(sizes[1].size, 3 * 0.25);
  EXPECT_DOUBLE_EQ(sizes[2].size, 3 * 0.9);
}

TEST(DetailSizes, NeedlesGetTwiceTheirShortestSide) {
  TriangleSoup soup;
  soup.points = {{0, 0, 0}, {0.2, 0, 0}, {0.1, 3, 0}, {4, 0, 0}, {4, 3, 0}};
  soup.triangles = {{0, 1, 2}, {1, 3, 4}};
  const auto sizes = sizes_at_needles(soup, 1.5);
  ASSERT_EQ(sizes.size(), 1u);
  EXPECT_NEAR(sizes[0].size, 0.4, 1e-12);
  EXPECT_NEAR(sizes[0].at[0], 0.1, 1e-12);
  EXPECT_TRUE(sizes[0].must);
}

TEST(GradedSizes, GrowAwayFromWhereTheyAreSmall) {
  const TriangleSoup cube = box({0, 0, 0}, {20, 20, 20});
  const Grading grading = graded_sizes({{{0, 0, 0}, 0.5}}, cube, 3);
  EXPECT_FALSE(grading.taken_up);
  const SizeLimit& size = grading.size_at;
  EXPECT_NEAR(size({0, 0, 0}), 0.5, 0.15);
  EXPECT_NEAR(size({10, 0, 0}), 2.5, 0.15);
  EXPECT_DOUBLE_EQ(size({20, 20, 20}), 3);
}

TEST(GradedSizes, AreTakenUpWhereTheyAskForTooMuch) {
  const TriangleSoup cube = box({0, 0, 0}, {20, 20, 20});
  std::vector<SizeAt> everywhere;
  for (int x = 0; x <= 20; ++x) {
    for (int y = 0; y <= 20; ++y) everywhere.push_back({{double(x), double(y), 0}, 0.3});
  }
  everywhere.push_back({{20, 20, 20}, 0.3, true});
  const Grading grading = graded_sizes(everywhere, cube, 3);
  EXPECT_TRUE(grading.taken_up);
  const SizeLimit& size = grading.size_at;
  EXPECT_GT(size({10, 10, 0}), 0.8);
  EXPECT_NEAR(size({20, 20, 20}), 0.3, 0.1);
}

TEST(EdgeSizes, AreTheWidthOfAStrip) {
  double least = 100, greatest = 0;
  for (const SizeAt& entry : sizes_at_edges(box({0, 0, 0}, {20, 20, 0.5}), 50, 3)) {
    least = std::min(least, entry.size);
    greatest = std::max(greatest, entry.size);
  }
  EXPECT_NEAR(least, 0.5, 0.02);
  EXPECT_NEAR(greatest, 0.5, 0.02);
  EXPECT_TRUE(sizes_at_edges(box({0, 0, 0}, {20, 20, 20}), 50, 3).empty());
}

TEST(EdgeSizes, FollowABend) {
  const auto sizes = sizes_at_edges(needle_cylinder(1, 30, 48), 50, 3);
  ASSERT_GE(sizes.size(), 96u);
  for (const SizeAt& entry : sizes) EXPECT_NEAR(entry.size, 2 * M_PI / 8, 0.02);
}

}  // namespace
}  // namespace proofload::meshing
