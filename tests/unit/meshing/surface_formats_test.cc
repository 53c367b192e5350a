/// OFF, PLY, MSH, VTK, VTP, 3MF: the same cube from each; what is refused, and how.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <minizip/zip.h>

#include "../../../meshing/cad_text.h"
#include "proofload/core/problem.h"
#include "proofload/meshing/surface.h"
#include "surface_samples.h"

namespace proofload::meshing {
namespace {

using ::testing::HasSubstr;
using testing::TemporaryFile;

const TriangleSoup kCube = testing::box({0, 0, 0}, {10, 10, 10});

std::string numbers_of_points() {
  std::string text;
  for (const Point& p : kCube.points) {
    for (const double x : p) text += std::to_string(x) + " ";
    text += "\n";
  }
  return text;
}

std::string faces(const std::string& front, int base) {
  std::string text;
  for (const Triangle& t : kCube.triangles) {
    text += front;
    for (const int c : t) text += " " + std::to_string(c + base);
    text += "\n";
  }
  return text;
}

void expect_cube(const std::string& ending, const std::string& bytes, double scale = 1) {
  const TemporaryFile file(ending, bytes);
  const SurfaceFacts facts = examine_surface(read_surface(file.path(), scale));
  EXPECT_TRUE(facts.closed()) << ending;
  EXPECT_NEAR(std::abs(facts.signed_volume_mm3), 1000 * std::pow(scale, 3), 1e-6) << ending;
}

std::string refusal(const std::string& ending, const std::string& bytes, double scale = 1) {
  const TemporaryFile file(ending, bytes);
  try {
    read_surface(file.path(), scale);
    return "";
  } catch (const InvalidInput& invalid) {
    return invalid.problems()[0].code + ": " + invalid.problems()[0].message;
  }
}

std::string vtk(const std::string& counts = "8") {
  return "# vtk DataFile Version 3.0\ncube\nASCII\nDATASET POLYDATA\nPOINTS " + counts +
         " float\n" + numbers_of_points() + "POLYGONS 12 48\n" + faces("3", 0);
}

std::string vtp(int first_offset = 3, int points = 8) {
  std::string corners = faces("", 0), offsets;
  for (int i = 0; i < 12; ++i) offsets += std::to_string(i == 0 ? first_offset : 3 * i + 3) + " ";
  return "<?xml version=\"1.0\"?><VTKFile type=\"PolyData\" version=\"0.1\" "
         "byte_order=\"LittleEndian\"><PolyData><Piece NumberOfPoints=\"" +
         std::to_string(points) +
         "\" NumberOfPolys=\"12\"><Points><DataArray type=\"Float64\" NumberOfComponents=\"3\" "
         "format=\"ascii\">" +
         numbers_of_points() +
         "</DataArray></Points><Polys><DataArray type=\"Int32\" Name=\"connectivity\" "
         "format=\"ascii\">" +
         corners + "</DataArray><DataArray type=\"Int32\" Name=\"offsets\" format=\"ascii\">" +
         offsets + "</DataArray></Polys></Piece></PolyData></VTKFile>";
}

std::string msh() {
  std::string nodes, elements;
  for (int i = 0; i < 8; ++i) {
    nodes += std::to_string(i + 1);
    for (const double x : kCube.points[i]) nodes += " " + std::to_string(x);
    nodes += "\n";
  }
  for (std::size_t t = 0; t < kCube.triangles.size(); ++t) {
    elements += std::to_string(t + 1) + " 2 2 0 1";
    for (const int c : kCube.triangles[t]) elements += " " + std::to_string(c + 1);
    elements += "\n";
  }
  return "$MeshFormat\n2.2 0 8\n$EndMeshFormat\n$Nodes\n8\n" + nodes +
         "$EndNodes\n$Elements\n12\n" + elements + "$EndElements\n";
}

std::string model_3mf(const std::string& unit = "millimeter") {
  std::string text = "<?xml version=\"1.0\"?><model unit=\"" + unit +
                     "\"><resources><object id=\"1\"><mesh><vertices>";
  for (const Point& p : kCube.points) {
    text += "<vertex x=\"" + std::to_string(p[0]) + "\" y=\"" + std::to_string(p[1]) + "\" z=\"" +
            std::to_string(p[2]) + "\"/>";
  }
  text += "</vertices><triangles>";
  for (const Triangle& t : kCube.triangles) {
    text += "<triangle v1=\"" + std::to_string(t[0]) + "\" v2=\"" + std::to_string(t[1]) +
            "\" v3=\"" + std::to_string(t[2]) + "\"/>";
  }
  return text +
         "</triangles></mesh></object></resources><build><item objectid=\"1\"/></build></model>";
}

std::string zipped(const std::string& model) {
  const TemporaryFile place(".zip", "");
  zipFile archive = zipOpen64(place.path().c_str(), APPEND_STATUS_CREATE);
  zipOpenNewFileInZip64(archive, "3D/3dmodel.model", nullptr, nullptr, 0, nullptr, 0, nullptr,
                        Z_DEFLATED, 9, 0);
  zipWriteInFileInZip(archive, model.data(), static_cast<unsigned>(model.size()));
  zipCloseFileInZip(archive);
  zipClose(archive, nullptr);
  std::ifstream in(place.path(), std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(SurfaceFormats, CubeFromEach) {
  expect_cube(".off", "OFF\n8 12 0\n" + numbers_of_points() + faces("3", 0));
  expect_cube(".ply",
              "ply\nformat ascii 1.0\nelement vertex 8\nproperty float x\nproperty float y\n"
              "property float z\nelement face 12\nproperty list uchar int vertex_indices\n"
              "end_header\n" +
                  numbers_of_points() + faces("3", 0));
  expect_cube(".vtk", vtk());
  expect_cube(".vtp", vtp());
  expect_cube(".msh", msh());
  expect_cube(".3mf", zipped(model_3mf()));
}

TEST(SurfaceFormats, The3mfUnitMustAgree) {
  expect_cube(".3mf", zipped(model_3mf("inch")), 25.4);
  EXPECT_THAT(refusal(".3mf", zipped(model_3mf("inch"))), HasSubstr("UNIT_SUSPECT"));
}

TEST(SurfaceFormats, CountsBeyondTheFileAreRefused) {
  EXPECT_THAT(refusal(".off", "OFF\n4000000000 12 0\n0 0 0\n"),
              HasSubstr("MESH_SYNTAX: the file announces 4000000000 vertices"));
  EXPECT_THAT(refusal(".vtk", vtk("4000000000")), HasSubstr("announces 4000000000 points"));
}

TEST(SurfaceFormats, CellsOfVtkNameWholePoints) {
  for (const char* point : {"1e999", "1.5", "-1", "nan", "1e300"}) {
    std::string text = vtk();
    text.replace(text.rfind("\n3 ") + 3, 1, point);
    EXPECT_THAT(refusal(".vtk", text), HasSubstr("MESH_")) << point;
  }
}

TEST(SurfaceFormats, VtpIsCheckedBehindVtk) {
  EXPECT_THAT(refusal(".vtp", vtp(30000)), HasSubstr("MESH_SYNTAX: VTK cannot read it: "));
  std::string text = vtp();
  text.replace(text.find("0 2 3"), 5, "0 2 8");
  EXPECT_THAT(refusal(".vtp", text), HasSubstr("MESH_SYNTAX"));
  EXPECT_THAT(refusal(".vtp", vtp(3, 9)), HasSubstr("MESH_SYNTAX: VTK cannot read it: "));
  EXPECT_THAT(refusal(".vtp", vtp().substr(0, 300)), HasSubstr("MESH_SYNTAX"));
  EXPECT_THAT(refusal(".vtp", "<!DOCTYPE x>" + vtp()), HasSubstr("document type"));
}

TEST(SurfaceFormats, ZipBombIsRefused) {
  EXPECT_THAT(refusal(".3mf", zipped(model_3mf() + std::string(20'000'000, ' '))),
              HasSubstr("MESH_TOO_LARGE"));
}

TEST(SurfaceFormats, BinaryStlNameWithOverwrittenSolid) {
  const TemporaryFile file(".stl", testing::binary_stl(kCube, "ddlid featuretype"));
  EXPECT_EQ(read_surface(file.path(), 1).solid_names.at(0), "featuretype");
}

TEST(CadText, SelfReferenceIsNamedWithItsLine) {
  const std::string text =
      "ISO-10303-21;\nDATA;\n#1=EDGE_LOOP('',(#2));\n#2=ORIENTED_EDGE('',*,*,#1,.T.);\nENDSEC;\n";
  try {
    check_step_text(text, "bodies[0].file", "part.step");
    FAIL() << "a circle was accepted";
  } catch (const InvalidInput& invalid) {
    EXPECT_EQ(invalid.problems()[0].code, "STEP_CYCLE");
    EXPECT_EQ(invalid.problems()[0].line, 3);
    EXPECT_THAT(invalid.problems()[0].message,
                HasSubstr("#1 (EDGE_LOOP) refers to itself through #2"));
  }
}

TEST(CadText, UnitOfIges) {
  const std::string blank(72, ' ');
  std::string line = ",,4Ha,b;,1Hx,1Hy,1Hz,32,308,15,308,15,,1.,1,2HIN,";
  line.resize(72, ' ');
  EXPECT_EQ(iges_unit(blank + "S0000001\n" + line + "G0000001\n"), "inch");
}

}  // namespace
}  // namespace proofload::meshing
