#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "../../../solver/assessment/assessed.h"
#include "proofload/assessment/assessment.h"
#include "proofload/core/problem.h"
#include "proofload/io/size_field.h"
#include "small_run.h"

namespace proofload::assessment {
namespace {

/// Smooth hill of the stress in the middle of the bar, far from its ends.
StressOfHeight hill(double peak) {
  return [peak](double z) { return peak * std::exp(-std::pow(z - 4, 2)); };
}

v1::Criterion& gate(v1::Case& value, const std::string& quantity, double at_least) {
  v1::Criterion& criterion = *value.add_criteria();
  criterion.set_quantity(quantity);
  criterion.set_at_least(at_least);
  return criterion;
}

/// Implant on two levels, peaks 1 % apart.
void write_implant(SmallRun& run, double peak, int levels = 2) {
  run.write_design("implant", DesignKind::kImplant, "", run.value);
  for (int k = 0; k < levels; ++k) {
    run.write_level("implant", k, 1000 * std::pow(8.0, k), hill(peak * (k == 0 ? 0.99 : 1.0)),
                    run.value);
  }
}

TEST(Assess, CompleteEvidencePasses) {
  SmallRun run("pass");
  gate(run.value, "yield_safety_factor", 1.5);
  write_implant(run, 200);
  const v1::Report report = assess(run.folder);
  EXPECT_EQ(report.verdict(), v1::Verdict::PASS) << to_json(report);
  const v1::Quantity* stress = find_quantity(report, "max_von_mises_mpa", "implant");
  ASSERT_TRUE(stress);
  // Two levels, ratio 2, order 1: 3 |f2 - f1|.
  EXPECT_NEAR(stress->numerical_error(), 3 * 2.0, 1e-9);
  EXPECT_EQ(stress->level_values_size(), 2);
  EXPECT_EQ(assess_and_write(run.folder), kPass);
  v1::Report read;
  from_json(read_file(run.folder.report() + "/report.json"), read);
  EXPECT_EQ(read.verdict(), v1::Verdict::PASS);
}

TEST(Assess, ABrokenLimitFails) {
  SmallRun run("fail");
  gate(run.value, "yield_safety_factor", 5);
  write_implant(run, 200);
  EXPECT_EQ(assess(run.folder).verdict(), v1::Verdict::FAIL);
  EXPECT_EQ(assess_and_write(run.folder), kFail);
}

TEST(Assess, WithoutCriteriaReview) {
  SmallRun run("no_criteria");
  write_implant(run, 200);
  EXPECT_EQ(assess(run.folder).verdict(), v1::Verdict::REVIEW);
}

TEST(Assess, OneLevelIsReview) {
  SmallRun run("one_level");
  gate(run.value, "yield_safety_factor", 1.5);
  write_implant(run, 200, 1);
  const v1::Report report = assess(run.folder);
  EXPECT_EQ(report.verdict(), v1::Verdict::REVIEW);
  EXPECT_FALSE(find_quantity(report, "max_von_mises_mpa", "implant")->has_numerical_error());
}

TEST(Assess, AGrowingPeakIsUnresolved) {
  SmallRun run("growing");
  gate(run.value, "yield_safety_factor", 1.5);
  run.write_design("implant", DesignKind::kImplant, "", run.value);
  run.write_level("implant", 0, 1000, hill(100), run.value);
  run.write_level("implant", 1, 8000, hill(112), run.value);
  const v1::Report report = assess(run.folder);
  EXPECT_EQ(report.verdict(), v1::Verdict::REVIEW);
  EXPECT_TRUE(find_quantity(report, "yield_safety_factor", "implant")->unresolved());
  EXPECT_TRUE(find_quantity(report, "max_von_mises_mpa", "implant")->unresolved());
}

TEST(Assess, WhatFailedIsReview) {
  SmallRun run("failed_level");
  gate(run.value, "yield_safety_factor", 1.5);
  write_implant(run, 200);
  const std::string level = run.folder.level("implant", 2);
  std::filesystem::create_directories(level);
  write_file_atomically(level + "/problems.json",
                        problems_to_json({{"OUT_OF_MEMORY", "", 0, 0, "killed", "less"}}));
  const v1::Report report = assess(run.folder);
  EXPECT_EQ(report.verdict(), v1::Verdict::REVIEW);
  bool said = false;
  for (const std::string& reason : report.reasons()) {
    said = said || reason.find("OUT_OF_MEMORY") != std::string::npos;
  }
  EXPECT_TRUE(said);
}

TEST(Assess, MissingFilesAreReview) {
  SmallRun run("missing_files");
  gate(run.value, "yield_safety_factor", 1.5);
  run.add_fatigue(0.1, 1, 5e6);
  write_implant(run, 200);
  std::filesystem::remove(run.folder.level("implant", 1) + "/result.h5");
  EXPECT_EQ(assess(run.folder).verdict(), v1::Verdict::REVIEW);
  std::filesystem::remove(run.folder.level("implant", 1) + "/solve.json");
  EXPECT_EQ(assess(run.folder).verdict(), v1::Verdict::REVIEW);
  std::filesystem::remove_all(run.folder.designs());
  EXPECT_EQ(assess(run.folder).verdict(), v1::Verdict::REVIEW);
  std::filesystem::remove(run.folder.case_json());
  EXPECT_THROW(assess(run.folder), InvalidInput);
}

TEST(Assess, FatigueOfTheImplant) {
  SmallRun run("fatigue");
  run.add_fatigue(0.1, 1, 5e6);
  gate(run.value, "fatigue_life_cycles", 5e6);
  gate(run.value, "fatigue_safety_factor", 1.5);
  write_implant(run, 200);
  const v1::Report report = assess(run.folder);
  const v1::Quantity* life = find_quantity(report, "fatigue_life_cycles", "implant");
  const v1::Quantity* factor = find_quantity(report, "fatigue_safety_factor", "implant");
  ASSERT_TRUE(life && factor);
  EXPECT_EQ(life->value(), 1e7);
  EXPECT_EQ(life->bound(), v1::Bound::AT_LEAST);
  // Tension at the curve's own ratio: lower line 370 over 200.
  EXPECT_NEAR(factor->value(), 370 / 200.0, 1e-6);
  EXPECT_NEAR(factor->numerical_error(), 3 * (370 / 198.0 - 370 / 200.0), 1e-6);
  EXPECT_NEAR(factor->place().point_mm(2), 4, 1e-9);
  EXPECT_EQ(report.sn_curves_size(), 2);
  for (const v1::CriterionResult& result : report.criteria()) {
    EXPECT_EQ(result.status(), v1::CriterionStatus::MET) << result.trace();
  }
  EXPECT_EQ(report.verdict(), v1::Verdict::PASS);
}

TEST(Assess, LifeIntervalFollowsTheStress) {
  SmallRun run("life_interval");
  run.add_fatigue(0.1, 1, 5e6);
  gate(run.value, "fatigue_life_cycles", 1e5);
  write_implant(run, 484);  // the lower line at 1e6
  const v1::Report report = assess(run.folder);
  const v1::Quantity* life = find_quantity(report, "fatigue_life_cycles", "implant");
  EXPECT_NEAR(life->value(), 1e6, 1e3);
  EXPECT_EQ(life->bound(), v1::Bound::EXACT);
  EXPECT_GT(life->numerical_error(), 2e5);
  // 3 % more stress is still well above 1e5 cycles; what is printed says so too.
  EXPECT_EQ(report.criteria(0).status(), v1::CriterionStatus::MET) << report.criteria(0).trace();
  EXPECT_GT(life->value() - life->numerical_error(), 1e5);
}

TEST(Assess, APeakAtTheSupportIsUnresolved) {
  SmallRun run("at_support");
  run.add_fatigue(0.1, 1, 5e6);
  gate(run.value, "fatigue_safety_factor", 1.5);
  run.write_design("implant", DesignKind::kImplant, "", run.value);
  for (int k = 0; k < 2; ++k) {
    run.write_level(
        "implant", k, k ? 8000 : 1000, [](double z) { return 200 - 10 * z; }, run.value);
  }
  const v1::Report report = assess(run.folder);
  const v1::Quantity* factor = find_quantity(report, "fatigue_safety_factor", "implant");
  EXPECT_TRUE(factor->unresolved());
  EXPECT_NE(factor->reason().find("support ground"), std::string::npos) << factor->reason();
  EXPECT_EQ(report.verdict(), v1::Verdict::REVIEW);
}

/// The stress at the support says nothing; that at the distance stated in the case can be gated.
TEST(Assess, FatigueAtAStatedDistanceFromEdges) {
  const auto report_of = [](double distance) {
    SmallRun run("away");
    run.add_fatigue(0.1, 1, 5e6);
    run.value.mutable_analyses()->mutable_fatigue()->set_away_from_edges_mm(distance);
    gate(run.value, "fatigue_safety_factor_away", 1.5);
    run.write_design("implant", DesignKind::kImplant, "", run.value);
    for (int k = 0; k < 2; ++k) {
      run.write_level(
          "implant", k, k ? 8000 : 1000, [](double z) { return 200 - 10 * z; }, run.value);
    }
    return assess(run.folder);
  };
  const v1::Report report = report_of(3);
  const v1::Quantity* whole = find_quantity(report, "fatigue_safety_factor", "implant");
  const v1::Quantity* away = find_quantity(report, "fatigue_safety_factor_away", "implant");
  ASSERT_TRUE(away && away->has_value());
  EXPECT_TRUE(whole->unresolved());
  EXPECT_FALSE(away->unresolved()) << away->reason();
  // Nodes stand every half millimetre; the first beyond 3 mm is at 3.5.
  EXPECT_NEAR(away->place().point_mm(2), 3.5, 1e-12);
  EXPECT_NEAR(away->value() / whole->value(), 200.0 / 165, 1e-9);
  EXPECT_TRUE(find_quantity(report, "fatigue_life_away_cycles", "implant")->has_value());
  EXPECT_NE(away->method().find("3 mm from edges"), std::string::npos) << away->method();

  const v1::Report near = report_of(1);  // cells are 1 mm high: within two of them
  EXPECT_TRUE(find_quantity(near, "fatigue_safety_factor_away", "implant")->unresolved());
  EXPECT_EQ(near.verdict(), v1::Verdict::REVIEW);

  const v1::Report far = report_of(6);
  const v1::Quantity* none = find_quantity(far, "fatigue_safety_factor_away", "implant");
  ASSERT_TRUE(none);
  EXPECT_FALSE(none->has_value());
  EXPECT_NE(none->reason().find("away from all edges"), std::string::npos) << none->reason();
  EXPECT_EQ(far.verdict(), v1::Verdict::REVIEW);
}

TEST(Assess, NoFatigueDataIsReview) {
  SmallRun run("no_data");
  run.add_fatigue(0.1, 1, 5e6);
  run.value.mutable_bodies(0)->mutable_material()->clear_sn_curves();
  gate(run.value, "yield_safety_factor", 1.5);
  write_implant(run, 200);
  const v1::Report report = assess(run.folder);
  EXPECT_EQ(report.verdict(), v1::Verdict::REVIEW);
  const v1::Quantity* life = find_quantity(report, "fatigue_life_cycles", "implant");
  ASSERT_TRUE(life);
  EXPECT_FALSE(life->has_value());
  EXPECT_FALSE(life->reason().empty());
}

TEST(Assess, ACurveShorterThanTheSpectrumSettlesNothing) {
  SmallRun run("long_spectrum");
  run.add_fatigue(0.1, 1, 5e7);
  gate(run.value, "fatigue_life_cycles", 5e7);
  gate(run.value, "fatigue_safety_factor", 1.2);
  write_implant(run, 200);
  const v1::Report report = assess(run.folder);
  for (const v1::CriterionResult& result : report.criteria()) {
    EXPECT_EQ(result.status(), v1::CriterionStatus::UNDECIDED) << result.trace();
  }
}

TEST(Assess, UnconfirmedStrengthNeverPasses) {
  SmallRun run("unconfirmed");
  gate(run.value, "yield_safety_factor", 1.5);
  auto& sources = *run.value.mutable_bodies(0)->mutable_material()->mutable_sources();
  sources["youngs_modulus_mpa"].set_confirmed(false);
  write_implant(run, 200);
  EXPECT_EQ(assess(run.folder).verdict(), v1::Verdict::REVIEW);
}

/// Straight rod of 100 mm between the rig's points.
v1::Case rod_case(const v1::Case& implant) {
  v1::Case value = implant;
  v1::Body& body = *value.mutable_bodies(0);
  body.set_name("rod");
  body.set_role(v1::Role::rod);
  body.clear_material();
  *body.mutable_material() = read_library(library_folder()).materials.at("ti6al4v_eli_wrought_bar");
  v1::Rod& rod = *body.mutable_shape()->mutable_rod();
  for (const double x : {0.0, 0.0, 0.0, 0.0, 0.0, 100.0}) rod.add_path_mm(x);
  rod.set_diameter_mm(5.5);
  return value;
}

TEST(Assess, MemberComparison) {
  SmallRun run("member");
  run.add_fatigue(0.1, 1, 5e6);
  v1::Designs& designs = *run.value.mutable_designs();
  designs.mutable_member()->add_bodies("implant");
  designs.mutable_member()->set_support_at("foot");
  designs.mutable_member()->set_load_at("head");
  v1::ReferenceRod& reference = *designs.add_reference_rods();
  reference.set_rod("ti_5_5");
  reference.set_path(v1::ReferenceRod::Path::straight);
  v1::Criterion& criterion = gate(run.value, "first_yield_load_n", 3);
  criterion.set_relative_to("ti_5_5");
  criterion.set_kind(v1::ComparisonKind::member);
  const v1::Case rod = rod_case(run.value);
  run.write_design("implant", DesignKind::kImplant, "", run.value);
  run.write_design("implant_member", DesignKind::kMember, "", run.value);
  run.write_design("ti_5_5_straight_member", DesignKind::kRodMember, "ti_5_5", rod);
  for (int k = 0; k < 2; ++k) {
    const double cells = k ? 8000 : 1000, step = k ? 1 : 0.99;
    run.write_level("implant", k, cells, hill(200 * step), run.value);
    run.write_level("implant_member", k, cells, hill(100 * step), run.value);
    run.write_level("ti_5_5_straight_member", k, cells, hill(400 * step), rod);
  }
  const v1::Report report = assess(run.folder);
  EXPECT_EQ(report.verdict(), v1::Verdict::PASS) << report.reasons(0);
  bool yield = false, life = false, construct = false;
  for (const v1::Comparison& c : report.comparisons()) {
    if (c.quantity() == "first_yield_load_n") {
      yield = true;
      EXPECT_NEAR(c.ratio(), 4, 1e-9);
      EXPECT_LT(c.low(), 4);
      EXPECT_GT(c.high(), 4);
      EXPECT_NEAR(c.beam_value(), 795 * 23.7583, 1);
    }
    if (c.quantity() == "fatigue_life_cycles") {
      life = true;
      EXPECT_FALSE(c.has_ratio());  // both run out
      EXPECT_FALSE(c.reason().empty());
    }
    if (c.kind() == v1::ComparisonKind::construct) {
      construct = true;
      EXPECT_FALSE(c.has_ratio());
      EXPECT_NE(c.reason().find("not compared"), std::string::npos);
    }
  }
  EXPECT_TRUE(yield && life && construct);
}

TEST(Assess, AMissingRodIsReview) {
  SmallRun run("missing_rod");
  gate(run.value, "yield_safety_factor", 1.5);
  v1::Designs& designs = *run.value.mutable_designs();
  designs.mutable_member()->add_bodies("implant");
  designs.add_reference_rods()->set_rod("ti_5_5");
  write_implant(run, 200);
  EXPECT_EQ(assess(run.folder).verdict(), v1::Verdict::REVIEW);
}

TEST(NextLevel, RefinesUntilExactEnough) {
  SmallRun run("next_level");
  gate(run.value, "yield_safety_factor", 1.5);
  run.value.mutable_accuracy()->set_relative_error(0.05);
  write_implant(run, 200, 1);
  const auto next = [&] {
    return next_level(run.value, run.folder.design("implant"), run.settings);
  };
  EXPECT_EQ(next().next, Next::kRefine);  // fewer than the least levels
  write_implant(run, 200, 2);             // error 3 %
  EXPECT_EQ(next().next, Next::kStop) << next().reason;
  run.value.mutable_accuracy()->set_relative_error(0.01);
  EXPECT_EQ(next().next, Next::kRefine) << next().reason;
  run.value.mutable_accuracy()->set_max_unknowns(80000);
  EXPECT_EQ(next().next, Next::kStop);  // 32,000 * 2.744 is more
  run.value.mutable_accuracy()->clear_max_unknowns();
  run.value.mutable_accuracy()->set_max_levels(2);
  EXPECT_EQ(next().next, Next::kStop);
  run.value.mutable_accuracy()->clear_max_levels();
  run.settings.set_quick(true);
  EXPECT_EQ(next().next, Next::kStop);
  EXPECT_FALSE(next().reason.empty());
}

/// Mean sizes of the field below and above a height.
std::pair<double, double> mean_sizes(const std::string& path, double height) {
  const io::SizeField field = io::read_size_field(path);
  double below = 0, above = 0, n_below = 0, n_above = 0;
  for (std::size_t i = 0; i < field.size_mm.size(); ++i) {
    const bool low = field.points_mm[3 * i + 2] < height;
    (low ? below : above) += field.size_mm[i];
    (low ? n_below : n_above) += 1;
  }
  return {below / n_below, above / n_above};
}

TEST(NextLevel, AsksForSmallerCellsAtThePeakThatDecides) {
  SmallRun run("next_field");
  gate(run.value, "yield_safety_factor", 1.5);
  run.write_design("implant", DesignKind::kImplant, "", run.value);
  run.write_level(
      "implant", 0, 8000, [](double z) { return z < 1.2 ? 200.0 : 50.0; }, run.value);
  const std::string field = run.folder.level("implant", 0) + "/size_field.txt";
  const LevelDecision decision = next_level(run.value, run.folder.design("implant"), run.settings);
  ASSERT_EQ(decision.next, Next::kRefine) << decision.reason;
  EXPECT_THAT(decision.reason,
              testing::HasSubstr("finer still for yield_safety_factor of implant"));
  const auto [below, above] = mean_sizes(field, 1.1);
  // Cells of a unit cube cut in six have the size (sqrt(2))^(1/3).
  const double size = std::cbrt(std::sqrt(2.0));
  EXPECT_NEAR(below, 0.6 * size / 1.4, 1e-9);
  EXPECT_LE(above, size / 1.4 + 1e-12);
  EXPECT_GT(above, below);
}

TEST(NextLevel, AsksNothingMoreAtAPeakThatCannotConverge) {
  SmallRun run("next_singular");
  gate(run.value, "yield_safety_factor", 1.5);
  run.write_design("implant", DesignKind::kImplant, "", run.value);
  run.write_level(
      "implant", 0, 8000, [](double z) { return z < 1.2 ? 200.0 : 50.0; }, run.value);
  const std::string path = run.folder.level("implant", 0) + "/solve.json";
  v1::SolveOutput solve;
  from_json(read_file(path), solve);
  for (v1::Quantity& q : *solve.mutable_quantities()) q.set_unresolved(true);
  write_file_atomically(path, to_json(solve));
  ASSERT_EQ(next_level(run.value, run.folder.design("implant"), run.settings).next, Next::kRefine);
  const auto [below, above] = mean_sizes(run.folder.level("implant", 0) + "/size_field.txt", 1.1);
  EXPECT_NEAR(below, above, 1e-9);
}

TEST(NextLevel, GivesUpTheExtraBeforeTheBudgetBreaks) {
  SmallRun run("next_budget");
  gate(run.value, "yield_safety_factor", 1.5);
  run.value.mutable_accuracy()->set_max_unknowns(32000 * 2.9);
  run.write_design("implant", DesignKind::kImplant, "", run.value);
  run.write_level(
      "implant", 0, 8000, [](double z) { return z < 1.2 ? 200.0 : 50.0; }, run.value);
  const LevelDecision decision = next_level(run.value, run.folder.design("implant"), run.settings);
  ASSERT_EQ(decision.next, Next::kRefine) << decision.reason;
  const auto [below, above] = mean_sizes(run.folder.level("implant", 0) + "/size_field.txt", 1.1);
  EXPECT_GT(below, 0.61 * std::cbrt(std::sqrt(2.0)) / 1.4);
}

TEST(LevelRatios, ComeFromTheCellsOfTheBody) {
  LevelData coarse, fine;
  coarse.mesh.set_cells_count(1000);
  fine.mesh.set_cells_count(8000);
  EXPECT_NEAR(level_ratios({&coarse, &fine}, "strut")[0], 2, 1e-12);
  const auto add = [](LevelData& level, const char* body, double size) {
    v1::BodyFacts& facts = *level.mesh.add_bodies();
    facts.set_name(body);
    facts.set_mean_cell_size_mm(size);
  };
  coarse.mesh.set_mean_cell_size_mm(3);
  fine.mesh.set_mean_cell_size_mm(2);
  add(coarse, "strut", 1.4), add(fine, "strut", 1);
  EXPECT_NEAR(level_ratios({&coarse, &fine}, "strut")[0], 1.4, 1e-12);
  EXPECT_NEAR(level_ratios({&coarse, &fine}, "")[0], 1.5, 1e-12);
}

/// Error of a peak that grows by 1 of 101 from cells of 2 mm to cells of 0.5, in a body whose cells
/// fall by 1.4, when it moves by so many mm.
double error_of_moved_peak(double moved) {
  DesignData design;
  for (int k = 0; k < 2; ++k) {
    LevelData level;
    level.number = k;
    level.meshed = level.solved = true;
    v1::BodyFacts& facts = *level.mesh.add_bodies();
    facts.set_name("strut");
    facts.set_mean_cell_size_mm(k == 0 ? 1.4 : 1);
    v1::Quantity& q = *level.solve.add_quantities();
    q.set_name("max_von_mises_mpa");
    q.set_body("strut");
    q.set_value(100 + k);
    q.set_cell_size_mm(k == 0 ? 2 : 0.5);
    for (const double c : {0.0, 0.0, k * moved}) q.mutable_place()->add_point_mm(c);
    design.levels.push_back(level);
  }
  return assess_levels(design).at(0).quantity.numerical_error();
}

TEST(LevelRatios, OfAPeakAreThoseOfItsCellsOnlyWhileItStays) {
  EXPECT_NEAR(error_of_moved_peak(3), 3 * 1 / (4 - 1.0), 1e-9);
  EXPECT_NEAR(error_of_moved_peak(5), 3 * 1 / (1.4 - 1), 1e-9);
}

TEST(NextLevel, StopsAtAFailure) {
  SmallRun run("next_failed");
  write_implant(run, 200, 1);
  std::filesystem::create_directories(run.folder.level("implant", 1));
  EXPECT_EQ(next_level(run.value, run.folder.design("implant"), run.settings).next, Next::kStop);
}

}  // namespace
}  // namespace proofload::assessment
