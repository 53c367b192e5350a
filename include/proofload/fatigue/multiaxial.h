#pragma once
/// Stress tensors to numbers that S-N curves understand. Stress as XX YY ZZ XY YZ XZ in MPa.
#include <Eigen/Core>

namespace proofload::fatigue {

using Stress = Eigen::Matrix<double, 6, 1>;

double von_mises(const Stress& s);

/// Greatest and least principal stress, to 1e-8 of the greatest.
struct Extremes {
  double greatest = 0;
  double least = 0;
};
Extremes principal_extremes(const Stress& s);

/// -1 where the stress is compressive: negative trace and a largest principal stress (by
/// magnitude) that is negative; else +1, so that doubt counts as tension.
int stress_sign(const Stress& s);

/// Findley (1959): max over planes of shear amplitude + k * greatest normal stress, for a stress
/// that pulsates between min*s and max*s. Closed form from the outer Mohr circle, exact for such
/// proportional cycles. Compressive normal stress earns no credit.
double findley_proportional(const Stress& s, double min, double max, double k);

/// Findley's sum on the plane of unit normal n for a cycle between two states.
double findley_on_plane(const Stress& first, const Stress& second, const Eigen::Vector3d& n,
                        double k);

struct CriticalPlane {
  double value = 0;
  Eigen::Vector3d normal = Eigen::Vector3d::UnitZ();
};

/// Search over all planes for a cycle between any two states (proportional or not): a grid over the
/// half sphere, then refinement about the best ones; value within 1e-6 relative.
CriticalPlane findley_search(const Stress& first, const Stress& second, double k);

/// Findley's sum of a uniaxial cycle of unit amplitude at a stress ratio:
/// (sqrt(1 + k^2 c^2) + k c) / 2 with c = 2 / (1 - R). Divides a Findley sum into the amplitude at
/// that ratio which is as damaging, so that a uniaxial cycle gives its curve back exactly.
double findley_uniaxial(double stress_ratio, double k);

}  // namespace proofload::fatigue
