/// STEP files: real ones where they are, and what is not a STEP file.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cad_case.h"

namespace proofload::meshing {
namespace {

std::string geometry(const std::string& name) {
  return std::string(PROOFLOAD_SOURCE_DIR) + "/../shared/geometry/" + name;
}

MeshOutput mesh_step(const std::string& name, const std::string& rest) {
  MeshRequestOptions options;
  options.folder = std::filesystem::path(geometry(name)).parent_path().string();
  return mesh_design(
      parse_case("bodies:\n  - {name: part, file: " + name + ", length_unit: mm" + rest,
                 "test.yaml")
          .value,
      options);
}

TEST(Step, RealPartsKeepTheirVolume) {
  struct Part {
    const char* file;
    double extent_mm, volume_mm3;
  };
  // Extents: six and five inches as drawn; volumes: OpenCASCADE's mass properties of the solids.
  for (const Part& part : {Part{"calculix_part.step", 152.4, 360939.8},
                           Part{"trimesh_featuretype.STEP", 127, 190532.0}}) {
    if (!std::filesystem::exists(geometry(part.file))) GTEST_SKIP() << "no " << part.file;
    const MeshOutput output = mesh_step(part.file, "}\n");
    const v1::BodyFacts& body = output.facts.bodies(0);
    EXPECT_NEAR(body.max_mm(0) - body.min_mm(0), part.extent_mm, 0.02);
    EXPECT_NEAR(body.geometry_volume_mm3(), part.volume_mm3, 1);
    EXPECT_NEAR(body.volume_mm3(), part.volume_mm3, 1e-3 * part.volume_mm3);
    EXPECT_GE(output.facts.min_jacobian_ratio(), 0.1);
  }
}

TEST(Step, InspectListsFacesWithTypes) {
  const std::string file = geometry("calculix_part.step");
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no " << file;
  const auto facts = nlohmann::json::parse(inspect_files({file}, v1::LengthUnit::mm));
  ASSERT_TRUE(facts["problems"].empty());
  const auto& body = facts["files"][0]["bodies"][0];
  EXPECT_EQ(body["faces"].size(), 26u);
  EXPECT_EQ(body["faces"][0]["type"], "cylinder");
  EXPECT_GT(body["faces"][0]["radius_mm"].get<double>(), 0);
  EXPECT_EQ(facts["files"][0]["length_unit"], "m");
}

TEST(Step, GarbageIsToldNotThrown) {
  const std::string file = testing::TempDir() + "/garbage.step";
  std::ofstream(file) << "this is no geometry\n";
  const auto facts = nlohmann::json::parse(inspect_files({file, "x.pdf"}, v1::LengthUnit::mm));
  ASSERT_EQ(facts["problems"].size(), 2u);
  EXPECT_EQ(facts["problems"][0]["code"], "STEP_UNREADABLE");
  EXPECT_EQ(facts["problems"][1]["code"], "GEOMETRY_FORMAT");
}

}  // namespace
}  // namespace proofload::meshing
