#include "builders.h"
#include "proofload/report/number.h"
#include "rows.h"

namespace proofload::report {
namespace {

std::string joined(const google::protobuf::RepeatedField<double>& values) {
  std::string text;
  for (const double value : values) text += (text.empty() ? "" : " → ") + format_number(value);
  return text;
}

std::string relative_error(const v1::Quantity& q) {
  if (!q.has_value() || !q.has_numerical_error() || q.value() == 0) return "unknown";
  return format_number(100 * std::abs(q.numerical_error() / q.value()), 2) + "\u202f%";
}

}  // namespace

Json build_levels(const v1::Report& report, const Media& media) {
  Json rows = Json::array(), decisions = Json::array();
  for (const v1::Quantity& q : report.quantities()) {
    if (q.level_values_size() < 2) continue;
    rows.push_back({{"title", quantity_title(q.name())},
                    {"design", q.design()},
                    {"load_case", q.load_case()},
                    {"body", q.body()},
                    {"values", joined(q.level_values())},
                    {"unit", format_unit(q.unit())},
                    {"error", relative_error(q)},
                    {"unresolved", q.unresolved()},
                    {"reason", q.reason()}});
  }
  for (const v1::DesignReport& design : report.designs()) {
    for (const v1::LevelReport& level : design.levels()) {
      if (level.decision().empty()) continue;
      decisions.push_back({{"design", design.name()},
                           {"level", format_count(level.level())},
                           {"text", level.decision()}});
    }
  }
  return {{"rows", rows},
          {"decisions", decisions},
          {"plots", picture_list(media, [](const Picture& picture) {
             return picture.kind == "convergence";
           })}};
}

}  // namespace proofload::report
