#include <algorithm>

#include "case_rules.h"
#include "name_rules.h"
#include "proofload/core/vec3.h"
#include "yaml_reader.h"

namespace proofload {

namespace {

std::string indexed(const std::string& list, int i) { return list + "[" + std::to_string(i) + "]"; }

/// Reports `path` if the place it names is an edge or corner.
void need_area(const CaseText& text, const std::string& place, const std::string& path,
               const std::string& what, std::vector<Problem>& problems) {
  const auto found = text.value.places().find(place);
  if (found == text.value.places().end() || found->second.common_to_size() == 0) return;
  problems.push_back(problem_at(text, "PLACE_WITHOUT_AREA", path,
                                "\"" + place + "\" is an edge or corner without area; " + what,
                                "name a place of faces; an edge can be held with fix, moved with "
                                "prescribed_mm and asked for its reaction"));
}

void check_support(const CaseText& text, const v1::Support& support, const std::string& path,
                   std::vector<Problem>& problems) {
  const int kinds = (support.fix_size() > 0) + support.slide() + support.antisymmetric() +
                    support.has_elastic_foundation() + support.has_rigid() +
                    support.has_distributed();
  if (kinds != 1 && !text.positions.count(path + ".fix")) {
    problems.push_back(
        problem_at(text, kinds == 0 ? "MISSING" : "TOO_MANY", path,
                   "a support needs exactly one kind, found " + std::to_string(kinds),
                   "give one of fix, slide, antisymmetric, elastic_foundation, "
                   "rigid, distributed"));
  }
  if (support.fix_size() == 0) {
    need_area(text, support.at(), path + ".at", "only fix can hold it", problems);
  }
  for (const int axis : support.fix()) {
    if (axis >= v1::Axis::rx) {
      problems.push_back(problem_at(text, "OUT_OF_RANGE", path + ".fix",
                                    "a face has no rotation of its own to fix",
                                    "fix x, y, z; or use rigid, whose fix knows rx, ry, rz"));
    }
  }
}

bool zero_force(const v1::ForceMoment& load) {
  return vec3(load.force_n()).norm() == 0 && vec3(load.moment_nmm()).norm() == 0;
}

void check_load(const CaseText& text, const v1::Load& load, const std::string& path,
                std::vector<Problem>& problems) {
  const int kinds = load.has_distributed() + load.has_rigid() + load.has_pressure_mpa() +
                    (load.traction_mpa_size() > 0) + (load.gravity_mm_per_s2_size() > 0) +
                    load.has_prescribed_mm() + load.has_manufactured();
  if (kinds != 1) {
    problems.push_back(problem_at(text, kinds == 0 ? "MISSING" : "TOO_MANY", path,
                                  "a load needs exactly one kind, found " + std::to_string(kinds),
                                  "give one of distributed, rigid, pressure_mpa, traction_mpa, "
                                  "gravity_mm_per_s2, prescribed_mm, manufactured"));
  }
  const bool everywhere = load.gravity_mm_per_s2_size() > 0 || load.has_manufactured();
  if (load.at().empty() && !everywhere) {
    problems.push_back(problem_at(text, "MISSING", path + ".at", "the load acts on nothing",
                                  "add at: and the name of a place"));
  }
  if (!load.has_prescribed_mm()) {
    need_area(text, load.at(), path + ".at", "it cannot carry a load", problems);
  }
  if ((load.has_distributed() && zero_force(load.distributed())) ||
      (load.has_rigid() && zero_force(load.rigid()))) {
    problems.push_back(problem_at(text, "ZERO_LOAD", path, "force and moment are both zero",
                                  "give force_n or moment_nmm"));
  }
}

bool holds_displacement(const v1::LoadCase& load_case) {
  for (const v1::Load& load : load_case.loads()) {
    if (load.has_prescribed_mm() || load.has_manufactured()) return true;
  }
  return false;
}

void check_gravity(const CaseText& text, int i, std::vector<Problem>& problems) {
  for (const v1::Load& load : text.value.load_cases(i).loads()) {
    if (load.gravity_mm_per_s2_size() == 0) continue;
    for (int b = 0; b < text.value.bodies_size(); ++b) {
      const v1::Material& material = text.value.bodies(b).material();
      if (material.name().empty() && !material.has_density_g_per_cm3()) {
        problems.push_back(
            problem_at(text, "MISSING", indexed("bodies", b) + ".material.density_g_per_cm3",
                       "gravity acts, but the body has no density", "add density_g_per_cm3"));
      }
    }
  }
}

void check_probe(const CaseText& text, const v1::Probe& probe, const std::string& path,
                 std::vector<Problem>& problems) {
  using Q = v1::ProbeQuantity;
  const int where = (probe.point_mm_size() > 0) + !probe.mean_over().empty() +
                    !probe.max_over().empty() + !probe.min_over().empty() +
                    (probe.over_body() != v1::Probe::Over::unspecified);
  const bool whole = probe.quantity() == Q::strain_energy || probe.quantity() == Q::volume ||
                     probe.quantity() == Q::l2_error || probe.quantity() == Q::stress_error ||
                     probe.quantity() == Q::effectivity;
  if (where != 1 && !(whole && where == 0)) {
    problems.push_back(
        problem_at(text, where == 0 ? "MISSING" : "TOO_MANY", path,
                   "a probe needs exactly one place to read, found " + std::to_string(where),
                   "give one of point_mm, mean_over, max_over, min_over, over_body"));
  }
  const bool extreme =
      probe.over_body() == v1::Probe::Over::max || probe.over_body() == v1::Probe::Over::min;
  if (probe.has_away_from_edges_mm() && !extreme) {
    problems.push_back(problem_at(text, "MISSING", path + ".over_body",
                                  "away_from_edges_mm chooses among the points of a body",
                                  "give over_body: max or min with it"));
  }
  if (probe.quantity() != Q::reaction) {
    need_area(text, probe.mean_over(), path + ".mean_over", "nothing can be read there", problems);
    need_area(text, probe.max_over(), path + ".max_over", "nothing can be read there", problems);
    need_area(text, probe.min_over(), path + ".min_over", "nothing can be read there", problems);
  }
  const std::vector<std::string> vector_names = {"x", "y", "z", "magnitude"};
  const std::vector<std::string> tensor_names = {"xx", "yy", "zz", "xy", "yz", "xz"};
  const auto need = [&](const std::vector<std::string>& names) {
    if (std::find(names.begin(), names.end(), probe.component()) != names.end()) return;
    problems.push_back(problem_at(text, "UNKNOWN_VALUE", path + ".component",
                                  "\"" + probe.component() + "\" is not a component of it",
                                  "write one of: " + join(names)));
  };
  if (probe.quantity() == Q::displacement || probe.quantity() == Q::reaction ||
      probe.quantity() == Q::rotation) {
    need(vector_names);
  }
  if (probe.quantity() == Q::stress) need(tensor_names);
  const auto& known = standard_quantities();
  if (std::find(known.begin(), known.end(), probe.name()) != known.end()) {
    problems.push_back(problem_at(text, "DUPLICATE_NAME", path + ".name",
                                  "\"" + probe.name() + "\" is the name of a standard quantity",
                                  "choose another name"));
  }
}

void check_criterion(const CaseText& text, const v1::Criterion& criterion, const std::string& path,
                     std::vector<Problem>& problems) {
  if (!criterion.has_at_least() && !criterion.has_at_most()) {
    problems.push_back(
        problem_at(text, "MISSING", path, "the criterion has no limit", "add at_least or at_most"));
  }
  std::vector<std::string> names = standard_quantities();
  for (const v1::Probe& probe : text.value.probes()) names.push_back(probe.name());
  if (!criterion.quantity().empty() &&
      std::find(names.begin(), names.end(), criterion.quantity()) == names.end()) {
    const std::string near = nearest_name(criterion.quantity(), names);
    problems.push_back(
        problem_at(text, "UNKNOWN_NAME", path + ".quantity",
                   "there is no quantity \"" + criterion.quantity() + "\"",
                   near.empty() ? "known: " + join(names) : "did you mean \"" + near + "\"?"));
  }
  if (criterion.relative_to().empty() != (criterion.kind() == v1::ComparisonKind::unspecified)) {
    problems.push_back(problem_at(text, "MISSING", path, "relative_to and kind go together",
                                  "give relative_to: <rod> and kind: member or construct"));
  }
  bool listed = criterion.relative_to().empty();
  for (const v1::ReferenceRod& rod : text.value.designs().reference_rods()) {
    listed = listed || rod.rod() == criterion.relative_to();
  }
  if (!listed) {
    problems.push_back(problem_at(text, "UNKNOWN_NAME", path + ".relative_to",
                                  "the rod is not among designs.reference_rods", "add it there"));
  }
}

}  // namespace

void check_kinematics(const CaseText& text, std::vector<Problem>& problems) {
  const v1::Case& value = text.value;
  for (int i = 0; i < value.supports_size(); ++i) {
    check_support(text, value.supports(i), indexed("supports", i), problems);
  }
  for (int i = 0; i < value.load_cases_size(); ++i) {
    const v1::LoadCase& load_case = value.load_cases(i);
    const std::string path = indexed("load_cases", i);
    for (int k = 0; k < load_case.supports_size(); ++k) {
      check_support(text, load_case.supports(k), indexed(path + ".supports", k), problems);
    }
    for (int k = 0; k < load_case.loads_size(); ++k) {
      check_load(text, load_case.loads(k), indexed(path + ".loads", k), problems);
    }
    check_gravity(text, i, problems);
    if (value.supports_size() + load_case.supports_size() == 0 && !holds_displacement(load_case) &&
        !text.positions.count("supports")) {
      problems.push_back(problem_at(text, "UNCONSTRAINED", path,
                                    "nothing holds the model in load case \"" + load_case.name() +
                                        "\": all six rigid motions are free",
                                    "add supports"));
    }
  }
}

void check_requests(const CaseText& text, std::vector<Problem>& problems) {
  const v1::Case& value = text.value;
  for (int i = 0; i < value.probes_size(); ++i) {
    check_probe(text, value.probes(i), indexed("probes", i), problems);
  }
  for (int i = 0; i < value.criteria_size(); ++i) {
    check_criterion(text, value.criteria(i), indexed("criteria", i), problems);
  }
  const v1::MemberRig& rig = value.designs().member();
  need_area(text, rig.support_at(), "designs.member.support_at", "a rig grips faces", problems);
  need_area(text, rig.load_at(), "designs.member.load_at", "a rig grips faces", problems);
  const auto& blocks = value.analyses().fatigue().blocks();
  for (int i = 0; i < blocks.size(); ++i) {
    if (blocks[i].has_min() && blocks[i].has_max() && blocks[i].min() >= blocks[i].max()) {
      problems.push_back(problem_at(text, "OUT_OF_RANGE",
                                    indexed("analyses.fatigue.blocks", i) + ".min",
                                    "min is not smaller than max: nothing pulsates",
                                    "min is the least, max the greatest factor on the load case"));
    }
  }
  const v1::Accuracy& accuracy = value.accuracy();
  if (accuracy.has_min_levels() && accuracy.has_max_levels() &&
      accuracy.min_levels() > accuracy.max_levels()) {
    problems.push_back(problem_at(text, "OUT_OF_RANGE", "accuracy.min_levels",
                                  "min_levels is greater than max_levels", "exchange them"));
  }
}

}  // namespace proofload
