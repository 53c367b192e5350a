#include "cad_bodies.h"

#include <gmsh.h>

#include <cmath>
#include <set>
#include <sstream>

#include "oversize.h"
#include "plausibility.h"
#include "shapes.h"
#include "surface_text.h"

namespace proofload::meshing {
namespace {

namespace occ = gmsh::model::occ;

std::string body_path(int index) { return "bodies[" + std::to_string(index) + "]"; }

double mass(int dim, int tag) {
  double value = 0;
  occ::getMass(dim, tag, value);
  return value;
}

/// The file's own unit counts; a case that says otherwise is told so.
void check_unit(const v1::Body& body, const StepContent& content, const std::string& path,
                std::vector<v1::Finding>& findings) {
  const std::string stated = v1::LengthUnit::Enum_Name(body.length_unit());
  if (content.unit.empty() || content.unit == stated) return;
  const std::string message =
      "the file " + body.file() + " is written in " + content.unit + ", the case says " + stated;
  if (body.length_unit() != v1::LengthUnit::mm) {
    throw InvalidInput({{"UNIT_MISMATCH", path + ".length_unit", 0, 0, message,
                         "write length_unit: " + content.unit}});
  }
  findings.push_back(make_finding("E1", v1::Finding::Severity::WARNING, body.name(),
                                  message + "; the file's own unit was used and converted to mm"));
}

int load_step(const v1::Body& body, const std::string& folder, const std::string& path,
              std::vector<v1::Finding>& findings) {
  const StepContent content = import_step(folder + "/" + body.file(), path + ".file");
  check_unit(body, content, path, findings);
  if (content.sewn_faces > 0) {
    findings.push_back(make_finding("E2", v1::Finding::Severity::NOTE, body.name(),
                                    body.file() + " holds no solid; its " +
                                        std::to_string(content.sewn_faces) +
                                        " faces were sewn along edges within 0.001 mm"));
  }
  const int count = static_cast<int>(content.solids.size());
  if (!body.has_solid() && count > 1) {
    throw InvalidInput({{"STEP_SOLIDS", path + ".solid", 0, 0,
                         body.file() + " holds " + std::to_string(count) + " solids",
                         "choose one with solid: 1 … " + std::to_string(count)}});
  }
  const int wanted = body.has_solid() ? static_cast<int>(body.solid()) : 1;
  if (wanted > count) {
    throw InvalidInput({{"STEP_SOLIDS", path + ".solid", 0, 0,
                         body.file() + " holds " + std::to_string(count) + " solids, not " +
                             std::to_string(wanted),
                         "choose one with solid: 1 … " + std::to_string(count)}});
  }
  for (int i = 0; i < count; ++i) {
    if (i != wanted - 1) occ::remove({{3, content.solids[i]}}, true);
  }
  if (content.unit.empty()) {
    const double s = millimetres(body.length_unit());
    if (s != 1) occ::dilate({{3, content.solids[wanted - 1]}}, 0, 0, 0, s, s, s);
  }
  occ::synchronize();
  return content.solids[wanted - 1];
}

void move(const v1::Body& body, int solid) {
  const Vec3 turn = vec3(body.rotate_deg()) * M_PI / 180, shift = vec3(body.shift_mm());
  for (int i = 0; i < 3; ++i) {
    if (turn[i] != 0) occ::rotate({{3, solid}}, 0, 0, 0, i == 0, i == 1, i == 2, turn[i]);
  }
  if (shift.norm() > 0) occ::translate({{3, solid}}, shift[0], shift[1], shift[2]);
}

void list_faces(CadBody& body) {
  gmsh::vectorpair faces;
  gmsh::model::getBoundary({{3, body.solid}}, faces, false, false, false);
  for (const auto& [dim, tag] : faces) {
    body.faces.push_back(tag);
    std::string name;
    gmsh::model::getEntityName(dim, tag, name);
    body.drawn.push_back({static_cast<int>(body.faces.size()), name});
  }
}

CadBody load_body(const v1::Case& value, int index, const std::string& folder,
                  std::vector<v1::Finding>& findings, std::vector<Problem>& problems) {
  const v1::Body& body = value.bodies(index);
  const std::string path = body_path(index);
  CadBody result;
  result.index = index;
  result.solid = body.has_shape() ? add_shape(body.shape(), path + ".shape")
                                  : load_step(body, folder, path, findings);
  occ::synchronize();
  list_faces(result);
  if (!body.has_shape()) {
    Point low{}, high{};
    occ::getBoundingBox(3, result.solid, low[0], low[1], low[2], high[0], high[1], high[2]);
    if (const auto problem = judge_unit(body, path, low, high)) problems.push_back(*problem);
  }
  move(body, result.solid);
  occ::synchronize();
  const std::vector<DrawnFace> drawn_before = result.drawn;
  const auto list_again = [&] {
    result.faces.clear();
    result.drawn.clear();
    list_faces(result);
  };
  list_again();
  result.drawn = drawn_before;
  if (body.has_oversize()) {
    const std::vector<DrawnPoints> before = drawn_points(result);
    DrawnOut drawn;
    result.solid = oversize_solid(body, path, result.solid, drawn);
    occ::synchronize();
    list_again();
    know_again(body, before, result);
    add_oversize_finding(body, drawn, findings);
  }
  result.volume_mm3 = mass(3, result.solid);
  if (!(result.volume_mm3 > 0)) {
    problems.push_back({"BODY_EMPTY", path, 0, 0, body.name() + " has no volume", "check it"});
  }
  return result;
}

}  // namespace

void turn_from_z(int dim, int tag, const Vec3& direction) {
  const Vec3 axis = Vec3::UnitZ().cross(direction);
  const double angle = std::atan2(axis.norm(), direction[2]);
  const Vec3 turn = axis.norm() > 1e-12 ? Vec3(axis.normalized()) : Vec3(Vec3::UnitX());
  if (angle != 0) occ::rotate({{dim, tag}}, 0, 0, 0, turn[0], turn[1], turn[2], angle);
}

CadModel load_cad_bodies(const v1::Case& value, const std::string& folder,
                         std::vector<v1::Finding>& findings, std::vector<Problem>& problems) {
  CadModel model;
  for (int i = 0; i < value.bodies_size(); ++i) {
    const v1::Body& body = value.bodies(i);
    if (body.has_part_of()) continue;
    const std::string kind = body.has_shape() ? "shape" : geometry_kind(body.file());
    if (kind == "surface") continue;
    if (kind.empty()) {
      problems.push_back({"GEOMETRY_FORMAT", body_path(i) + ".file", 0, 0,
                          "\"" + body.file() + "\" is neither a CAD nor a surface file",
                          kGeometryFormats});
      continue;
    }
    try {
      model.bodies.push_back(load_body(value, i, folder, findings, problems));
    } catch (const InvalidInput& error) {
      for (const Problem& problem : error.problems()) problems.push_back(problem);
    } catch (const std::string& reason) {
      problems.push_back({"SHAPE_INVALID", body_path(i), 0, 0,
                          body.name() + " could not be built: " + reason,
                          "check the dimensions against each other"});
    }
  }
  return model;
}

}  // namespace proofload::meshing
