#include <cmath>
#include <set>

#include "comparison.h"
#include "proofload/core/vec3.h"

namespace proofload::assessment {

namespace {

/// What the straight rod is measured by.
struct Basis {
  const char* name;
  bool bending;  ///< needs a bending moment in the load case
};

constexpr Basis kBases[] = {
    {"axial_stiffness", false}, {"bending_stiffness", true}, {"bending_strength", true}};

const DesignData* member_of(const RunData& run) {
  for (const DesignData& design : run.designs) {
    if (design.kind == DesignKind::kMember && design.finest()) return &design;
  }
  return nullptr;
}

const Assessed* find(const AssessedList& list, const std::string& name,
                     const std::string& load_case) {
  for (const Assessed& one : list) {
    const v1::Quantity& q = one.quantity;
    if (q.name() == name && q.load_case() == load_case && q.body().empty() && q.has_value()) {
      return &one;
    }
  }
  return nullptr;
}

/// Centroids of the rig's two places, from the finest mesh.
std::vector<Vec3> rig_points(const DesignData& member, const v1::MemberRig& rig) {
  std::vector<Vec3> points;
  for (const std::string& name : {rig.support_at(), rig.load_at()}) {
    for (const v1::PlaceFacts& place : member.finest()->mesh.places()) {
      if (place.name() == name && place.centroid_mm_size() == 3) {
        points.push_back(vec3(place.centroid_mm()));
      }
    }
  }
  return points;
}

/// What one search starts from.
struct Search {
  RodBeam rod;
  EndLoad load;
  const AssessedList* list;
  const v1::Case* member;
  double yield = 0;
};

void solve(const Search& search, const std::string& load_case, const Basis& basis,
           v1::EquivalentRod& out) {
  RodBeam probe = search.rod;
  probe.diameter_mm = 1;
  const BeamAnswer unit = answer_beam(probe, search.load, true);
  const double arm = (search.rod.path.back() - search.rod.path.front()).norm();
  if (basis.bending && unit.max_bending_nmm <= 1e-9 * search.load.force.norm() * arm) {
    out.set_reason("no bending in this load case");
    return;
  }
  const std::string name = basis.name;
  double diameter = 0;
  if (name == "axial_stiffness") {
    const Assessed* stiffness = find(*search.list, "axial_stiffness_n_per_mm", load_case);
    if (!stiffness || !(unit.stiffness_n_per_mm > 0)) {
      out.set_reason("no stiffness along the force in this load case");
      return;
    }
    diameter = diameter_for(stiffness->quantity.value(), search.rod, [&](const RodBeam& rod) {
      return answer_beam(rod, search.load, true).stiffness_n_per_mm;
    });
  } else if (name == "bending_stiffness") {
    const Assessed* energy = find(*search.list, "strain_energy_nmm", load_case);
    if (!energy) {
      out.set_reason("no strain energy in this load case");
      return;
    }
    diameter = diameter_for(energy->quantity.value(), search.rod, [&](const RodBeam& rod) {
      return answer_beam(rod, search.load, true).strain_energy_nmm;
    });
  } else {
    const Assessed factor =
        least_of(*search.list, *search.member, "yield_safety_factor", load_case);
    if (!factor.quantity.has_value() || !(search.yield > 0)) {
      out.set_reason("no yield safety factor in this load case");
      return;
    }
    diameter = diameter_for(factor.quantity.value(), search.rod, [&](const RodBeam& rod) {
      return search.yield / answer_beam(rod, search.load, true).max_von_mises_mpa;
    });
  }
  if (diameter > 0 && std::isfinite(diameter)) {
    out.set_diameter_mm(diameter);
  } else {
    out.set_reason("no rod between 0.01 and 1000 mm matches");
  }
}

}  // namespace

std::vector<v1::EquivalentRod> equivalent_rods(const RunData& run,
                                               const AssessedDesigns& quantities) {
  std::vector<v1::EquivalentRod> out;
  const DesignData* member = member_of(run);
  if (!member) return out;
  const std::vector<Vec3> points = rig_points(*member, run.value.designs().member());
  if (points.size() != 2) return out;
  std::set<std::string> done;
  for (const v1::ReferenceRod& reference : run.value.designs().reference_rods()) {
    const auto rod = run.library.rods.find(reference.rod());
    if (rod == run.library.rods.end() || !done.insert(rod->second.material()).second) continue;
    const auto material = run.library.materials.find(rod->second.material());
    if (material == run.library.materials.end()) continue;
    for (const v1::LoadCase& load_case : member->value.load_cases()) {
      const auto load = end_load_of(load_case, points[1]);
      if (!load) continue;
      const Search search{
          {points, 1, material->second.youngs_modulus_mpa(), material->second.poisson_ratio()},
          *load,
          &quantities.at(member->name),
          &member->value,
          material->second.yield_strength_mpa()};
      for (const Basis& basis : kBases) {
        v1::EquivalentRod one;
        one.set_design(member->name);
        one.set_load_case(load_case.name());
        one.set_basis(basis.name);
        one.set_material(material->first);
        solve(search, load_case.name(), basis, one);
        out.push_back(one);
      }
    }
  }
  return out;
}

}  // namespace proofload::assessment
