#include "builders.h"
#include "proofload/report/number.h"
#include "rows.h"

namespace proofload::report {
namespace {

using Numbers = google::protobuf::RepeatedField<double>;

std::string vector_text(const Numbers& list, const std::string& unit) {
  if (list.size() < 3) return "0\u202f" + unit;
  return "(" + format_number(list[0], kAsGiven) + ", " + format_number(list[1], kAsGiven) + ", " +
         format_number(list[2], kAsGiven) + ")\u202f" + unit;
}

std::string force_text(const v1::ForceMoment& load, const std::string& how) {
  const std::string point = format_point(load.point_mm());
  return how + ": force " + vector_text(load.force_n(), "N") + ", moment " +
         vector_text(load.moment_nmm(), "N·mm") + " about " +
         (point.empty() ? "the centroid of the place" : point);
}

std::string load_text(const v1::Load& load) {
  if (load.has_distributed()) return force_text(load.distributed(), "spread over the face");
  if (load.has_rigid()) return force_text(load.rigid(), "on the face held rigid");
  if (load.has_pressure_mpa())
    return "pressure " + format_number(load.pressure_mpa(), kAsGiven) + "\u202fMPa";
  if (load.traction_mpa_size()) return "traction " + vector_text(load.traction_mpa(), "MPa");
  if (load.gravity_mm_per_s2_size()) {
    return "acceleration " + vector_text(load.gravity_mm_per_s2(), "mm/s²") + " on all bodies";
  }
  if (load.has_prescribed_mm()) return "displacement given";
  if (load.has_manufactured()) return "manufactured field with its body force";
  return "not stated";
}

std::string axes_text(const google::protobuf::RepeatedField<int>& axes) {
  std::string text;
  for (const int axis : axes) {
    text += (text.empty() ? "" : ", ") + v1::Axis::Enum_Name(static_cast<v1::Axis::Enum>(axis));
  }
  return text;
}

std::string support_text(const v1::Support& support) {
  if (support.fix_size()) return "held in " + axes_text(support.fix());
  if (support.slide()) return "slides in its plane";
  if (support.antisymmetric()) return "moves only normal to its plane (antisymmetry)";
  if (support.has_elastic_foundation()) {
    const auto& springs = support.elastic_foundation();
    return "on springs, normal " +
           format_optional(springs.has_normal_n_per_mm3(), springs.normal_n_per_mm3(), "N/mm3") +
           ", tangential " +
           format_optional(springs.has_tangential_n_per_mm3(), springs.tangential_n_per_mm3(),
                           "N/mm3", "0");
  }
  if (support.has_rigid()) {
    const std::string axes = axes_text(support.rigid().fix());
    return "moves as a rigid body, held in " + (axes.empty() ? "all six motions" : axes);
  }
  if (support.has_distributed()) {
    const std::string axes = axes_text(support.distributed().fix());
    return "deforms freely, its mean rigid motion held in " +
           (axes.empty() ? "all six motions" : axes);
  }
  return "not stated";
}

Json support_rows(const google::protobuf::RepeatedPtrField<v1::Support>& supports,
                  const std::string& scope) {
  Json rows = Json::array();
  for (const v1::Support& support : supports) {
    rows.push_back({{"name", support.name()},
                    {"at", support.at()},
                    {"text", support_text(support)},
                    {"scope", scope}});
  }
  return rows;
}

Json place_rows(const v1::Report& report) {
  Json rows = Json::array();
  for (const v1::DesignReport& design : report.designs()) {
    if (design.levels().empty()) continue;
    for (const v1::PlaceFacts& place : design.levels(design.levels_size() - 1).mesh().places()) {
      rows.push_back({{"design", design.name()},
                      {"name", place.name()},
                      {"area", format_optional(place.has_area_mm2(), place.area_mm2(), "mm2")},
                      {"centroid", format_point(place.centroid_mm())}});
    }
  }
  return rows;
}

}  // namespace

Json build_loads(const v1::Report& report, const Media& media) {
  const v1::Case& value = report.case_();
  Json supports = support_rows(value.supports(), "every load case");
  Json loads = Json::array();
  for (const v1::LoadCase& load_case : value.load_cases()) {
    for (Json& row : support_rows(load_case.supports(), load_case.name())) supports.push_back(row);
    for (const v1::Load& load : load_case.loads()) {
      loads.push_back({{"load_case", load_case.name()},
                       {"early", load_case.early()},
                       {"at", load.at().empty() ? "all bodies" : load.at()},
                       {"text", load_text(load)}});
    }
  }
  return {{"supports", supports},
          {"loads", loads},
          {"places", place_rows(report)},
          {"pictures", picture_list(media, [](const Picture& p) { return p.kind == "loads"; })}};
}

}  // namespace proofload::report
