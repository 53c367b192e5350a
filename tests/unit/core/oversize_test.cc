/// Oversized variants: what of a case moves, and what does not.
#include "proofload/core/oversize.h"

#include <gtest/gtest.h>

#include <set>

#include "proofload/core/case_reader.h"
#include "proofload/core/validate.h"
#include "proofload/v1/options.pb.h"

namespace proofload {
namespace {

const char kCase[] = R"(
schema: proofload/v1
name: strut
bodies:
  - name: strut
    shape: {box: {min_mm: [0, 0, 0], max_mm: [10, 10, 50]}}
    material: {youngs_modulus_mpa: 1, poisson_ratio: 0.3}
    regions:
      - {name: end, plane: {normal: [0, 0, 2], offset_mm: 45}, material: {youngs_modulus_mpa: 1, poisson_ratio: 0.3}}
places:
  low: {plane: {normal: [0, 0, 1], offset_mm: 0}}
  high: {plane: {normal: [0, 0, 1], offset_mm: 50}}
  high_from_above: {plane: {normal: [0, 0, -1], offset_mm: -50}}
  side: {plane: {normal: [1, 0, 0], offset_mm: 10}}
  tilted: {plane: {normal: [0, 0.6, 0.8], offset_mm: 40}}
  window: {box: {min_mm: [0, 0, 10], max_mm: [1, 1, 40]}}
supports:
  - {name: ground, at: low, fix: [x, y, z]}
load_cases:
  - {name: push, loads: [{at: high, rigid: {force_n: [0, 0, -1], point_mm: [5, 5, 50], acts_at_mm: [5, 5, 10]}}]}
probes:
  - {name: a, quantity: displacement, component: z, point_mm: [0, 0, 20]}
  - {name: b, quantity: displacement, component: z, point_mm: [0, 0, 20.001]}
mesh: {refine: [{center_mm: [0, 0, 30], radius_mm: 25, element_size_mm: 1}]}
oversize: {point_mm: [5, 5, 20], direction: [0, 0, 3], by_mm: 4}
)";

v1::Case resolved(const std::string& yaml = kCase) {
  const CaseText text = parse_case(yaml, "test.yaml");
  EXPECT_TRUE(text.problems.empty());
  return resolve(text.value, {});
}

double offset(const v1::Case& value, const std::string& place) {
  return value.places().at(place).plane().offset_mm();
}

TEST(Oversize, MovesWhatLiesBeyondTheCut) {
  const v1::Case value = resolved();
  EXPECT_EQ(value.load_cases(0).loads(0).rigid().point_mm(2), 54);
  EXPECT_EQ(value.load_cases(0).loads(0).rigid().acts_at_mm(2), 10);
  EXPECT_EQ(value.probes(0).point_mm(2), 20);
  EXPECT_EQ(value.probes(1).point_mm(2), 24.001);
  EXPECT_EQ(value.mesh().refine(0).center_mm(2), 34);
  EXPECT_EQ(value.mesh().refine(0).radius_mm(), 25);
  EXPECT_EQ(value.places().at("window").box().min_mm(2), 10);
  EXPECT_EQ(value.places().at("window").box().max_mm(2), 44);
}

TEST(Oversize, MovesPlanesByWhereTheyMeetTheAxis) {
  const v1::Case value = resolved();
  EXPECT_EQ(offset(value, "low"), 0);
  EXPECT_EQ(offset(value, "high"), 54);
  EXPECT_EQ(offset(value, "high_from_above"), -54);
  EXPECT_EQ(offset(value, "side"), 10);
  // Through (5, 5, 46.25), moved by 4 along z: 0.6 y + 0.8 (z - 4) = 40.
  EXPECT_NEAR(offset(value, "tilted"), 43.2, 1e-12);
  const v1::Body& end = value.bodies(1);
  EXPECT_EQ(end.part_of().region().plane().offset_mm(), 49);
}

TEST(Oversize, LeavesShapesToTheMesherAndIsAppliedOnce) {
  v1::Case value = resolved();
  EXPECT_EQ(value.bodies(0).shape().box().max_mm(2), 50);
  EXPECT_EQ(value.bodies(0).oversize().by_mm(), 4);
  EXPECT_FALSE(value.bodies(1).has_oversize());  // a region is cut out of its body
  EXPECT_FALSE(value.has_oversize());
  EXPECT_EQ(value.name(), "strut, longer by 4 mm");
  const v1::Case again = resolve(value, {});
  EXPECT_EQ(again.DebugString(), value.DebugString());
}

TEST(Oversize, WrongOnesAreToldAtTheirLine) {
  const auto codes = [](std::string yaml, const std::string& from, const std::string& to) {
    yaml.replace(yaml.find(from), from.size(), to);
    std::string found;
    for (const Problem& problem : validate(parse_case(yaml, "test.yaml"), {}, "")) {
      found += problem.code + " " + problem.path + ";";
      EXPECT_GT(problem.line, 0);
    }
    return found;
  };
  EXPECT_EQ(codes(kCase, "[0, 0, 3]", "[0, 0, 3]"), "");
  EXPECT_EQ(codes(kCase, "[0, 0, 3]", "[0, 0, 0]"), "ZERO_DIRECTION oversize.direction;");
  EXPECT_EQ(codes(kCase, "[0, 0, 3]", "[0, 1, 3]"), "OVERSIZE_BOX places.window.box;");
  EXPECT_EQ(codes(kCase, "by_mm: 4", "by_mm: -4"), "OUT_OF_RANGE oversize.by_mm;");
  EXPECT_EQ(codes(kCase, "    regions:",
                  "    modulus_field: {value: 1, gradient_per_mm: [0, 0, 1]}\n    regions:"),
            "OVERSIZE_FIELD bodies[0].modulus_field.gradient_per_mm;");
  EXPECT_EQ(
      codes(kCase, "    regions:",
            "    oversize: {point_mm: [0, 0, 1], direction: [0, 0, 1], by_mm: 1}\n    regions:"),
      "UNKNOWN_KEY bodies[0].oversize;");
  EXPECT_EQ(
      codes(kCase, "probes:",
            "designs: {construct: {replaces: [strut], path_mm: [0, 0, 0, 0, 0, 50], interfaces: "
            "[{between: [clamp, rod], kind: bonded}], bodies: [{name: clamp, shape: {sphere: "
            "{center_mm: [0, 0, 0], diameter_mm: 5}}, material: {youngs_modulus_mpa: 1, "
            "poisson_ratio: 0.3}, modulus_field: {value: 1, gradient_per_mm: [0, 0, 1]}}]}}\n"
            "probes:"),
      "OVERSIZE_FIELD designs.construct.bodies[0].modulus_field.gradient_per_mm;");
}

/// Every list of coordinates of the data model is marked, or is known to be none of a place.
TEST(Oversize, KnowsEveryFieldOfCoordinates) {
  const std::set<std::string> none = {
      "proofload.v1.Body.shift_mm",
      "proofload.v1.Oversize.point_mm",
  };
  std::set<const google::protobuf::Descriptor*> seen;
  const std::function<void(const google::protobuf::Descriptor*)> visit =
      [&](const google::protobuf::Descriptor* type) {
        if (type == v1::Shape::descriptor() || !seen.insert(type).second) return;
        for (int i = 0; i < type->field_count(); ++i) {
          const google::protobuf::FieldDescriptor* field = type->field(i);
          if (field->message_type() != nullptr) visit(field->message_type());
          const v1::FieldRule& rule = field->options().GetExtension(v1::rule);
          if (!field->is_repeated() || rule.unit() != "mm") continue;
          EXPECT_NE(rule.points(), none.count(field->full_name()) != 0) << field->full_name();
        }
      };
  visit(v1::Case::descriptor());
  EXPECT_GT(seen.size(), 30u);
}

}  // namespace
}  // namespace proofload
