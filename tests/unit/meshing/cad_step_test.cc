/// STEP files: real ones where they are, and what is not a STEP file.
#include <BRepPrimAPI_MakeBox.hxx>
#include <IGESControl_Controller.hxx>
#include <IGESControl_Writer.hxx>
#include <gmsh.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "../../../meshing/gmsh_session.h"
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

/// A block with a round boss of 0.02 mm on its top.
std::string block_with_low_boss() {
  const std::string file = testing::TempDir() + "/low_boss.step";
  const GmshSession session;
  gmsh::vectorpair united;
  std::vector<gmsh::vectorpair> origins;
  const int block = gmsh::model::occ::addBox(0, 0, 0, 20, 20, 20);
  const int boss = gmsh::model::occ::addCylinder(9, 11, 20, 0, 0, 0.02, 6);
  gmsh::model::occ::fuse({{3, block}}, {{3, boss}}, united, origins);
  gmsh::model::occ::synchronize();
  gmsh::write(file);
  return file;
}

TEST(Step, FacesTooNarrowForTheCellsAreMadeAnew) {
  const std::filesystem::path file = block_with_low_boss();
  MeshRequestOptions options;
  options.folder = file.parent_path().string();
  const MeshOutput output =
      mesh_design(parse_case("bodies:\n  - {name: part, file: " + file.filename().string() +
                                 ", length_unit: mm, element_size_mm: 3}\n",
                             "test.yaml")
                      .value,
                  options);
  EXPECT_GT(output.facts.min_dihedral_deg(), 5);
  const v1::BodyFacts& body = output.facts.bodies(0);
  EXPECT_NEAR(body.geometry_volume_mm3(), 8000 + M_PI * 36 * 0.02, 1e-6);  // of the part as drawn
  EXPECT_NEAR(body.volume_mm3() / body.geometry_volume_mm3(), 1, 1e-3);
  const bool told = std::any_of(
      output.facts.findings().begin(), output.facts.findings().end(), [](const v1::Finding& f) {
        return f.code() == "E8" && f.message().find("were made anew") != std::string::npos;
      });
  EXPECT_TRUE(told);
}

/// A box of 10 x 20 x 30 mm; `faces`: without the solid around them.
std::string iges_box(bool faces) {
  const std::string file = testing::TempDir() + "/box.igs";
  IGESControl_Controller::Init();
  IGESControl_Writer writer("IN", faces ? 0 : 1);
  writer.AddShape(BRepPrimAPI_MakeBox(10, 20, 30).Shape());
  writer.ComputeModel();
  EXPECT_TRUE(writer.Write(file.c_str()));
  return file;
}

TEST(Iges, SolidsAndFacesOfOneAreRead) {
  for (const bool faces : {false, true}) {
    const std::filesystem::path file = iges_box(faces);
    MeshRequestOptions options;
    options.folder = file.parent_path().string();
    const std::string text = "bodies:\n  - {name: part, file: box.igs, length_unit: inch}\n";
    const MeshOutput output = mesh_design(parse_case(text, "test.yaml").value, options);
    EXPECT_NEAR(output.facts.bodies(0).volume_mm3(), 6000, 0.1) << faces;
    const auto& findings = output.facts.findings();
    EXPECT_EQ(std::count_if(findings.begin(), findings.end(),
                            [](const v1::Finding& f) {
                              return f.message().find("were sewn") != std::string::npos;
                            }),
              faces ? 1 : 0);
  }
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
