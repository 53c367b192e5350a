#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "proofload/io/mesh_file.h"
#include "proofload/io/result_file.h"

namespace proofload::io {
namespace {

std::string temporary(const std::string& name) { return testing::TempDir() + "/" + name; }

Mesh one_cell() {
  Mesh mesh;
  for (int i = 0; i < 30; ++i) mesh.nodes.push_back(0.1 * i);
  for (int i = 0; i < 10; ++i) mesh.cells.push_back(i);
  mesh.cell_body = {0};
  mesh.body_names = {"strut µ"};
  mesh.exterior = {"exterior", {0, 2, 1, 6, 5, 4}, {0}};
  mesh.places = {{"foot", {0, 2, 1, 6, 5, 4}, {0}}, {"empty", {}, {}}};
  return mesh;
}

TEST(MeshFile, ReturnsWhatWasWritten) {
  const std::string path = temporary("mesh.h5");
  const Mesh mesh = one_cell();
  write_mesh(path, mesh);
  const Mesh back = read_mesh(path);
  EXPECT_EQ(back.nodes, mesh.nodes);
  EXPECT_EQ(back.cells, mesh.cells);
  EXPECT_EQ(back.body_names, mesh.body_names);
  ASSERT_EQ(back.places.size(), 2u);
  EXPECT_EQ(back.places[0].name, "foot");
  EXPECT_EQ(back.places[0].faces, mesh.places[0].faces);
  EXPECT_TRUE(back.places[1].cells.empty());
}

TEST(MeshFile, SameMeshGivesSameBytes) {
  const auto bytes = [](const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(stream), {});
  };
  write_mesh(temporary("a.h5"), one_cell());
  write_mesh(temporary("b.h5"), one_cell());
  EXPECT_EQ(bytes(temporary("a.h5")), bytes(temporary("b.h5")));
}

TEST(MeshFile, RefusesIndicesThatPointNowhere) {
  Mesh mesh = one_cell();
  mesh.cells[3] = 10;
  EXPECT_THROW(write_mesh(temporary("bad.h5"), mesh), std::runtime_error);
}

TEST(MeshFile, NamesAFileThatIsNone) {
  std::ofstream(temporary("text.h5")) << "not HDF5";
  try {
    read_mesh(temporary("text.h5"));
    FAIL() << "a text file was read as a mesh";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("text.h5"), std::string::npos);
  }
}

TEST(ResultFile, ReturnsWhatWasWritten) {
  const std::string path = temporary("result.h5");
  write_result_header(path, {{"axial", "flexion"}, {0, 1}, {0, 0}});
  const LoadCaseResult result{{1, 2, 3, 4, 5, 6}, std::vector<double>(12, 7.5), {0.25}};
  write_load_case(path, "flexion", result);
  EXPECT_EQ(read_result_header(path).load_cases.size(), 2u);
  const LoadCaseResult back = read_load_case(path, "flexion");
  EXPECT_EQ(back.displacement_mm, result.displacement_mm);
  EXPECT_EQ(back.stress_mpa, result.stress_mpa);
  EXPECT_EQ(back.cell_error, result.cell_error);
  EXPECT_THROW(read_load_case(path, "axial"), std::runtime_error);
  EXPECT_THROW(read_load_case(path, "torsion"), std::runtime_error);
}

TEST(ResultFile, ReturnsBucklingModesInTheirOrder) {
  const std::string path = temporary("modes.h5");
  write_result_header(path, {{"axial", "flexion"}, {0, 1}, {0, 0}});
  write_load_case(path, "flexion", {{1, 2, 3, 4, 5, 6}, std::vector<double>(12, 7.5), {}});
  EXPECT_TRUE(read_buckling_modes(path, "flexion").empty());
  EXPECT_TRUE(read_buckling_modes(path, "axial").empty());
  write_buckling_modes(path, "flexion", {{3.5, {0, 0, 1, 0, 0, 2}}, {4.5, {1, 0, 0, 2, 0, 0}}});
  const auto modes = read_buckling_modes(path, "flexion");
  ASSERT_EQ(modes.size(), 2u);
  EXPECT_EQ(modes[0].factor, 3.5);
  EXPECT_EQ(modes[1].factor, 4.5);
  EXPECT_EQ(modes[1].displacement, (std::vector<double>{1, 0, 0, 2, 0, 0}));
  EXPECT_THROW(read_buckling_modes(path, "torsion"), std::runtime_error);
}

}  // namespace
}  // namespace proofload::io
