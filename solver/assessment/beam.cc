#include "beam.h"

#include <Eigen/Geometry>
#include <cmath>

namespace proofload::assessment {

namespace {

constexpr double kPi = 3.14159265358979323846;

/// Section forces where a unit state (force, moment at the end) acts.
struct Section {
  double normal, torsion;
  Vec3 shear, bending;
};

Section section(const Vec3& force, const Vec3& moment, const Vec3& end, const Vec3& at,
                const Vec3& axis) {
  const Vec3 total = moment + (end - at).cross(force);
  const double normal = force.dot(axis), torsion = total.dot(axis);
  return {normal, torsion, force - normal * axis, total - torsion * axis};
}

}  // namespace

BeamAnswer answer_beam(const RodBeam& rod, const EndLoad& load, bool shear) {
  const double d = rod.diameter_mm;
  const double area = kPi * d * d / 4, inertia = kPi * std::pow(d, 4) / 64;
  const double shear_modulus = rod.youngs_modulus_mpa / (2 * (1 + rod.poisson_ratio));
  const double kappa = 6 * (1 + rod.poisson_ratio) / (7 + 6 * rod.poisson_ratio);
  const double axial = rod.youngs_modulus_mpa * area, bend = rod.youngs_modulus_mpa * inertia;
  const double twist = shear_modulus * 2 * inertia, slide = kappa * shear_modulus * area;
  const Vec3 end = rod.path.back();
  const Vec3 end_moment = load.moment + (load.acts_at - end).cross(load.force);
  const double magnitude = load.force.norm();
  const Vec3 along = magnitude > 0 ? Vec3(load.force / magnitude) : Vec3::Zero();
  const Vec3 unit_moment = (load.measured_at - end).cross(along);

  BeamAnswer out;
  constexpr double kPoints[] = {-0.7745966692414834, 0, 0.7745966692414834};
  constexpr double kWeights[] = {5.0 / 9, 8.0 / 9, 5.0 / 9};
  for (std::size_t i = 0; i + 1 < rod.path.size(); ++i) {
    const Vec3 a = rod.path[i], b = rod.path[i + 1];
    const double length = (b - a).norm();
    if (!(length > 0)) continue;
    const Vec3 axis = (b - a) / length;
    // Three Gauss points integrate the products of linear section forces exactly.
    for (int g = 0; g < 3; ++g) {
      const Vec3 at = a + 0.5 * (1 + kPoints[g]) * (b - a);
      const double weight = 0.5 * length * kWeights[g];
      const Section s = section(load.force, end_moment, end, at, axis);
      const Section u = section(along, unit_moment, end, at, axis);
      const double shear_s = shear ? s.shear.dot(s.shear) / slide : 0;
      const double shear_u = shear ? s.shear.dot(u.shear) / slide : 0;
      out.strain_energy_nmm += 0.5 * weight *
                               (s.normal * s.normal / axial + s.torsion * s.torsion / twist +
                                s.bending.dot(s.bending) / bend + shear_s);
      out.motion_mm += weight * (s.normal * u.normal / axial + s.torsion * u.torsion / twist +
                                 s.bending.dot(u.bending) / bend + shear_u);
    }
    for (const Vec3& at : {a, b}) {
      const Section s = section(load.force, end_moment, end, at, axis);
      const double normal = std::abs(s.normal) / area + s.bending.norm() * d / (2 * inertia);
      const double torsion = std::abs(s.torsion) * d / (4 * inertia);
      out.max_von_mises_mpa =
          std::max(out.max_von_mises_mpa, std::sqrt(normal * normal + 3 * torsion * torsion));
      out.max_bending_nmm = std::max(out.max_bending_nmm, s.bending.norm());
    }
  }
  if (out.motion_mm > 0) out.stiffness_n_per_mm = magnitude / out.motion_mm;
  return out;
}

}  // namespace proofload::assessment
