#include "proofload/fatigue/mean_stress.h"

#include <gtest/gtest.h>

#include <cmath>

namespace proofload::fatigue {
namespace {

const Cycle kCycle{300, 200};  // references F20: R -0.2

TEST(MeanStress, WorkedSet) {
  EXPECT_NEAR(goodman_reversed(kCycle, 950), 380.000, 5e-4);
  EXPECT_NEAR(swt_reversed(kCycle), 387.298, 5e-4);
  EXPECT_NEAR(walker_reversed(kCycle, 0.65), 358.731, 5e-4);
  EXPECT_NEAR(walker_reversed(kCycle, 0.50), 387.298, 5e-4);
  EXPECT_NEAR(walker_reversed(kCycle, 0.45), 397.318, 5e-4);
}

TEST(MeanStress, GoodmanEndsAtTheUltimateStrength) {
  EXPECT_TRUE(std::isinf(goodman_reversed({1, 950}, 950)));
  EXPECT_EQ(goodman_reversed({300, 0}, 950), 300);
}

TEST(MeanStress, ThereAndBack) {
  for (const double ratio : {-1.0, -0.2, 0.1, 0.5}) {
    const double q = (1 + ratio) / (1 - ratio);
    const Cycle cycle{120, 120 * q};
    EXPECT_NEAR(goodman_at_ratio(goodman_reversed(cycle, 950), ratio, 950), 120, 1e-9);
    EXPECT_NEAR(walker_at_ratio(walker_reversed(cycle, 0.3), ratio, 0.3), 120, 1e-9);
  }
}

// materials data, section 7: c2, 570 at R -1 gives smax 850 at R 0.1 by SWT, 734 by Goodman (Su
// 960).
TEST(MeanStress, PrintedTitaniumExample) {
  EXPECT_NEAR(walker_at_ratio(570, 0.1, 0.5) * 2 / 0.9, 850, 1);
  EXPECT_NEAR(goodman_at_ratio(570, 0.1, 960) * 2 / 0.9, 734, 1);
}

TEST(MeanStress, CompressionEarnsNothing) {
  EXPECT_EQ(without_credit({100, -300}).mean, 0);
  EXPECT_EQ(without_credit({100, 30}).mean, 30);
}

TEST(MeanStress, ReserveScalesTheWholeCycle) {
  const double reserve = goodman_reserve(kCycle, 500, 950);
  const Cycle scaled{300 * reserve, 200 * reserve};
  EXPECT_NEAR(goodman_reversed(scaled, 950), 500, 1e-9);
}

}  // namespace
}  // namespace proofload::fatigue
