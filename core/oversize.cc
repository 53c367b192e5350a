#include "proofload/core/oversize.h"

#include <cmath>
#include <map>
#include <sstream>

#include "case_rules.h"
#include "name_rules.h"
#include "proofload/v1/options.pb.h"

namespace proofload {

namespace pb = google::protobuf;

namespace {

constexpr double kParallel = 1e-9;

/// Signed distance from the cut. mm.
double beyond(const v1::Oversize& oversize, const Vec3& point) {
  return (point - vec3(oversize.point_mm())).dot(vec3(oversize.direction()).normalized());
}

void move_plane(const v1::Oversize& oversize, v1::PlanePlace& plane) {
  const Vec3 normal = vec3(plane.normal()).normalized();
  const double along = normal.dot(vec3(oversize.direction()).normalized());
  if (std::abs(along) < kParallel) return;
  const double from_cut = (plane.offset_mm() - normal.dot(vec3(oversize.point_mm()))) / along;
  if (from_cut > 0) plane.set_offset_mm(plane.offset_mm() + oversize.by_mm() * along);
}

/// All below a message that is told by coordinates, but built-in shapes, which are cut when built.
void move_points(const v1::Oversize& oversize, pb::Message& message) {
  if (auto* plane = dynamic_cast<v1::PlanePlace*>(&message)) return move_plane(oversize, *plane);
  if (dynamic_cast<v1::Shape*>(&message) != nullptr) return;
  const pb::Reflection& access = *message.GetReflection();
  std::vector<const pb::FieldDescriptor*> fields;
  access.ListFields(message, &fields);
  for (const pb::FieldDescriptor* field : fields) {
    const int count = field->is_repeated() ? access.FieldSize(message, field) : 0;
    if (field->options().GetExtension(v1::rule).points()) {
      for (int i = 0; i + 2 < count; i += 3) {
        Vec3 point;
        for (int k = 0; k < 3; ++k) point[k] = access.GetRepeatedDouble(message, field, i + k);
        point = oversized(oversize, point);
        for (int k = 0; k < 3; ++k) access.SetRepeatedDouble(&message, field, i + k, point[k]);
      }
    } else if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE) {
      continue;
    } else if (!field->is_repeated()) {
      move_points(oversize, *access.MutableMessage(&message, field));
    } else {  // maps too: what their values hold changes in place
      for (int i = 0; i < count; ++i) {
        move_points(oversize, *access.MutableRepeatedMessage(&message, field, i));
      }
    }
  }
}

/// A box keeps its sides along the axes only if the cut does.
void check_box(const v1::Oversize& oversize, const v1::BoxPlace& box, const std::string& path,
               const AddProblem& add) {
  if (box.min_mm_size() != 3 || box.max_mm_size() != 3) return;
  const Vec3 direction = vec3(oversize.direction()).normalized();
  if (direction.cwiseAbs().maxCoeff() > 1 - kParallel) return;
  int moved = 0;
  for (int corner = 0; corner < 8; ++corner) {
    Vec3 point;
    for (int k = 0; k < 3; ++k) point[k] = (corner >> k & 1) != 0 ? box.max_mm(k) : box.min_mm(k);
    moved += beyond(oversize, point) > 0;
  }
  if (moved == 0 || moved == 8) return;
  add(path, "OVERSIZE_BOX", "the cut of oversize crosses this box, and is not square to its sides",
      "give the place or region by planes, or oversize along x, y or z");
}

void check_body(const v1::Oversize& oversize, const v1::Body& body, const std::string& path,
                const AddProblem& add) {
  if (body.modulus_field().gradient_per_mm_size() > 0) {
    add(path + ".modulus_field.gradient_per_mm", "OVERSIZE_FIELD",
        "a linear field does not tell which part of it moves with the oversized design",
        "give points_mm and values instead");
  }
  for (int k = 0; k < body.regions_size(); ++k) {
    check_box(oversize, body.regions(k).box(), path + ".regions[" + std::to_string(k) + "].box",
              add);
  }
}

}  // namespace

Vec3 oversized(const v1::Oversize& oversize, const Vec3& point) {
  if (!(beyond(oversize, point) > 0)) return point;
  return point + oversize.by_mm() * vec3(oversize.direction()).normalized();
}

void apply_oversize(v1::Case& value) {
  if (!value.has_oversize()) return;
  const v1::Oversize oversize = value.oversize();
  value.clear_oversize();
  move_points(oversize, value);
  std::ostringstream name;
  name << value.name() << ", longer by " << oversize.by_mm() << " mm";
  value.set_name(name.str());
  for (v1::Body& body : *value.mutable_bodies()) *body.mutable_oversize() = oversize;
  if (!value.designs().has_construct()) return;
  for (v1::Body& body : *value.mutable_designs()->mutable_construct()->mutable_bodies()) {
    *body.mutable_oversize() = oversize;
  }
}

void check_oversize(const CaseText& text, std::vector<Problem>& problems) {
  const AddProblem add = [&](const std::string& path, const std::string& code,
                             const std::string& message, const std::string& remedy) {
    problems.push_back(problem_at(text, code, path, message, remedy));
  };
  const v1::Case& value = text.value;
  std::map<std::string, const v1::Body*> bodies;  // by their paths
  const auto list = [&](const auto& given, const std::string& path) {
    for (int i = 0; i < given.size(); ++i) bodies[path + "[" + std::to_string(i) + "]"] = &given[i];
  };
  list(value.bodies(), "bodies");
  list(value.designs().construct().bodies(), "designs.construct.bodies");
  for (const auto& [path, body] : bodies) {
    if (!body->has_oversize()) continue;
    add(path + ".oversize", "UNKNOWN_KEY", "oversize of a body is written by the program",
        "write it once, at the top of the case");
  }
  if (!value.has_oversize() || value.oversize().direction_size() != 3 ||
      value.oversize().point_mm_size() != 3) {
    return;
  }
  if (vec3(value.oversize().direction()).norm() < 1e-12) {
    add("oversize.direction", "ZERO_DIRECTION", "the direction has no length",
        "give a direction, for example [0, 0, 1]");
    return;
  }
  for (const auto& [name, place] : value.places()) {
    check_box(value.oversize(), place.box(), "places." + name + ".box", add);
  }
  for (const auto& [path, body] : bodies) check_body(value.oversize(), *body, path, add);
}

}  // namespace proofload
