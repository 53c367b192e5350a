#include "proofload/fatigue/sn_line.h"

#include <gtest/gtest.h>

#include <cmath>

namespace proofload::fatigue {
namespace {

SnLine wrought() { return {{1e4, 1e5, 1e6, 1e7, 1e9}, {881, 865, 850, 840, 700}, 1e7}; }

TEST(SnLine, GivesItsOwnPointsBack) {
  const SnLine line = wrought();
  for (int i = 0; i < 3; ++i) {
    EXPECT_NEAR(life_at(line, line.stress[i]).cycles, line.cycles[i], 1e-6 * line.cycles[i]);
    EXPECT_NEAR(strength_at(line, line.cycles[i]), line.stress[i], 1e-9);
  }
}

TEST(SnLine, ClaimsNothingBeyondTheRunOut) {
  const SnLine line = wrought();
  for (const double stress : {840.0, 839.0, 100.0, 0.0, -5.0}) {
    EXPECT_EQ(life_at(line, stress).cycles, 1e7) << stress;
    EXPECT_EQ(life_at(line, stress).bound, Bound::kAtLeast) << stress;
  }
  EXPECT_EQ(endurance(line), 840);
}

TEST(SnLine, AboveTheFirstPointOnlyABoundIsKnown) {
  const Life life = life_at(wrought(), 882);
  EXPECT_EQ(life.bound, Bound::kAtMost);
  EXPECT_EQ(life.cycles, 1e4);
}

TEST(SnLine, CapLimitsTheStrength) {
  SnLine line = wrought();
  line.cap = 845;
  EXPECT_EQ(strength_at(line, 1e5), 845);
  EXPECT_EQ(life_at(line, 846).bound, Bound::kAtMost);
  EXPECT_EQ(life_at(line, 844).bound, Bound::kExact);
  line.cap = 500;
  EXPECT_EQ(endurance(line), 500);
  EXPECT_EQ(life_at(line, 501).bound, Bound::kAtMost);
}

TEST(SnLine, FlatPartGivesTheEarlierLife) {
  const SnLine line{{1e4, 1e6, 1e7}, {300, 200, 200}, 1e7};
  EXPECT_NEAR(life_at(line, 200).cycles, 1e6, 1e-3);
  EXPECT_EQ(life_at(line, 199.9).bound, Bound::kAtLeast);
}

TEST(SnLine, NotANumberStaysNotANumber) { EXPECT_TRUE(std::isnan(life_at(wrought(), NAN).cycles)); }

// code_aster SZLZ100A (references F34): tabular line, cycle -500 … 600, D = 1.0532567e-3.
TEST(SnLine, TabularReference) {
  SnLine line{{100, 200, 500, 1e3, 2e3, 5e3, 1e4, 1.2e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6},
              {1210, 930, 690, 540, 430, 340, 305, 295, 250, 200, 180, 165, 152, 138},
              1e6};
  EXPECT_NEAR(1 / life_at(line, 550).cycles, 1.0532567e-3, 1e-9);
}

// code_aster SZLZ101A (F33): D = A S^4.065 at S = 500.
TEST(SnLine, BasquinReference) {
  const auto life = [](double s) { return 1 / (1.001730939e-14 * std::pow(s, 4.065)); };
  const SnLine line{{life(1000), life(10)}, {1000, 10}, life(10)};
  EXPECT_NEAR(1 / life_at(line, 500).cycles, 9.377005e-4, 1e-9);
}

// Haibach 2006 p. 271, Miner elementary (F35): 2,167,330 cycles.
TEST(Miner, HaibachReference) {
  const auto life = [](double s) { return 2e6 * std::pow(s / 125, -7); };
  const SnLine line{{life(400), life(50)}, {400, 50}, life(50)};
  const double stress[] = {100, 150, 200, 250, 300, 350};
  const double cycles[] = {9e5, 9e4, 9e3, 900, 90, 10};
  std::vector<BlockLife> blocks;
  for (int i = 0; i < 6; ++i) {
    blocks.push_back({cycles[i], life_at(line, stress[i]), line.run_out});
  }
  const Life total = miner_life(blocks);
  EXPECT_NEAR(total.cycles, 2167330, 10);
  EXPECT_EQ(total.bound, Bound::kExact);
}

TEST(Miner, RunOutsAreBounds) {
  const BlockLife endless{5e6, {1e7, Bound::kAtLeast}, 1e7};
  const Life all = miner_life({endless, endless});
  EXPECT_EQ(all.bound, Bound::kAtLeast);
  EXPECT_EQ(all.cycles, 1e7);
  const Life mixed = miner_life({endless, {5e6, {1e6, Bound::kExact}, 1e7}});
  EXPECT_EQ(mixed.bound, Bound::kAtLeast);
  EXPECT_NEAR(mixed.cycles, 1e7 / 5.5, 1);
  const Life broken = miner_life({endless, {5e6, {1e4, Bound::kAtMost}, 1e7}});
  EXPECT_EQ(broken.bound, Bound::kAtMost);
  EXPECT_NEAR(broken.cycles, 2e4, 1e-6);
}

TEST(NearestCurve, ByMeanOverAmplitude) {
  std::vector<Curve> curves(3);
  curves[0].stress_ratio = 0.1;
  curves[1].stress_ratio = -1;
  curves[2].stress_ratio = 0.1;
  curves[2].compression = true;
  EXPECT_EQ(nearest_curve(curves, false, 45, 55), 0);
  EXPECT_EQ(nearest_curve(curves, false, 100, 0), 1);
  EXPECT_EQ(nearest_curve(curves, false, 45, -55), 1);
  EXPECT_EQ(nearest_curve(curves, true, 45, 55), 2);
  EXPECT_EQ(nearest_curve({}, false, 1, 0), -1);
}

}  // namespace
}  // namespace proofload::fatigue
