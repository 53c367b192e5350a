#include "loads.h"
#include "proofload/core/problem.h"
#include "proofload/core/vec3.h"

namespace proofload::solver {

/// Acceleration times mass: t/mm3 · mm/s2 = N/mm3.
void add_gravity(const LoadContext& context, const v1::Load& load, Nodal& nodal) {
  std::vector<Problem> problems;
  for (std::size_t body = 0; body < context.elasticity.size(); ++body) {
    if (context.elasticity[body].density > 0) continue;
    const std::string& name = context.part.body_names[body];
    problems.push_back({"MISSING_DENSITY", "bodies." + name + ".material.density_g_per_cm3", 0, 0,
                        "gravity acts on body '" + name + "', whose density is not known",
                        "give density_g_per_cm3"});
  }
  if (!problems.empty()) throw InvalidInput(problems);
  const Vec3 acceleration = vec3(load.gravity_mm_per_s2());
  constexpr int kDegreeFive = 3;
  add_volume_forces(
      context.part, tetrahedron_rule(kDegreeFive),
      [&](const Vec3&, std::int32_t body) {
        return Vec3(context.elasticity[body].density * acceleration);
      },
      nodal);
}

}  // namespace proofload::solver
