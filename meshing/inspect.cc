/// What geometry files hold, for `proofload init` and `check`.
#include <gmsh.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cad_bodies.h"
#include "gmsh_session.h"
#include "plausibility.h"
#include "proofload/core/json.h"
#include "proofload/core/vec3.h"
#include "proofload/meshing/mesh_design.h"
#include "proofload/meshing/surface.h"
#include "surface_defects.h"
#include "volume_from_surface_child.h"

namespace proofload::meshing {
namespace {

using Json = nlohmann::ordered_json;
constexpr double kInspectSeconds = 300;
namespace occ = gmsh::model::occ;

Json numbers(const Vec3& v) { return Json::array({v[0], v[1], v[2]}); }

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// Normal and greatest curvature radius at the middle of the parameter range. The normal's sign is
/// the surface's own; outward is settled by the caller.
void describe_face_shape(int tag, const std::string& type, Json& face) {
  std::vector<double> low, high, normal, curvature;
  gmsh::model::getParametrizationBounds(2, tag, low, high);
  const std::vector<double> middle = {0.5 * (low[0] + high[0]), 0.5 * (low[1] + high[1])};
  if (type == "plane") {
    gmsh::model::getNormal(tag, middle, normal);
    face["normal"] = Json::array({normal[0], normal[1], normal[2]});
  }
  if (type == "cylinder" || type == "sphere") {
    gmsh::model::getCurvature(2, tag, middle, curvature);
    if (!curvature.empty() && curvature[0] > 0) face["radius_mm"] = 1 / curvature[0];
  }
}

/// Does the normal of a plane face point out of the solid? A point just outside along it lies
/// outside the solid's other side when the solid's volume integral says so: the sign of the face in
/// the oriented boundary.
Json describe_face(int tag, bool reversed, int number) {
  Json face;
  face["name"] = "face " + std::to_string(number);
  std::string file_name, type;
  gmsh::model::getEntityName(2, tag, file_name);
  gmsh::model::getType(2, tag, type);
  face["file_name"] = file_name;
  face["type"] = lower_case(type);
  double area = 0;
  Vec3 centre;
  occ::getMass(2, tag, area);
  occ::getCenterOfMass(2, tag, centre[0], centre[1], centre[2]);
  face["area_mm2"] = area;
  face["centroid_mm"] = numbers(centre);
  describe_face_shape(tag, face["type"].get<std::string>(), face);
  if (reversed && face.contains("normal")) {
    for (auto& component : face["normal"]) component = -component.get<double>();
  }
  return face;
}

Json describe_solid(int solid, int number) {
  Json body;
  std::string name;
  gmsh::model::getEntityName(3, solid, name);
  body["name"] = name;
  body["solid"] = number;
  Vec3 low, high;
  occ::getBoundingBox(3, solid, low[0], low[1], low[2], high[0], high[1], high[2]);
  body["min_mm"] = numbers(low);
  body["max_mm"] = numbers(high);
  double volume = 0, area = 0;
  occ::getMass(3, solid, volume);
  body["volume_mm3"] = volume;
  gmsh::vectorpair faces, oriented;
  gmsh::model::getBoundary({{3, solid}}, faces, false, false, false);
  gmsh::model::getBoundary({{3, solid}}, oriented, false, true, false);
  Json list = Json::array();
  for (std::size_t i = 0; i < faces.size(); ++i) {
    const bool reversed = i < oriented.size() && oriented[i].second < 0;
    list.push_back(describe_face(faces[i].second, reversed, static_cast<int>(i) + 1));
    area += list.back()["area_mm2"].get<double>();
  }
  body["area_mm2"] = area;
  body["closed"] = true;
  body["faces"] = list;
  return body;
}

void add_findings(const std::vector<v1::Finding>& findings, Json& file) {
  for (const v1::Finding& finding : findings) {
    file["findings"].push_back(Json::parse(to_json(finding)));
  }
}

void inspect_step(const std::string& path, Json& file) {
  const GmshSession session;
  guarded("STEP_UNREADABLE", path, [&] {
    const StepContent content = import_step(path, path);
    file["length_unit"] = content.unit;
    for (std::size_t i = 0; i < content.solids.size(); ++i) {
      file["bodies"].push_back(describe_solid(content.solids[i], static_cast<int>(i) + 1));
    }
  });
}

/// One named part of a triangulated surface.
Json describe_patch(const TriangleSoup& soup, int patch, const std::string& name, int number) {
  double area = 0;
  Vec3 centre = Vec3::Zero();
  for (std::size_t t = 0; t < soup.triangles.size(); ++t) {
    if (patch >= 0 && soup.solids[t] != patch) continue;
    const auto at = [&](int k) { return Vec3(soup.points[soup.triangles[t][k]].data()); };
    const double a = 0.5 * (at(1) - at(0)).cross(at(2) - at(0)).norm();
    area += a;
    centre += a * (at(0) + at(1) + at(2)) / 3;
  }
  if (area > 0) centre /= area;
  return {{"name", "face " + std::to_string(number)},
          {"file_name", name},
          {"type", "discrete"},
          {"area_mm2", area},
          {"centroid_mm", numbers(centre)}};
}

void inspect_surface(const std::string& path, double scale, const std::string& defects,
                     Json& file) {
  const TriangleSoup soup = read_surface(path, scale);
  const SurfaceFacts facts = examine_surface(soup);
  const std::string name = std::filesystem::path(path).stem().string();
  Json body;
  body["name"] = name;
  body["solid"] = 1;
  body["min_mm"] = facts.min;
  body["max_mm"] = facts.max;
  body["volume_mm3"] = std::abs(facts.signed_volume_mm3);
  body["area_mm2"] = facts.area_mm2;
  body["closed"] = facts.closed();
  body["faces"] = Json::array();
  if (soup.solids.empty()) {
    body["faces"].push_back(describe_patch(soup, -1, "", 1));
  }
  for (std::size_t s = 0; !soup.solids.empty() && s < soup.solid_names.size(); ++s) {
    body["faces"].push_back(
        describe_patch(soup, static_cast<int>(s), soup.solid_names[s], static_cast<int>(s) + 1));
  }
  file["bodies"].push_back(body);
  add_findings(diagnose(facts, {name, v1::Role::unspecified}), file);
  if (defects.empty()) return;
  file["defects"] = defects + "/" + std::filesystem::path(path).filename().string() + ".vtp";
  write_defects(mark_defects(soup), file["defects"]);
}

Json empty_file(const std::string& path, v1::LengthUnit::Enum unit) {
  return {{"file", path},
          {"kind", geometry_kind(path)},
          {"length_unit", v1::LengthUnit::Enum_Name(unit)},
          {"bodies", Json::array()},
          {"findings", Json::array()}};
}

void add_problem(const Problem& problem, Json& answer) {
  answer["problems"].push_back(Json::parse(problems_to_json({problem}))[0]);
}

std::string to_text(const Json& value) {
  return value.dump(2, ' ', false, Json::error_handler_t::replace);
}

/// {"file": what it holds, "problems": [...]}
Json inspect_file(const std::string& path, v1::LengthUnit::Enum unit, const std::string& defects) {
  Json answer = {{"file", empty_file(path, unit)}, {"problems", Json::array()}};
  Json& file = answer["file"];
  try {
    if (geometry_kind(path) == "step") {
      inspect_step(path, file);
    } else if (geometry_kind(path) == "surface") {
      inspect_surface(path, millimetres(unit), defects, file);
    } else {
      add_problem(
          {"GEOMETRY_FORMAT", path, 0, 0, "neither a CAD nor a surface file", kGeometryFormats},
          answer);
    }
  } catch (const InvalidInput& error) {
    for (const Problem& problem : error.problems()) add_problem(problem, answer);
  } catch (const std::exception& error) {
    add_problem({"GEOMETRY_UNREADABLE", path, 0, 0, error.what(), "export the file again"}, answer);
  }
  return answer;
}

}  // namespace

std::string inspect_files(const std::vector<std::string>& files, v1::LengthUnit::Enum unit,
                          const std::string& defects) {
  Json result = {{"files", Json::array()}, {"problems", Json::array()}};
  for (const std::string& path : files) {
    Json answer;
    try {
      answer = Json::parse(answer_in_child("GEOMETRY_UNREADABLE", path, kInspectSeconds, [&] {
        return to_text(inspect_file(path, unit, defects));
      }));
    } catch (const std::exception& error) {
      answer = {{"file", empty_file(path, unit)}, {"problems", Json::array()}};
      add_problem({"GEOMETRY_UNREADABLE", path, 0, 0, std::string("E10: ") + error.what(),
                   "export the file again"},
                  answer);
    }
    result["files"].push_back(answer["file"]);
    for (const Json& problem : answer["problems"]) result["problems"].push_back(problem);
  }
  return to_text(result) + "\n";
}

}  // namespace proofload::meshing
