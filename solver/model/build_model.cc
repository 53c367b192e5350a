#include <algorithm>
#include <map>

#include "kinematics.h"
#include "loads.h"
#include "materials.h"
#include "proofload/core/problem.h"
#include "proofload/solver/collective.h"
#include "proofload/solver/model.h"
#include "unconstrained.h"

namespace proofload::solver {
namespace {

std::vector<std::string> places_needed(const v1::Case& value) {
  std::vector<std::string> names;
  for (const v1::LoadCase& load_case : value.load_cases()) {
    for (const v1::Support& support : supports_of(value, load_case)) names.push_back(support.at());
    for (const v1::Load& load : load_case.loads()) {
      if (!load.at().empty()) names.push_back(load.at());
    }
  }
  return names;
}

/// An edge or corner can be held and moved; everything else wants an area.
void check_areas(const v1::Case& value) {
  std::vector<Problem> problems;
  const auto need = [&](const std::string& place, const std::string& path) {
    const auto found = value.places().find(place);
    if (found == value.places().end() || found->second.common_to_size() == 0) return;
    problems.push_back({"PLACE_WITHOUT_AREA", path, 0, 0,
                        "'" + place + "' is an edge or corner without area",
                        "name a place of faces, or use fix or prescribed_mm"});
  };
  for (const v1::LoadCase& load_case : value.load_cases()) {
    for (const v1::Support& support : supports_of(value, load_case)) {
      if (support.fix_size() == 0) need(support.at(), "supports." + support.name());
    }
    for (const v1::Load& load : load_case.loads()) {
      if (!load.has_prescribed_mm()) need(load.at(), "load_cases." + load_case.name());
    }
  }
  if (!problems.empty()) throw InvalidInput(problems);
}

/// Body forces of built-in fields are worked out for one isotropic material.
void check_manufactured(const v1::Case& value, const Model& model) {
  const bool varies =
      !model.cell_factor.empty() || std::any_of(model.elasticity.begin(), model.elasticity.end(),
                                                [](const Elasticity& e) { return e.orthotropic; });
  for (const v1::LoadCase& load_case : value.load_cases()) {
    for (const v1::Load& load : load_case.loads()) {
      if (!varies || !load.has_manufactured()) continue;
      throw InvalidInput({{"MANUFACTURED_MATERIALS", "load_cases." + load_case.name(), 0, 0,
                           "a manufactured field needs one isotropic material",
                           "leave orthotropic and modulus_field out of this case"}});
    }
  }
}

}  // namespace

Model build_model(const v1::Case& value, const MeshPart& part) {
  Model model;
  model.mesh = &part;
  add_materials(value, model);
  check_areas(value);
  check_manufactured(value, model);
  const Places places = find_places(part, value, places_needed(value));
  std::map<std::string, int> set_of_key;
  for (const v1::LoadCase& load_case : value.load_cases()) {
    const Supports& supports = supports_of(value, load_case);
    const auto [entry, is_new] = set_of_key.emplace(kinematics_key(supports, load_case),
                                                    static_cast<int>(model.kinematics.size()));
    if (is_new) {
      model.kinematics.push_back(build_kinematics(part, places, supports, load_case));
      check_constrained(part, model.kinematics.back(), load_case.name());
    }
    LoadVector load;
    load.kinematic_set = entry->second;
    const std::vector<std::string> rigid = rigid_places(supports, load_case);
    add_loads({part, places, model.elasticity, rigid, model.kinematics[load.kinematic_set]},
              load_case, load);
    load.prescribed = prescribed_values(part, places, supports, load_case);
    model.loads.push_back(std::move(load));
  }
  return model;
}

}  // namespace proofload::solver
