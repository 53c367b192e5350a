/// A triangulated body beside a CAD body: one conforming mesh, places on both.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "cad_case.h"

namespace proofload::meshing {
namespace {

/// A cube 0 … side as ASCII STL, outward normals.
std::string write_cube(const std::string& name, double side) {
  const int corner[8][3] = {{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {0, 1, 0},
                            {0, 0, 1}, {1, 0, 1}, {1, 1, 1}, {0, 1, 1}};
  const int face[12][3] = {{0, 2, 1}, {0, 3, 2}, {4, 5, 6}, {4, 6, 7}, {0, 1, 5}, {0, 5, 4},
                           {1, 2, 6}, {1, 6, 5}, {2, 3, 7}, {2, 7, 6}, {3, 0, 4}, {3, 4, 7}};
  std::ofstream file(testing::TempDir() + "/" + name);
  file << "solid cube\n";
  for (const auto& f : face) {
    file << "facet normal 0 0 0\nouter loop\n";
    for (const int c : f) {
      file << "vertex " << side * corner[c][0] << " " << side * corner[c][1] << " "
           << side * corner[c][2] << "\n";
    }
    file << "endloop\nendfacet\n";
  }
  file << "endsolid cube\n";
  return name;
}

MeshOutput mesh_in_temp(const std::string& yaml) { return mesh_text(yaml, 1, testing::TempDir()); }

TEST(Mixed, AStlBodyAloneIsMeshedWhereItWasMoved) {
  const std::string file = write_cube("mixed_cube.stl", 10);
  const MeshOutput output = mesh_in_temp(
      "bodies:\n  - {name: a, file: " + file +
      ", length_unit: mm, rotate_deg: [0, 0, 90], shift_mm: [5, 0, 2]}\nmesh: {element_size_mm: "
      "3}\nplaces:\n  top: {plane: {normal: [0, 0, 1], offset_mm: 12}}\n  all: {named: cube}\n");
  EXPECT_NEAR(output.facts.bodies(0).volume_mm3(), 1000, 1e-3);
  EXPECT_NEAR(output.facts.bodies(0).min_mm(0), -5, 1e-9);
  EXPECT_NEAR(place_of(output.facts, "top").area_mm2(), 100, 1e-3);
  EXPECT_NEAR(place_of(output.facts, "all").area_mm2(), 600, 1e-2);
}

TEST(Mixed, CadPressedIntoStlSharesItsWall) {
  const std::string file = write_cube("mixed_block.stl", 10);
  const MeshOutput output = mesh_in_temp(
      "bodies:\n  - {name: pin, priority: 5, shape: {box: {min_mm: [3, 3, 7], max_mm: [7, 7, "
      "15]}}}\n  - {name: block, file: " +
      file +
      ", length_unit: mm}\ninterfaces:\n  - {between: [pin, block], kind: bonded}\nmesh: "
      "{element_size_mm: 2.5}\nplaces:\n  head: {named: face 6, body: pin}\n");
  EXPECT_NEAR(output.facts.bodies(0).volume_mm3(), 128, 0.02 * 128);
  EXPECT_NEAR(output.facts.bodies(1).volume_mm3(), 1000 - 48, 0.02 * 952);
  ASSERT_EQ(output.facts.interfaces_size(), 1);
  EXPECT_NEAR(output.facts.interfaces(0).area_mm2(), 16 + 48, 0.05 * 64);
  EXPECT_NEAR(place_of(output.facts, "head").area_mm2(), 16, 0.05 * 16);
}

TEST(Mixed, SeparateBodiesHaveTheirOwnNodesAndTheScrewHoldsBoth) {
  const std::string file = write_cube("mixed_screwed.stl", 10);
  const MeshOutput output = mesh_in_temp(
      "bodies:\n  - {name: plate, priority: 5, shape: {box: {min_mm: [1, 1, 9], max_mm: [9, 9, "
      "12]}}}\n  - {name: screw, priority: 9, shape: {cylinder: {from_mm: [5, 5, 3], to_mm: [5, 5, "
      "13], diameter_mm: 3}}}\n  - {name: block, file: " +
      file +
      ", length_unit: mm}\ninterfaces:\n  - {between: [plate, block], kind: separate}\n  - "
      "{between: [screw, block], kind: bonded}\n  - {between: [screw, plate], kind: bonded}\n"
      "mesh: {element_size_mm: 2}\n");
  std::set<std::int32_t> nodes[3];
  for (std::int64_t c = 0; c < output.mesh.n_cells(); ++c) {
    for (int i = 0; i < 10; ++i) {
      nodes[output.mesh.cell_body[c]].insert(output.mesh.cells[10 * c + i]);
    }
  }
  // Plate and block share no node but on the rim where the screw leaves both.
  int rim = 0;
  for (const std::int32_t node : nodes[0]) {
    if (nodes[2].count(node) == 0) continue;
    ++rim;
    const double* p = &output.mesh.nodes[3 * node];
    // The rim of two bodies is placed to a tenth of an element.
    EXPECT_NEAR(std::hypot(p[0] - 5, p[1] - 5), 1.5, 0.2);
    EXPECT_NEAR(p[2], 9, 0.2);
    EXPECT_EQ(nodes[1].count(node), 1u);
  }
  EXPECT_GT(rim, 4);
  EXPECT_NEAR(shared_area(output.facts, "screw", "block"), M_PI * (3 * 6 + 2.25), 0.6);
  EXPECT_NEAR(shared_area(output.facts, "screw", "plate"), M_PI * 3 * 3, 0.4);
  EXPECT_EQ(shared_area(output.facts, "plate", "block"), 0);
}

TEST(Mixed, RoundCadFacesAreCurved) {
  const std::string file = write_cube("mixed_round.stl", 10);
  const std::string yaml =
      "bodies:\n  - {name: pin, priority: 5, shape: {cylinder: {from_mm: [5, 5, 5], to_mm: [5, 5, "
      "14], diameter_mm: 4}}}\n  - {name: block, file: " +
      file +
      ", length_unit: mm}\ninterfaces:\n  - {between: [pin, block], kind: bonded}\nmesh: "
      "{element_size_mm: 2";
  const double wanted = M_PI * 4 * 9;
  const MeshOutput output = mesh_in_temp(yaml + "}\n");
  EXPECT_NEAR(output.facts.bodies(0).volume_mm3(), wanted, 0.01 * wanted);
  EXPECT_NEAR(output.facts.bodies(1).volume_mm3(), 1000 - wanted * 5 / 9, 2);
  EXPECT_GE(output.facts.min_jacobian_ratio(), 0.1);
  EXPECT_LT(output.facts.min_jacobian_ratio(), 1);
}

TEST(Mixed, EveryLengthUnitIsThatManyMillimetres) {
  const std::pair<const char*, double> units[] = {
      {"mm", 1}, {"cm", 10}, {"m", 1000}, {"inch", 25.4}, {"um", 0.001}};
  for (const auto& [unit, size] : units) {
    const std::string file = write_cube(std::string("mixed_") + unit + ".stl", 20 / size);
    const MeshOutput output =
        mesh_in_temp("bodies:\n  - {name: a, file: " + file + ", length_unit: " + unit +
                     "}\nmesh: {element_size_mm: 10}\n");
    EXPECT_NEAR(output.facts.bodies(0).volume_mm3(), 8000, 0.1) << unit;
  }
}

TEST(Mixed, MetresTakenForMillimetresAreToldWithTheUnit) {
  const std::string file = write_cube("mixed_metres.stl", 0.02);
  try {
    mesh_in_temp("bodies:\n  - {name: a, role: implant, file: " + file + ", length_unit: mm}\n");
    FAIL() << "accepted";
  } catch (const InvalidInput& error) {
    ASSERT_EQ(error.problems().size(), 1u);
    EXPECT_EQ(error.problems()[0].code, "UNIT_SUSPECT");
    EXPECT_EQ(error.problems()[0].remedy, "then write length_unit: m");
  }
}

TEST(Mixed, InspectTellsWhatAStlHolds) {
  const std::string file = testing::TempDir() + "/" + write_cube("mixed_inspect.stl", 10);
  const auto facts = nlohmann::json::parse(inspect_files({file}, v1::LengthUnit::mm));
  const auto& body = facts["files"][0]["bodies"][0];
  EXPECT_TRUE(body["closed"].get<bool>());
  EXPECT_NEAR(body["volume_mm3"].get<double>(), 1000, 1e-6);
  EXPECT_EQ(body["faces"][0]["file_name"], "cube");
}

}  // namespace
}  // namespace proofload::meshing
