#include "../../../solver/assessment/strength.h"

#include <gtest/gtest.h>

namespace proofload::assessment {
namespace {

constexpr auto kLower = v1::FatigueAnalysis::SnLine::lower;
constexpr auto kMean = v1::FatigueAnalysis::SnLine::mean;

class StrengthTest : public testing::Test {
 protected:
  Library library = read_library(library_folder());
  v1::Material material(const std::string& name) { return library.materials.at(name); }
};

TEST_F(StrengthTest, LineAsked) {
  const v1::Material polished = material("ti6al4v_eli_lpbf_hip_polished");
  const BodyStrength lower = build_strength(polished, library, kLower);
  EXPECT_TRUE(lower.missing.empty());
  ASSERT_EQ(lower.strength.curves.size(), 2u);
  EXPECT_EQ(fatigue::endurance(lower.strength.curves[0].line), 370);
  const BodyStrength mean = build_strength(polished, library, kMean);
  EXPECT_EQ(fatigue::endurance(mean.strength.curves[0].line), 650);
}

TEST_F(StrengthTest, CapAtYield) {
  const BodyStrength data = build_strength(material("ti6al4v_eli_wrought_bar"), library, kLower);
  // Greatest stress at R 0.1; amplitude at R -1.
  EXPECT_NEAR(data.strength.curves[0].line.cap, 795, 1e-9);
  EXPECT_NEAR(data.strength.curves[1].line.cap, 795, 1e-9);
  EXPECT_LE(fatigue::strength_at(data.strength.curves[0].line, 1), 795);
}

TEST_F(StrengthTest, SurfaceFactorLowersTheCurve) {
  v1::Material bent = material("ti6al4v_eli_wrought_bar");
  bent.set_surface_factor(0.6);
  const BodyStrength data = build_strength(bent, library, kLower);
  EXPECT_NEAR(fatigue::endurance(data.strength.curves[0].line), 0.6 * 756, 1e-9);
}

TEST_F(StrengthTest, FractionsBecomeStresses) {
  v1::Material porous = material("porous_ti_70");
  const BodyStrength data = build_strength(porous, library, kLower);
  ASSERT_EQ(data.strength.curves.size(), 2u);
  EXPECT_TRUE(data.strength.curves[0].compression);
  EXPECT_NEAR(fatigue::endurance(data.strength.curves[0].line), 0.10 * 32, 1e-12);
  EXPECT_NEAR(fatigue::endurance(data.strength.curves[1].line), 0.07 * 57, 1e-12);
  porous.clear_ultimate_strength_mpa();
  EXPECT_FALSE(build_strength(porous, library, kLower).missing.empty());
}

TEST_F(StrengthTest, MissingCurvesAreSaid) {
  EXPECT_FALSE(build_strength(material("cortical_bone"), library, kLower).missing.empty());
  v1::Material named;
  named.add_sn_curves("nowhere");
  EXPECT_FALSE(build_strength(named, library, kLower).missing.empty());
}

TEST_F(StrengthTest, UnconfirmedDataBehindThePoint) {
  const v1::Material porous = material("porous_ti_70");
  const BodyStrength data = build_strength(porous, library, kLower);
  fatigue::Governing governing;
  governing.curve = 0;
  governing.rule = fatigue::Rule::kGoodman;
  EXPECT_FALSE(unconfirmed_behind(data, porous, governing, 0).empty());
  const v1::Material wrought = material("ti6al4v_eli_wrought_bar");
  const BodyStrength good = build_strength(wrought, library, kLower);
  EXPECT_TRUE(unconfirmed_behind(good, wrought, governing, 0).empty());
  governing.rule = fatigue::Rule::kFindley;
  EXPECT_TRUE(unconfirmed_behind(good, wrought, governing, 0.01).empty());
  EXPECT_FALSE(unconfirmed_behind(good, wrought, governing, 0.05).empty());
}

TEST_F(StrengthTest, FindleySpreadIsNothingForUniaxialAtTheCurvesRatio) {
  const BodyStrength data = build_strength(material("ti6al4v_eli_wrought_bar"), library, kLower);
  fatigue::Governing governing;
  governing.curve = 0;
  governing.rule = fatigue::Rule::kFindley;
  fatigue::Stress uniaxial = fatigue::Stress::Zero();
  uniaxial[0] = 200;
  EXPECT_NEAR(findley_spread(data, governing, uniaxial, 0.1, 1), 0, 1e-6);
  fatigue::Stress shear = fatigue::Stress::Zero();
  shear[3] = 200;
  EXPECT_GT(findley_spread(data, governing, shear, 0.1, 1), kFindleyKMatters);
}

}  // namespace
}  // namespace proofload::assessment
