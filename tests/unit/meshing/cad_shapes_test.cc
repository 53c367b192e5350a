/// Built-in shapes: volumes against closed forms, curved against straight cells.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "../../../meshing/volume_from_surface_quality.h"
#include "cad_case.h"

namespace proofload::meshing {
namespace {

struct ShapeVolume {
  const char* yaml;
  double volume_mm3;
  double relative;
};

class Shapes : public testing::TestWithParam<ShapeVolume> {};

TEST_P(Shapes, MeshedVolumeIsThatOfTheShape) {
  const ShapeVolume& entry = GetParam();
  const MeshOutput output =
      mesh_text("bodies:\n  - {name: a, shape: {" + std::string(entry.yaml) + "}}\n");
  const v1::BodyFacts& body = output.facts.bodies(0);
  EXPECT_NEAR(body.geometry_volume_mm3(), entry.volume_mm3, 1e-3 * entry.volume_mm3);
  EXPECT_NEAR(body.volume_mm3(), entry.volume_mm3, entry.relative * entry.volume_mm3);
  EXPECT_GE(output.facts.min_jacobian_ratio(), 0.1);
  EXPECT_GT(output.facts.min_dihedral_deg(), 5);
  EXPECT_LT(3 * output.facts.nodes_count(), 90000);
}

INSTANTIATE_TEST_SUITE_P(
    All, Shapes,
    testing::Values(
        ShapeVolume{"box: {min_mm: [0, 0, 0], max_mm: [10, 5, 40]}", 2000, 1e-9},
        ShapeVolume{"box: {min_mm: [0, 0, 0], max_mm: [10, 8, 5], edge_radius_mm: 2}",
                    400 - 5 * 4 * (4 - M_PI), 1e-3},
        ShapeVolume{"cylinder: {from_mm: [1, 0, 0], to_mm: [1, 20, 20], diameter_mm: 6}",
                    9 * M_PI* std::sqrt(800.0), 1e-3},
        ShapeVolume{"cylinder: {from_mm: [0, 0, 0], to_mm: [0, 0, 4], diameter_mm: 40, "
                    "inner_diameter_mm: 20, angle_deg: 90}",
                    300 * M_PI, 1e-3},
        ShapeVolume{"rod: {path_mm: [0, 0, 0, 0, 0, 60], diameter_mm: 5.5}",
                    60 * M_PI * 5.5 * 5.5 / 4, 1e-3},
        ShapeVolume{"sphere: {center_mm: [3, 2, 1], diameter_mm: 20}", M_PI * 8000 / 6, 1e-3},
        ShapeVolume{"sphere: {center_mm: [0, 0, 0], diameter_mm: 40, inner_diameter_mm: 20, "
                    "octant: true}",
                    M_PI*(64000 - 8000) / 48, 1e-3},
        ShapeVolume{"swept_strut: {path_mm: [0, 0, 0, 0, 0, 50], width_mm: 10, depth_mm: 5, "
                    "corner_radius_mm: 1}",
                    50 * (50 - (4 - M_PI)), 1e-3},
        ShapeVolume{"screw: {head_mm: [0, 0, 0], direction: [1, 0, 0], diameter_mm: 4, "
                    "length_mm: 20, head_diameter_mm: 7, head_height_mm: 3}",
                    M_PI*(49.0 / 4 * 3 + 4 * 17), 1e-3},
        ShapeVolume{"plate_with_hole: {min_mm: [0, 0, 0], max_mm: [40, 20, 4], hole_center_mm: "
                    "[20, 10, 0], hole_direction: [0, 0, 1], hole_diameter_mm: 8}",
                    3200 - 64 * M_PI, 1e-3}));

/// A pipe of constant section has the length of its spine times the section (Pappus): checked on a
/// half circle sampled so finely that the spline is the circle.
TEST(Rod, FollowsASmoothPath) {
  std::string path;
  for (int i = 0; i <= 12; ++i) {
    const double t = M_PI * i / 12;
    path += (i ? ", " : "") + std::to_string(20 * std::cos(t)) + ", 0, " +
            std::to_string(20 * std::sin(t));
  }
  const MeshOutput output = mesh_text("bodies:\n  - {name: a, shape: {rod: {path_mm: [" + path +
                                      "], diameter_mm: 6}}}\n");
  const double exact = M_PI * 20 * 9 * M_PI;
  EXPECT_NEAR(output.facts.bodies(0).volume_mm3(), exact, 2e-3 * exact);
  EXPECT_NEAR(output.facts.bodies(0).max_mm(2), 23, 0.02);
}

TEST(SweptStrut, WidthLiesAlongItsDirection) {
  const MeshOutput output = mesh_text(
      "bodies:\n  - {name: a, shape: {swept_strut: {path_mm: [0, 0, 0, 0, 3, 25, 0, 0, 50], "
      "width_mm: 10, depth_mm: 4, width_direction: [1, 0, 0]}}}\n");
  const v1::BodyFacts& body = output.facts.bodies(0);
  EXPECT_NEAR(body.max_mm(0), 5, 1e-6);
  EXPECT_NEAR(body.min_mm(0), -5, 1e-6);
  EXPECT_NEAR(body.max_mm(1), 5, 0.05);
}

TEST(CurvedCells, ErrorOfACoarseCylinderFallsFarBelowTheStraightOne) {
  const std::string body =
      "bodies:\n  - {name: a, shape: {cylinder: {from_mm: [0, 0, 0], to_mm: [0, 0, 20], "
      "diameter_mm: 10}}}\nmesh: {element_size_mm: 4, elements_per_turn: 8";
  const double exact = 500 * M_PI;
  const double curved = mesh_text(body + "}").facts.bodies(0).volume_mm3();
  const double straight = mesh_text(body + ", straight: true}").facts.bodies(0).volume_mm3();
  EXPECT_GT(std::abs(straight - exact), 0.05 * exact);
  EXPECT_LT(std::abs(curved - exact), 0.02 * std::abs(straight - exact));
}

TEST(CurvedCells, MiddleNodesOfASphereLieOnIt) {
  const MeshOutput output = mesh_text(
      "bodies:\n  - {name: a, shape: {sphere: {center_mm: [0, 0, 0], diameter_mm: 20}}}\n");
  EXPECT_EQ(output.facts.straightened_count(), 0);
  for (const std::int32_t node : output.mesh.exterior.faces) {
    const double* p = &output.mesh.nodes[3 * node];
    ASSERT_NEAR(std::hypot(p[0], p[1], p[2]), 10, 1e-5);
  }
}

TEST(Shapes, WrongDimensionsAreRefused) {
  EXPECT_EQ(codes_of("bodies:\n  - {name: a, shape: {box: {min_mm: [0, 0, 0], max_mm: [1, -1, "
                     "1]}}}\n  - {name: b, shape: {cylinder: {from_mm: [0, 0, 0], to_mm: [0, 0, "
                     "9], diameter_mm: 4, inner_diameter_mm: 5}}}\n"),
            "SHAPE_INVALID SHAPE_INVALID");
}

TEST(Sizes, CellsGrowAsTheFactorFalls) {
  const std::string body =
      "bodies:\n  - {name: a, shape: {rod: {path_mm: [0, 0, 0, 0, 0, 40], diameter_mm: 8}}}\n";
  const double coarse = mesh_text(body, 1).facts.cells_count();
  const double fine = mesh_text(body, 0.5).facts.cells_count();
  EXPECT_GT(fine / coarse, 5.5);
  EXPECT_LT(fine / coarse, 10);
}

TEST(Sizes, BallsRefine) {
  const std::string body =
      "bodies:\n  - {name: a, shape: {box: {min_mm: [0, 0, 0], max_mm: [20, 20, 20]}}}\nmesh: "
      "{element_size_mm: 5";
  const MeshOutput plain = mesh_text(body + "}");
  const MeshOutput fine = mesh_text(
      body + ", refine: [{center_mm: [20, 20, 20], radius_mm: 3, element_size_mm: 0.7}]}");
  EXPECT_GT(fine.facts.cells_count(), 1.5 * plain.facts.cells_count());
}

/// Meshes in a child process and returns a digest of the numbers: Gmsh keeps state between meshes
/// of one process, and a level is meshed in a process of its own.
std::size_t digest_in_child(const std::string& yaml) {
  int ends[2];
  if (pipe(ends) != 0) return 0;
  const pid_t child = fork();
  if (child == 0) {
    const io::Mesh mesh = mesh_text(yaml).mesh;
    const std::string bytes(reinterpret_cast<const char*>(mesh.nodes.data()),
                            mesh.nodes.size() * sizeof(double));
    const std::string cells(reinterpret_cast<const char*>(mesh.cells.data()),
                            mesh.cells.size() * sizeof(std::int32_t));
    const std::size_t digest = std::hash<std::string>{}(bytes + cells);
    const bool sent = write(ends[1], &digest, sizeof digest) == sizeof digest;
    _exit(sent ? 0 : 1);
  }
  std::size_t digest = 0;
  const bool received = read(ends[0], &digest, sizeof digest) == sizeof digest;
  waitpid(child, nullptr, 0);
  close(ends[0]);
  close(ends[1]);
  return received ? digest : 0;
}

TEST(CurvedCells, AMeshThatIsNotThePartIsRefused) {
  try {
    mesh_text(
        "bodies: [{name: a, shape: {sphere: {center_mm: [0, 0, 0], diameter_mm: 4}}}]\n"
        "mesh: {element_size_mm: 50, elements_per_turn: 3}\n");
    FAIL() << "three edges around a sphere passed";  // it loses 15 % of its volume
  } catch (const NumericalFailure& failure) {
    EXPECT_EQ(failure.code(), "BODY_VOLUME");
  }
}

TEST(CheckVolume, TellsOnePercentAndRefusesThree) {
  std::vector<v1::Finding> findings;
  check_volume("a", 100.9, 100, findings);
  EXPECT_TRUE(findings.empty());
  check_volume("a", 98.9, 100, findings);
  check_volume("a", 104, 100, findings, 0.1);
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].code(), "E8");
  EXPECT_THROW(check_volume("a", 103.1, 100, findings), NumericalFailure);
  EXPECT_THROW(check_volume("a", std::nan(""), 100, findings), NumericalFailure);
}

