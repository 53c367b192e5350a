/// The shipped library: complete, in range, cited, and true to the points it was drawn from.
#include "proofload/core/library.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "proofload/core/problem.h"

namespace proofload {
namespace {

Library shipped() { return read_library(std::string(PROOFLOAD_SOURCE_DIR) + "/core/library"); }

double log_interpolated(const std::vector<double>& cycles, const std::vector<double>& stress,
                        double n) {
  if (n <= cycles.front()) return stress.front();
  if (n >= cycles.back()) return stress.back();
  std::size_t i = 0;
  while (n > cycles[i + 1]) ++i;
  const double t = std::log(n / cycles[i]) / std::log(cycles[i + 1] / cycles[i]);
  return stress[i] * std::pow(stress[i + 1] / stress[i], t);
}

std::vector<double> numbers(const google::protobuf::RepeatedField<double>& list) {
  return {list.begin(), list.end()};
}

/// Stress of the lower or mean line in the measure of the curve.
double lower_at(const v1::SnCurve& curve, double n) {
  return log_interpolated(numbers(curve.cycles_count()), numbers(curve.lower_mpa()), n);
}
double mean_at(const v1::SnCurve& curve, double n) {
  return log_interpolated(numbers(curve.cycles_count()), numbers(curve.mean_mpa()), n);
}

TEST(ShippedLibrary, ReadsWithoutAProblem) {
  const Library library = shipped();
  EXPECT_GE(library.materials.size(), 20u);
  EXPECT_GE(library.sn_curves.size(), 20u);
  EXPECT_GE(library.rods.size(), 8u);
  EXPECT_GE(library.loads.size(), 8u);
}

TEST(ShippedLibrary, EveryCurveIsCompleteAndFallsWithLife) {
  for (const auto& [name, curve] : shipped().sn_curves) {
    SCOPED_TRACE(name);
    const auto cycles = numbers(curve.cycles_count());
    const auto mean = numbers(curve.mean_mpa()), lower = numbers(curve.lower_mpa());
    ASSERT_EQ(cycles.size(), mean.size());
    ASSERT_EQ(cycles.size(), lower.size());
    for (std::size_t i = 0; i < cycles.size(); ++i) {
      EXPECT_GT(lower[i], 0);
      EXPECT_GE(mean[i], lower[i]);
      if (i == 0) continue;
      EXPECT_GT(cycles[i], cycles[i - 1]);
      EXPECT_LE(mean[i], mean[i - 1]);
      EXPECT_LE(lower[i], lower[i - 1]);
    }
    EXPECT_GE(curve.run_out_count(), cycles.front());
    EXPECT_LE(curve.run_out_count(), cycles.back());
    EXPECT_NE(curve.confidence(), v1::Confidence::unspecified);
    EXPECT_NE(curve.stress_measure(), v1::StressMeasure::unspecified);
    EXPECT_FALSE(curve.lower_basis().empty());
    EXPECT_FALSE(curve.source().citation().empty());
    EXPECT_TRUE(curve.has_walker_exponent());
    if (!curve.source().confirmed()) {
      EXPECT_FALSE(curve.source().note().empty());
    }
  }
}

TEST(ShippedLibrary, EveryMaterialCanBeUsed) {
  const Library library = shipped();
  for (const auto& [name, material] : library.materials) {
    SCOPED_TRACE(name);
    EXPECT_GT(material.youngs_modulus_mpa(), 0);
    EXPECT_LE(material.youngs_modulus_mpa(), 250000);
    EXPECT_GT(material.poisson_ratio(), 0);
    EXPECT_LE(material.poisson_ratio(), 0.49);
    EXPECT_FALSE(material.title().empty());
    EXPECT_FALSE(material.condition().empty());
    for (const auto& [field, source] : material.sources()) {
      EXPECT_FALSE(source.citation().empty()) << field;
    }
    for (const std::string& curve : material.sn_curves()) {
      ASSERT_TRUE(library.sn_curves.count(curve)) << curve;
      const std::string& fraction = library.sn_curves.at(curve).fraction_of();
      if (fraction == "yield_strength_mpa") {
        EXPECT_TRUE(material.has_yield_strength_mpa());
      }
      if (fraction == "ultimate_strength_mpa") {
        EXPECT_TRUE(material.has_ultimate_strength_mpa());
      }
    }
    if (material.sn_curves_size() > 0) {
      EXPECT_TRUE(material.has_ultimate_strength_mpa());
    }
  }
}

TEST(ShippedLibrary, RodsNameMaterialsWithFatigueData) {
  const Library library = shipped();
  for (const auto& [name, rod] : library.rods) {
    SCOPED_TRACE(name);
    ASSERT_TRUE(library.materials.count(rod.material()));
    EXPECT_GT(library.materials.at(rod.material()).sn_curves_size(), 0);
    EXPECT_GE(rod.diameter_mm(), 2);
    EXPECT_LE(rod.diameter_mm(), 10);
  }
}

TEST(ShippedLibrary, LoadsSayHowMuch) {
  for (const auto& [name, load] : shipped().loads) {
    SCOPED_TRACE(name);
    EXPECT_TRUE(load.has_axial_force_n() || load.has_moment_nmm() || load.has_cycles_count());
    EXPECT_FALSE(load.source().citation().empty());
  }
}

/// log10 N = a - k log10 S between two lives.
struct Basquin {
  const char* curve;
  double a_mean, k_mean, a_lower, k_lower, from, to;
};

// Materials data, section 5.1, agrees with the tabulated points.
TEST(ShippedLibrary, CurvesAgreeWithTheirBasquinForm) {
  const Basquin rows[] = {
      {"c1b", 73.90, 24.73, 71.63, 24.53, 1e5, 1e7}, {"c2a", 55.29, 17.17, 29.03, 8.58, 1e5, 1e7},
      {"c2b", 44.48, 13.94, 35.21, 10.97, 1e4, 1e6}, {"c3a", 44.86, 14.64, 42.48, 14.60, 1e5, 1e6},
      {"c3b", 43.51, 14.55, 42.07, 14.54, 1e5, 1e6}, {"c4a", 18.94, 5.44, 15.56, 4.31, 1e4, 1e6},
      {"c4b", 20.25, 6.15, 22.19, 7.30, 1e4, 1e6},   {"c5a", 16.95, 4.65, 11.91, 2.90, 1e5, 1e6},
      {"c5b", 16.17, 4.51, 13.43, 3.58, 1e4, 1e6},   {"c6a", 34.68, 10.47, 27.63, 8.60, 1e5, 1e7},
      {"c6b", 25.45, 7.54, 24.82, 7.60, 1e4, 1e6},   {"c8p", 27.21, 7.48, 26.61, 7.46, 1e5, 1e7}};
  const Library library = shipped();
  for (const Basquin& row : rows) {
    SCOPED_TRACE(row.curve);
    const v1::SnCurve& curve = library.sn_curves.at(row.curve);
    for (const double n : {row.from, row.to}) {
      const double mean = std::pow(10, (row.a_mean - std::log10(n)) / row.k_mean);
      const double lower = std::pow(10, (row.a_lower - std::log10(n)) / row.k_lower);
      EXPECT_NEAR(mean_at(curve, n), mean, 0.02 * mean) << n;
      EXPECT_NEAR(lower_at(curve, n), lower, 0.02 * lower) << n;
    }
  }
}

/// Amplitude and life of a specimen that broke.
struct Failure {
  double amplitude, cycles;
};

struct FailureSet {
  const char* curve;
  const char* from;
  std::vector<Failure> failures;
};

/// Digitised failures of FatigueData-AM2022 (doi 10.1038/s41597-023-02150-x), amplitudes.
std::vector<FailureSet> failure_sets() {
  return {{"c2a",
           "Greitemeier, Bagehorn, Kahlin; HIP machined, R 0.1",
           {{358, 7.9e4}, {347, 1.4e6}, {335, 1.4e6}, {313, 1.8e6}, {324, 2.1e6}, {302, 3e6},
            {291, 3.3e6}, {280, 6.3e6}, {268, 1e7},   {405, 4.8e4}, {381, 1e5},   {371, 6e5},
            {359, 2.8e6}, {348, 4e6},   {360, 4.3e6}, {371, 4.9e6}, {360, 8.1e6}, {361, 3.5e4},
            {371, 5e4},   {292, 4.1e5}, {270, 4.3e5}}},
          {"c2b",
           "Masuo, Chi; HIP machined, R -1",
           {{759, 2.1e4}, {720, 2.5e4}, {719, 2.7e4}, {680, 3.7e4}, {639, 3.7e4},
            {680, 3.9e4}, {600, 5.6e4}, {640, 5.7e4}, {619, 5.8e4}, {609, 6e4},
            {620, 9.7e4}, {612, 4.6e4}, {561, 8.5e4}, {510, 1.2e5}, {510, 1.3e5},
            {485, 1.9e5}, {501, 2.2e5}, {510, 8.3e5}, {490, 7.8e6}, {485, 1.3e8}}},
          {"c3b",
           "Benedetti; HIP tribofinished, R -1",
           {{500, 5.5e4},
            {450, 6.8e4},
            {499, 7.3e4},
            {425, 9.9e4},
            {450, 1.1e5},
            {400, 1.8e5},
            {425, 2.1e5},
            {399, 2.4e5},
            {374, 7.2e6}}},
          {"c4a",
           "Greitemeier, Bagehorn, Kahlin; HIP as printed or blasted, R 0.1",
           {{224, 2.5e4}, {202, 3.6e4}, {179, 8.1e4}, {168, 9.3e4}, {157, 1.2e5}, {135, 2.4e5},
            {113, 4.2e5}, {101, 7.8e5}, {90, 3e6},    {248, 2.7e4}, {270, 2.7e4}, {226, 3.7e4},
            {214, 5.3e4}, {202, 5.6e4}, {203, 7.8e4}, {180, 9.3e4}, {169, 1.1e5}, {158, 1.7e5},
            {146, 2.1e5}, {224, 3.1e4}, {201, 6.1e4}, {149, 1.1e5}, {145, 1.1e5}, {167, 1.2e5},
            {134, 1.5e5}, {156, 1.8e5}}},
          {"c4b",
           "Masuo, Cutolo; HIP as printed, R -1",
           {{419, 3.9e4},
            {380, 6.1e4},
            {340, 9.1e4},
            {301, 1.6e5},
            {260, 3.1e5},
            {240, 3.6e5},
            {239, 5e5},
            {231, 1e6},
            {200, 2e6},
            {309, 4.8e4},
            {268, 4.8e4},
            {268, 5.1e4},
            {230, 6e4},
            {309, 7.6e4},
            {230, 8e4},
            {268, 1.3e5},
            {230, 1.8e5}}},
          {"c5a",
           "Greitemeier, Kahlin, Benedetti; stress relieved as printed, R 0.1",
           {{226, 2.3e4}, {201, 3.1e4}, {173, 3.6e4}, {169, 6.6e4}, {154, 6.6e4}, {143, 1.2e5},
            {128, 1.2e5}, {112, 1.5e5}, {124, 2e5},   {94, 6.7e5},  {255, 2.9e4}, {224, 5.1e4},
            {224, 6e4},   {179, 7.9e4}, {179, 2.3e5}, {133, 4.2e5}, {200, 6e4},   {175, 1.1e5},
            {175, 1.3e5}, {150, 1.3e5}, {144, 1.8e5}, {144, 2.1e5}, {150, 4e5}}},
          {"c5b",
           "Masuo, Cutolo, Benedetti; stress relieved as printed, R -1",
           {{499, 1.7e4}, {460, 2.4e4}, {379, 4.6e4}, {338, 5.3e4}, {299, 1e5},   {260, 1.7e5},
            {220, 3.3e5}, {199, 4e5},   {179, 7.3e5}, {159, 1.4e6}, {169, 4.3e6}, {403, 1.4e4},
            {368, 2.7e4}, {368, 3.8e4}, {309, 6.5e4}, {309, 6.7e4}, {309, 9.9e4}, {268, 2.6e5},
            {268, 2.9e5}, {300, 4.8e4}, {350, 5.2e4}, {350, 7.2e4}, {300, 9.4e4}, {300, 1e5},
            {275, 1.6e5}, {250, 1.9e5}, {225, 2.3e5}, {275, 2.6e5}, {250, 2.8e5}, {275, 2.8e5},
            {250, 1.3e7}}},
          {"c6a",
           "Greitemeier, Chen; stress relieved machined, R 0.1 and 0.06",
           {{378, 1.8e4}, {333, 8.8e4}, {295, 1.4e5}, {306, 1.5e5}, {256, 3.4e5}, {292, 1.3e6},
            {222, 1.4e6}, {247, 2.8e6}, {280, 5.6e6}, {329, 3.2e4}, {329, 4.7e4}, {329, 5.6e4},
            {282, 6.3e4}, {254, 7.8e4}, {226, 1.3e5}, {235, 1.4e5}, {216, 2.1e5}, {244, 2.5e5},
            {226, 3e5},   {282, 3e5},   {226, 4.1e5}, {216, 4.6e5}, {244, 8.2e5}, {207, 8.3e5}}},
          {"c6b",
           "Masuo; stress relieved machined, R -1",
           {{620, 3.8e4},
            {581, 4.9e4},
            {540, 6.6e4},
            {501, 9.9e4},
            {460, 1.1e5},
            {379, 1.4e5},
            {420, 1.5e5},
            {399, 1.5e5},
            {501, 1.9e5},
            {380, 1.8e6}}},
          {"c8p",
           "Okazaki; CoCrMo machined, R 0.1",
           {{450, 3.2e4},
            {383, 1.6e5},
            {406, 1.8e5},
            {360, 3.8e5},
            {315, 7.2e5},
            {338, 7.5e5},
            {262, 2.7e6},
            {293, 2.7e6},
            {270, 3.9e6},
            {225, 7.6e6},
            {216, 8.4e6},
            {248, 8.6e6}}}};
}

TEST(ShippedLibrary, DensityLawsAreCompleteAndCited) {
  const Library library = shipped();
  EXPECT_GE(library.density_laws.size(), 2u);
  for (const auto& [name, law] : library.density_laws) {
    SCOPED_TRACE(name);
    EXPECT_TRUE(law.has_coefficient_mpa() && law.has_exponent());
    EXPECT_LT(law.min_density(), law.max_density());
    EXPECT_FALSE(law.density().empty());
    EXPECT_FALSE(law.source().citation().empty());
  }
  // Morgan 2003 at the densities of the reference tables.
  const v1::DensityLaw& morgan = library.density_laws.at("morgan_2003_vertebra");
  const double at[4][2] = {{0.10, 130.3}, {0.15, 245.2}, {0.20, 384.1}, {0.30, 723.1}};
  for (const auto& [density, modulus] : at) {
    EXPECT_NEAR(morgan.coefficient_mpa() * std::pow(density, morgan.exponent()), modulus, 0.1);
  }
  const v1::DensityLaw& scan = library.density_laws.at("kopperdahl_2002_vertebra");
  EXPECT_NEAR(scan.coefficient_mpa() * std::pow(0.15, scan.exponent()), 406.5, 0.1);
}

// The gated line must lie below every specimen that broke.
TEST(ShippedLibrary, NoFailureLiesBelowTheLowerLine) {
  const Library library = shipped();
  for (const FailureSet& set : failure_sets()) {
    SCOPED_TRACE(std::string(set.curve) + ": " + set.from);
    const v1::SnCurve& curve = library.sn_curves.at(set.curve);
    const double to_measure =
        curve.stress_measure() == v1::StressMeasure::maximum ? 2 / (1 - curve.stress_ratio()) : 1;
    for (const Failure& failure : set.failures) {
      EXPECT_GE(failure.amplitude * to_measure, lower_at(curve, failure.cycles))
          << failure.amplitude << " MPa at " << failure.cycles;
    }
  }
}

}  // namespace
}  // namespace proofload
