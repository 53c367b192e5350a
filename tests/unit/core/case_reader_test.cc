#include "proofload/core/case_reader.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "proofload/core/validate.h"

namespace proofload {
namespace {

const char* kGood = R"(schema: proofload/v1
name: box
bodies:
  - {name: block, shape: {box: {min_mm: [0, 0, 0], max_mm: [1, 1, 2]}}, material: {youngs_modulus_mpa: 100, poisson_ratio: 0.2}}
places:
  foot: {plane: {normal: [0, 0, 1], offset_mm: 0}}
  head: {plane: {normal: [0, 0, 1], offset_mm: 2}}
supports:
  - {name: ground, at: foot, fix: [x, y, z]}
load_cases:
  - name: axial
    loads:
      - {at: head, distributed: {force_n: [0, 0, -5]}}
)";

std::vector<Problem> problems_of(const std::string& yaml) {
  return validate(parse_case(yaml, "case.yaml"), Library{}, "");
}

/// The good case with one piece of its text exchanged.
std::vector<Problem> changed(const std::string& from, const std::string& to) {
  std::string text = kGood;
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return problems_of(text.replace(at, from.size(), to));
}

void expect_one(const std::vector<Problem>& problems, const std::string& code,
                const std::string& path, int line) {
  ASSERT_EQ(problems.size(), 1u) << (problems.size() > 1 ? to_string(problems[1]) : "");
  EXPECT_EQ(problems[0].code, code) << to_string(problems[0]);
  EXPECT_EQ(problems[0].path, path);
  EXPECT_EQ(problems[0].line, line);
  EXPECT_FALSE(problems[0].remedy.empty());
}

TEST(CaseReader, AcceptsAGoodCase) {
  EXPECT_TRUE(problems_of(kGood).empty());
  const CaseText text = parse_case(kGood, "case.yaml");
  EXPECT_EQ(text.value.bodies(0).material().youngs_modulus_mpa(), 100);
  EXPECT_EQ(text.positions.at("bodies[0].material.poisson_ratio").line, 4);
}

TEST(CaseReader, UnknownKeyNamesTheNearest) {
  const auto problems = changed("supports:", "suports:");
  ASSERT_FALSE(problems.empty());
  EXPECT_EQ(problems[0].code, "UNKNOWN_KEY");
  EXPECT_EQ(problems[0].line, 8);
  EXPECT_NE(problems[0].remedy.find("supports"), std::string::npos);
}

TEST(CaseReader, DuplicateKey) {
  expect_one(changed("name: box", "name: box\nname: other"), "DUPLICATE_KEY", "name", 3);
}

TEST(CaseReader, WrongTypesAndNumbers) {
  expect_one(changed("offset_mm: 2", "offset_mm: 2mm"), "NOT_A_NUMBER",
             "places.head.plane.offset_mm", 7);
  expect_one(changed("offset_mm: 2", "offset_mm: .nan"), "NOT_A_NUMBER",
             "places.head.plane.offset_mm", 7);
  expect_one(changed("offset_mm: 2", "offset_mm: 1e999"), "NOT_A_NUMBER",
             "places.head.plane.offset_mm", 7);
  expect_one(changed("max_mm: [1, 1, 2]", "max_mm: [1, 1]"), "WRONG_COUNT",
             "bodies[0].shape.box.max_mm", 4);
}

TEST(CaseReader, RangesNameTheLimit) {
  expect_one(changed("youngs_modulus_mpa: 100", "youngs_modulus_mpa: -3"), "OUT_OF_RANGE",
             "bodies[0].material.youngs_modulus_mpa", 4);
  expect_one(changed("poisson_ratio: 0.2", "poisson_ratio: 0.5"), "OUT_OF_RANGE",
             "bodies[0].material.poisson_ratio", 4);
}

TEST(CaseReader, NamesMustExist) {
  expect_one(changed("at: head", "at: haed"), "UNKNOWN_NAME", "load_cases[0].loads[0].at", 13);
}

TEST(CaseReader, UnconstrainedAndLoadOnNothing) {
  expect_one(changed("supports:\n  - {name: ground, at: foot, fix: [x, y, z]}\n", ""),
             "UNCONSTRAINED", "load_cases[0]", 9);
  expect_one(changed("at: head, ", ""), "MISSING", "load_cases[0].loads[0].at", 13);
  expect_one(changed("force_n: [0, 0, -5]", "force_n: [0, 0, 0]"), "ZERO_LOAD",
             "load_cases[0].loads[0]", 13);
}

TEST(CaseReader, EdgesAreHeldAndMovedButNotLoaded) {
  const std::string side = "  side: {plane: {normal: [1, 0, 0], offset_mm: 0}}\n";
  const std::string foot = "  foot: {plane: {normal: [0, 0, 1], offset_mm: 0}}\n";
  EXPECT_TRUE(changed(foot, foot + side + "  edge: {common_to: [foot, side]}\n").empty());
  expect_one(changed(foot, foot + "  edge: {common_to: [foot]}\n"), "WRONG_COUNT",
             "places.edge.common_to", 7);
  expect_one(changed(foot, foot + side + "  edge: {common_to: [foot, side], body: block}\n"),
             "TOO_MANY", "places.edge", 8);
  expect_one(changed("  head: {plane: {normal: [0, 0, 1], offset_mm: 2}}\n",
                     side + "  head: {common_to: [foot, side]}\n"),
             "PLACE_WITHOUT_AREA", "load_cases[0].loads[0].at", 14);
}

TEST(CaseReader, ListsAllProblemsAtOnce) {
  std::string text = kGood;
  text.replace(text.find("name: box"), 9, "nmae: box");
  text.replace(text.find("offset_mm: 0"), 12, "offset_mm: x");
  text.replace(text.find("youngs_modulus_mpa: 100"), 23, "youngs_modulus_mpa: 0");
  const auto problems = problems_of(text);
  for (const char* code : {"UNKNOWN_KEY", "NOT_A_NUMBER", "OUT_OF_RANGE", "MISSING"}) {
    EXPECT_TRUE(std::any_of(problems.begin(), problems.end(),
                            [&](const Problem& p) { return p.code == code; }))
        << code;
  }
}

TEST(CaseReader, WhatIsNoYamlSaysWhere) {
  try {
    parse_case("name: [1, 2\nbodies: }", "case.yaml");
    FAIL();
  } catch (const InvalidInput& invalid) {
    EXPECT_EQ(invalid.problems()[0].code, "YAML_SYNTAX");
    EXPECT_GT(invalid.problems()[0].line, 0);
  }
  EXPECT_THROW(parse_case("", "case.yaml"), InvalidInput);
  EXPECT_THROW(parse_case(std::string(100000, '['), "case.yaml"), InvalidInput);
}

TEST(CaseReader, MaterialByNameOfTheLibrary) {
  Library library;
  library.materials["steel"].set_name("steel");
  library.materials["steel"].set_youngs_modulus_mpa(200000);
  std::string text = kGood;
  const std::string given = "{youngs_modulus_mpa: 100, poisson_ratio: 0.2}";
  text.replace(text.find(given), given.size(), "steel");
  const CaseText read = parse_case(text, "case.yaml");
  EXPECT_TRUE(validate(read, library, "").empty());
  EXPECT_EQ(resolve(read.value, library).bodies(0).material().youngs_modulus_mpa(), 200000);
  text.replace(text.find("steel"), 5, "steal");
  const auto problems = validate(parse_case(text, "case.yaml"), library, "");
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_NE(problems[0].remedy.find("steel"), std::string::npos);
}

}  // namespace
}  // namespace proofload
