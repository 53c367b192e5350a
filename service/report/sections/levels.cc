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

/// The numbers a reader looks at first: what is gated, and peaks and stiffness of the implant.
bool is_key(const v1::Report& report, const v1::Quantity& q) {
  for (const v1::CriterionResult& rule : report.criteria()) {
    const v1::Criterion& c = rule.criterion();
    const bool same_body = c.body().empty() || c.body() == q.body();
    if (c.quantity() == q.name() && same_body && c.relative_to().empty()) return true;
  }
  const bool shown = q.name() == "max_von_mises_mpa" || q.name() == "axial_stiffness_n_per_mm";
  for (const v1::DesignReport& design : report.designs()) {
    if (design.name() == q.design()) return shown && design.kind() == "implant";
  }
  return false;
}

}  // namespace

Json build_levels(const v1::Report& report, const Media& media) {
  Json rows = Json::array(), others = Json::array(), decisions = Json::array();
  for (const v1::Quantity& q : report.quantities()) {
    if (q.level_values_size() < 2) continue;
    Json& list = is_key(report, q) ? rows : others;
    list.push_back({{"title", quantity_title(q.name())},
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
          {"others", others},
          {"others_count", format_count(static_cast<double>(others.size()))},
          {"decisions", decisions},
          {"plots", picture_list(media, [](const Picture& picture) {
             return picture.kind == "convergence";
           })}};
}

}  // namespace proofload::report
