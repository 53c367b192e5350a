#include <algorithm>
#include <filesystem>
#include <functional>

#include "case_rules.h"
#include "name_rules.h"
#include "proofload/core/vec3.h"

namespace proofload {

namespace {

namespace fs = std::filesystem;
void check_box(const v1::Box& box, const std::string& at, const AddProblem& add) {
  if (box.min_mm_size() != 3 || box.max_mm_size() != 3) return;
  for (int i = 0; i < 3; ++i) {
    if (box.min_mm(i) >= box.max_mm(i)) {
      add(at, "EMPTY_SHAPE", "the box has no extent along " + std::string(1, "xyz"[i]),
          "max_mm must be greater than min_mm in every direction");
    }
  }
}

void check_direction(const google::protobuf::RepeatedField<double>& list, const std::string& at,
                     const AddProblem& add) {
  if (list.size() == 3 && vec3(list).norm() < 1e-12) {
    add(at, "ZERO_DIRECTION", "the direction has no length",
        "give a direction, for example [0, 0, 1]");
  }
}

void check_hollow(double outer, double inner, const std::string& at, const AddProblem& add) {
  if (inner >= outer && outer > 0) {
    add(at, "EMPTY_SHAPE", "the inner diameter is not smaller than the outer",
        "make inner_diameter_mm smaller than diameter_mm");
  }
}

void check_path(const google::protobuf::RepeatedField<double>& path, const std::string& at,
                const AddProblem& add) {
  if (path.size() % 3 != 0) {
    add(at, "WRONG_COUNT", "the path has " + std::to_string(path.size()) + " numbers",
        "give three numbers for each point: x1, y1, z1, x2, …");
    return;
  }
  for (int i = 3; i + 2 < path.size(); i += 3) {
    if ((vec3(path, Vec3::Zero(), i) - vec3(path, Vec3::Zero(), i - 3)).norm() < 1e-9) {
      add(at, "EMPTY_SHAPE",
          "points " + std::to_string(i / 3) + " and " + std::to_string(i / 3 + 1) +
              " of the path coincide",
          "remove one of them");
    }
  }
}

void check_shape(const v1::Shape& shape, const AddProblem& add) {
  if (shape.has_box()) check_box(shape.box(), "shape.box", add);
  if (shape.has_cylinder()) {
    const v1::Cylinder& c = shape.cylinder();
    check_hollow(c.diameter_mm(), c.inner_diameter_mm(), "shape.cylinder", add);
    if (c.from_mm_size() == 3 && c.to_mm_size() == 3 &&
        (vec3(c.from_mm()) - vec3(c.to_mm())).norm() < 1e-9) {
      add("shape.cylinder", "EMPTY_SHAPE", "the ends of the cylinder coincide",
          "move to_mm away from from_mm");
    }
  }
  if (shape.has_sphere()) {
    check_hollow(shape.sphere().diameter_mm(), shape.sphere().inner_diameter_mm(), "shape.sphere",
                 add);
  }
  if (shape.has_rod()) check_path(shape.rod().path_mm(), "shape.rod.path_mm", add);
  if (shape.has_swept_strut()) {
    const v1::SweptStrut& s = shape.swept_strut();
    check_path(s.path_mm(), "shape.swept_strut.path_mm", add);
    check_direction(s.width_direction(), "shape.swept_strut.width_direction", add);
    if (s.corner_radius_mm() * 2 >= std::min(s.width_mm(), s.depth_mm()) &&
        s.corner_radius_mm() > 0) {
      add("shape.swept_strut.corner_radius_mm", "EMPTY_SHAPE",
          "the corner radius is not smaller than half the section", "make it smaller");
    }
  }
  if (shape.has_screw()) check_direction(shape.screw().direction(), "shape.screw.direction", add);
  if (shape.has_plate_with_hole()) {
    const v1::PlateWithHole& p = shape.plate_with_hole();
    check_direction(p.hole_direction(), "shape.plate_with_hole.hole_direction", add);
  }
}

void check_file(const v1::Body& body, const std::string& folder, const AddProblem& add) {
  const fs::path file(body.file());
  bool outside = file.is_absolute();
  for (const fs::path& part : file) outside = outside || part == "..";
  if (outside) {
    add("file", "PATH_OUTSIDE", "geometry files lie in the folder of the case",
        "copy the file beside case.yaml and name it without \"..\"");
  } else if (!folder.empty() && !fs::is_regular_file(fs::path(folder) / file)) {
    add("file", "FILE_NOT_FOUND", "there is no file \"" + body.file() + "\" beside the case",
        "check the name (paths are relative to the case), or give it with --file " + body.name() +
            "=PATH");
  }
  if (body.length_unit() == v1::LengthUnit::unspecified) {
    add("length_unit", "UNIT_MISSING", "the unit of length of \"" + body.file() + "\" is not given",
        "add length_unit: mm (or cm, m, inch, um); it is never guessed");
  }
}

}  // namespace

void check_bodies(const CaseText& text, const Library& library, const std::string& folder,
                  std::vector<Problem>& problems) {
  const auto check_list = [&](const auto& bodies, const std::string& list) {
    for (int i = 0; i < bodies.size(); ++i) {
      const v1::Body& body = bodies[i];
      const std::string path = list + "[" + std::to_string(i) + "]";
      const AddProblem add = [&](const std::string& field, const std::string& code,
                                 const std::string& message, const std::string& remedy) {
        problems.push_back(problem_at(text, code, path + "." + field, message, remedy));
      };
      if (body.file().empty() == !body.has_shape()) {
        add("", "GEOMETRY_MISSING",
            body.has_shape() ? "both file and shape are given" : "neither file nor shape is given",
            "give exactly one of file and shape");
      }
      if (!body.file().empty()) check_file(body, folder, add);
      if (body.has_shape()) check_shape(body.shape(), add);
      if (body.has_material()) {
        check_material(text, library, body.material(), path + ".material", problems);
      }
      if (body.has_modulus_field()) check_modulus_field(body.modulus_field(), library, add);
    }
  };
  check_list(text.value.bodies(), "bodies");
  check_list(text.value.designs().construct().bodies(), "designs.construct.bodies");
  for (int i = 0; i < text.value.interfaces_size(); ++i) {
    const v1::Interface& joint = text.value.interfaces(i);
    if (joint.between_size() == 2 && joint.between(0) == joint.between(1)) {
      problems.push_back(problem_at(text, "SAME_BODY", "interfaces[" + std::to_string(i) + "]",
                                    "a body has no interface with itself", "name two bodies"));
    }
    if (joint.has_snap_mm() && joint.kind() == v1::Interface::Kind::separate) {
      problems.push_back(problem_at(
          text, "NOT_APPLICABLE", "interfaces[" + std::to_string(i) + "].snap_mm",
          "gaps between separate bodies stay open", "remove snap_mm, or write kind: bonded"));
    }
  }
}

namespace {

/// An edge or corner is made of places of faces, two or more, and of nothing else.
void check_common(const CaseText& text, const v1::Place& place, bool other_condition,
                  const std::string& path, std::vector<Problem>& problems) {
  if (place.common_to_size() < 2) {
    problems.push_back(problem_at(text, "WRONG_COUNT", path + ".common_to",
                                  "one place alone has no edge with another",
                                  "name two places (their edge) or three (their corner)"));
  }
  if (other_condition) {
    problems.push_back(problem_at(text, "TOO_MANY", path, "common_to stands alone in a place",
                                  "put the other conditions into the places it names"));
  }
  for (const std::string& name : place.common_to()) {
    const auto found = text.value.places().find(name);
    if (found == text.value.places().end() || found->second.common_to_size() == 0) continue;
    problems.push_back(problem_at(text, "PLACE_WITHOUT_AREA", path + ".common_to",
                                  "\"" + name + "\" is itself an edge or corner",
                                  "name places of faces only"));
  }
}

}  // namespace

void check_places(const CaseText& text, std::vector<Problem>& problems) {
  for (const auto& [name, place] : text.value.places()) {
    const std::string path = "places." + name;
    const bool any = place.has_plane() || place.has_cylinder() || place.has_sphere() ||
                     place.has_box() || !place.named().empty() || place.nearest_mm_size() > 0 ||
                     place.has_normal() || !place.shared_with().empty();
    if (place.common_to_size() > 0) {
      check_common(text, place, any || !place.body().empty(), path, problems);
    } else if (!any) {
      problems.push_back(problem_at(text, "EMPTY_PLACE", path, "nothing says which faces are meant",
                                    "give plane, cylinder, sphere, box, named, nearest_mm, normal, "
                                    "shared_with or common_to"));
    }
    const auto direction = [&](const google::protobuf::RepeatedField<double>& list,
                               const std::string& field) {
      if (list.size() == 3 && vec3(list).norm() < 1e-12) {
        problems.push_back(problem_at(text, "ZERO_DIRECTION", path + "." + field,
                                      "the direction has no length",
                                      "give a direction, for example [0, 0, 1]"));
      }
    };
    direction(place.plane().normal(), "plane.normal");
    direction(place.cylinder().direction(), "cylinder.direction");
    direction(place.normal().direction(), "normal.direction");
    if (!place.shared_with().empty() && place.body().empty()) {
      problems.push_back(problem_at(text, "MISSING", path + ".body",
                                    "shared_with needs the body whose side is meant", "add body"));
    }
  }
}

}  // namespace proofload
