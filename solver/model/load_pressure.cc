#include "loads.h"

namespace proofload::solver {

/// Against the outward normal of the curved face.
void add_pressure(const LoadContext& context, const v1::Load& load, Nodal& nodal) {
  const double pressure = load.pressure_mpa();
  add_face_forces(
      context.part, *context.places.at(load.at()).faces,
      [&](const FacePoint& p, std::int32_t) { return Eigen::Vector3d(-pressure * p.area); }, nodal);
}

}  // namespace proofload::solver
