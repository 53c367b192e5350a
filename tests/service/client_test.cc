/// The command line: what it prints, where, and with which exit code.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "test_support.h"

namespace proofload {
namespace {

namespace fs = std::filesystem;
using namespace proofload::testing;
using ::testing::HasSubstr;

const char* const kTetrahedron = R"(solid wedge
facet normal 0 0 -1
outer loop
vertex 0 0 0
vertex 0 10 0
vertex 10 0 0
endloop
endfacet
facet normal 0 -1 0
outer loop
vertex 0 0 0
vertex 10 0 0
vertex 0 0 10
endloop
endfacet
facet normal -1 0 0
outer loop
vertex 0 0 0
vertex 0 0 10
vertex 0 10 0
endloop
endfacet
facet normal 1 1 1
outer loop
vertex 10 0 0
vertex 0 10 0
vertex 0 0 10
endloop
endfacet
endsolid wedge
)";

class ClientTest : public ::testing::Test {
 protected:
  int run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), program("proofload"));
    fs::remove(log());
    return run_program(arguments, log());
  }
  std::string log() const { return scratch_.path() + "/log"; }
  std::string output() const { return read_text(log()); }
  std::string write_case(const std::string& text) {
    write_text(scratch_.path() + "/case.yaml", text);
    return scratch_.path() + "/case.yaml";
  }

  TestFolder scratch_;
};

TEST_F(ClientTest, ChecksAValidCase) {
  EXPECT_EQ(run({"check", write_case(bar_case(3))}), 0) << output();
  EXPECT_THAT(output(), HasSubstr("place head: 25 mm2"));
}

TEST_F(ClientTest, PrintsEveryProblemWithItsLine) {
  std::string text = bar_case(3);
  text.replace(text.find("poisson_ratio: 0.3"), 18, "poisson_ratio: 0.7");
  text.replace(text.find("at: head"), 8, "at: tail");
  EXPECT_EQ(run({"check", write_case(text)}), 3);
  EXPECT_THAT(output(), HasSubstr("case.yaml:4:"));
  EXPECT_THAT(output(), HasSubstr("OUT_OF_RANGE bodies[0].material.poisson_ratio: "));
  EXPECT_THAT(output(), HasSubstr("case.yaml:13:"));
  EXPECT_THAT(output(), HasSubstr("Remedy: "));
}

TEST_F(ClientTest, RefusesWrongUsage) {
  EXPECT_EQ(run({}), 3);
  EXPECT_EQ(run({"run"}), 3);
  EXPECT_EQ(run({"run", "no-such-case"}), 3);
  EXPECT_EQ(run({"run", write_case(bar_case(3)), "--ranks", "0"}), 3);
  EXPECT_EQ(run({"check", write_case(bar_case(3)), "--file", "nonsense"}), 3);
  EXPECT_EQ(run({"check", write_case(bar_case(3)), "--file", "ghost=/etc/hostname"}), 3);
  EXPECT_EQ(run({"--help"}), 0);
}

TEST_F(ClientTest, NeedsAServerForCommandsAboutRuns) { EXPECT_EQ(run({"list"}), 3); }

TEST_F(ClientTest, WritesAStarterFromGeometry) {
  const std::string file = scratch_.path() + "/wedge.stl", starter = scratch_.path() + "/case.yaml";
  write_text(file, kTetrahedron);
  EXPECT_EQ(run({"init", file}), 3) << "the unit is never guessed";
  EXPECT_EQ(run({"init", file, "--length-unit", "mm", "--out", starter}), 0) << output();
  const std::string text = read_text(starter);
  EXPECT_THAT(text, HasSubstr("[0, 0, 0] to [10, 10, 10] mm, volume 166.7 mm3"));
  EXPECT_THAT(text, HasSubstr("file: \"wedge.stl\", length_unit: mm"));
  EXPECT_EQ(run({"init", file, "--length-unit", "mm", "--out", starter}), 3) << "kept";
}

