#pragma once
/// Closed-form values of a round rod held at one end and loaded at the other by remote points.
#include <Eigen/Core>
#include <vector>

namespace proofload::assessment {

using Vec3 = Eigen::Vector3d;

/// A round rod along a polyline, fixed at the first point; force and moment act at the last.
struct RodBeam {
  std::vector<Vec3> path;  ///< mm, at least two points
  double diameter_mm = 0;
  double youngs_modulus_mpa = 0;
  double poisson_ratio = 0;
};

/// Load at the free end, both points carried rigidly by it.
struct EndLoad {
  Vec3 force = Vec3::Zero();        ///< N
  Vec3 moment = Vec3::Zero();       ///< Nmm
  Vec3 acts_at = Vec3::Zero();      ///< where the force acts, mm
  Vec3 measured_at = Vec3::Zero();  ///< whose motion is measured, mm
};

struct BeamAnswer {
  double motion_mm = 0;           ///< of the measured point, along the force
  double stiffness_n_per_mm = 0;  ///< |F| over that motion; 0 if it does not move along it
  double max_von_mises_mpa = 0;   ///< outer fibre, bending + axial + torsion, no stress raisers
  double strain_energy_nmm = 0;
  double max_bending_nmm = 0;  ///< greatest bending moment along the rod
};

/// Castigliano along the path: axial EA, bending EI (Euler-Bernoulli), torsion GJ and, with
/// `shear`, kappa GA (Timoshenko, Cowper 1966: kappa = 6 (1 + nu) / (7 + 6 nu)). Straight rods
/// exactly; curved ones as a chain of straight pieces (thin-rod theory, no curvature correction).
BeamAnswer answer_beam(const RodBeam& rod, const EndLoad& load, bool shear);

/// Diameter at which a property of the rod equals `wanted`, by bisection between 0.01 and 1000 mm;
/// `property` must be monotonic in the diameter. 0: outside.
template <class Property>
double diameter_for(double wanted, RodBeam rod, const Property& property) {
  const auto at = [&](double diameter) {
    rod.diameter_mm = diameter;
    return property(rod) - wanted;
  };
  double low = 0.01, high = 1000;
  const bool rising = at(high) > at(low);
  if ((at(low) > 0) == (at(high) > 0)) return 0;
  for (int i = 0; i < 200; ++i) {
    const double middle = 0.5 * (low + high);
    ((at(middle) > 0) == rising ? high : low) = middle;
  }
  return 0.5 * (low + high);
}

}  // namespace proofload::assessment
