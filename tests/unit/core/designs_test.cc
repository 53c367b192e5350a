#include "proofload/core/designs.h"

#include <gtest/gtest.h>

#include "proofload/core/case_reader.h"
#include "proofload/core/validate.h"
#include "proofload/core/vec3.h"

namespace proofload {
namespace {

Library small_library() {
  Library library;
  v1::Material& titanium = library.materials["ti"];
  titanium.set_name("ti");
  titanium.set_youngs_modulus_mpa(114000);
  titanium.set_poisson_ratio(0.34);
  v1::ReferenceRodData& rod = library.rods["thin"];
  rod.set_name("thin");
  rod.set_diameter_mm(4);
  rod.set_material("ti");
  return library;
}

const char* kCase = R"(schema: proofload/v1
name: strut
bodies:
  - {name: strut, role: implant, shape: {box: {min_mm: [0, 0, 0], max_mm: [4, 4, 40]}}, material: ti}
  - {name: bone, role: bone, shape: {box: {min_mm: [-5, -5, -10], max_mm: [9, 9, 0]}}, material: {youngs_modulus_mpa: 100, poisson_ratio: 0.2}}
interfaces: [{between: [strut, bone], kind: bonded}]
places:
  ground: {plane: {normal: [0, 0, 1], offset_mm: -10}}
  foot: {plane: {normal: [0, 0, 1], offset_mm: 0}, body: strut}
  head: {plane: {normal: [0, 0, 1], offset_mm: 40}, body: strut}
  top: {plane: {normal: [0, 0, 1], offset_mm: 40}}
supports: [{name: ground, at: ground, fix: [x, y, z]}]
load_cases:
  - {name: axial, loads: [{at: top, distributed: {point_mm: [3, 2, 40], force_n: [0, 0, -500], moment_nmm: [10, 0, 0]}}, {at: top, distributed: {point_mm: [5, 2, 40], force_n: [0, 0, -100]}}]}
mesh: {refine: [{center_mm: [0, 0, 20], radius_mm: 3, element_size_mm: 1}]}
designs:
  reference_rods: [{rod: thin, path: straight}]
  member: {bodies: [strut], support_at: foot, load_at: head}
  construct: {replaces: [strut], path_mm: [2, 2, -5, 2, 2, 40], interfaces: [{between: [rod, bone], kind: bonded}]}
)";

v1::Case resolved_case(const Library& library) {
  const CaseText text = parse_case(kCase, "case.yaml");
  const auto problems = validate(text, library, "");
  EXPECT_TRUE(problems.empty()) << to_string(problems.empty() ? Problem{} : problems[0]);
  return resolve(text.value, library);
}

TEST(Designs, MemberKeepsItsBodiesAndTheWholeLoad) {
  const Library library = small_library();
  const auto designs = expand_designs(resolved_case(library), library);
  ASSERT_EQ(designs.size(), 3u);
  const v1::Case& member = designs[1].value;
  EXPECT_EQ(designs[1].name, "implant_member");
  ASSERT_EQ(member.bodies_size(), 1);
  EXPECT_EQ(member.interfaces_size(), 0);
  EXPECT_TRUE(member.supports(0).has_rigid());
  const v1::ForceMoment& load = member.load_cases(0).loads(0).rigid();
  EXPECT_EQ(vec3(load.force_n()), Vec3(0, 0, -600));
  EXPECT_EQ(vec3(load.acts_at_mm()), Vec3(3, 2, 40));
  EXPECT_EQ(member.mesh().refine_size(), 1);
  EXPECT_EQ(designs[2].value.mesh().refine_size(), 0);
  // The second force acts 2 mm further along x: (2, 0, 0) x (0, 0, -100) = (0, 200, 0).
  EXPECT_EQ(vec3(load.moment_nmm()), Vec3(10, 200, 0));
}

TEST(Designs, ConstructPutsTheRodInTheSameBone) {
  const Library library = small_library();
  const auto designs = expand_designs(resolved_case(library), library);
  const v1::Case& construct = designs[2].value;
  EXPECT_EQ(designs[2].name, "thin_construct");
  ASSERT_EQ(construct.bodies_size(), 2);
  EXPECT_EQ(construct.bodies(0).name(), "bone");
  EXPECT_EQ(construct.bodies(1).name(), "rod");
  EXPECT_EQ(construct.places().count("foot"), 0u);
  EXPECT_EQ(construct.places().count("top"), 1u);
  EXPECT_EQ(construct.load_cases_size(), 1);
}

TEST(Designs, RodMemberRunsBetweenTheCentroids) {
  const Library library = small_library();
  const v1::Case resolved = resolved_case(library);
  v1::MeshFacts facts;
  EXPECT_THROW(expand_rod_members(resolved, library, facts), std::runtime_error);
  for (const auto& [name, z] : {std::pair<const char*, double>{"foot", 0}, {"head", 40}}) {
    v1::PlaceFacts& place = *facts.add_places();
    place.set_name(name);
    set_vec3(place.mutable_centroid_mm(), Vec3(2, 2, z));
  }
  const auto rods = expand_rod_members(resolved, library, facts);
  ASSERT_EQ(rods.size(), 1u);
  EXPECT_EQ(rods[0].name, "thin_straight_member");
  const v1::Rod& shape = rods[0].value.bodies(0).shape().rod();
  EXPECT_EQ(vec3(shape.path_mm(), Vec3::Zero(), 3), Vec3(2, 2, 40));
  EXPECT_EQ(rods[0].value.bodies(0).material().youngs_modulus_mpa(), 114000);
}

}  // namespace
}  // namespace proofload
