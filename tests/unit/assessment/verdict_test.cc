#include "../../../solver/assessment/verdict.h"

#include <gtest/gtest.h>

#include <cmath>

#include "../../../solver/assessment/assessed.h"
#include "../../../solver/assessment/remarks.h"

namespace proofload::assessment {
namespace {

using Status = v1::CriterionStatus;
using Verdict = v1::Verdict;

// All combinations of up to two criteria with and without a doubt: PASS needs every criterion met
// and no doubt; FAIL needs one that is not met.
TEST(Decide, TruthTable) {
  const Status::Enum all[] = {Status::UNSPECIFIED, Status::MET, Status::NOT_MET, Status::UNDECIDED,
                              static_cast<Status::Enum>(9)};
  for (const bool doubt : {false, true}) {
    const std::vector<std::string> doubts(doubt ? 1 : 0, "something is missing");
    EXPECT_EQ(decide({}, doubts), Verdict::REVIEW);
    for (const auto a : all) {
      for (const auto b : all) {
        const bool fail = a == Status::NOT_MET || b == Status::NOT_MET;
        const bool pass = a == Status::MET && b == Status::MET && !doubt;
        const auto expected = fail ? Verdict::FAIL : pass ? Verdict::PASS : Verdict::REVIEW;
        EXPECT_EQ(decide({a, b}, doubts), expected) << a << " " << b << " " << doubt;
      }
      const auto expected = a == Status::NOT_MET         ? Verdict::FAIL
                            : a == Status::MET && !doubt ? Verdict::PASS
                                                         : Verdict::REVIEW;
      EXPECT_EQ(decide({a}, doubts), expected);
    }
  }
}

v1::SolveFacts solve(double residual, double imbalance) {
  v1::SolveFacts out;
  out.set_load_case("axial");
  out.set_residual(residual);
  out.set_imbalance(imbalance);
  return out;
}

TEST(DoubtsOfSolve, ResidualAndBalance) {
  EXPECT_TRUE(doubts_of_solve("implant", solve(1e-9, 1e-9), 1e-8).empty());
  EXPECT_EQ(doubts_of_solve("implant", solve(2e-8, 1e-9), 1e-8).size(), 1u);
  EXPECT_EQ(doubts_of_solve("implant", solve(1e-9, 2e-6), 1e-8).size(), 1u);
  EXPECT_EQ(doubts_of_solve("implant", solve(NAN, NAN), 1e-8).size(), 2u);
  EXPECT_EQ(doubts_of_solve("implant", solve(-1, -1), 1e-8).size(), 2u);
  EXPECT_EQ(doubts_of_solve("implant", {}, 1e-8).size(), 2u);
}

/// A run whose implant is computed on two levels.
RunData complete_run() {
  RunData run;
  run.value.add_load_cases()->set_name("axial");
  DesignData implant;
  implant.name = "implant";
  implant.value = run.value;
  for (int k = 0; k < 2; ++k) {
    LevelData level;
    level.number = k;
    level.meshed = level.solved = true;
    *level.solve.add_solves() = solve(1e-9, 1e-9);
    implant.levels.push_back(level);
  }
  run.designs.push_back(implant);
  return run;
}

TEST(DoubtsOfRun, ACompleteRunHasNone) { EXPECT_TRUE(doubts_of_run(complete_run()).empty()); }

TEST(DoubtsOfRun, WhatIsMissingIsSaid) {
  RunData run = complete_run();
  run.designs.clear();
  EXPECT_EQ(doubts_of_run(run).size(), 1u);

  run = complete_run();
  run.value.mutable_designs()->mutable_member()->set_support_at("foot");
  run.value.mutable_designs()->add_reference_rods()->set_rod("ti_5_5");
  EXPECT_EQ(doubts_of_run(run).size(), 2u);

  run = complete_run();
  run.designs[0].failure = "level 1: out of memory";
  EXPECT_EQ(doubts_of_run(run).size(), 1u);

  run = complete_run();
  run.designs[0].value.add_load_cases()->set_name("bending");
  EXPECT_EQ(doubts_of_run(run).size(), 1u);

  run = complete_run();
  run.designs[0].value.mutable_analyses()->mutable_buckling()->add_load_cases("axial");
  EXPECT_EQ(doubts_of_run(run).size(), 1u);

  run = complete_run();
  run.settings.set_quick(true);
  EXPECT_EQ(doubts_of_run(run).size(), 1u);
}

/// Adds a buckling factor to the finest level of the first design; NaN: without a value.
void add_factor(RunData& run, double factor, const std::string& reason = "") {
  v1::Quantity& quantity = *run.designs[0].levels.back().solve.add_quantities();
  quantity.set_name("buckling_load_factor");
  quantity.set_load_case("axial");
  quantity.set_reason(reason);
  if (!std::isnan(factor)) quantity.set_value(factor);
}

TEST(DoubtsOfRun, BucklingNeedsEveryFactorOfEveryDesign) {
  RunData run = complete_run();
  run.designs[0].kind = DesignKind::kMember;
  run.value.clear_designs();
  run.designs.push_back(complete_run().designs[0]);
  run.designs[0].value.mutable_analyses()->mutable_buckling();  // all load cases
  ASSERT_EQ(doubts_of_run(run).size(), 1u);
  EXPECT_NE(doubts_of_run(run)[0].find("buckling of load case axial"), std::string::npos);
  add_factor(run, 8);
  EXPECT_TRUE(doubts_of_run(run).empty());
  add_factor(run, NAN, "1 of 2 values converged");
  ASSERT_EQ(doubts_of_run(run).size(), 1u);
  EXPECT_NE(doubts_of_run(run)[0].find("1 of 2 values converged"), std::string::npos);
}

TEST(CriticalRatios, TheBucklingAnalysisReplacesEuler) {
  RunData run = complete_run();
  v1::Quantity& euler = *run.designs[0].levels.back().solve.add_quantities();
  euler.set_name("euler_load_ratio");
  euler.set_load_case("axial");
  euler.set_value(0.4);
  EXPECT_EQ(critical_ratios(run.designs[0]).at("axial"), 0.4);
  add_factor(run, 8);
  add_factor(run, 9);
  EXPECT_EQ(critical_ratios(run.designs[0]).at("axial"), 0.125);
}

TEST(Warnings, OnceForTheLowestFactorBelowTen) {
  const auto said = [](double lowest) {
    RunData run = complete_run();
    add_factor(run, lowest);
    add_factor(run, lowest + 1);
    int count = 0;
    for (const std::string& warning : warnings_of(run))
      count += warning.find("by buckling analysis") != std::string::npos;
    return count;
  };
  EXPECT_EQ(said(7.5), 1);
  EXPECT_EQ(said(18), 0);
}

TEST(DoubtsOfRun, EarlyLoadsNeedScrewsOnly) {
  RunData run = complete_run();
  for (const auto role : {v1::Role::implant, v1::Role::bone}) {
    v1::Body& body = *run.value.add_bodies();
    body.set_name(role == v1::Role::bone ? "bone" : "implant");
    body.set_role(role);
  }
  v1::Interface& joint = *run.value.add_interfaces();
  joint.add_between("implant"), joint.add_between("bone");
  joint.set_kind(v1::Interface::Kind::bonded);
  EXPECT_TRUE(doubts_of_run(run).empty());
  run.value.mutable_load_cases(0)->set_early(true);
  ASSERT_EQ(doubts_of_run(run).size(), 1u);
  EXPECT_NE(doubts_of_run(run)[0].find("implant|bone"), std::string::npos);
  // A screw's thread holds before anything has grown in; the implant does not.
  v1::Body& screw = *run.value.add_bodies();
  screw.set_name("screw");
  screw.set_role(v1::Role::screw);
  v1::Interface& thread = *run.value.add_interfaces();
  thread.add_between("screw"), thread.add_between("bone");
  thread.set_kind(v1::Interface::Kind::bonded);
  EXPECT_EQ(doubts_of_run(run).size(), 1u);
  run.value.mutable_interfaces(0)->set_kind(v1::Interface::Kind::separate);
  EXPECT_TRUE(doubts_of_run(run).empty());
  // A region of the implant that is bonded by itself has to grow in too.
  v1::Body& porous = *run.value.add_bodies();
  porous.set_name("porous");
  porous.set_role(v1::Role::porous);
  porous.mutable_part_of()->set_body("implant");
  EXPECT_TRUE(doubts_of_run(run).empty());
  v1::Interface& ingrowth = *run.value.add_interfaces();
  ingrowth.add_between("porous"), ingrowth.add_between("bone");
  ingrowth.set_kind(v1::Interface::Kind::bonded);
  EXPECT_EQ(doubts_of_run(run).size(), 1u);
}

}  // namespace
}  // namespace proofload::assessment
