/// A mesh follows the size field of the level before, and its cells are smaller by what was asked.

#include "../../../meshing/size_limit.h"

#include <gtest/gtest.h>

#include "cad_case.h"
#include "proofload/core/vec3.h"
#include "proofload/io/size_field.h"
#include "proofload/meshing/mesh_design.h"

namespace proofload::meshing {
namespace {

const char* const kBox =
    "bodies:\n  - {name: a, element_size_mm: 3, shape: {box: {min_mm: [0, 0, 0], max_mm: [12, 6, "
    "6]}}}\n";

/// A field on a grid over the box: `left` for x < 4, else `right`.
std::string field_file(double left, double right) {
  io::SizeField field;
  for (int i = 0; i <= 12; ++i) {
    for (int j = 0; j <= 6; ++j) {
      for (int k = 0; k <= 6; ++k) {
        for (const int c : {i, j, k}) field.points_mm.push_back(c);
        field.size_mm.push_back(i < 4 ? left : right);
      }
    }
  }
  const std::string path = testing::TempDir() + "/size_field.txt";
  io::write_size_field(path, field);
  return path;
}

/// Cells whose centre lies left of x = 3, and all.
std::pair<int, int> cells_left(const io::Mesh& mesh) {
  int left = 0;
  for (std::int64_t cell = 0; cell < mesh.n_cells(); ++cell) {
    double x = 0;
    for (int k = 0; k < 4; ++k) x += mesh.nodes[3 * std::size_t(mesh.cells[10 * cell + k])] / 4;
    left += x < 3 ? 1 : 0;
  }
  return {left, static_cast<int>(mesh.n_cells())};
}

TEST(SizeLimit, AnswersTheFieldScaled) {
  const SizeLimit limit = size_limit_of(field_file(1, 2), 0.5);
  EXPECT_NEAR(limit({1, 3, 3}), 0.5, 1e-12);
  EXPECT_NEAR(limit({9.3, 3.2, 2.9}), 1, 1e-12);
  EXPECT_NEAR(limit({30, 3, 3}), 1, 1e-12);
}

TEST(SizeLimit, RefusesAFieldThatIsNone) {
  io::SizeField field{{0, 0, 0}, {0}};
  const std::string path = testing::TempDir() + "/bad_field.h5";
  io::write_size_field(path, field);
  EXPECT_THROW(size_limit_of(path, 1), std::runtime_error);
}

TEST(SizeLimit, RefinesWhereItIsAsked) {
  const v1::Case value = parse_case(kBox, "test.yaml").value;
  MeshRequestOptions options;
  const auto [left, all] = cells_left(mesh_design(value, options).mesh);
  options.size_field = field_file(1, 3.6);
  const MeshOutput fine = mesh_design(value, options);
  const auto [left_fine, all_fine] = cells_left(fine.mesh);
  EXPECT_GT(left_fine, 10 * left);
  EXPECT_LT(all_fine - left_fine, 12 * (all - left));
  EXPECT_GT(left_fine, all_fine - left_fine);
  EXPECT_EQ(fine.facts.size_field_count(), 13 * 7 * 7);
}

TEST(SizeLimit, MakesTheMeshAnewUntilItsCellsAreSmallEnough) {
  const v1::Case value = parse_case(kBox, "test.yaml").value;
  MeshRequestOptions options;
  const double before = mesh_design(value, options).facts.mean_cell_size_mm();
  options.largest_mean_cell_size_mm["a"] = before / 1.4;
  const MeshOutput fine = mesh_design(value, options);
  EXPECT_LE(fine.facts.bodies(0).mean_cell_size_mm(), before / 1.4);
  EXPECT_GE(fine.facts.bodies(0).mean_cell_size_mm(), before / 2);
  EXPECT_GE(fine.facts.refined_again_count(), 1);
}

}  // namespace
}  // namespace proofload::meshing
