#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <limits>

#include "proofload/core/problem.h"
#include "proofload/meshing/surface.h"
#include "surface_samples.h"

namespace proofload::meshing {
namespace {

using testing::ascii_stl;
using testing::binary_stl;
using testing::box;
using ::testing::HasSubstr;
using testing::TemporaryFile;

const TriangleSoup kBox = box({0, 0, 0}, {10, 20, 30});

/// The only problem that reading gives.
Problem problem_of(const std::string& name, const std::string& bytes, double scale = 1) {
  const TemporaryFile file(name, bytes);
  try {
    read_surface(file.path(), scale);
  } catch (const InvalidInput& invalid) {
    EXPECT_EQ(invalid.problems().size(), 1u);
    EXPECT_EQ(invalid.problems()[0].path, file.path());
    EXPECT_FALSE(invalid.problems()[0].remedy.empty());
    return invalid.problems()[0];
  }
  ADD_FAILURE() << "nothing was wrong with " << name;
  return {};
}

TEST(StlReader, BinaryIsToldByItsSizeThoughItsHeaderSaysSolid) {
  const TemporaryFile file("box.stl", binary_stl(kBox, "solid box of ten"));
  const TriangleSoup soup = read_stl(file.path(), 1);
  EXPECT_EQ(soup.triangles.size(), 12u);
  EXPECT_EQ(soup.points.size(), 8u);
  EXPECT_EQ(soup.solid_names, std::vector<std::string>{"box of ten"});
}

TEST(StlReader, AsciiKeepsTheNamesOfItsSolidsAndScales) {
  const TriangleSoup other = box({40, 0, 0}, {50, 10, 10});
  const TemporaryFile file("two.stl", ascii_stl(kBox, "left part") + ascii_stl(other, "right"));
  const TriangleSoup soup = read_stl(file.path(), 10);
  EXPECT_EQ(soup.triangles.size(), 24u);
  EXPECT_EQ(soup.points.size(), 16u);
  EXPECT_EQ(soup.solid_names, (std::vector<std::string>{"left part", "right"}));
  EXPECT_EQ(soup.solids.front(), 0);
  EXPECT_EQ(soup.solids.back(), 1);
  const SurfaceFacts facts = examine_surface(soup);
  EXPECT_DOUBLE_EQ(facts.max[0], 500);
  EXPECT_DOUBLE_EQ(facts.max[2], 300);
}

TEST(StlReader, EmptyFiles) {
  EXPECT_EQ(problem_of("none.stl", "").code, "STL_EMPTY");
  EXPECT_EQ(problem_of("text.stl", "solid nothing\nendsolid nothing\n").code, "STL_EMPTY");
  EXPECT_EQ(problem_of("binary.stl", std::string(84, '\0')).code, "STL_EMPTY");
}

TEST(StlReader, TruncatedBinaryGivesBytesAndFacet) {
  const std::string bytes = binary_stl(kBox).substr(0, 84 + 50 * 7 + 13);
  const Problem problem = problem_of("cut.stl", bytes);
  EXPECT_EQ(problem.code, "STL_TRUNCATED");
  EXPECT_THAT(problem.message, HasSubstr("684 bytes"));
  EXPECT_THAT(problem.message, HasSubstr("447"));
  EXPECT_THAT(problem.message, HasSubstr("facet 8"));
}

TEST(StlReader, BytesBehindTheLastFacet) {
  EXPECT_EQ(problem_of("long.stl", binary_stl(kBox) + std::string(7, 'x')).code,
            "STL_TRAILING_BYTES");
}

TEST(StlReader, BinaryNotANumberHasFacetAndOffset) {
  std::string bytes = binary_stl(kBox);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  std::memcpy(&bytes[84 + 50 * 4 + 12 + 12], &nan, 4);
  const Problem problem = problem_of("nan.stl", bytes);
  EXPECT_EQ(problem.code, "STL_NOT_FINITE");
  EXPECT_THAT(problem.message, HasSubstr("vertex 2 of facet 5 (byte offset 308)"));
}

TEST(StlReader, AsciiNotANumberHasItsLine) {
  std::string text = ascii_stl(kBox);
  text.replace(text.find("vertex "), 7, "vertex nan ");
  text.erase(text.find("nan ") + 4, text.find(' ', text.find("nan ") + 4) - text.find("nan ") - 3);
  const Problem problem = problem_of("nan.stl", text);
  EXPECT_EQ(problem.code, "STL_NOT_FINITE");
  EXPECT_EQ(problem.line, 4);
}

TEST(StlReader, SyntaxHasLineColumnAndText) {
  std::string text = ascii_stl(kBox);
  text.replace(text.find("endloop"), 7, "enloop!");
  const Problem problem = problem_of("typo.stl", text);
  EXPECT_EQ(problem.code, "STL_SYNTAX");
  EXPECT_EQ(problem.line, 7);
  EXPECT_EQ(problem.column, 2);
  EXPECT_THAT(problem.message, HasSubstr("\"enloop!\""));
}

TEST(StlReader, AsciiThatEndsEarly) {
  const std::string text = ascii_stl(kBox);
  const Problem problem = problem_of("cut.stl", text.substr(0, text.size() / 2));
  EXPECT_TRUE(problem.code == "STL_TRUNCATED" || problem.code == "STL_SYNTAX") << problem.code;
  EXPECT_EQ(problem_of("noend.stl", text.substr(0, text.rfind("endsolid"))).code, "STL_TRUNCATED");
}

TEST(StlReader, LinesAndCoordinatesHaveLimits) {
  EXPECT_EQ(problem_of("wide.stl", "solid a\n" + std::string(2000, ' ') + "\n").code, "STL_SYNTAX");
  EXPECT_EQ(problem_of("far.stl", binary_stl(kBox), 1000).code, "STL_COORDINATE_RANGE");
}

TEST(StlReader, MissingFile) {
  try {
    read_stl("no/such/file.stl", 1);
    FAIL();
  } catch (const InvalidInput& invalid) {
    EXPECT_EQ(invalid.problems()[0].code, "FILE_NOT_READABLE");
  }
}

TEST(SurfaceReader, ObjWithQuadsAndCountedBackCorners) {
  const TemporaryFile file("quad.obj",
                           "# a square\nv 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nf 1/1 2/2 3/3 -1\n");
  const TriangleSoup soup = read_surface(file.path(), 1000);
  EXPECT_EQ(soup.triangles.size(), 2u);
  EXPECT_DOUBLE_EQ(examine_surface(soup).area_mm2, 1e6);
}

TEST(SurfaceReader, ObjFaultsHaveTheirLine) {
  const Problem problem = problem_of("bad.obj", "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 4\n");
  EXPECT_EQ(problem.code, "MESH_SYNTAX");
  EXPECT_EQ(problem.line, 4);
  EXPECT_EQ(problem_of("nan.obj", "v 0 inf 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n").code,
            "MESH_NOT_FINITE");
}

TEST(SurfaceReader, OffIsReadAndOtherEndingsAreRefused) {
  const TemporaryFile file("tri.off", "OFF\n3 1 0\n0 0 0\n2 0 0\n0 2 0\n3 0 1 2\n");
  EXPECT_DOUBLE_EQ(examine_surface(read_surface(file.path(), 1)).area_mm2, 2);
  EXPECT_EQ(problem_of("part.xyz", "x").code, "MESH_FORMAT");
}

}  // namespace
}  // namespace proofload::meshing
