#include "builders.h"
#include "proofload/report/number.h"
#include "rows.h"

namespace proofload::report {
namespace {

std::string rule_text(const v1::Criterion& rule) {
  std::string text = quantity_title(rule.quantity());
  if (!rule.body().empty()) text += " of " + rule.body();
  if (!rule.load_case().empty()) text += " under " + rule.load_case();
  if (!rule.relative_to().empty()) text += " over that of " + rule.relative_to();
  if (rule.kind() != v1::ComparisonKind::unspecified) {
    text += " (" + v1::ComparisonKind::Enum_Name(rule.kind()) + ")";
  }
  if (rule.has_at_least()) text += " at least " + format_number(rule.at_least(), kAsGiven);
  if (rule.has_at_most()) text += " at most " + format_number(rule.at_most(), kAsGiven);
  return text;
}

std::string status_text(v1::CriterionStatus::Enum status) {
  switch (status) {
    case v1::CriterionStatus::MET:
      return "met";
    case v1::CriterionStatus::NOT_MET:
      return "not met";
    default:
      return "undecided";
  }
}

}  // namespace

Json build_criteria(const v1::Report& report, const Media&) {
  Json rows = Json::array();
  for (const v1::CriterionResult& result : report.criteria()) {
    Json row = quantity_row(result.quantity());
    row["rule"] = rule_text(result.criterion());
    row["status"] = status_text(result.status());
    row["flagged"] = result.status() != v1::CriterionStatus::MET;
    row["trace"] = result.trace();
    rows.push_back(row);
  }
  return {{"rows", rows}};
}

}  // namespace proofload::report
