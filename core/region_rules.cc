/// Rules of regions and lattices.
#include <set>

#include "case_rules.h"
#include "name_rules.h"
#include "proofload/core/vec3.h"

namespace proofload {

namespace {

void check_kind(const v1::Body& body, const v1::Region& region, const AddProblem& add) {
  const int kinds =
      region.has_plane() + region.has_box() + region.has_depth_from() + region.has_shell();
  if (kinds != 1) {
    add("", kinds == 0 ? "MISSING" : "TOO_MANY",
        "a region needs exactly one kind, found " + std::to_string(kinds),
        "give one of plane, box, depth_from, shell");
  }
  if (region.plane().normal_size() == 3 && vec3(region.plane().normal()).norm() < 1e-12) {
    add("plane.normal", "ZERO_DIRECTION", "the direction has no length",
        "give a direction, for example [0, 0, 1]");
  }
  const v1::BoxPlace& box = region.box();
  for (int i = 0; box.min_mm_size() == 3 && box.max_mm_size() == 3 && i < 3; ++i) {
    if (box.min_mm(i) < box.max_mm(i)) continue;
    add("box", "EMPTY_SHAPE", "the box has no extent along " + std::string(1, "xyz"[i]),
        "max_mm must be greater than min_mm in every direction");
  }
  if (region.has_depth_from() && region.depth_from().body() == body.name()) {
    add("depth_from.body", "SAME_BODY", "a body has no interface with itself",
        "name the other body, or use shell for a depth from the body's own surface");
  }
}

std::set<std::string> region_names(const v1::Case& value) {
  std::set<std::string> names;
  const auto add = [&](const auto& bodies) {
    for (const v1::Body& body : bodies) {
      for (const v1::Region& region : body.regions()) names.insert(region.name());
    }
  };
  add(value.bodies());
  add(value.designs().construct().bodies());
  return names;
}

void check_body(const CaseText& text, const Library& library, const v1::Body& body,
                const std::string& path, const std::set<std::string>& regions,
                std::vector<Problem>& problems) {
  if (body.has_part_of()) {
    problems.push_back(problem_at(text, "UNKNOWN_KEY", path + ".part_of",
                                  "part_of is written by the program",
                                  "list the part under `regions` of the body it lies in"));
  }
  for (int k = 0; k < body.regions_size(); ++k) {
    const v1::Region& region = body.regions(k);
    const std::string at = path + ".regions[" + std::to_string(k) + "]";
    const AddProblem add = [&](const std::string& field, const std::string& code,
                               const std::string& message, const std::string& remedy) {
      problems.push_back(
          problem_at(text, code, field.empty() ? at : at + "." + field, message, remedy));
    };
    check_kind(body, region, add);
    check_material(text, library, region.material(), at + ".material", problems);
    const std::string& from = region.depth_from().body();
    if (regions.count(from) == 0) continue;
    add("depth_from.body", "REGION_OF_REGION", "\"" + from + "\" is itself a region",
        "name the body it lies in");
  }
  if (body.lattice().has_replace()) {
    check_material(text, library, body.lattice().replace().material(),
                   path + ".lattice.replace.material", problems);
    if (body.has_shape()) {
      problems.push_back(problem_at(text, "LATTICE_OF_SHAPE", path + ".lattice",
                                    "a built-in shape is no lattice",
                                    "remove lattice, or give the surface file of the lattice"));
    }
  }
}

}  // namespace

void check_regions(const CaseText& text, const Library& library, std::vector<Problem>& problems) {
  const std::set<std::string> regions = region_names(text.value);
  const auto check_list = [&](const auto& bodies, const std::string& list) {
    for (int i = 0; i < bodies.size(); ++i) {
      check_body(text, library, bodies[i], list + "[" + std::to_string(i) + "]", regions, problems);
    }
  };
  check_list(text.value.bodies(), "bodies");
  check_list(text.value.designs().construct().bodies(), "designs.construct.bodies");
  if (text.value.measured_bodies_size() > 0) {
    problems.push_back(problem_at(text, "UNKNOWN_KEY", "measured_bodies",
                                  "measured_bodies is written by the program",
                                  "list the bodies under `bodies`"));
  }
}

}  // namespace proofload