/// A strip that is lower than cells are long, with one node half-way up its end: in the parameter
/// plane of the curved face this node is near every other, and triangles reach across the whole
/// arc.
TEST(Sizes, TrianglesFollowACurvedFaceLowerThanACell) {
  const MeshOutput output = mesh_text(
      "bodies:\n  - {name: a, file: membrane.step, length_unit: mm}\n"
      "mesh: {element_size_mm: 70, refine: [{center_mm: [2000, 0, 0], radius_mm: 180, "
      "element_size_mm: 35}]}\n",
      1, std::string(PROOFLOAD_SOURCE_DIR) + "/cases/verification/nafems_le1");
  const v1::BodyFacts& body = body_of(output.facts, "a");
  const double exact = M_PI / 4 * (3250.0 * 2750 - 2000.0 * 1000) * 50;
  EXPECT_NEAR(body.volume_mm3(), exact, 1e-6 * exact);
  EXPECT_GT(output.facts.min_dihedral_deg(), 5);
  EXPECT_EQ(output.facts.straightened_count(), 0);
}

TEST(Mesh, SameInputSameNumbers) {
  const std::string body =
      "bodies:\n  - {name: a, shape: {cylinder: {from_mm: [0, 0, 0], to_mm: [0, 0, 20], "
      "diameter_mm: 10}}}\n";
  const std::size_t first = digest_in_child(body);
  EXPECT_NE(first, 0u);
  EXPECT_EQ(first, digest_in_child(body));
}

}  // namespace
}  // namespace proofload::meshing
