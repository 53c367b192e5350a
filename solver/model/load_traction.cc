#include "loads.h"
#include "proofload/core/vec3.h"

namespace proofload::solver {

/// Force per area of the curved face, the same direction everywhere.
void add_traction(const LoadContext& context, const v1::Load& load, Nodal& nodal) {
  const Vec3 traction = vec3(load.traction_mpa());
  add_face_forces(
      context.part, *context.places.at(load.at()).faces,
      [&](const FacePoint& p, std::int32_t) { return Vec3(p.area.norm() * traction); }, nodal);
}

}  // namespace proofload::solver
