#include "../../../solver/assessment/beam.h"

#include <gtest/gtest.h>

#include <cmath>

namespace proofload::assessment {
namespace {

RodBeam rod(double diameter, double modulus, double poisson, double length) {
  return {{Vec3(0, 0, 0), Vec3(0, 0, length)}, diameter, modulus, poisson};
}

EndLoad at_end(const Vec3& force, const Vec3& moment, const Vec3& point) {
  return {force, moment, point, point};
}

constexpr double kInertia = 44.9180;  // d 5.5, references B3
constexpr double kArea = 23.7583;

TEST(Beam, Axial) {
  const RodBeam beam = rod(5.5, 114000, 0.34, 100);
  const BeamAnswer answer =
      answer_beam(beam, at_end({0, 0, -500}, Vec3::Zero(), {0, 0, 100}), true);
  EXPECT_NEAR(answer.stiffness_n_per_mm, 114000 * kArea / 100, 1e-5 * answer.stiffness_n_per_mm);
  EXPECT_NEAR(answer.max_von_mises_mpa, 500 / kArea, 1e-4);
  EXPECT_NEAR(answer.strain_energy_nmm, 500 * 500 * 100 / (2 * 114000 * kArea), 1e-5);
  EXPECT_EQ(answer.max_bending_nmm, 0);
}

TEST(Beam, CantileverWithAndWithoutShear) {
  const RodBeam beam = rod(5.5, 114000, 0.34, 76.2);
  const EndLoad load = at_end({100, 0, 0}, Vec3::Zero(), {0, 0, 76.2});
  const double euler = 3 * 114000 * kInertia / std::pow(76.2, 3);
  EXPECT_NEAR(answer_beam(beam, load, false).stiffness_n_per_mm, euler, 2e-6 * euler);
  const double kappa = 6 * 1.34 / (7 + 6 * 0.34), shear = 114000 / 2.68;
  const double timoshenko = 1 / (1 / euler + 76.2 / (kappa * shear * kArea));
  EXPECT_NEAR(answer_beam(beam, load, true).stiffness_n_per_mm, timoshenko, 2e-6 * timoshenko);
  EXPECT_NEAR(answer_beam(beam, load, true).max_von_mises_mpa, 100 * 76.2 / 16.3338, 0.01);
}

// Half the span of B3 is a cantilever with half the load: K(three-point) = 2 K(cantilever, L/2).
TEST(Beam, ThreePointBendingReference) {
  const RodBeam half = rod(5.5, 114000, 0.34, 76.2 / 2);
  const EndLoad load = at_end({50, 0, 0}, Vec3::Zero(), {0, 0, 76.2 / 2});
  EXPECT_NEAR(2 * answer_beam(half, load, false).stiffness_n_per_mm, 555.52, 0.01);
  EXPECT_NEAR(2 * answer_beam(half, load, true).stiffness_n_per_mm, 549.06, 0.01);
}

TEST(Beam, EccentricCompression) {
  // P at offset e: axial P L / EA plus bending P e^2 L / EI along the force.
  const double length = 100, e = 10, force = 250;
  const RodBeam beam = rod(5.5, 113800, 0.342, length);
  const BeamAnswer answer =
      answer_beam(beam, at_end({0, 0, -force}, Vec3::Zero(), {e, 0, length}), true);
  const double motion =
      force * length / (113800 * kArea) + force * e * e * length / (113800 * kInertia);
  EXPECT_NEAR(answer.motion_mm, motion, 2e-6 * motion);
  EXPECT_NEAR(answer.max_von_mises_mpa, force / kArea + force * e / 16.3338, 0.01);
  EXPECT_NEAR(answer.max_bending_nmm, force * e, 1e-9);
  // References V19: linear superposition of the eccentric column, 163.579 MPa.
  EXPECT_NEAR(answer.max_von_mises_mpa, 163.579, 0.01);
}

TEST(Beam, PureMomentAndTorsion) {
  const RodBeam beam = rod(5.5, 114000, 0.34, 100);
  const BeamAnswer bent = answer_beam(beam, at_end(Vec3::Zero(), {1000, 0, 0}, {0, 0, 100}), true);
  EXPECT_NEAR(bent.strain_energy_nmm, 1e6 * 100 / (2 * 114000 * kInertia), 1e-4);
  EXPECT_NEAR(bent.max_von_mises_mpa, 1000 / 16.3338, 1e-3);
  EXPECT_EQ(bent.stiffness_n_per_mm, 0);
  const BeamAnswer twisted =
      answer_beam(beam, at_end(Vec3::Zero(), {0, 0, 1000}, {0, 0, 100}), true);
  EXPECT_NEAR(twisted.strain_energy_nmm, 1e6 * 100 * 2.68 / (2 * 114000 * 2 * kInertia), 1e-4);
  EXPECT_NEAR(twisted.max_von_mises_mpa, std::sqrt(3) * 1000 / (2 * 16.3338), 1e-3);
}

TEST(Beam, PiecesOfAStraightRodMakeIt) {
  RodBeam pieces = rod(5.5, 114000, 0.34, 100);
  pieces.path = {{0, 0, 0}, {0, 0, 13}, {0, 0, 55}, {0, 0, 100}};
  const EndLoad load = at_end({30, -20, -100}, {500, 100, -40}, {5, 3, 100});
  const BeamAnswer one = answer_beam(rod(5.5, 114000, 0.34, 100), load, true);
  const BeamAnswer many = answer_beam(pieces, load, true);
  EXPECT_NEAR(one.motion_mm, many.motion_mm, 1e-12);
  EXPECT_NEAR(one.strain_energy_nmm, many.strain_energy_nmm, 1e-12);
}

// Quarter circle, radial force at the free end: vertical motion P pi R^3 / (4 E I), bending only.
TEST(Beam, QuarterCircle) {
  const double radius = 50;
  RodBeam arc{{}, 1, 100000, 0.3};
  constexpr int kPieces = 200;
  for (int i = 0; i <= kPieces; ++i) {
    const double angle = M_PI / 2 * i / kPieces;
    arc.path.push_back({radius * std::cos(angle), 0, radius * std::sin(angle)});
  }
  const EndLoad load = at_end({0, 0, -1}, Vec3::Zero(), arc.path.back());
  const double inertia = M_PI / 64;
  const double exact = M_PI * std::pow(radius, 3) / (4 * 100000 * inertia);
  EXPECT_NEAR(answer_beam(arc, load, false).motion_mm, exact, 1e-3 * exact);
}

TEST(Beam, DiameterOfEqualProperty) {
  const RodBeam beam = rod(5.5, 114000, 0.34, 100);
  const EndLoad load = at_end({0, 0, -500}, Vec3::Zero(), {12, 0, 100});
  const auto stiffness = [&](const RodBeam& one) {
    return answer_beam(one, load, true).stiffness_n_per_mm;
  };
  EXPECT_NEAR(diameter_for(stiffness(beam), rod(1, 114000, 0.34, 100), stiffness), 5.5, 1e-9);
  EXPECT_EQ(diameter_for(-1.0, beam, stiffness), 0);
}

}  // namespace
}  // namespace proofload::assessment
