#include "../../../solver/assessment/comparison.h"

#include <gtest/gtest.h>

#include <cmath>

namespace proofload::assessment {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Assessed side(double value, double low, double high, v1::Bound::Enum bound = v1::Bound::EXACT) {
  Assessed one;
  one.quantity.set_value(value);
  one.quantity.set_bound(bound);
  one.low = low;
  one.high = high;
  return one;
}

TEST(Ratio, IntervalOfBothSides) {
  const v1::Comparison c = ratio_of(side(100, 90, 110), side(10, 8, 12.5));
  EXPECT_EQ(c.ratio(), 10);
  EXPECT_NEAR(c.low(), 90 / 12.5, 1e-12);
  EXPECT_NEAR(c.high(), 110 / 8.0, 1e-12);
  EXPECT_EQ(c.bound(), v1::Bound::EXACT);
}

TEST(Ratio, RunOutsMakeBounds) {
  const Assessed run_out = side(1e7, 1e7, kInfinity, v1::Bound::AT_LEAST);
  const Assessed broken = side(1e6, 8e5, 1.2e6);
  const v1::Comparison above = ratio_of(run_out, broken);
  EXPECT_EQ(above.bound(), v1::Bound::AT_LEAST);
  EXPECT_EQ(above.ratio(), 10);
  EXPECT_NEAR(above.low(), 1e7 / 1.2e6, 1e-9);
  EXPECT_FALSE(above.has_high());
  const v1::Comparison below = ratio_of(broken, run_out);
  EXPECT_EQ(below.bound(), v1::Bound::AT_MOST);
  EXPECT_FALSE(below.has_low() && below.low() > 0);
  const v1::Comparison both = ratio_of(run_out, run_out);
  EXPECT_FALSE(both.has_ratio());
  EXPECT_NE(both.reason().find("run-outs"), std::string::npos);
  const Assessed early = side(1e4, 0, 1e4, v1::Bound::AT_MOST);
  EXPECT_EQ(ratio_of(run_out, early).bound(), v1::Bound::AT_LEAST);
  EXPECT_FALSE(ratio_of(early, early).has_ratio());
}

TEST(Ratio, MissingValuesAreSaid) {
  EXPECT_FALSE(ratio_of({}, side(1, 1, 1)).has_ratio());
  EXPECT_FALSE(ratio_of(side(1, 1, 1), {}).has_ratio());
  EXPECT_FALSE(ratio_of(side(NAN, 1, 1), side(1, 1, 1)).has_ratio());
  EXPECT_FALSE(ratio_of(side(1, 1, 1), side(0, 0, 0)).has_ratio());
  EXPECT_FALSE(ratio_of(side(1, 1, 1, v1::Bound::UNSPECIFIED), side(1, 1, 1)).has_ratio());
  const v1::Comparison no_error = ratio_of(side(4, NAN, NAN), side(2, 1.9, 2.1));
  EXPECT_EQ(no_error.ratio(), 2);
  EXPECT_FALSE(no_error.has_low());
  EXPECT_FALSE(no_error.reason().empty());
}

TEST(Least, OverTheBodiesThatCarry) {
  v1::Case value;
  for (const char* name : {"implant", "screw", "bone"}) {
    v1::Body& body = *value.add_bodies();
    body.set_name(name);
    body.set_role(std::string(name) == "bone" ? v1::Role::bone : v1::Role::implant);
  }
  AssessedList list = {side(5, 4, 6), side(3, 2, 4), side(1, 1, 1)};
  const char* bodies[] = {"implant", "screw", "bone"};
  for (int i = 0; i < 3; ++i) {
    list[i].quantity.set_name("first_yield_load_n");
    list[i].quantity.set_body(bodies[i]);
  }
  const Assessed least = least_of(list, value, "first_yield_load_n", "");
  EXPECT_EQ(least.quantity.value(), 3);
  EXPECT_EQ(least.low, 2);
  EXPECT_EQ(least.high, 4);
  list[0].quantity.clear_value();
  EXPECT_FALSE(least_of(list, value, "first_yield_load_n", "").quantity.has_value());
}

/// A run with an implant's and a rod's member design, each solved on one level.
RunData run_of_two() {
  RunData run;
  run.value.mutable_designs()->add_reference_rods()->set_rod("ti");
  run.value.mutable_designs()->mutable_member()->add_bodies("implant");
  DesignData implant, rod;
  implant.name = "implant_member";
  implant.kind = DesignKind::kMember;
  rod.name = "ti_member";
  rod.kind = DesignKind::kRodMember;
  rod.rod = "ti";
  LevelData level;
  level.meshed = level.solved = true;
  implant.levels = rod.levels = {level};
  run.designs = {implant, rod};
  return run;
}

TEST(Compare, OneDoubtfulSideIsEnough) {
  const RunData run = run_of_two();
  Assessed one = side(10, 9, 11);
  one.quantity.set_name("first_yield_load_n");
  for (const bool of_implant : {true, false}) {
    for (const bool unresolved : {true, false}) {
      Assessed doubtful = one;
      doubtful.quantity.set_unresolved(unresolved);
      doubtful.quantity.set_unconfirmed(!unresolved);
      const auto found = compare(run, {{"implant_member", {of_implant ? doubtful : one}},
                                       {"ti_member", {of_implant ? one : doubtful}}});
      bool any = false;
      for (const AssessedComparison& ratio : found) {
        if (ratio.comparison.quantity() != "first_yield_load_n") continue;
        any = true;
        EXPECT_EQ(ratio.comparison.ratio(), 1);
        EXPECT_EQ(ratio.unresolved, unresolved);
        EXPECT_EQ(ratio.unconfirmed, !unresolved);
      }
      EXPECT_TRUE(any);
    }
  }
}

}  // namespace
}  // namespace proofload::assessment
