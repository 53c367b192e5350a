#include "proofload/core/designs.h"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "proofload/core/regions.h"
#include "proofload/core/vec3.h"

namespace proofload {

namespace {

using Names = std::set<std::string>;

Names names_of(const google::protobuf::RepeatedPtrField<std::string>& list) {
  return Names(list.begin(), list.end());
}

/// Keeps the bodies that regions of the design are measured from.
void add_measured_bodies(const v1::Case& resolved, v1::Case& value) {
  Names present;
  for (const v1::Body& body : value.bodies()) present.insert(body.name());
  for (const v1::Body& body : value.bodies()) {
    if (!body.part_of().region().has_depth_from()) continue;
    const std::string& from = body.part_of().region().depth_from().body();
    for (const v1::Body& other : resolved.bodies()) {
      if (other.name() == from && present.insert(from).second) *value.add_measured_bodies() = other;
    }
  }
}

/// Force loads that can be moved to another place without changing what they do to the whole.
std::vector<v1::ForceMoment> force_loads(const v1::LoadCase& load_case) {
  std::vector<v1::ForceMoment> loads;
  for (const v1::Load& load : load_case.loads()) {
    if (load.has_distributed()) loads.push_back(load.distributed());
    if (load.has_rigid()) loads.push_back(load.rigid());
  }
  return loads;
}

/// Point the force acts through.
Vec3 action_point(const v1::ForceMoment& load) {
  return load.acts_at_mm_size() == 3 ? vec3(load.acts_at_mm()) : vec3(load.point_mm());
}

bool has_point(const v1::ForceMoment& load) {
  return load.acts_at_mm_size() == 3 || load.point_mm_size() == 3;
}

/// Everything but geometry, places, supports and loads.
v1::Case without_model(const v1::Case& resolved) {
  v1::Case value = resolved;
  value.clear_bodies();
  value.clear_interfaces();
  value.clear_places();
  value.clear_supports();
  value.clear_load_cases();
  value.clear_probes();
  value.mutable_mesh()->clear_refine();  // balls are placed on the implant
  return value;
}

/// The member rig: a rigid remote point at `support_at` (all fixed), the same forces and moments on
/// a rigid remote point at `load_at`, acting where they act in the case.
void add_rig(const v1::Case& resolved, const std::string& support_at, const std::string& load_at,
             v1::Case& value) {
  v1::Support& support = *value.add_supports();
  support.set_name("rig");
  support.set_at(support_at);
  support.mutable_rigid();
  for (const v1::LoadCase& load_case : resolved.load_cases()) {
    const std::vector<v1::ForceMoment> loads = force_loads(load_case);
    if (loads.empty()) continue;
    v1::LoadCase& copy = *value.add_load_cases();
    copy.set_name(load_case.name());
    copy.set_early(load_case.early());
    // One remote point carries the sum: later forces are moved to the first one's point.
    const Vec3 at = action_point(loads.front());
    Vec3 force = Vec3::Zero(), moment = Vec3::Zero();
    for (const v1::ForceMoment& load : loads) {
      force += vec3(load.force_n());
      moment += vec3(load.moment_nmm());
      if (has_point(load)) moment += (action_point(load) - at).cross(vec3(load.force_n()));
    }
    v1::Load& moved = *copy.add_loads();
    moved.set_at(load_at);
    set_vec3(moved.mutable_rigid()->mutable_force_n(), force);
    set_vec3(moved.mutable_rigid()->mutable_moment_nmm(), moment);
    if (has_point(loads.front())) set_vec3(moved.mutable_rigid()->mutable_acts_at_mm(), at);
  }
}

Design member_design(const v1::Case& resolved) {
  const v1::MemberRig& rig = resolved.designs().member();
  const Names kept = with_regions(resolved, names_of(rig.bodies()));
  v1::Case value = without_model(resolved);
  *value.mutable_mesh() = resolved.mesh();
  for (const v1::Body& body : resolved.bodies()) {
    if (kept.count(body.name())) *value.add_bodies() = body;
  }
  for (const v1::Interface& joint : resolved.interfaces()) {
    if (kept.count(joint.between(0)) && kept.count(joint.between(1))) {
      *value.add_interfaces() = joint;
    }
  }
  for (const std::string& name : {rig.support_at(), rig.load_at()}) {
    (*value.mutable_places())[name] = resolved.places().at(name);
  }
  add_rig(resolved, rig.support_at(), rig.load_at(), value);
  add_measured_bodies(resolved, value);
  return {"implant_member", DesignKind::kMember, "", value};
}

v1::Body rod_body(const v1::ReferenceRod& rod, const Library& library,
                  const std::vector<Vec3>& path) {
  const v1::ReferenceRodData& data = library.rods.at(rod.rod());
  v1::Body body;
  body.set_name("rod");
  body.set_role(v1::Role::rod);
  *body.mutable_material() = library.materials.at(data.material());
  if (rod.has_surface_factor()) body.mutable_material()->set_surface_factor(rod.surface_factor());
  v1::Rod& shape = *body.mutable_shape()->mutable_rod();
  shape.set_diameter_mm(data.diameter_mm());
  for (const Vec3& point : path) {
    for (int i = 0; i < 3; ++i) shape.add_path_mm(point[i]);
  }
  return body;
}

/// True if a place needs none of the bodies that are gone.
bool survives(const v1::Case& value, const v1::Place& place, const Names& gone) {
  return !gone.count(place.body()) && !gone.count(place.shared_with()) &&
         std::all_of(place.common_to().begin(), place.common_to().end(),
                     [&](const std::string& name) {
                       return survives(value, value.places().at(name), gone);
                     });
}

Design construct_design(const v1::Case& resolved, const v1::ReferenceRod& rod,
                        const Library& library) {
  const v1::ConstructFixation& fixation = resolved.designs().construct();
  const Names gone = with_regions(resolved, names_of(fixation.replaces()));
  v1::Case value = without_model(resolved);
  std::vector<Vec3> path;
  for (int i = 0; i + 2 < fixation.path_mm_size(); i += 3) {
    path.push_back(vec3(fixation.path_mm(), Vec3::Zero(), i));
  }
  for (const v1::Body& body : resolved.bodies()) {
    if (!gone.count(body.name())) *value.add_bodies() = body;
  }
  v1::Body rod_in_bone = rod_body(rod, library, path);
  rod_in_bone.set_priority(1000);
  *value.add_bodies() = rod_in_bone;
  for (const v1::Body& body : fixation.bodies()) *value.add_bodies() = body;
  for (const v1::Interface& joint : resolved.interfaces()) {
    if (!gone.count(joint.between(0)) && !gone.count(joint.between(1))) {
      *value.add_interfaces() = joint;
    }
  }
  for (const v1::Interface& joint : fixation.interfaces()) *value.add_interfaces() = joint;
  for (const auto& [name, place] : resolved.places()) {
    if (survives(resolved, place, gone)) (*value.mutable_places())[name] = place;
  }
  for (const v1::Support& support : resolved.supports()) {
    if (value.places().count(support.at())) *value.add_supports() = support;
  }
  for (const v1::LoadCase& load_case : resolved.load_cases()) {
    const bool complete = std::all_of(
        load_case.loads().begin(), load_case.loads().end(),
        [&](const v1::Load& load) { return load.at().empty() || value.places().count(load.at()); });
    if (complete) *value.add_load_cases() = load_case;
  }
  expand_regions(value);
  add_measured_bodies(resolved, value);
  return {rod.rod() + "_construct", DesignKind::kRodConstruct, rod.rod(), value};
}

}  // namespace

std::string to_string(DesignKind kind) {
  switch (kind) {
    case DesignKind::kImplant:
      return "implant";
    case DesignKind::kMember:
      return "member";
    case DesignKind::kRodMember:
      return "rod_member";
    case DesignKind::kRodConstruct:
      return "rod_construct";
  }
  return "unknown";
}

DesignKind design_kind_from_string(const std::string& text) {
  for (const DesignKind kind : {DesignKind::kImplant, DesignKind::kMember, DesignKind::kRodMember,
                                DesignKind::kRodConstruct}) {
    if (to_string(kind) == text) return kind;
  }
  throw std::runtime_error("\"" + text + "\" is no kind of design");
}

std::vector<Design> expand_designs(const v1::Case& resolved, const Library& library) {
  std::vector<Design> designs{{"implant", DesignKind::kImplant, "", resolved}};
  if (!resolved.has_designs()) return designs;
  if (resolved.designs().has_member()) designs.push_back(member_design(resolved));
  if (resolved.designs().has_construct()) {
    Names done;
    for (const v1::ReferenceRod& rod : resolved.designs().reference_rods()) {
      if (done.insert(rod.rod()).second) {
        designs.push_back(construct_design(resolved, rod, library));
      }
    }
  }
  return designs;
}

std::vector<Design> expand_rod_members(const v1::Case& resolved, const Library& library,
                                       const v1::MeshFacts& member_mesh) {
  const v1::MemberRig& rig = resolved.designs().member();
  Vec3 foot = Vec3::Zero(), head = Vec3::Zero();
  int found = 0;
  for (const v1::PlaceFacts& place : member_mesh.places()) {
    if (place.centroid_mm_size() != 3) continue;
    if (place.name() == rig.support_at()) foot = vec3(place.centroid_mm()), found |= 1;
    if (place.name() == rig.load_at()) head = vec3(place.centroid_mm()), found |= 2;
  }
  if (found != 3 || (head - foot).norm() < 1e-9) {
    throw std::runtime_error("the member's mesh does not tell the centroids of its two places");
  }
  std::vector<Design> designs;
  for (const v1::ReferenceRod& rod : resolved.designs().reference_rods()) {
    std::vector<Vec3> path{foot, head};
    const bool curved = rod.path() == v1::ReferenceRod::Path::centreline;
    if (curved) {
      path.clear();
      for (int i = 0; i + 2 < member_mesh.centreline_mm_size(); i += 3) {
        path.push_back(vec3(member_mesh.centreline_mm(), Vec3::Zero(), i));
      }
      if (path.size() < 2) throw std::runtime_error("the member's mesh has no centreline");
      path.front() = foot;
      path.back() = head;
    }
    v1::Case value = without_model(resolved);
    *value.add_bodies() = rod_body(rod, library, path);
    set_vec3((*value.mutable_places())["foot"].mutable_nearest_mm(), foot);
    set_vec3((*value.mutable_places())["head"].mutable_nearest_mm(), head);
    add_rig(resolved, "foot", "head", value);
    value.mutable_designs()->mutable_member()->set_support_at("foot");
    value.mutable_designs()->mutable_member()->set_load_at("head");
    designs.push_back({rod.rod() + (curved ? "_centreline_member" : "_straight_member"),
                       DesignKind::kRodMember, rod.rod(), value});
  }
  return designs;
}

}  // namespace proofload
