#include <filesystem>

#include "comparison.h"
#include "criterion.h"
#include "fatigue_stage.h"
#include "proofload/assessment/assessment.h"
#include "proofload/core/json.h"
#include "proofload/core/problem.h"
#include "remarks.h"
#include "run_data.h"
#include "verdict.h"

namespace proofload::assessment {

namespace {

/// A number that is not finite must not reach report.json: it becomes a missing value.
void drop_non_finite(v1::Quantity& q) {
  if (q.has_numerical_error() && !std::isfinite(q.numerical_error())) q.clear_numerical_error();
  const std::string bad = first_non_finite(q);
  if (bad.empty()) return;
  q.clear_value();
  q.clear_level_values();
  q.clear_place();
  q.set_reason("not a number: " + bad);
}

/// Quantities of all designs and what is missing of their fatigue.
struct Numbers {
  AssessedDesigns quantities;
  std::vector<std::string> doubts;
  std::vector<std::string> left_out;
  std::set<std::string> curves;
};

Numbers assess_designs(const RunData& run) {
  Numbers out;
  for (const DesignData& design : run.designs) {
    AssessedList& list = out.quantities[design.name];
    if (!design.finest()) continue;
    list = assess_levels(design);
    const FatigueOutcome fatigue = assess_fatigue(run, design, critical_ratios(design));
    list.insert(list.end(), fatigue.quantities.begin(), fatigue.quantities.end());
    out.doubts.insert(out.doubts.end(), fatigue.missing.begin(), fatigue.missing.end());
    out.curves.insert(fatigue.curves.begin(), fatigue.curves.end());
    if (design.kind == DesignKind::kImplant) out.left_out = fatigue.left_out;
    for (Assessed& one : list) drop_non_finite(one.quantity);
  }
  return out;
}

/// Load cases of the implant whose P / Pcr nobody knows.
void unknown_critical_ratios(const DesignData& implant,
                             const std::map<std::string, double>& critical,
                             std::vector<std::string>& doubts) {
  if (!implant.finest()) return;
  for (const v1::LoadCase& load_case : implant.value.load_cases()) {
    if (critical.count(load_case.name())) continue;
    doubts.push_back("load case " + load_case.name() +
                     ": P/Pcr is unknown, linear results may be too small");
  }
}

std::string joined(const std::vector<std::string>& list) {
  std::string out;
  for (const std::string& one : list) out += (out.empty() ? "" : ", ") + one;
  return out;
}

template <class Message, class List>
void set_all(google::protobuf::RepeatedPtrField<Message>* field, const List& list) {
  for (const auto& one : list) *field->Add() = one;
}

/// Criteria first, most decisive first, then everything else that stands against PASS.
void set_verdict(const std::vector<std::string>& doubts, v1::Report& report) {
  std::vector<v1::CriterionStatus::Enum> statuses;
  for (const v1::CriterionResult& result : report.criteria()) statuses.push_back(result.status());
  report.set_verdict(decide(statuses, doubts));
  for (const auto& [status, word] : {std::pair{v1::CriterionStatus::NOT_MET, "not met: "},
                                     std::pair{v1::CriterionStatus::UNDECIDED, "undecided: "}}) {
    for (const v1::CriterionResult& result : report.criteria()) {
      if (result.status() == status) report.add_reasons(word + result.trace());
    }
  }
  if (statuses.empty()) report.add_reasons("the case has no criteria");
  for (const std::string& doubt : doubts) report.add_reasons(doubt);
  if (report.verdict() == v1::Verdict::PASS) {
    report.add_reasons("all " + std::to_string(statuses.size()) +
                       " criteria are met by their whole intervals");
  }
}

}  // namespace

v1::Report assess(const RunFolder& folder) {
  const RunData run = read_run(folder);
  const Numbers numbers = assess_designs(run);
  std::vector<std::string> doubts = doubts_of_run(run);
  doubts.insert(doubts.end(), numbers.doubts.begin(), numbers.doubts.end());

  AssessedList implant;
  std::map<std::string, double> critical;
  for (const DesignData& design : run.designs) {
    if (design.kind != DesignKind::kImplant) continue;
    implant = numbers.quantities.at(design.name);
    critical = critical_ratios(design);
    unknown_critical_ratios(design, critical, doubts);
  }
  const std::vector<AssessedComparison> comparisons = compare(run, numbers.quantities);

  v1::Report report;
  report.set_schema(run.value.schema());
  report.set_case_name(run.value.name());
  for (const DesignData& design : run.designs) {
    *report.add_designs() = report_of(design);
    for (const Assessed& one : numbers.quantities.at(design.name)) {
      *report.add_quantities() = one.quantity;
    }
  }
  for (const AssessedComparison& one : comparisons) *report.add_comparisons() = one.comparison;
  for (const v1::Criterion& criterion : run.value.criteria()) {
    *report.add_criteria() = judge_criterion(criterion, run.value, implant, comparisons, critical);
  }
  set_all(report.mutable_equivalent_rods(), equivalent_rods(run, numbers.quantities));
  set_all(report.mutable_limitations(), limitations_of(run, numbers.curves));
  if (!numbers.left_out.empty() && run.value.analyses().has_fatigue()) {
    report.add_limitations("fatigue: not assessed for " + joined(numbers.left_out));
  }
  set_all(report.mutable_warnings(), warnings_of(run));
  set_all(report.mutable_materials(), materials_of(run));
  for (const std::string& name : numbers.curves) {
    *report.add_sn_curves() = run.library.sn_curves.at(name);
  }
  *report.mutable_case_() = run.value;
  *report.mutable_provenance() = provenance_of(folder, run, numbers.curves);
  set_verdict(doubts, report);
  return report;
}

int assess_and_write(const RunFolder& folder) {
  const v1::Report report = assess(folder);
  std::filesystem::create_directories(folder.report());
  write_file_atomically(folder.report() + "/report.json", to_json(report));
  switch (report.verdict()) {
    case v1::Verdict::PASS:
      return kPass;
    case v1::Verdict::FAIL:
      return kFail;
    default:
      return kReview;
  }
}

}  // namespace proofload::assessment
