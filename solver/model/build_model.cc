#include <algorithm>
#include <map>

#include "kinematics.h"
#include "loads.h"
#include "proofload/core/problem.h"
#include "proofload/solver/collective.h"
#include "proofload/solver/model.h"
#include "unconstrained.h"

namespace proofload::solver {
namespace {

constexpr double kTonnePerMm3 = 1e-9;  ///< of one g/cm3

Elasticity elasticity_of(const v1::Body& body, std::vector<Problem>& problems) {
  const v1::Material& material = body.material();
  const double e = material.youngs_modulus_mpa(), nu = material.poisson_ratio();
  if (!material.has_youngs_modulus_mpa() || !material.has_poisson_ratio() || !(e > 0) ||
      !(nu > -1 && nu < 0.5)) {
    problems.push_back({"MATERIAL_INCOMPLETE", "bodies." + body.name() + ".material", 0, 0,
                        "Young's modulus above 0 and Poisson's ratio in (-1, 0.5) are needed",
                        "give youngs_modulus_mpa and poisson_ratio"});
    return {};
  }
  return {e * nu / ((1 + nu) * (1 - 2 * nu)), e / (2 * (1 + nu)),
          kTonnePerMm3 * material.density_g_per_cm3()};
}

std::vector<Elasticity> elasticities(const v1::Case& value, const MeshPart& part) {
  std::vector<Elasticity> result;
  std::vector<Problem> problems;
  for (const std::string& name : part.body_names) {
    const auto body = std::find_if(value.bodies().begin(), value.bodies().end(),
                                   [&](const v1::Body& b) { return b.name() == name; });
    if (body == value.bodies().end()) {
      problems.push_back({"UNKNOWN_BODY", "bodies", 0, 0,
                          "the mesh has a body '" + name + "' that the case has not",
                          "mesh the case again"});
    } else {
      result.push_back(elasticity_of(*body, problems));
    }
  }
  if (!problems.empty()) throw InvalidInput(problems);
  return result;
}

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

}  // namespace

Model build_model(const v1::Case& value, const MeshPart& part) {
  Model model;
  model.mesh = &part;
  model.elasticity = elasticities(value, part);
  check_areas(value);
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
