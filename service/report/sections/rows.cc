#include "rows.h"

#include <openssl/evp.h>

#include <fstream>
#include <iterator>
#include <map>

#include "proofload/report/number.h"

namespace proofload::report {

std::string quantity_title(const std::string& name) {
  static const std::map<std::string, std::string> kTitles = {
      {"displacement_mm", "Largest displacement"},
      {"axial_stiffness_n_per_mm", "Axial stiffness"},
      {"max_von_mises_mpa", "Peak von Mises stress"},
      {"max_principal_mpa", "Peak principal stress"},
      {"min_principal_mpa", "Least principal stress"},
      {"load_point_displacement_mm", "Motion of the load's point"},
      {"euler_load_ratio", "Load over Euler load (estimate)"},
      {"yield_safety_factor", "Yield safety factor"},
      {"first_yield_load_n", "Load at first yield"},
      {"buckling_load_factor", "Buckling load factor"},
      {"fatigue_life_cycles", "Fatigue life"},
      {"fatigue_safety_factor", "Fatigue safety factor"},
      {"fatigue_life_away_cycles", "Fatigue life away from edges"},
      {"fatigue_safety_factor_away", "Fatigue safety factor away from edges"},
      {"load_share", "Share of the load"},
      {"reaction_n", "Reaction"},
      {"strain_energy_nmm", "Strain energy"}};
  const auto found = kTitles.find(name);
  return found == kTitles.end() ? name : found->second;
}

std::string design_title(const v1::Report& report, const std::string& name) {
  static const std::map<std::string, std::string> kKinds = {
      {"implant", "the implant in its bone"},
      {"member", "the implant alone in the bench rig"},
      {"rod_member", "the rod alone in the bench rig"},
      {"rod_construct", "the rod in the same bone"}};
  for (const v1::DesignReport& design : report.designs()) {
    const auto kind = kKinds.find(design.kind());
    if (design.name() == name && kind != kKinds.end()) return name + " (" + kind->second + ")";
  }
  return name;
}

bool is_fatigue(const v1::Quantity& quantity) { return quantity.name().rfind("fatigue_", 0) == 0; }

Json quantity_row(const v1::Quantity& quantity) {
  std::string note;
  const auto add = [&note](const std::string& text) {
    if (!text.empty()) note += (note.empty() ? "" : "; ") + text;
  };
  if (quantity.unresolved()) add("peak not resolved by the mesh");
  if (quantity.unconfirmed()) add("rests on unconfirmed data");
  if (quantity.has_value()) add(quantity.reason());
  if (quantity.has_value() && !quantity.has_numerical_error()) add("numerical error unknown");
  std::string place = format_point(quantity.place().point_mm());
  if (!quantity.place().face().empty()) place += " on " + quantity.place().face();
  return {{"title", quantity_title(quantity.name())},
          {"design", quantity.design()},
          {"load_case", quantity.load_case()},
          {"body", quantity.body()},
          {"value", format_quantity(quantity)},
          {"place", place},
          {"level", quantity.has_level() ? format_count(quantity.level()) : ""},
          {"method", quantity.method()},
          {"note", note},
          {"flagged", quantity.unresolved() || quantity.unconfirmed() || !quantity.has_value()}};
}

std::string data_uri(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(stream)), {});
  if (!stream || bytes.empty()) return "";
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  text.resize(length);
  const bool svg = path.size() > 4 && path.substr(path.size() - 4) == ".svg";
  return (svg ? "data:image/svg+xml;base64," : "data:image/png;base64,") + text;
}

Json text_list(const google::protobuf::RepeatedPtrField<std::string>& texts) {
  Json list = Json::array();
  for (const std::string& text : texts) list.push_back({{"text", text}});
  return list;
}

Json source_row(const std::string& what, const v1::Source& source) {
  return {{"what", what},
          {"citation", source.citation().empty() ? "no source given" : source.citation()},
          {"note", source.note()},
          {"unconfirmed", !source.confirmed()}};
}

std::string small_number(bool present, double value) {
  return present ? format_number(value, 2) : "not computed";
}

}  // namespace proofload::report