TEST_F(ClientTest, DrawsWhatIsWrongWithASurface) {
  std::string open(kTetrahedron);
  open.erase(open.rfind("facet normal"), open.rfind("endsolid") - open.rfind("facet normal"));
  write_text(scratch_.path() + "/open.stl", open);
  const std::string folder = scratch_.path() + "/wrong";
  EXPECT_EQ(
      run({"init", scratch_.path() + "/open.stl", "--length-unit", "mm", "--defects", folder}), 0)
      << output();
  EXPECT_GT(fs::file_size(folder + "/open.stl.png"), 5000u);
  EXPECT_GT(fs::file_size(folder + "/open.stl.vtp"), 500u);
}

TEST_F(ClientTest, WritesOversizedVariantsThatAreCasesOfTheirOwn) {
  const std::string given = write_case(bar_case(3)), out = scratch_.path() + "/variants";
  const std::vector<std::string> asked = {"oversize", given,    "--by-mm", "2,3.5",
                                          "--at",     "0,0,10", "--out",   out};
  ASSERT_EQ(run(asked), 0) << output();
  EXPECT_EQ(output(), out + "/plus_2\n" + out + "/plus_3.5\n");
  for (const std::string name : {"/plus_2", "/plus_3.5"}) {
    EXPECT_EQ(run({"check", out + name, "--no-mesh"}), 0) << output();
  }
  EXPECT_THAT(read_text(out + "/plus_2/case.yaml"), HasSubstr("by_mm: 2}"));
  EXPECT_EQ(run(asked), 3) << "kept";
  EXPECT_EQ(run({"oversize", given, "--by-mm", "1,1", "--at", "0,0,10", "--out", out}), 3);
  EXPECT_FALSE(std::filesystem::exists(out + "/plus_1"));
  EXPECT_EQ(run({"oversize", write_case(""), "--by-mm", "1", "--at", "0,0,10", "--out", out}), 3);
  EXPECT_EQ(run({"oversize", out + "/plus_2", "--by-mm", "1", "--at", "0,0,10", "--out",
                 scratch_.path() + "/again"}),
            3);
  EXPECT_THAT(output(), HasSubstr("OVERSIZE_TWICE"));
  EXPECT_EQ(run({"oversize", given, "--by-mm", "2,-1", "--at", "0,0,10", "--out",
                 scratch_.path() + "/none"}),
            3);
  EXPECT_FALSE(std::filesystem::exists(scratch_.path() + "/none")) << "all or nothing";
}

TEST_F(ClientTest, ShowsTheLibrary) {
  for (const char* kind : {"materials", "rods", "loads"}) {
    ASSERT_EQ(run({kind, "--json"}), 0);
    const auto entries = nlohmann::json::parse(output());
    ASSERT_FALSE(entries.empty()) << kind;
    const std::string name = entries.front().at("name");
    EXPECT_EQ(run({kind, name}), 0);
    EXPECT_THAT(output(), HasSubstr("citation"));
  }
  EXPECT_EQ(run({"materials", "unobtainium"}), 3);
}

TEST_F(ClientTest, TestsItselfAndItsInputs) {
  EXPECT_EQ(run({"selftest"}), 0) << output();
  EXPECT_THAT(output(), HasSubstr("selftest passed"));
  const std::string folder = scratch_.path() + "/run";
  ASSERT_EQ(run({"run", write_case(bar_case(3)), "--level", "quick", "--out", folder, "--json"}),
            2);
  EXPECT_THAT(output(), HasSubstr("\"verdict\": \"REVIEW\""));
  EXPECT_EQ(run({"verify", folder}), 0);
  write_text(folder + "/case.yaml", bar_case(2));
  EXPECT_EQ(run({"verify", folder}), 1);
  EXPECT_THAT(output(), HasSubstr("CHANGED"));
}

}  // namespace
}  // namespace proofload
