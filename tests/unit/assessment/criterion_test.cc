#include "../../../solver/assessment/criterion.h"

#include <gtest/gtest.h>

#include <cmath>

namespace proofload::assessment {
namespace {

using Status = v1::CriterionStatus;

Evidence evidence(double value, double error, v1::Bound::Enum bound = v1::Bound::EXACT) {
  Evidence out;
  out.value = value;
  out.low = value - error;
  out.high = value + error;
  out.bound = bound;
  return out;
}

struct Row {
  const char* what;
  Evidence evidence;
  std::optional<double> at_least, at_most;
  Status::Enum status;
};

Evidence unresolved(Evidence e) {
  e.unresolved = true;
  return e;
}
Evidence unconfirmed(Evidence e) {
  e.unconfirmed = true;
  return e;
}
Evidence without_error(double value) {
  Evidence e;
  e.value = value;
  e.bound = v1::Bound::EXACT;
  return e;
}

// Every way a number can be wanting, against both kinds of limit.
TEST(Judge, TruthTable) {
  const auto none = std::optional<double>{};
  const double inf = std::numeric_limits<double>::infinity();
  Evidence inverted = evidence(2, 0.1);
  std::swap(inverted.low, inverted.high);
  const Row rows[] = {
      {"clearly above", evidence(2, 0.1), 1.5, none, Status::MET},
      {"clearly below", evidence(1, 0.1), 1.5, none, Status::NOT_MET},
      {"interval overlaps from above", evidence(1.55, 0.1), 1.5, none, Status::UNDECIDED},
      {"interval overlaps from below", evidence(1.45, 0.1), 1.5, none, Status::UNDECIDED},
      {"touches the limit", evidence(1.6, 1.6 - 1.5), 1.5, none, Status::MET},
      {"at most, clearly below", evidence(1, 0.1), none, 1.5, Status::MET},
      {"at most, clearly above", evidence(2, 0.1), none, 1.5, Status::NOT_MET},
      {"at most, overlap", evidence(1.45, 0.1), none, 1.5, Status::UNDECIDED},
      {"between two limits", evidence(2, 0.1), 1.5, 2.5, Status::MET},
      {"above the upper of two", evidence(3, 0.1), 1.5, 2.5, Status::NOT_MET},
      {"overlaps one of two", evidence(2.45, 0.1), 1.5, 2.5, Status::UNDECIDED},
      {"no limit", evidence(2, 0.1), none, none, Status::UNDECIDED},
      {"limit not a number", evidence(2, 0.1), NAN, none, Status::UNDECIDED},
      {"infinite limit", evidence(2, 0.1), none, inf, Status::UNDECIDED},
      {"missing", Evidence{}, 1.5, none, Status::UNDECIDED},
      {"not a number", evidence(NAN, 0.1), 1.5, none, Status::UNDECIDED},
      {"infinite", evidence(inf, 0.1), 1.5, none, Status::UNDECIDED},
      {"minus infinite", evidence(-inf, 0.1), 1.5, none, Status::UNDECIDED},
      {"error unknown, good side", without_error(9), 1.5, none, Status::UNDECIDED},
      {"error unknown, bad side", without_error(0.1), 1.5, none, Status::UNDECIDED},
      {"error not a number", evidence(9, NAN), 1.5, none, Status::UNDECIDED},
      {"error infinite", evidence(9, inf), 1.5, none, Status::UNDECIDED},
      {"interval upside down", inverted, 1.5, none, Status::UNDECIDED},
      {"unresolved, good side", unresolved(evidence(9, 0.1)), 1.5, none, Status::UNDECIDED},
      {"unresolved, bad side", unresolved(evidence(1, 0.1)), 1.5, none, Status::UNDECIDED},
      {"unconfirmed, good side", unconfirmed(evidence(9, 0.1)), 1.5, none, Status::UNDECIDED},
      {"unconfirmed, bad side", unconfirmed(evidence(1, 0.1)), 1.5, none, Status::NOT_MET},
      {"at least: enough", evidence(1e7, 0, v1::Bound::AT_LEAST), 5e6, none, Status::MET},
      {"at least: not enough", evidence(1e6, 0, v1::Bound::AT_LEAST), 5e6, none, Status::UNDECIDED},
      {"at least, upper limit", evidence(1e6, 0, v1::Bound::AT_LEAST), none, 5e6,
       Status::UNDECIDED},
      {"at least, breaks upper limit", evidence(1e7, 0, v1::Bound::AT_LEAST), none, 5e6,
       Status::NOT_MET},
      {"at most: too little", evidence(1e4, 0, v1::Bound::AT_MOST), 5e6, none, Status::NOT_MET},
      {"at most: could be enough", evidence(1e7, 0, v1::Bound::AT_MOST), 5e6, none,
       Status::UNDECIDED},
      {"at most, keeps upper limit", evidence(1e4, 0, v1::Bound::AT_MOST), none, 5e6, Status::MET},
      {"bound unspecified", evidence(9, 0.1, v1::Bound::UNSPECIFIED), 1.5, none, Status::UNDECIDED},
      {"bound unknown", evidence(9, 0.1, static_cast<v1::Bound::Enum>(77)), 1.5, none,
       Status::UNDECIDED},
      {"zero against zero", evidence(0, 0), 0.0, none, Status::MET},
      {"negative values", evidence(-2, 0.1), -1.0, none, Status::NOT_MET},
  };
  for (const Row& row : rows) {
    const Judgement judgement = judge(row.evidence, row.at_least, row.at_most);
    EXPECT_EQ(judgement.status, row.status) << row.what << ": " << judgement.why;
    EXPECT_FALSE(judgement.why.empty()) << row.what;
  }
}

v1::Case two_bodies() {
  v1::Case value;
  v1::Body& implant = *value.add_bodies();
  implant.set_name("implant");
  implant.set_role(v1::Role::implant);
  v1::Body& bone = *value.add_bodies();
  bone.set_name("bone");
  bone.set_role(v1::Role::bone);
  return value;
}

Assessed assessed(const std::string& name, const std::string& body, double value, double error) {
  Assessed one;
  one.quantity.set_name(name);
  one.quantity.set_body(body);
  one.quantity.set_load_case("axial");
  one.quantity.set_value(value);
  one.quantity.set_numerical_error(error);
  one.quantity.set_bound(v1::Bound::EXACT);
  one.low = value - error;
  one.high = value + error;
  return one;
}

v1::Criterion at_least(const std::string& quantity, double limit) {
  v1::Criterion criterion;
  criterion.set_quantity(quantity);
  criterion.set_at_least(limit);
  return criterion;
}

const std::map<std::string, double> kStocky{{"axial", 0.01}};

TEST(JudgeCriterion, BoneIsNotGatedUnlessNamed) {
  const AssessedList list = {assessed("yield_safety_factor", "implant", 3, 0.1),
                             assessed("yield_safety_factor", "bone", 0.5, 0.1)};
  v1::Criterion criterion = at_least("yield_safety_factor", 1.5);
  EXPECT_EQ(judge_criterion(criterion, two_bodies(), list, {}, kStocky).status(), Status::MET);
  criterion.set_body("bone");
  EXPECT_EQ(judge_criterion(criterion, two_bodies(), list, {}, kStocky).status(), Status::NOT_MET);
}

TEST(JudgeCriterion, TheWorstGoverns) {
  AssessedList list = {assessed("yield_safety_factor", "implant", 3, 0.1),
                       assessed("yield_safety_factor", "implant", 1, 0.1)};
  const auto result =
      judge_criterion(at_least("yield_safety_factor", 1.5), two_bodies(), list, {}, kStocky);
  EXPECT_EQ(result.status(), Status::NOT_MET);
  EXPECT_EQ(result.quantity().value(), 1);
  list[1].quantity.clear_value();
  EXPECT_EQ(judge_criterion(at_least("yield_safety_factor", 1.5), two_bodies(), list, {}, kStocky)
                .status(),
            Status::UNDECIDED);
}

TEST(JudgeCriterion, NothingMatches) {
  const AssessedList list = {assessed("yield_safety_factor", "implant", 3, 0.1)};
  for (const char* name : {"fatigue_life_cycles", ""}) {
    EXPECT_EQ(judge_criterion(at_least(name, 1), two_bodies(), list, {}, kStocky).status(),
              Status::UNDECIDED);
  }
  v1::Criterion criterion = at_least("yield_safety_factor", 1);
  criterion.set_load_case("bending");
  EXPECT_EQ(judge_criterion(criterion, two_bodies(), list, {}, kStocky).status(),
            Status::UNDECIDED);
  criterion.clear_load_case();
  criterion.set_relative_to("ti_5_5");
  EXPECT_EQ(judge_criterion(criterion, two_bodies(), list, {}, kStocky).status(),
            Status::UNDECIDED);
}

TEST(JudgeCriterion, SlendernessWidensTheInterval) {
  const AssessedList list = {assessed("yield_safety_factor", "implant", 1.6, 0.01)};
  const v1::Criterion criterion = at_least("yield_safety_factor", 1.5);
  const auto status = [&](const std::map<std::string, double>& critical) {
    return judge_criterion(criterion, two_bodies(), list, {}, critical).status();
  };
  EXPECT_EQ(status({{"axial", 0.05}}), Status::MET);
  EXPECT_EQ(status({{"axial", 0.30}}), Status::UNDECIDED);
  EXPECT_EQ(status({{"axial", 1.20}}), Status::UNDECIDED);
  EXPECT_EQ(status({}), Status::UNDECIDED);
}

TEST(JudgeCriterion, RatioToARod) {
  AssessedComparison one;
  one.rod = "ti_5_5";
  one.comparison.set_quantity("first_yield_load_n");
  one.comparison.set_load_case("axial");
  one.comparison.set_ratio(10);
  one.comparison.set_low(9);
  one.comparison.set_high(11);
  one.comparison.set_bound(v1::Bound::EXACT);
  one.comparison.set_kind(v1::ComparisonKind::member);
  v1::Criterion criterion = at_least("first_yield_load_n", 8);
  criterion.set_relative_to("ti_5_5");
  const auto status = [&] {
    return judge_criterion(criterion, two_bodies(), {}, {one}, kStocky).status();
  };
  EXPECT_EQ(status(), Status::MET);
  criterion.set_at_least(10);
  EXPECT_EQ(status(), Status::UNDECIDED);
  criterion.set_at_least(12);
  EXPECT_EQ(status(), Status::NOT_MET);
  criterion.set_at_least(8);
  one.unresolved = true;
  EXPECT_EQ(status(), Status::UNDECIDED);
  one.unresolved = false;
  criterion.set_kind(v1::ComparisonKind::construct);
  EXPECT_EQ(status(), Status::UNDECIDED);
}

TEST(JudgeCriterion, UnresolvedPeakNamesItsAlternatives) {
  AssessedList list = {assessed("max_von_mises_mpa", "implant", 900, 1)};
  list[0].quantity.set_unresolved(true);
  v1::Case value = two_bodies();
  v1::Criterion criterion;
  criterion.set_quantity("max_von_mises_mpa");
  criterion.set_at_most(500);
  const auto alone = judge_criterion(criterion, value, list, {}, kStocky);
  EXPECT_EQ(alone.status(), Status::UNDECIDED);
  EXPECT_NE(alone.trace().find("no mesh-independent alternative"), std::string::npos);
  v1::Probe& probe = *value.add_probes();
  probe.set_name("two_mm_away");
  probe.set_quantity(v1::ProbeQuantity::von_mises);
  probe.add_point_mm(0), probe.add_point_mm(0), probe.add_point_mm(2);
  value.add_criteria()->set_quantity("two_mm_away");
  const auto with = judge_criterion(criterion, value, list, {}, kStocky);
  EXPECT_NE(with.trace().find("two_mm_away"), std::string::npos);
}

}  // namespace
}  // namespace proofload::assessment
