/// Lattices are told from solid parts, measured, and replaced on request.
#include <gtest/gtest.h>

#include <fstream>

#include "cad_case.h"
#include "lattice_samples.h"

namespace proofload::meshing {
namespace {

const testing::Beams kBeams;

std::string body_of_beams(const std::string& more) {
  std::ofstream(::testing::TempDir() + "/beams.stl") << testing::ascii_stl(kBeams.surface());
  return "bodies:\n  - {name: end, file: beams.stl, length_unit: mm" + more + "}\n";
}

std::string lattice_message(const v1::MeshFacts& facts) {
  for (const v1::Finding& finding : facts.findings()) {
    if (finding.code() == "E13") return finding.message();
  }
  return "";
}

TEST(Lattice, IsMeshedAsItIsAndToldWithWhatWasMeasured) {
  const MeshOutput output =
      mesh_text(body_of_beams("") + "mesh: {element_size_mm: 1}\n", 1, ::testing::TempDir());
  EXPECT_NEAR(output.facts.bodies(0).volume_mm3(), kBeams.volume(), 0.01 * kBeams.volume());
  const std::string said = lattice_message(output.facts);
  EXPECT_NE(said.find("struts of 1 mm, pores of 2 mm, porosity 0.6"), std::string::npos) << said;
  EXPECT_NE(said.find(std::to_string(kBeams.handles()) + " handles"), std::string::npos) << said;
}

TEST(Lattice, IsReplacedByItsHullOnRequest) {
  const MeshOutput output = mesh_text(
      body_of_beams(", lattice: {replace: {material: {youngs_modulus_mpa: 3000, poisson_ratio: "
                    "0.3}}}") +
          "mesh: {element_size_mm: 2.5}\n",
      1, ::testing::TempDir());
  EXPECT_NEAR(output.facts.bodies(0).volume_mm3(), 1000, 30);
  EXPECT_NE(lattice_message(output.facts).find("replaced by a solid"), std::string::npos);
}

TEST(Lattice, OverTheBudgetIsRefusedWithTheRemedy) {
  std::string said;
  EXPECT_EQ(codes_of(body_of_beams("") + "accuracy: {max_unknowns: 100000}\n", &said,
                     ::testing::TempDir()),
            "LATTICE_TOO_FINE");
  EXPECT_NE(said.find("1.408e+05 unknowns"), std::string::npos) << said;
}

TEST(Lattice, ASolidPartIsNone) {
  std::ofstream(::testing::TempDir() + "/solid.stl")
      << testing::ascii_stl(testing::box({0, 0, 0}, {9, 9, 9}));
  EXPECT_EQ(
      codes_of("bodies:\n  - {name: end, file: solid.stl, length_unit: mm, lattice: {replace: "
               "{material: {youngs_modulus_mpa: 3000, poisson_ratio: 0.3}}}}\n",
               nullptr, ::testing::TempDir()),
      "LATTICE_NOT_FOUND");
}

}  // namespace
}  // namespace proofload::meshing
