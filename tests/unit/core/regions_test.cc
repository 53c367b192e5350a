#include "proofload/core/regions.h"

#include <gtest/gtest.h>

#include "proofload/core/case_reader.h"
#include "proofload/core/designs.h"
#include "proofload/core/validate.h"

namespace proofload {
namespace {

const std::string kHead = R"(schema: proofload/v1
name: regions
bodies:
  - name: implant
    shape: {box: {min_mm: [0, 0, 0], max_mm: [4, 4, 40]}}
    material: {youngs_modulus_mpa: 114000, poisson_ratio: 0.34}
    role: implant
    priority: 5
    regions:
)";
const std::string kTail = R"(
  - name: bone
    role: bone
    shape: {box: {min_mm: [-5, -5, -10], max_mm: [9, 9, 0]}}
    material: {youngs_modulus_mpa: 100, poisson_ratio: 0.2}
    regions:
      - {name: cortex, shell: {thickness_mm: 1}, material: {youngs_modulus_mpa: 12000, poisson_ratio: 0.3}}
interfaces: [{between: [implant, bone], kind: separate}]
places:
  ground: {plane: {normal: [0, 0, 1], offset_mm: -10}}
  foot: {plane: {normal: [0, 0, 1], offset_mm: 0}, body: implant}
  head: {plane: {normal: [0, 0, 1], offset_mm: 40}, body: implant}
supports: [{name: ground, at: ground, fix: [x, y, z]}]
load_cases: [{name: axial, loads: [{at: head, distributed: {force_n: [0, 0, -5]}}]}]
designs: {member: {bodies: [implant], support_at: foot, load_at: head}}
)";
const std::string kPorous =
    "      - {name: porous, depth_from: {body: bone, depth_mm: 6}, role: porous, "
    "material: {youngs_modulus_mpa: 3000, poisson_ratio: 0.3}}\n";

std::vector<Problem> problems_of(const std::string& regions) {
  return validate(parse_case(kHead + regions + kTail, "case.yaml"), {}, "");
}

v1::Case resolved() {
  const CaseText text = parse_case(kHead + kPorous + kTail, "case.yaml");
  EXPECT_TRUE(validate(text, {}, "").empty());
  return resolve(text.value, {});
}

TEST(Regions, BecomeBodiesBehindThoseGiven) {
  const v1::Case value = resolved();
  ASSERT_EQ(value.bodies_size(), 4);
  EXPECT_EQ(value.bodies(2).name(), "porous");
  EXPECT_EQ(value.bodies(2).role(), v1::Role::porous);
  EXPECT_EQ(value.bodies(2).material().youngs_modulus_mpa(), 3000);
  EXPECT_EQ(value.bodies(2).part_of().body(), "implant");
  EXPECT_EQ(value.bodies(3).role(), v1::Role::bone);  // that of the body
  EXPECT_EQ(value.bodies(0).regions_size(), 0);
}

TEST(Regions, HoldLikeTheirBodyUnlessTheCaseSaysOtherwise) {
  using Kind = v1::Interface::Kind;
  v1::Case value = resolved();
  const auto kind = [&](int a, int b) {
    return interface_kind(value, value.bodies(a), value.bodies(b));
  };
  EXPECT_EQ(kind(0, 2), Kind::bonded);    // region and its body
  EXPECT_EQ(kind(2, 1), Kind::separate);  // as implant and bone
  EXPECT_EQ(kind(2, 3), Kind::separate);
  v1::Interface& own = *value.add_interfaces();
  own.add_between("cortex"), own.add_between("porous");
  own.set_kind(Kind::bonded);
  EXPECT_EQ(kind(2, 3), Kind::bonded);
  EXPECT_EQ(kind(2, 1), Kind::separate);
}

TEST(Regions, KeepTheirSpaceBeforeTheirBodyAndNoOther) {
  const v1::Case value = resolved();
  EXPECT_TRUE(keeps_shared_space(value, 2, 0));  // porous before implant
  EXPECT_TRUE(keeps_shared_space(value, 3, 1));  // cortex before bone
  EXPECT_TRUE(keeps_shared_space(value, 0, 3));  // implant before cortex
  EXPECT_FALSE(keeps_shared_space(value, 1, 2));
}

TEST(Regions, GoWithTheirBodyIntoTheMemberAndAreStillMeasuredFromTheBone) {
  const v1::Case value = resolved();
  const auto designs = expand_designs(value, {});
  ASSERT_EQ(designs.size(), 2u);
  const v1::Case& member = designs[1].value;
  ASSERT_EQ(member.bodies_size(), 2);
  EXPECT_EQ(member.bodies(1).name(), "porous");
  ASSERT_EQ(member.measured_bodies_size(), 1);
  EXPECT_EQ(member.measured_bodies(0).name(), "bone");
}

TEST(Regions, WrongOnesAreToldAtTheirLine) {
  const std::string material = ", material: {youngs_modulus_mpa: 1, poisson_ratio: 0.3}";
  const struct {
    std::string entry, code, path;
  } wrong[] = {
      {"name: a" + material, "MISSING", "bodies[0].regions[0]"},
      {"name: a, shell: {thickness_mm: 1}, plane: {normal: [0, 0, 1], offset_mm: 1}" + material,
       "TOO_MANY", "bodies[0].regions[0]"},
      {"name: a, plane: {normal: [0, 0, 0], offset_mm: 1}" + material, "ZERO_DIRECTION",
       "bodies[0].regions[0].plane.normal"},
      {"name: a, box: {min_mm: [0, 0, 1], max_mm: [1, 1, 1]}" + material, "EMPTY_SHAPE",
       "bodies[0].regions[0].box"},
      {"name: a, depth_from: {body: implant, depth_mm: 1}" + material, "SAME_BODY",
       "bodies[0].regions[0].depth_from.body"},
      {"name: a, depth_from: {body: cortex, depth_mm: 1}" + material, "REGION_OF_REGION",
       "bodies[0].regions[0].depth_from.body"},
      {"name: a, depth_from: {body: bones, depth_mm: 1}" + material, "UNKNOWN_NAME",
       "bodies[0].regions[0].depth_from.body"},
      {"name: a, shell: {thickness_mm: 0}" + material, "OUT_OF_RANGE",
       "bodies[0].regions[0].shell.thickness_mm"},
      {"name: bone, shell: {thickness_mm: 1}" + material, "DUPLICATE_NAME",
       "bodies[0].regions[0].name"},
      {"name: a, shell: {thickness_mm: 1}, material: {youngs_modulus_mpa: 1}", "MISSING",
       "bodies[0].regions[0].material.poisson_ratio"},
  };
  for (const auto& one : wrong) {
    const auto found = problems_of("      - {" + one.entry + "}\n");
    bool told = false;
    std::string all;
    for (const Problem& problem : found) {
      told = told || (problem.code == one.code && problem.path == one.path && problem.line == 10);
      all += to_string(problem) + "\n";
    }
    EXPECT_TRUE(told) << one.entry << "\n" << all;
  }
}

}  // namespace
}  // namespace proofload
