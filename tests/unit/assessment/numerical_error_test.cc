#include "../../../solver/assessment/numerical_error.h"

#include <gtest/gtest.h>

#include <cmath>

namespace proofload::assessment {
namespace {

TEST(NumericalError, OneLevelIsUnknown) {
  const ErrorEstimate one = estimate_error({5}, {}, 1);
  EXPECT_FALSE(one.error);
  EXPECT_FALSE(one.how.empty());
  EXPECT_FALSE(estimate_error({}, {}, 1).error);
}

TEST(NumericalError, TwoLevelsUseFactorThree) {
  EXPECT_NEAR(*estimate_error({90, 100}, {2}, 1).error, 3 * 10 / (2 - 1), 1e-12);
  EXPECT_NEAR(*estimate_error({90, 100}, {1.5}, 2).error, 3 * 10 / (2.25 - 1), 1e-12);
}

TEST(NumericalError, ThreeLevelsUseTheObservedOrder) {
  // f(h) = 100 - 4 h^2 at h = 4, 2, 1: observed order 2.
  const ErrorEstimate found = estimate_error({36, 84, 96}, {2, 2}, 1);
  EXPECT_NEAR(*found.error, 1.25 * 12 / 3, 1e-6);
  EXPECT_NEAR(*observed_order(36, 84, 96, 2, 2), 2, 1e-6);
}

TEST(NumericalError, UnequalRatios) {
  const auto f = [](double h) { return 50 + 3 * std::pow(h, 1.5); };
  const double h1 = 4, h2 = 2.6, h3 = 1.4;
  EXPECT_NEAR(*observed_order(f(h1), f(h2), f(h3), h1 / h2, h2 / h3), 1.5, 1e-6);
}

TEST(NumericalError, OrderOutsideItsRangeFallsBack) {
  // Step hardly shrinks: order far below 0.5.
  EXPECT_NEAR(*estimate_error({80, 90, 99.5}, {2, 2}, 1).error, 3 * 9.5 / (2 - 1), 1e-9);
  // Oscillating.
  EXPECT_NEAR(*estimate_error({90, 110, 100}, {2, 2}, 1).error, 3 * 10 / (2 - 1), 1e-9);
  // Order above 3.5.
  EXPECT_NEAR(*estimate_error({0, 99, 100}, {2, 2}, 1).error, 3 * 1 / (2 - 1), 1e-9);
}

TEST(NumericalError, FourLevelsSettleWhatThreeCannot) {
  const std::vector<double> ratios = {1.4, 1.4, 1.4};
  // A peak of strut/cervical: the last step is five times smaller than the one before.
  const double yield = *estimate_error({1879.45, 1712.46, 1655.54, 1644.43}, ratios, 1).error;
  EXPECT_GT(yield, 10);
  EXPECT_LT(yield, 0.03 * 1644.43);
  // By luck the last step of 100 + 40 h^2 is tiny: 38.3 are missing, and the factor 3 says 0.75.
  const double lucky = *estimate_error({401.2, 253.7, 178.4, 178.3}, ratios, 1).error;
  EXPECT_GT(lucky, 30);
  // An exact series of a high order leaves nothing unexplained.
  std::vector<double> steep;
  for (const double h : {2.744, 1.96, 1.4, 1.0}) steep.push_back(100 + std::pow(h, 3.4));
  EXPECT_NEAR(*estimate_error(steep, ratios, 1).error, 1.25, 1e-3);
  // One that swings before, or slower than 0.5, keeps the factor 3.
  EXPECT_NEAR(*estimate_error({60, 90, 80, 79.5}, ratios, 1).error, 3 * 0.5 / 0.4, 1e-9);
  EXPECT_NEAR(*estimate_error({70, 80, 90, 99.5}, ratios, 1).error, 3 * 9.5 / 0.4, 1e-9);
}

TEST(NumericalError, NeverBelowTheSolver) {
  EXPECT_NEAR(*estimate_error({100, 100}, {2}, 1).error, 1e-4, 1e-12);
}

TEST(NumericalError, DoubtfulInputIsUnknown) {
  EXPECT_FALSE(estimate_error({90, NAN}, {2}, 1).error);
  EXPECT_FALSE(estimate_error({90, INFINITY}, {2}, 1).error);
  EXPECT_FALSE(estimate_error({90, 100}, {}, 1).error);
  EXPECT_FALSE(estimate_error({90, 100}, {1.01}, 1).error);
  EXPECT_FALSE(estimate_error({90, 100}, {0.5}, 1).error);
  EXPECT_FALSE(estimate_error({90, 100}, {NAN}, 1).error);
}

}  // namespace
}  // namespace proofload::assessment
