#include <cmath>
#include <limits>
#include <optional>

#include "builders.h"
#include "proofload/report/number.h"
#include "rows.h"

namespace proofload::report {
namespace {

std::string words(v1::Verdict::Enum verdict) {
  switch (verdict) {
    case v1::Verdict::PASS:
      return "The evidence is complete and every criterion is met.";
    case v1::Verdict::FAIL:
      return "At least one criterion is not met.";
    case v1::Verdict::REVIEW:
      return "The evidence does not decide: an engineer must judge the points below.";
    default:
      return "No verdict was given. Treat this as REVIEW.";
  }
}

/// Relative distance to the limit, positive when met; absent when it cannot be stated.
std::optional<double> margin_of(const v1::CriterionResult& result) {
  const v1::Criterion& rule = result.criterion();
  if (!result.quantity().has_value() || !std::isfinite(result.quantity().value())) return {};
  const double value = result.quantity().value();
  if (rule.has_at_least() && rule.at_least() != 0) return value / rule.at_least() - 1;
  if (rule.has_at_most() && rule.at_most() != 0) return 1 - value / rule.at_most();
  return {};
}

/// Not met beats undecided beats met; among equals the one without a margin, then the least margin.
const v1::CriterionResult* governing(const v1::Report& report) {
  const v1::CriterionResult* chosen = nullptr;
  double least = std::numeric_limits<double>::infinity();
  int rank = -1;
  for (const v1::CriterionResult& result : report.criteria()) {
    const int own = result.status() == v1::CriterionStatus::NOT_MET ? 2
                    : result.status() == v1::CriterionStatus::MET   ? 0
                                                                    : 1;
    const double margin = margin_of(result).value_or(-std::numeric_limits<double>::infinity());
    if (own < rank || (own == rank && margin >= least)) continue;
    chosen = &result;
    rank = own;
    least = margin;
  }
  return chosen;
}

Json governing_row(const v1::CriterionResult& result, const v1::Report& report) {
  const v1::Criterion& rule = result.criterion();
  Json row = quantity_row(result.quantity());
  row["title"] = quantity_title(rule.quantity());
  row["reference"] = rule.relative_to();
  row["is_relative"] = !rule.relative_to().empty();
  row["limit"] = rule.has_at_least()  ? "at least " + format_number(rule.at_least(), kAsGiven)
                 : rule.has_at_most() ? "at most " + format_number(rule.at_most(), kAsGiven)
                                      : "not given";
  const auto margin = margin_of(result);
  row["margin"] = margin ? format_number(100 * *margin, 3) + "\u202f%" : "not computed";
  row["design"] = design_title(report, result.quantity().design());
  return row;
}

}  // namespace

Json build_summary(const v1::Report& report, const Media& media) {
  const std::string verdict = v1::Verdict::Enum_Name(
      report.verdict() == v1::Verdict::UNSPECIFIED ? v1::Verdict::REVIEW : report.verdict());
  const v1::CriterionResult* rule = governing(report);
  Json governs = Json::array();
  if (rule) governs.push_back(governing_row(*rule, report));
  bool taken = false;
  Json picture = picture_list(media, [&taken](const Picture& candidate) {
    const bool first = candidate.kind == "overview" && !taken;
    taken = taken || first;
    return first;
  });
  int met = 0, not_met = 0;
  for (const auto& result : report.criteria()) {
    met += result.status() == v1::CriterionStatus::MET;
    not_met += result.status() == v1::CriterionStatus::NOT_MET;
  }
  Json problems = Json::array();
  for (const std::string& problem : media.problems) problems.push_back({{"text", problem}});
  return {{"case_name", report.case_name()},
          {"verdict", verdict},
          {"words", words(report.verdict())},
          {"governing", governs},
          {"no_criteria", report.criteria().empty()},
          {"met", format_count(met)},
          {"not_met", format_count(not_met)},
          {"undecided", format_count(report.criteria_size() - met - not_met)},
          {"reasons", text_list(report.reasons())},
          {"picture", picture},
          {"picture_problems", problems},
          {"warnings_count", format_count(report.warnings_size())},
          {"limitations_count", format_count(report.limitations_size())}};
}

}  // namespace proofload::report
