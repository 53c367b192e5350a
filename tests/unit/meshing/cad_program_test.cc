/// proofload-mesh as a program: same bytes from any folder, exit codes, problems.json.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>

#include "cad_case.h"
#include "proofload/core/json.h"
#include "proofload/core/run_folder.h"

namespace proofload::meshing {
namespace {

const std::string kProgram = std::string(PROOFLOAD_BIN_DIR) + "/proofload-mesh";

/// Runs the program on a level made from the YAML; returns its exit code.
int run_level(const std::string& folder, const std::string& yaml,
              const std::string& program = kProgram) {
  std::filesystem::create_directories(folder + "/level0");
  write_file_atomically(folder + "/design.json", to_json(parse_case(yaml, "test.yaml").value));
  write_file_atomically(folder + "/level0/request.json",
                        "{\"level\": 0, \"element_size_factor\": 1}\n");
  const std::string command =
      program + " " + folder + "/level0 --case-folder " + folder + " 2>/dev/null";
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// The program in another folder, with a mesher of this name from the build.
std::string installed(const std::string& folder, const std::string& mesher) {
  const auto replace = std::filesystem::copy_options::overwrite_existing;
  std::filesystem::create_directories(folder);
  std::filesystem::copy_file(kProgram, folder + "/proofload-mesh", replace);
  std::filesystem::copy_file(std::string(PROOFLOAD_BIN_DIR) + "/" + mesher,
                             folder + "/proofload-mesher", replace);
  return folder + "/proofload-mesh";
}

TEST(Program, SameBytesFromAnyFolderAndBuild) {
  if (!std::filesystem::exists(kProgram)) GTEST_SKIP() << kProgram << " is not built";
  const std::string yaml =
      "bodies:\n  - {name: a, shape: {plate_with_hole: {min_mm: [0, 0, 0], max_mm: [20, 10, 3], "
      "hole_center_mm: [9, 5, 0], hole_direction: [0, 0, 1], hole_diameter_mm: 4}}}\n"
      "  - {name: b, priority: 2, shape: {cylinder: {from_mm: [15, 5, 1], to_mm: [15, 5, 9], "
      "diameter_mm: 3}}}\ninterfaces:\n  - {between: [a, b], kind: bonded}\n";
  const std::string first = testing::TempDir() + "/same_bytes";
  const std::string second = testing::TempDir() + "/" + std::string(150, 'x');
  ASSERT_EQ(run_level(first, yaml), 0);
  ASSERT_EQ(run_level(second, yaml, installed(second, "proofload-mesher")), 0);
  const std::string mesh = sha256_of_file(first + "/level0/mesh.h5");
  EXPECT_EQ(mesh, sha256_of_file(second + "/level0/mesh.h5"));
  const std::string third = testing::TempDir() + "/other_build";
  ASSERT_EQ(run_level(third, yaml, installed(third, "proofload-mesher-larger")), 0);
  EXPECT_EQ(mesh, sha256_of_file(third + "/level0/mesh.h5"));
}

TEST(Program, TellsProblemsWithPathsOfTheCase) {
  if (!std::filesystem::exists(kProgram)) GTEST_SKIP() << kProgram << " is not built";
  const std::string folder = testing::TempDir() + "/missing_step";
  EXPECT_EQ(run_level(folder, "bodies:\n  - {name: a, file: part.step, length_unit: mm}\n"), 3);
  const auto problems = problems_from_json(read_file(folder + "/level0/problems.json"));
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].code, "FILE_NOT_FOUND");
  EXPECT_EQ(problems[0].path, "bodies[0].file");
  EXPECT_EQ(problems[0].message, "there is no file part.step");
}

}  // namespace
}  // namespace proofload::meshing
