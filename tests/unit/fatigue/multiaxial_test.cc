#include "proofload/fatigue/multiaxial.h"

#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <cmath>
#include <random>

namespace proofload::fatigue {
namespace {

Stress stress(double xx, double yy, double zz, double xy, double yz, double xz) {
  Stress s;
  s << xx, yy, zz, xy, yz, xz;
  return s;
}

Stress random_stress(std::mt19937& generator) {
  std::uniform_real_distribution<double> value(-300, 300);
  Stress s;
  for (int i = 0; i < 6; ++i) s[i] = value(generator);
  return s;
}

TEST(VonMises, KnownStates) {
  EXPECT_NEAR(von_mises(stress(100, 0, 0, 0, 0, 0)), 100, 1e-12);
  EXPECT_NEAR(von_mises(stress(0, 0, 0, 0, 100, 0)), 100 * std::sqrt(3), 1e-12);
  EXPECT_NEAR(von_mises(stress(50, 50, 50, 0, 0, 0)), 0, 1e-12);
}

TEST(Principal, AgreesWithEigenvalues) {
  std::mt19937 generator(1);
  for (int i = 0; i < 200; ++i) {
    const Stress s = random_stress(generator);
    Eigen::Matrix3d t;
    t << s[0], s[3], s[5], s[3], s[1], s[4], s[5], s[4], s[2];
    const Eigen::Vector3d values = Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d>(t).eigenvalues();
    EXPECT_NEAR(principal_extremes(s).least, values[0], 1e-5);
    EXPECT_NEAR(principal_extremes(s).greatest, values[2], 1e-5);
  }
  EXPECT_EQ(principal_extremes(stress(7, 7, 7, 0, 0, 0)).least, 7);
}

TEST(Sign, DoubtCountsAsTension) {
  EXPECT_EQ(stress_sign(stress(-100, 0, 0, 0, 0, 0)), -1);
  EXPECT_EQ(stress_sign(stress(100, -20, 0, 0, 0, 0)), 1);
  EXPECT_EQ(stress_sign(stress(0, 0, 0, 100, 0, 0)), 1);
  EXPECT_EQ(stress_sign(stress(100, -60, -60, 0, 0, 0)), 1);
}

// References F44.
TEST(Findley, ClosedFormNumbers) {
  const Stress uniaxial = stress(1, 0, 0, 0, 0, 0);
  EXPECT_NEAR(findley_proportional(uniaxial, -300, 300, 0.3), 201.605, 5e-4);
  EXPECT_NEAR(findley_proportional(uniaxial, 0, 600, 0.3), 264.929, 5e-4);
  EXPECT_NEAR(findley_proportional(uniaxial, -100, 500, 0.3), 242.705, 5e-4);
  EXPECT_NEAR(findley_proportional(stress(0, 0, 0, 200, 0, 0), -1, 1, 0.3), 208.806, 5e-4);
}

TEST(Findley, RatioOfBendingToTorsionStrength) {
  for (const auto& [k, ratio] : {std::pair{0.2, 1.67208}, std::pair{0.3, 1.55358}}) {
    const double tension = findley_proportional(stress(1, 0, 0, 0, 0, 0), -1, 1, k);
    const double torsion = findley_proportional(stress(0, 0, 0, 1, 0, 0), -1, 1, k);
    EXPECT_NEAR(torsion / tension, ratio, 5e-6);
  }
}

TEST(Findley, SearchAgreesWithClosedForm) {
  std::mt19937 generator(2);
  std::uniform_real_distribution<double> factor(-1, 1);
  for (int i = 0; i < 30; ++i) {
    const Stress s = random_stress(generator);
    const double min = factor(generator), max = factor(generator);
    const double exact = findley_proportional(s, min, max, 0.3);
    EXPECT_NEAR(findley_search(min * s, max * s, 0.3).value, exact, 1e-6 * exact);
  }
}

TEST(Findley, PlaneOfReversedTorsion) {
  const CriticalPlane found =
      findley_search(stress(0, 0, 0, 200, 0, 0), stress(0, 0, 0, -200, 0, 0), 0.3);
  EXPECT_NEAR(found.value, 208.806, 1e-3);
  // Away from the plane of greatest shear (normal x or y) by atan(k) / 2.
  const double off = std::acos(std::max(std::abs(found.normal.x()), std::abs(found.normal.y())));
  EXPECT_NEAR(off * 180 / M_PI, 0.5 * std::atan(0.3) * 180 / M_PI, 0.05);
}

// Two states out of phase: torsion after tension. No closed form, so a fine brute-force grid.
TEST(Findley, SearchOfTwoDifferentStates) {
  const Stress a = stress(200, 30, 0, 0, 0, 0), b = stress(0, 0, 0, 120, 40, 0);
  double greatest = 0;
  for (int i = 0; i <= 360; ++i) {
    for (int j = 0; j < 1440; ++j) {
      const double polar = M_PI / 2 * i / 360, azimuth = 2 * M_PI * j / 1440;
      const Eigen::Vector3d n(std::sin(polar) * std::cos(azimuth),
                              std::sin(polar) * std::sin(azimuth), std::cos(polar));
      greatest = std::max(greatest, findley_on_plane(a, b, n, 0.3));
    }
  }
  const double found = findley_search(a, b, 0.3).value;
  EXPECT_GE(found, greatest * (1 - 1e-9));
  EXPECT_LE(found, greatest * 1.0001);
}

TEST(Findley, CompressionEarnsNothing) {
  EXPECT_NEAR(findley_proportional(stress(-1, 0, 0, 0, 0, 0), 0, 200, 0.3), 50, 1e-6);
  EXPECT_NEAR(findley_search(Stress::Zero(), stress(-200, 0, 0, 0, 0, 0), 0.3).value, 50, 1e-4);
}

TEST(Findley, UniaxialGivesItsCurveBack) {
  for (const double ratio : {-1.0, 0.1, 0.5}) {
    const double amplitude = 250, maximum = 2 * amplitude / (1 - ratio);
    const double f = findley_proportional(stress(0, maximum, 0, 0, 0, 0), ratio, 1, 0.3);
    EXPECT_NEAR(f / findley_uniaxial(ratio, 0.3), amplitude, 3e-6);
  }
}

}  // namespace
}  // namespace proofload::fatigue
