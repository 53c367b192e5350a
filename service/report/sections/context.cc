#include "builders.h"
#include "proofload/report/number.h"
#include "rows.h"

namespace proofload::report {
namespace {

std::string path_name(v1::ReferenceRod::Path::Enum path) {
  return v1::ReferenceRod::Path::Enum_Name(path);
}

Json fatigue_blocks(const v1::Case& value) {
  Json list = Json::array();
  for (const v1::FatigueBlock& block : value.analyses().fatigue().blocks()) {
    list.push_back(
        {{"load_case", block.load_case()},
         {"min", format_optional(block.has_min(), block.min(), "", "not computed", kAsGiven)},
         {"max", format_optional(block.has_max(), block.max(), "", "not computed", kAsGiven)},
         {"cycles",
          format_optional(block.has_cycles(), block.cycles(), "", "not computed", kAsGiven)}});
  }
  return list;
}

std::string joined(const google::protobuf::RepeatedPtrField<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

Json build_context(const v1::Report& report, const Media&) {
  const v1::Case& value = report.case_();
  Json designs = Json::array();
  for (const v1::DesignReport& design : report.designs()) {
    designs.push_back({{"title", design_title(report, design.name())},
                       {"levels", format_count(design.levels_size())},
                       {"problem", design.reason()}});
  }
  Json rods = Json::array();
  for (const v1::ReferenceRod& rod : value.designs().reference_rods()) {
    rods.push_back(
        {{"rod", rod.rod()},
         {"path", path_name(rod.path())},
         {"surface",
          rod.has_surface_factor() ? format_number(rod.surface_factor(), kAsGiven) : "1"}});
  }
  const v1::BucklingAnalysis& buckling = value.analyses().buckling();
  return {{"name", value.name().empty() ? report.case_name() : value.name()},
          {"description", value.description()},
          {"designs", designs},
          {"rods", rods},
          {"blocks", fatigue_blocks(value)},
          {"buckling", joined(buckling.load_cases())},
          {"relative_error",
           value.accuracy().has_relative_error()
               ? format_number(100 * value.accuracy().relative_error(), kAsGiven) + "\u202f%"
               : "not stated"},
          {"member", value.designs().has_member()},
          {"construct", value.designs().has_construct()}};
}

}  // namespace proofload::report
