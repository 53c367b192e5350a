#include "builders.h"
#include "proofload/report/number.h"
#include "rows.h"

namespace proofload::report {
namespace {

std::string ratio_text(const v1::Comparison& c) {
  if (!c.has_ratio()) {
    const std::string prefix = "not compared: ";
    if (c.reason().rfind(prefix, 0) == 0) return c.reason();
    return prefix + (c.reason().empty() ? "no reason given" : c.reason());
  }
  const std::string bound = c.bound() == v1::Bound::AT_LEAST  ? "≥ "
                            : c.bound() == v1::Bound::AT_MOST ? "≤ "
                                                              : "";
  return bound + format_number(c.ratio());
}

std::string range_text(const v1::Comparison& c) {
  if (!c.has_low() || !c.has_high()) return "unknown";
  return format_number(c.low()) + " to " + format_number(c.high());
}

Json comparison_rows(const v1::Report& report, v1::ComparisonKind::Enum kind) {
  Json rows = Json::array();
  for (const v1::Comparison& c : report.comparisons()) {
    if (c.kind() != kind) continue;
    rows.push_back({{"title", quantity_title(c.quantity())},
                    {"load_case", c.load_case()},
                    {"design", c.design()},
                    {"reference", c.reference()},
                    {"ratio", ratio_text(c)},
                    {"range", c.has_ratio() ? range_text(c) : ""},
                    {"beam", format_optional(c.has_beam_value(), c.beam_value(), c.unit(), "none")},
                    {"note", c.has_ratio() ? c.reason() : ""},
                    {"missing", !c.has_ratio()}});
  }
  return rows;
}

Json rod_rows(const v1::Report& report) {
  Json rows = Json::array();
  for (const v1::EquivalentRod& rod : report.equivalent_rods()) {
    const std::string missing =
        "not computed: " + (rod.reason().empty() ? "no reason given" : rod.reason());
    rows.push_back({{"design", rod.design()},
                    {"load_case", rod.load_case()},
                    {"basis", rod.basis()},
                    {"material", rod.material()},
                    {"diameter",
                     format_optional(rod.has_diameter_mm(), rod.diameter_mm(), "mm", missing, 3)}});
  }
  return rows;
}

}  // namespace

Json build_comparison(const v1::Report& report, const Media&) {
  return {{"member", comparison_rows(report, v1::ComparisonKind::member)},
          {"construct", comparison_rows(report, v1::ComparisonKind::construct)},
          {"other", comparison_rows(report, v1::ComparisonKind::unspecified)},
          {"rods", rod_rows(report)}};
}

}  // namespace proofload::report
