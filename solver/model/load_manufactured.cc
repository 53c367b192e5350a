#include "loads.h"
#include "proofload/core/problem.h"
#include "proofload/solver/manufactured.h"

namespace proofload::solver {
namespace {

void check_one_material(const std::vector<Elasticity>& elasticity) {
  for (const Elasticity& e : elasticity) {
    if (e.lambda == elasticity[0].lambda && e.mu == elasticity[0].mu) continue;
    throw InvalidInput({{"MANUFACTURED_MATERIALS", "load_cases", 0, 0,
                         "a manufactured field balances in one material only",
                         "give all bodies the same elasticity"}});
  }
}

}  // namespace

/// Body force of the field in all cells and its traction on the whole exterior, so that the field
/// is the solution whatever part of the surface is held.
void add_manufactured(const LoadContext& context, const v1::Load& load, Nodal& nodal) {
  check_one_material(context.elasticity);
  const v1::Manufactured& field = load.manufactured();
  constexpr int kDegreeNine = 5;
  add_volume_forces(
      context.part, tetrahedron_rule(kDegreeNine),
      [&](const Eigen::Vector3d& x, std::int32_t body) {
        return body_force_of(context.elasticity[body], manufactured_field(field, x));
      },
      nodal);
  add_face_forces(
      context.part, context.part.exterior,
      [&](const FacePoint& p, std::int32_t cell) {
        const Elasticity& material = context.elasticity[context.part.cell_body[cell]];
        return Eigen::Vector3d(stress_of(material, manufactured_field(field, p.x).gradient) *
                               p.area);
      },
      nodal);
}

}  // namespace proofload::solver
