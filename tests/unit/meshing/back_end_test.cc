/// The common back end: order, Jacobian bound, quality gate, sections.
#include <gtest/gtest.h>

#include <algorithm>

#include "cad_case.h"
#include "proofload/core/vec3.h"
#include "proofload/meshing/ordering.h"
#include "proofload/meshing/quadratic.h"
#include "proofload/meshing/quality.h"
#include "proofload/meshing/sections.h"
#include "proofload/meshing/topology.h"

namespace proofload::meshing {
namespace {

CellNodes unit_cell() {
  CellNodes nodes{};
  nodes[1] = {1, 0, 0};
  nodes[2] = {0, 1, 0};
  nodes[3] = {0, 0, 1};
  for (int e = 0; e < 6; ++e) {
    for (int k = 0; k < 3; ++k) {
      nodes[4 + e][k] = 0.5 * (nodes[kTetEdges[e][0]][k] + nodes[kTetEdges[e][1]][k]);
    }
  }
  return nodes;
}

TEST(Jacobian, OfAStraightCellIsConstant) {
  for (const double b : jacobian_coefficients(unit_cell())) EXPECT_NEAR(b, 1, 1e-12);
}

TEST(Jacobian, MeanOfCoefficientsIsSixVolumes) {
  // Bulging the face opposite corner 0: the volume under a quadratic bubble on edge 1-2 of height
  // h is known from the shape function's integral over the face: 4 L1 L2 integrates to 1/3 area.
  CellNodes nodes = unit_cell();
  const double h = 0.01;
  for (int k = 0; k < 3; ++k) nodes[5][k] += h / std::sqrt(3.0);
  const std::array<double, 20> b = jacobian_coefficients(nodes);
  double mean = 0;
  for (const double value : b) mean += value / 20;
  const double face_12_3 = std::sqrt(3.0) / 2;
  // The edge belongs to the face 1-2-3 (normal along the move) and to 0-1-2 (normal -z).
  const double expected = 1.0 / 6 + h * face_12_3 / 3 - h / std::sqrt(3.0) * 0.5 / 3;
  EXPECT_NEAR(mean / 6, expected, 2e-5);
}

TEST(Jacobian, FoldedCellIsNotProven) {
  CellNodes nodes = unit_cell();
  nodes[4] = {0.5, 0.6, 0.6};
  const std::array<double, 20> b = jacobian_coefficients(nodes);
  EXPECT_LT(*std::min_element(b.begin(), b.end()), 0);
}

TEST(MakeQuadratic, StraightensWhatWouldFold) {
  TetMesh mesh;
  mesh.body_names = {"a"};
  mesh.volume.nodes = {0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0.05};
  mesh.volume.tets = {{0, 1, 2, 3}};
  mesh.volume.tet_body = {0};
  mesh.curved_middle[edge_key(0, 1)] = {0.5, 0, 0.24};
  const Quadratic quadratic = make_quadratic(mesh, {0, 1, 2, 3});
  EXPECT_GE(quadratic.jacobian_ratio[0], 0.1);
  EXPECT_GT(quadratic.largest_loss_mm, 0.1);
}

/// Bodies a and b on either side of a face, c behind them at one end and at the other: c holds a
/// and b together at both ends of the edge from (0, 0, 0) to (4, 0, 0), but not along it.
TetMesh held_at_both_ends() {
  TetMesh mesh;
  mesh.body_names = {"a", "b", "c"};
  mesh.volume.nodes = {0, 0,  0, 4, 0,  0,  2, 0, 3, 2, 3, 1,  2, -3,
                       1, -3, 2, 1, -3, -2, 1, 7, 2, 1, 7, -2, 1};
  enum { p, q, r, up, down, left_up, left_down, right_up, right_down };
  mesh.volume.tets = {{p, q, r, up},           {p, q, down, r},      {p, up, left_up, r},
                      {p, down, r, left_down}, {q, up, r, right_up}, {q, r, down, right_down}};
  mesh.volume.tet_body = {0, 1, 2, 2, 2, 2};
  for (auto& t : mesh.volume.tets) {
    const auto at = [&](int k) { return Vec3(&mesh.volume.nodes[3 * t[k]]); };
    if ((at(1) - at(0)).cross(at(2) - at(0)).dot(at(3) - at(0)) < 0) std::swap(t[2], t[3]);
  }
  return mesh;
}

TEST(MakeQuadratic, SeparateBodiesShareNoMiddleNodeThatNothingHolds) {
  for (const bool bonded : {true, false}) {
    TetMesh mesh = held_at_both_ends();
    Topology topology = build_topology(mesh);
    BodyPairs pairs{{0, 2}, {1, 2}};
    if (bonded) pairs.insert({0, 1});
    const auto origin = split_unbonded(mesh, topology, pairs);
    EXPECT_EQ(origin.size(), 9u);  // c holds every corner
    const Quadratic quadratic = make_quadratic(mesh, origin, split_edges(mesh, pairs));
    const auto middle = [&](std::size_t cell, int from, int to) {
      for (int e = 0; e < 6; ++e) {
        const int a = mesh.volume.tets[cell][kTetEdges[e][0]];
        const int b = mesh.volume.tets[cell][kTetEdges[e][1]];
        if (edge_key(a, b) == edge_key(from, to)) return quadratic.cells[10 * cell + 4 + e];
      }
      return -1;
    };
    EXPECT_EQ(middle(0, 0, 1) == middle(1, 0, 1), bonded);
    EXPECT_EQ(middle(0, 0, 2), middle(1, 0, 2));  // held by c
    EXPECT_EQ(middle(0, 0, 2), middle(2, 0, 2));
    const std::size_t edges = 21 + (bonded ? 0 : 1);
    EXPECT_EQ(quadratic.nodes.size() / 3, 9 + edges);
  }
}

/// Two cells on one face: on both its sides, then the second one turned over onto the first.
TEST(Topology, CellsOnTheSameSideOfAFaceOverlap) {
  TetMesh mesh;
  mesh.body_names = {"a"};
  mesh.volume.nodes = {0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, -1};
  mesh.volume.tets = {{0, 1, 2, 3}, {0, 2, 1, 4}};
  mesh.volume.tet_body = {0, 0};
  EXPECT_EQ(build_topology(mesh).exterior.size(), 6u);
  mesh.volume.nodes[14] = 0.5;
  mesh.volume.tets[1] = {0, 1, 2, 4};
  try {
    build_topology(mesh);
    FAIL() << "the overlap was not seen";
  } catch (const NumericalFailure& failure) {
    EXPECT_EQ(failure.code(), "MESH_QUALITY");
    EXPECT_NE(std::string(failure.what()).find("cells overlap, at (0.333333, 0.333333, 0) mm"),
              std::string::npos)
        << failure.what();
  }
}

TEST(Hilbert, NeighboursOnTheCurveAreNeighboursInSpace) {
  const int n = 8, step = (1 << 20) / n;
  std::vector<std::pair<std::uint64_t, std::array<int, 3>>> points;
  for (int x = 0; x < n; ++x) {
    for (int y = 0; y < n; ++y) {
      for (int z = 0; z < n; ++z)
        points.push_back({hilbert_index(x * step, y * step, z * step), {x, y, z}});
    }
  }
  std::sort(points.begin(), points.end());
  for (std::size_t i = 1; i < points.size(); ++i) {
    int distance = 0;
    for (int k = 0; k < 3; ++k) distance += std::abs(points[i].second[k] - points[i - 1].second[k]);
    ASSERT_EQ(distance, 1);
  }
}

TEST(Quality, OfTheRegularTetrahedron) {
  const double a[] = {1, 1, 1}, b[] = {1, -1, -1}, c[] = {-1, 1, -1}, d[] = {-1, -1, 1};
  const CellShape shape = cell_shape(a, b, c, d);
  EXPECT_NEAR(shape.min_dihedral_deg, std::acos(1.0 / 3) * 180 / M_PI, 1e-9);
  EXPECT_NEAR(shape.gamma, 1, 1e-12);
}

TEST(Quality, AnInvalidCellRefusesTheMesh) {
  MeshOutput output = mesh_text(
      "bodies:\n  - {name: a, shape: {box: {min_mm: [0, 0, 0], max_mm: [1, 1, 1]}}}\nmesh: "
      "{element_size_mm: 1}\n");
  std::vector<double> ratio(output.mesh.n_cells(), 1.0), volume(output.mesh.n_cells(), 0.1);
  v1::MeshFacts facts;
  EXPECT_NO_THROW(judge_quality(output.mesh, ratio, volume, facts));
  ratio[3] = -0.01;
  EXPECT_THROW(judge_quality(output.mesh, ratio, volume, facts), NumericalFailure);
}

TEST(Sections, OfAnInclinedBar) {
  const MeshOutput output = mesh_text(
      "bodies:\n  - {name: a, rotate_deg: [0, 25, 0], shape: {box: {min_mm: [-5, -2, 0], max_mm: "
      "[5, 2, 60]}}}\n");
  const double t = 25 * M_PI / 180;
  const Eigen::Vector3d axis(std::sin(t), 0, std::cos(t));
  v1::MeshFacts facts;
  add_sections(output.mesh, 1 * axis, 59 * axis, 20, facts);
  ASSERT_EQ(facts.sections_size(), 20);
  for (const v1::SectionFacts& section : facts.sections()) {
    EXPECT_NEAR(section.area_mm2(), 40, 1e-6);
    EXPECT_NEAR(section.least_second_moment_mm4(), 10 * 64 / 12.0, 1e-5);
    EXPECT_NEAR(section.greatest_second_moment_mm4(), 4 * 1000 / 12.0, 1e-5);
  }
  EXPECT_EQ(facts.centreline_mm_size(), 3 * 22);
}

}  // namespace
}  // namespace proofload::meshing
