#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "../../../meshing/labelled_mesh.h"
#include "../../../meshing/surface_topology.h"
#include "../../../meshing/volume_from_surface_quality.h"
#include "../../../meshing/volume_from_surface_regions.h"
#include "proofload/core/problem.h"
#include "proofload/meshing/surface.h"
#include "surface_samples.h"

namespace proofload::meshing {
namespace {

using testing::box;
using testing::needle_cylinder;
using testing::together;

BodySurface body(const TriangleSoup& soup, const std::string& name, double size, bool cad) {
  BodySurface surface = to_body_surface(soup, name);
  surface.element_size_mm = size;
  surface.cad = cad;
  return surface;
}

/// Volume of the cells of a body; fails the test on a cell without volume.
double volume_of(const VolumeMesh& mesh, int body) {
  double sum = 0;
  for (std::size_t i = 0; i < mesh.tets.size(); ++i) {
    double e[3][3];
    for (int k = 0; k < 3; ++k) {
      for (int axis = 0; axis < 3; ++axis) {
        e[k][axis] =
            mesh.nodes[3 * mesh.tets[i][k + 1] + axis] - mesh.nodes[3 * mesh.tets[i][0] + axis];
      }
    }
    const double volume = ((e[0][1] * e[1][2] - e[0][2] * e[1][1]) * e[2][0] +
                           (e[0][2] * e[1][0] - e[0][0] * e[1][2]) * e[2][1] +
                           (e[0][0] * e[1][1] - e[0][1] * e[1][0]) * e[2][2]) /
                          6;
    EXPECT_GT(volume, 0);
    if (mesh.tet_body[i] == body) sum += volume;
  }
  return sum;
}

TEST(RemeshSurface, NeedlesOfACylinderAreGone) {
  const TriangleSoup needles = needle_cylinder(5, 30, 48);
  EXPECT_LT(examine_surface(needles).min_angle_deg, 2.5);
  RemeshOptions options;
  options.element_size_mm = 1.5;
  options.keep_edges = true;
  std::vector<v1::Finding> findings;
  const SurfaceFacts facts = examine_surface(remesh_surface(needles, options, {"rod"}, findings));
  EXPECT_TRUE(facts.closed());
  EXPECT_EQ(facts.self_intersections, 0);
  EXPECT_GT(facts.min_angle_deg, 12);
  EXPECT_NEAR(facts.median_edge_mm, 1.5, 0.4);
  EXPECT_NEAR(facts.signed_volume_mm3 / examine_surface(needles).signed_volume_mm3, 1, 0.01);
}

TEST(RemeshSurface, FarTooCoarseSizeIsNotTakenSilently) {
  RemeshOptions options;
  options.element_size_mm = 25;
  std::vector<v1::Finding> findings;
  try {
    remesh_surface(needle_cylinder(5, 30, 48), options, {"rod"}, findings);
    ASSERT_FALSE(findings.empty());
    EXPECT_GE(findings.back().severity(), v1::Finding::Severity::WARNING);
  } catch (const InvalidInput& invalid) {
    EXPECT_EQ(invalid.problems()[0].code, "GEOMETRY_DAMAGED");
  } catch (const NumericalFailure& failure) {
    EXPECT_EQ(failure.code(), "SURFACE_REMESH");
  }
}

TEST(LooksLikeCad, BoxYesBallNo) {
  EXPECT_TRUE(looks_like_cad(box({0, 0, 0}, {1, 2, 3})));
  TriangleSoup ball;
  constexpr int kRings = 24, kSectors = 36;
  const auto at = [](int ring, int sector) {
    const double theta = M_PI * ring / kRings, phi = 2 * M_PI * sector / kSectors;
    return Point{std::sin(theta) * std::cos(phi), std::sin(theta) * std::sin(phi), std::cos(theta)};
  };
  for (int ring = 0; ring < kRings; ++ring) {
    for (int sector = 0; sector < kSectors; ++sector) {
      const int n = static_cast<int>(ball.points.size());
      for (const auto& [r, s] : {std::pair(ring, sector), std::pair(ring + 1, sector),
                                 std::pair(ring + 1, sector + 1), std::pair(ring, sector + 1)}) {
        ball.points.push_back(at(r, s));
      }
      ball.triangles.push_back({n, n + 1, n + 2});
      ball.triangles.push_back({n, n + 2, n + 3});
    }
  }
  EXPECT_FALSE(looks_like_cad(ball));
}

TEST(MeshSurfaces, BoxWithCavityKeepsBothVolumesOut) {
  const TriangleSoup soup = together(box({0, 0, 0}, {10, 10, 10}), box({3, 3, 3}, {7, 7, 7}, true));
  std::vector<v1::Finding> findings;
  const VolumeMesh mesh = mesh_surfaces({body(soup, "part", 2, true)}, {}, findings);
  EXPECT_NEAR(volume_of(mesh, 0), 1000 - 64, 0.5);
}

TEST(MeshSurfaces, TwoSeparatePartsOfOneBody) {
  const TriangleSoup soup = together(box({0, 0, 0}, {10, 10, 10}), box({15, 0, 0}, {20, 5, 5}));
  std::vector<v1::Finding> findings;
  const VolumeMesh mesh = mesh_surfaces({body(soup, "part", 2.5, true)}, {}, findings);
  EXPECT_NEAR(volume_of(mesh, 0), 1000 + 125, 0.5);
}

TEST(MeshSurfaces, DetailFarBelowTheSizeIsFilledBetweenWallsOfMesh3) {
  const TriangleSoup disc = testing::ridged_disc();
  std::vector<v1::Finding> findings;
  const VolumeMesh mesh = mesh_surfaces({body(disc, "disc", 1.2, true)}, {}, findings);
  EXPECT_THAT(mesh.method, ::testing::HasSubstr("walls of Mesh_3"));
  EXPECT_THAT(mesh.method, ::testing::Not(::testing::HasSubstr("with sharp edges")));
  EXPECT_NEAR(volume_of(mesh, 0) / examine_surface(disc).signed_volume_mm3, 1, 0.01);
  EXPECT_GT(measure_quality(mesh, 1).min_dihedral_deg, 5);
}

/// Edges of the mesh's outside that have not two faces.
int open_or_joined_edges(const VolumeMesh& mesh) {
  int count = 0;
  std::vector<Triangle> faces;
  for (const Patch& patch : regions_of(mesh).patches) {
    faces.insert(faces.end(), patch.triangles.begin(), patch.triangles.end());
  }
  const std::vector<Side> sides = sorted_sides(faces);
  for (std::size_t i = 0; i < sides.size(); i = end_of_edge(sides, i)) {
    count += end_of_edge(sides, i) != i + 2;
  }
  return count;
}

TEST(MeshLabelled, OutsideOfOneBodyIsASurface) {
  LabelledBody disc;
  disc.surface = testing::ridged_disc();
  disc.size_mm = 1.2;
  disc.deviation_mm = 0.084;
  LabelledOptions options;
  options.optimise = options.protect_edges = false;
  EXPECT_EQ(open_or_joined_edges(mesh_labelled({disc}, options)), 0);
}

TEST(RegionsOfAMesh, CrumbsOfASingleBodyAreLeftOut) {
  std::vector<v1::Finding> findings;
  VolumeMesh mesh =
      mesh_surfaces({body(box({0, 0, 0}, {10, 10, 10}), "part", 2.5, true)}, {}, findings);
  const int first = static_cast<int>(mesh.nodes.size() / 3);
  for (const Point& p : {Point{20, 0, 0}, {20.1, 0, 0}, {20, 0.1, 0}, {20, 0, 0.1}}) {
    mesh.nodes.insert(mesh.nodes.end(), p.begin(), p.end());
  }
  mesh.tets.push_back({first, first + 1, first + 2, first + 3});
  mesh.tet_body.push_back(0);
  const Regions regions = regions_of(mesh);
  EXPECT_EQ(regions.crumbs, 1);
  ASSERT_EQ(regions.regions.size(), 1u);
  EXPECT_EQ(regions.patches.size(), 1u);
  mesh.tet_body.back() = 1;  // of a body of its own it stays
  EXPECT_EQ(regions_of(mesh).regions.size(), 2u);
}

TEST(MeshSurfaces, PressedBlockTakesTheOverlapAndSharesItsFaces) {
  BodySurface bone = body(box({0, 0, 0}, {12, 12, 6}), "bone", 2, true);
  BodySurface implant = body(box({4, 4, 5}, {8, 8, 12}), "implant", 2, true);
  implant.priority = 1;
  SurfaceMeshOptions options;
  options.interfaces = {{"bone", "implant"}};
  std::vector<v1::Finding> findings;
  const VolumeMesh mesh = mesh_surfaces({bone, implant}, options, findings);
  EXPECT_NEAR(volume_of(mesh, 0), 12 * 12 * 6 - 16, 4);
  EXPECT_NEAR(volume_of(mesh, 1), 4 * 4 * 7, 0.5);
  std::multiset<std::set<int>> faces[2];
  for (std::size_t i = 0; i < mesh.tets.size(); ++i) {
    for (int k = 0; k < 4; ++k) {
      std::set<int> face(mesh.tets[i].begin(), mesh.tets[i].end());
      face.erase(mesh.tets[i][k]);
      faces[mesh.tet_body[i]].insert(face);
    }
  }
  int shared = 0;
  for (const auto& face : faces[0]) {
    if (faces[1].count(face) == 0) continue;
    ++shared;
    EXPECT_EQ(faces[0].count(face), 1u);
    EXPECT_EQ(faces[1].count(face), 1u);
  }
  EXPECT_GT(shared, 8);
}

/// Faces that cells of two bodies share.
std::int64_t shared_faces(const VolumeMesh& mesh) {
  std::set<std::set<int>> faces[2];
  for (std::size_t i = 0; i < mesh.tets.size(); ++i) {
    for (int k = 0; k < 4; ++k) {
      std::set<int> face(mesh.tets[i].begin(), mesh.tets[i].end());
      face.erase(mesh.tets[i][k]);
      faces[mesh.tet_body[i]].insert(face);
    }
  }
  return std::count_if(faces[0].begin(), faces[0].end(),
                       [&](const std::set<int>& face) { return faces[1].count(face) > 0; });
}

TEST(MeshSurfaces, SmallGapBetweenBondedBodiesIsClosedAndTold) {
  BodySurface bone = body(box({0, 0, 0}, {12, 12, 6}), "bone", 2, true);
  BodySurface implant = body(box({4, 4, 6.05}, {8, 8, 12}), "implant", 2, true);
  implant.priority = 1;
  SurfaceMeshOptions options;
  options.interfaces = {{"bone", "implant", 0.2}};
  std::vector<v1::Finding> findings;
  const VolumeMesh mesh = mesh_surfaces({bone, implant}, options, findings);
  EXPECT_GT(shared_faces(mesh), 8);
  EXPECT_NEAR(volume_of(mesh, 0), 12 * 12 * 6 + 0.8, 4);
  EXPECT_NEAR(volume_of(mesh, 1), 4 * 4 * 5.95, 0.5);
  EXPECT_NEAR(mesh.body_volume[0], 12 * 12 * 6 + 0.8, 1e-6);
  const auto told = std::find_if(findings.begin(), findings.end(),
                                 [](const v1::Finding& f) { return f.code() == "E9"; });
  ASSERT_NE(told, findings.end());
  EXPECT_THAT(told->message(),
              ::testing::HasSubstr("a gap of up to 0.05 mm to implant over 16 mm2"));
  options.interfaces[0].snap_mm = 0;  // elements of 2 mm do not see so small a gap
  findings.clear();
  mesh_surfaces({bone, implant}, options, findings);
  EXPECT_TRUE(std::any_of(findings.begin(), findings.end(), [](const v1::Finding& f) {
    return f.message().find("narrow beside the elements") != std::string::npos;
  }));
}

TEST(MeshSurfaces, SmallContactGetsElementsOfItsOwnSize) {
  TriangleSoup pyramid;
  pyramid.points = {{3, 3, 12}, {9, 3, 12}, {9, 9, 12}, {3, 9, 12}, {6, 6, 5.2}};
  pyramid.triangles = {{0, 1, 2}, {0, 2, 3}, {1, 0, 4}, {2, 1, 4}, {3, 2, 4}, {0, 3, 4}};
  std::vector<BodySurface> bodies = {body(pyramid, "tip", 3, false),
                                     body(box({0, 0, 0}, {12, 12, 6}), "block", 3, true)};
  bodies[0].priority = 1;
  SurfaceMeshOptions options;
  options.interfaces = {{"tip", "block", 0.2}};
  std::vector<v1::Finding> findings;
  EXPECT_GE(shared_faces(mesh_surfaces(bodies, options, findings)), 12);
}

TEST(MeshSurfaces, ThinPlateOnABlockIsTold) {
  std::vector<BodySurface> bodies = {body(box({-10, -10, 0}, {10, 10, 1.2}), "plate", 3, true),
                                     body(box({-12, -12, -8}, {12, 12, 0}), "block", 3, true)};
  std::vector<v1::Finding> findings;
  const VolumeMesh mesh = mesh_surfaces(bodies, {}, findings);
  const auto told = std::find_if(findings.begin(), findings.end(),
                                 [](const v1::Finding& f) { return f.code() == "E7"; });
  ASSERT_NE(told, findings.end());
  EXPECT_EQ(told->body(), "plate");
  EXPECT_THAT(told->message(), ::testing::HasSubstr("walls down to 1.2 mm are thinner"));
  EXPECT_NEAR(volume_of(mesh, 0), 480, 4.8);
}

TEST(MeshSurfaces, BodiesThatDoNotTouchAreFoundWithTheirGap) {
  BodySurface low = body(box({0, 0, 0}, {6, 6, 6}), "low", 2, true);
  BodySurface high = body(box({0, 0, 8}, {6, 6, 14}), "high", 2, true);
  SurfaceMeshOptions options;
  options.interfaces = {{"low", "high"}};
  std::vector<v1::Finding> findings;
  mesh_surfaces({low, high}, options, findings);
  ASSERT_FALSE(findings.empty());
  EXPECT_EQ(findings.back().code(), "E9");
  EXPECT_THAT(findings.back().message(), ::testing::HasSubstr("gap is about 2 mm"));
}

/// Real files stand beside the project, not in it.
std::string real_file(const std::string& name) {
  const auto path = std::filesystem::path(PROOFLOAD_SOURCE_DIR) / "../shared/geometry" / name;
  return std::filesystem::exists(path) ? path.string() : "";
}

struct RealFile {
  const char* name;
  double scale;
  std::int64_t triangles;
  double volume_mm3;
  std::int64_t unmerged_border_edges;
};

class RealSurface : public ::testing::TestWithParam<RealFile> {};

TEST_P(RealSurface, IsCountedAndRepaired) {
  const RealFile& expected = GetParam();
  const std::string path = real_file(expected.name);
  if (path.empty()) GTEST_SKIP() << expected.name << " is not there (../shared/geometry)";
  const TriangleSoup soup = read_surface(path, expected.scale);
  const SurfaceFacts facts = examine_surface(soup);
  EXPECT_EQ(facts.triangles, expected.triangles);
  EXPECT_EQ(facts.unmerged_border_edges, expected.unmerged_border_edges);
  EXPECT_TRUE(facts.closed());
  EXPECT_EQ(facts.self_intersections, 0);
  EXPECT_NEAR(facts.signed_volume_mm3 / expected.volume_mm3, 1, 1e-4);
}

INSTANTIATE_TEST_SUITE_P(Corpus, RealSurface,
                         ::testing::Values(RealFile{"comodo_vertebra.stl", 1, 15000, 60247.8, 0},
                                           RealFile{"comodo_femur.stl", 1, 5924, 673428, 0},
                                           RealFile{"remus_L4_wrap.obj", 1000, 8738, 72608.9, 0},
                                           RealFile{"remus_L5_wrap.obj", 1000, 9102, 76208.7, 0},
                                           RealFile{"mayr_cup.stl", 1, 1174, 41264.2, 0},
                                           RealFile{"oasis_nist.stl", 1, 7392, 100981, 0},
                                           RealFile{"trimesh_featuretype.STL", 25.4, 3476, 190544,
                                                    576},
                                           RealFile{"oasis_coin.stl", 1, 62490, 5344.95, 378}));

TEST(RealSurfaces, VertebraInMetresStatedAsMillimetresIsRefused) {
  const std::string path = real_file("remus_L4_wrap.obj");
  if (path.empty()) GTEST_SKIP() << "remus_L4_wrap.obj is not there (../shared/geometry)";
  std::vector<v1::Finding> findings;
  try {
    repair_surface(read_surface(path, 1), {"bone", v1::Role::bone}, {}, findings);
    FAIL() << "0.09 mm were accepted as a vertebra";
  } catch (const InvalidInput& invalid) {
    EXPECT_EQ(invalid.problems()[0].code, "GEOMETRY_UNIT");
  }
}

TEST(RealSurfaces, VertebraBecomesAMesh) {
  const std::string path = real_file("comodo_vertebra.stl");
  if (path.empty()) GTEST_SKIP() << "comodo_vertebra.stl is not there (../shared/geometry)";
  std::vector<v1::Finding> findings;
  const VolumeMesh mesh =
      mesh_surfaces({body(read_surface(path, 1), "bone", 2.5, false)}, {}, findings);
  EXPECT_NEAR(volume_of(mesh, 0) / 60247.8, 1, 0.03);
}

}  // namespace
}  // namespace proofload::meshing
