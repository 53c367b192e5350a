#include "proofload/report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Geometry>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "proofload/core/run_folder.h"
#include "synthetic_run.h"

namespace proofload::report {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

std::string fresh_folder(const std::string& name) {
  const fs::path folder = fs::temp_directory_path() / ("proofload_report_" + name);
  fs::remove_all(folder);
  return folder.string();
}

TEST(OuterFaces, OfABoxHaveItsAreaAndPointOutwards) {
  const std::string folder = fresh_folder("faces");
  write_run(folder, full_report(), 2);
  const auto design = read_design(folder, "implant", "implant");
  ASSERT_TRUE(design);
  const auto bar =
      outer_faces(*design, [&](std::int64_t c) { return design->mesh.cell_body[c] == 1; });
  double area = 0, volume = 0;
  for (const SurfaceFace& face : bar) {
    EXPECT_EQ(face.body, 1);
    Eigen::Vector3d p[3];
    for (int k = 0; k < 3; ++k) p[k] = Eigen::Vector3d(design->position(face.points[k]).data());
    area += (p[1] - p[0]).cross(p[2] - p[0]).norm() / 2;
    volume += p[0].dot(p[1].cross(p[2])) / 6;
  }
  EXPECT_NEAR(area, 2 * 100 + 4 * 400, 1e-9);
  EXPECT_NEAR(volume, 4000, 1e-9);
  EXPECT_EQ(design->shown, (std::vector<bool>{false, true}));
}

TEST(Stress, InvariantsOfAKnownTensor) {
  const double shear[6] = {0, 0, 0, 10, 0, 0};
  EXPECT_NEAR(von_mises(shear), std::sqrt(3.) * 10, 1e-12);
  const auto principal = principal_stresses(shear);
  EXPECT_NEAR(principal[0], 10, 1e-9);
  EXPECT_NEAR(principal[1], 0, 1e-9);
  EXPECT_NEAR(principal[2], -10, 1e-9);
}

TEST(Report, DrawsPicturesFieldsAndPage) {
  const std::string folder = fresh_folder("whole");
  write_run(folder, full_report(), 2);
  write_report(folder);
  const std::string page = read_file(folder + "/report/report.html");
  EXPECT_THAT(page, HasSubstr("data:image/png;base64,"));
  EXPECT_THAT(page, HasSubstr("data:image/svg+xml;base64,"));
  EXPECT_THAT(page, ::testing::Not(HasSubstr("Picture not drawn")));
  EXPECT_TRUE(fs::exists(folder + "/report/pictures/implant_2_flexion.png"));
  EXPECT_TRUE(fs::exists(folder + "/report/pictures/implant_2_flexion_peak.png"));
  EXPECT_TRUE(fs::exists(folder + "/report/pictures/implant_mesh.png"));
  EXPECT_TRUE(fs::exists(folder + "/report/pictures/implant_loads.png"));
  // 500 N at 40 mm on a 10 x 10 bar: 20 000 * 5 / 833.3 = 120 MPa.
  EXPECT_THAT(page, HasSubstr("max 120.0\u202fMPa (strut)"));
  const std::string fields = read_file(folder + "/report/fields/implant.vtu");
  for (const char* name : {"displacement_mm_axial", "stress_von_mises_mpa_flexion", "body_id",
                           "ComponentName3=\"XY\"", "energy_error_nmm_axial"}) {
    EXPECT_NE(fields.find(name), std::string::npos) << name;
  }
}

TEST(Report, PageIsWrittenWithoutResults) {
  const std::string folder = fresh_folder("empty");
  write_run(folder, full_report(), 1);
  fs::remove_all(RunFolder{folder}.level("implant", 0));
  write_report(folder);
  EXPECT_THAT(read_file(folder + "/report/report.html"),
              HasSubstr("Picture not drawn: implant: no level was computed"));
}

TEST(Report, PageIsWrittenWhenTheResultIsDamaged) {
  const std::string folder = fresh_folder("damaged");
  write_run(folder, full_report(), 1);
  std::ofstream(RunFolder{folder}.level("implant", 0) + "/result.h5") << "not HDF5";
  write_report(folder);
  EXPECT_THAT(read_file(folder + "/report/report.html"), HasSubstr("Picture not drawn: implant: "));
}

TEST(Report, PageIsWrittenWithoutAnOpenGlDriver) {
  const std::string folder = fresh_folder("no_egl");
  write_run(folder, full_report(), 1);
  setenv("__EGL_VENDOR_LIBRARY_FILENAMES", "/nonexistent", 1);
  write_report(folder);
  unsetenv("__EGL_VENDOR_LIBRARY_FILENAMES");
  EXPECT_THAT(read_file(folder + "/report/report.html"),
              HasSubstr("Picture not drawn: no picture context: "));
}

TEST(Fields, NotFiniteNumbersAreRefused) {
  const std::string folder = fresh_folder("nan");
  write_run(folder, full_report(), 1);
  const std::string result = RunFolder{folder}.level("implant", 0) + "/result.h5";
  const auto mesh = box_mesh(1);
  const auto header = header_for(mesh, {"axial"});
  auto broken = bending(mesh, header, 1);
  broken.stress_mpa[7] = std::nan("");
  io::write_result_header(result, header);
  io::write_load_case(result, "axial", broken);
  const auto design = read_design(folder, "implant", "implant");
  ASSERT_TRUE(design);
  EXPECT_THROW(read_fields(*design, "axial"), std::runtime_error);
}

TEST(PlainName, LeavesNothingThatAShellOrXmlWouldRead) {
  EXPECT_EQ(plain_name("flexion 5 N·m"), "flexion_5_N__m");
  EXPECT_EQ(plain_name("../<x>\"'"),
            "_.._"
            "_x___");
  EXPECT_EQ(plain_name(""), "_");
}

}  // namespace
}  // namespace proofload::report
