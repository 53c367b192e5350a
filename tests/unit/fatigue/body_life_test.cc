#include "proofload/fatigue/body_life.h"

#include <gtest/gtest.h>

#include <cmath>

#include "proofload/core/problem.h"

namespace proofload::fatigue {
namespace {

Curve curve(double ratio, Measure measure, std::vector<double> stress) {
  Curve c;
  c.name = "test";
  c.stress_ratio = ratio;
  c.measure = measure;
  c.line = {{1e4, 1e5, 1e6, 1e7}, std::move(stress), 1e7};
  c.walker_exponent = 0.2;
  return c;
}

Strength printed() {
  Strength s;
  s.curves = {curve(0.1, Measure::kMaximum, {795, 633, 484, 370}),
              curve(-1, Measure::kAmplitude, {700, 473, 460, 455})};
  s.ultimate = 860;
  s.yield = 795;
  return s;
}

/// Uniaxial points along x at heights z = 0, 1, 2, …
struct Bar {
  explicit Bar(const std::vector<double>& xx) {
    for (std::size_t i = 0; i < xx.size(); ++i) {
      for (const double value : {xx[i], 0.0, 0.0, 0.0, 0.0, 0.0}) stress.push_back(value);
      for (const double value : {0.0, 0.0, static_cast<double>(i)}) xyz.push_back(value);
      node.push_back(static_cast<int>(i));
    }
    points = {{stress.data()}, node, xyz.data(), node.data()};
  }
  std::vector<double> stress, xyz;
  std::vector<std::int32_t> node;
  Points points;
};

TEST(BodyLife, UniaxialAtTheCurvesOwnRatioReproducesIt) {
  const Bar bar({100, 484, 300});
  const BodyLife life = body_life(printed(), {{0, 0.1, 1.0, 5e6}}, bar.points);
  EXPECT_NEAR(life.life.life.cycles, 1e6, 1);
  EXPECT_EQ(life.life.life.bound, Bound::kExact);
  EXPECT_EQ(life.life.point, 1);
  EXPECT_NEAR(life.factor.safety_factor, 370.0 / 484, 1e-7);
  for (const auto& rule : life.by_rule) {
    ASSERT_TRUE(rule);
    EXPECT_NEAR(rule->life.cycles, 1e6, 1);
  }
}

TEST(BodyLife, RunOutIsOnlyABound) {
  const Bar bar({100, 200});
  const BodyLife life = body_life(printed(), {{0, 0.1, 1.0, 5e6}}, bar.points);
  EXPECT_EQ(life.life.life.bound, Bound::kAtLeast);
  EXPECT_EQ(life.life.life.cycles, 1e7);
  EXPECT_EQ(life.life.point, 1);
  EXPECT_NEAR(life.factor.safety_factor, 370.0 / 200, 1e-7);
}

TEST(BodyLife, AboveYieldTheLifeIsOnlyBoundedFromAbove) {
  const BodyLife life = body_life(printed(), {{0, 0.1, 1.0, 5e6}}, Bar({800}).points);
  EXPECT_EQ(life.life.life.bound, Bound::kAtMost);
  EXPECT_EQ(life.life.life.cycles, 1e4);
}

TEST(BodyLife, TheMoreConservativeRuleGoverns) {
  // R 0.4 from the curve at 0.1: the rules disagree.
  const BodyLife life = body_life(printed(), {{0, 0.4, 1.0, 1e6}}, Bar({560}).points);
  double shortest = 1e99;
  for (const auto& rule : life.by_rule) shortest = std::min(shortest, rule->life.cycles);
  EXPECT_EQ(life.life.life.cycles, shortest);
  EXPECT_NE(life.by_rule[0]->life.cycles, life.by_rule[1]->life.cycles);
}

TEST(BodyLife, RulesWithoutDataAreLeftOut) {
  Strength s = printed();
  s.ultimate.reset();
  for (Curve& c : s.curves) c.walker_exponent.reset();
  const BodyLife life = body_life(s, {{0, 0.1, 1.0, 1e6}}, Bar({484}).points);
  EXPECT_FALSE(life.by_rule[0]);
  EXPECT_FALSE(life.by_rule[1]);
  EXPECT_NEAR(life.by_rule[2]->life.cycles, 1e6, 1);
}

TEST(BodyLife, CompressionEarnsNoCredit) {
  // -500 … -50: amplitude 225 against the reversed curve, mean counted as zero.
  const BodyLife life = body_life(printed(), {{0, 0.1, 1.0, 1e6}}, Bar({-500}).points);
  EXPECT_NEAR(life.factor.safety_factor, std::min(455 / 225.0, 795 / 500.0), 1e-9);
}

TEST(BodyLife, PorousCompressionHasItsOwnCurve) {
  Strength s = printed();
  s.curves[1] = s.curves[0];
  s.curves[1].compression = true;
  s.curves[1].line.stress = {32, 18, 10, 10};
  const BodyLife squeezed = body_life(s, {{0, 0.1, 1.0, 1e6}}, Bar({-18}).points);
  EXPECT_NEAR(squeezed.life.life.cycles, 1e5, 1);
  const BodyLife pulled = body_life(s, {{0, 0.1, 1.0, 1e6}}, Bar({18}).points);
  EXPECT_EQ(pulled.life.life.bound, Bound::kAtLeast);
}

TEST(BodyLife, TiesGoToTheLowestPlace) {
  const BodyLife life =
      body_life(printed(), {{0, 0.1, 1.0, 1e6}}, Bar({10, 484, 484.0001, 484}).points);
  EXPECT_EQ(life.life.point, 1);
  EXPECT_EQ(life.factor.point, 1);
}

TEST(BodyLife, BlocksAddUp) {
  const Bar bar({633});
  const BodyLife one = body_life(printed(), {{0, 0.1, 1.0, 1e5}}, bar.points);
  const BodyLife two = body_life(printed(), {{0, 0.1, 1.0, 5e4}, {0, 0.1, 1.0, 5e4}}, bar.points);
  EXPECT_NEAR(one.life.life.cycles, two.life.life.cycles, 1e-6 * 1e5);
  EXPECT_NEAR(one.life.life.cycles, 1e5, 1);
}

TEST(BodyLife, ThreadsGiveTheSameAnswer) {
  std::vector<double> xx;
  for (int i = 0; i < 5000; ++i) xx.push_back(400 + 80 * std::sin(0.01 * i));
  const Bar bar(xx);
  const BodyLife life = body_life(printed(), {{0, 0.1, 1.0, 1e6}}, bar.points);
  const auto greatest = std::max_element(xx.begin(), xx.end()) - xx.begin();
  EXPECT_NEAR(xx[life.life.point], xx[greatest], 1e-3);
  EXPECT_NEAR(life.factor.safety_factor, 370 / xx[life.factor.point], 1e-7);
}

TEST(BodyLife, MissingDataIsSaid) {
  Strength s;
  EXPECT_THROW(body_life(s, {{0, 0.1, 1.0, 1e6}}, Bar({1}).points), NumericalFailure);
  EXPECT_THROW(body_life(printed(), {}, Bar({1}).points), NumericalFailure);
  EXPECT_THROW(body_life(printed(), {{0, 0.1, 1.0, 1e6}}, Bar({NAN}).points), NumericalFailure);
}

TEST(BodyLife, ScaleIsALoadFactor) {
  const Bar bar({200});
  const double factor = body_life(printed(), {{0, 0.3, 1.0, 1e6}}, bar.points).factor.safety_factor;
  const BodyLife at_limit = body_life(printed(), {{0, 0.3, 1.0, 1e6}}, bar.points, factor);
  EXPECT_NEAR(at_limit.factor.safety_factor, 1, 1e-9);
}

}  // namespace
}  // namespace proofload::fatigue
