#include "loads.h"

#include <Eigen/Geometry>

#include "proofload/core/problem.h"
#include "proofload/core/vec3.h"
#include "proofload/solver/collective.h"

namespace proofload::solver {
namespace {

struct NodalKind {
  bool (*applies)(const v1::Load& load);
  void (*add)(const LoadContext& context, const v1::Load& load, Nodal& nodal);
};

/// Every kind that gives nodal forces.
const NodalKind kNodalKinds[] = {
    {[](const v1::Load& l) { return l.has_distributed(); }, add_distributed},
    {[](const v1::Load& l) { return l.has_pressure_mpa(); }, add_pressure},
    {[](const v1::Load& l) { return l.traction_mpa_size() > 0; }, add_traction},
    {[](const v1::Load& l) { return l.gravity_mm_per_s2_size() > 0; }, add_gravity},
    {[](const v1::Load& l) { return l.has_manufactured(); }, add_manufactured},
};

/// Where the force of the first load that has one at a place acts: the point whose motion is
/// conjugate to it.
void note_point(const LoadContext& context, const v1::Load& load, LoadVector& result) {
  const bool on_face = load.has_distributed() || load.has_rigid() || load.has_pressure_mpa() ||
                       load.traction_mpa_size() > 0;
  if (!on_face || !result.load_place.empty()) return;
  const Vec3 centroid = context.places.at(load.at()).facts.centroid;
  const v1::ForceMoment& moment = load.has_rigid() ? load.rigid() : load.distributed();
  result.load_place = load.at();
  result.load_point = vec3(moment.acts_at_mm(), vec3(moment.point_mm(), centroid));
}

void add_load(const LoadContext& context, const v1::Load& load, LoadVector& result) {
  bool known = load.has_prescribed_mm();
  for (const NodalKind& kind : kNodalKinds) {
    if (!kind.applies(load)) continue;
    kind.add(context, load, result.force);
    known = true;
  }
  if (load.has_rigid()) {
    add_rigid(context, load, result);
    known = true;
  }
  if (!known) {
    throw InvalidInput({{"LOAD_WITHOUT_KIND", "load_cases." + result.name, 0, 0,
                         "a load at '" + load.at() + "' says nothing of what acts",
                         "give distributed, rigid, pressure_mpa, traction_mpa, gravity_mm_per_s2, "
                         "prescribed_mm or manufactured"}});
  }
  note_point(context, load, result);
}

}  // namespace

void resultant(const MeshPart& part, const std::vector<double>& nodal, const Eigen::Vector3d& point,
               Eigen::Vector3d& force, Eigen::Vector3d& moment) {
  Eigen::Matrix<double, 6, 1> sum = Eigen::Matrix<double, 6, 1>::Zero();
  for (std::int32_t node = 0; node < part.n_local(); ++node) {
    const Eigen::Vector3d f = at_node(nodal, node);
    sum.head<3>() += f;
    sum.tail<3>() += (node_point(part, node) - point).cross(f);
  }
  sum_over_ranks(part.comm, sum.data(), 6);
  force = sum.head<3>();
  moment = sum.tail<3>();
}

void add_loads(const LoadContext& context, const v1::LoadCase& load_case, LoadVector& result) {
  result.name = load_case.name();
  result.force.assign(3 * static_cast<std::size_t>(context.part.n_local()), 0.0);
  result.rigid.assign(context.kinematics.rigid_groups.size(), {});
  result.rigid_lever.assign(result.rigid.size(), Eigen::Matrix3d::Zero());
  for (const v1::Load& load : load_case.loads()) add_load(context, load, result);
  add_to_owners(context.part, result.force.data(), 3);
  Eigen::Vector3d moment;
  resultant(context.part, result.force, Eigen::Vector3d::Zero(), result.total_force, moment);
  for (const auto& rigid : result.rigid) {
    result.total_force += Eigen::Vector3d(rigid[0], rigid[1], rigid[2]);
  }
}

}  // namespace proofload::solver
