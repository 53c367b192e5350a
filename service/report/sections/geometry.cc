#include "builders.h"
#include "proofload/report/number.h"
#include "rows.h"

namespace proofload::report {
namespace {

/// Facts of the finest mesh of a design; nullptr when it has none.
const v1::MeshFacts* finest_mesh(const v1::DesignReport& design) {
  const v1::MeshFacts* mesh = nullptr;
  for (const v1::LevelReport& level : design.levels()) {
    if (level.has_mesh()) mesh = &level.mesh();
  }
  return mesh;
}

std::string extent(const v1::BodyFacts& body) {
  if (body.min_mm_size() < 3 || body.max_mm_size() < 3) return "not computed";
  std::string text;
  for (int i = 0; i < 3; ++i) {
    text += (i ? " × " : "") + format_number(body.max_mm(i) - body.min_mm(i));
  }
  return text + "\u202fmm";
}

std::string severity(const v1::Finding& finding) {
  switch (finding.severity()) {
    case v1::Finding::Severity::ERROR:
      return "error";
    case v1::Finding::Severity::WARNING:
      return "warning";
    case v1::Finding::Severity::NOTE:
      return "note";
    default:
      return "not stated";
  }
}

Json body_rows(const v1::MeshFacts& mesh, const v1::Case& value) {
  Json rows = Json::array();
  for (const v1::BodyFacts& body : mesh.bodies()) {
    std::string material = "not stated", role = "not stated";
    for (const v1::Body& own : value.bodies()) {
      if (own.name() != body.name()) continue;
      material = own.material().name().empty() ? "given in the case" : own.material().name();
      if (own.role() != v1::Role::unspecified) role = v1::Role::Enum_Name(own.role());
    }
    rows.push_back({{"name", body.name()},
                    {"role", role},
                    {"material", material},
                    {"extent", extent(body)},
                    {"geometry_volume", format_optional(body.has_geometry_volume_mm3(),
                                                        body.geometry_volume_mm3(), "mm3")},
                    {"volume", format_optional(body.has_volume_mm3(), body.volume_mm3(), "mm3")}});
  }
  return rows;
}

Json finding_rows(const v1::MeshFacts& mesh) {
  Json rows = Json::array();
  for (const v1::Finding& finding : mesh.findings()) {
    rows.push_back({{"code", finding.code()},
                    {"severity", severity(finding)},
                    {"body", finding.body()},
                    {"message", finding.message()},
                    {"place", format_point(finding.point_mm())}});
  }
  return rows;
}

/// Certificates of the surfaces' repair.
Json repair_rows(const v1::MeshFacts& mesh) {
  Json rows = Json::array();
  for (const v1::RepairFacts& f : mesh.repairs()) {
    const auto pair = [](bool first, double before, bool second, double after, const char* unit) {
      return format_optional(first, before, unit) + " to " + format_optional(second, after, unit);
    };
    rows.push_back(
        {{"body", f.body()},
         {"step", f.step() + (f.confirmed() ? " (confirmed in the case)" : "")},
         {"done", f.done()},
         {"volume", pair(f.has_volume_before_mm3(), f.volume_before_mm3(), f.has_volume_after_mm3(),
                         f.volume_after_mm3(), "mm3")},
         {"area", pair(f.has_area_before_mm2(), f.area_before_mm2(), f.has_area_after_mm2(),
                       f.area_after_mm2(), "mm2")},
         {"distance", format_optional(f.has_hausdorff_mm(), f.hausdorff_mm(), "mm")},
         {"shells", pair(f.has_shells_before_count(), f.shells_before_count(),
                         f.has_shells_after_count(), f.shells_after_count(), "")},
         {"handles", pair(f.has_genus_before_count(), f.genus_before_count(),
                          f.has_genus_after_count(), f.genus_after_count(), "")}});
  }
  return rows;
}

Json interface_rows(const v1::MeshFacts& mesh) {
  Json rows = Json::array();
  for (const v1::InterfaceFacts& face : mesh.interfaces()) {
    rows.push_back({{"first", face.first()},
                    {"second", face.second()},
                    {"kind", face.kind().empty() ? "not stated" : face.kind()},
                    {"area", format_optional(face.has_area_mm2(), face.area_mm2(), "mm2")}});
  }
  return rows;
}

}  // namespace

Json build_geometry(const v1::Report& report, const Media&) {
  Json designs = Json::array();
  for (const v1::DesignReport& design : report.designs()) {
    const v1::MeshFacts* mesh = finest_mesh(design);
    Json row = {{"title", design_title(report, design.name())},
                {"meshed", mesh != nullptr},
                {"problem", design.reason()}};
    row["bodies"] = mesh ? body_rows(*mesh, report.case_()) : Json::array();
    row["findings"] = mesh ? finding_rows(*mesh) : Json::array();
    row["repairs"] = mesh ? repair_rows(*mesh) : Json::array();
    row["repaired"] = mesh != nullptr && mesh->repairs_size() > 0;
    row["interfaces"] = mesh ? interface_rows(*mesh) : Json::array();
    row["method"] = mesh ? mesh->method() : "";
    designs.push_back(row);
  }
  return {{"designs", designs}};
}

}  // namespace proofload::report
