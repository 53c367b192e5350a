#include "proofload/report/page.h"

#include <kainjow/mustache.hpp>
#include <stdexcept>

#include "proofload/core/problem.h"

namespace proofload::report {
namespace {

namespace mustache = kainjow::mustache;

mustache::data to_data(const Json& json) {
  if (json.is_object()) {
    mustache::data object{mustache::data::type::object};
    for (const auto& [key, value] : json.items()) object.set(key, to_data(value));
    return object;
  }
  if (json.is_array()) {
    mustache::data list{mustache::data::type::list};
    for (const Json& value : json) list.push_back(to_data(value));
    return list;
  }
  if (json.is_boolean()) return mustache::data{json.get<bool>()};
  if (!json.is_string()) throw std::logic_error("numbers reach a template only as text");
  const std::string& text = json.get_ref<const std::string&>();
  // An empty text counts as absent, so that {{^key}} can say so.
  return text.empty() ? mustache::data{false} : mustache::data{text};
}

std::string render(const std::string& name, const Json& model) {
  mustache::mustache text(template_text(name));
  if (!text.is_valid()) throw std::logic_error("template " + name + ": " + text.error_message());
  return text.render(to_data(model));
}

/// A page that says PASS without the rules to bear it out must not be written.
void check_consistent(const v1::Report& report) {
  if (report.verdict() != v1::Verdict::PASS) return;
  bool all_met = !report.criteria().empty();
  for (const v1::CriterionResult& result : report.criteria()) {
    all_met = all_met && result.status() == v1::CriterionStatus::MET;
  }
  if (!all_met) {
    throw NumericalFailure("REPORT_INCONSISTENT",
                           "the verdict is PASS, but not every criterion is met");
  }
}

}  // namespace

std::string render_section(const Section& section, const v1::Report& report, const Media& media) {
  return render(section.id, section.build(report, media));
}

std::string render_page(const v1::Report& report, const Media& media) {
  check_consistent(report);
  Json parts = Json::array();
  for (const Section& section : sections()) {
    parts.push_back({{"id", section.id},
                     {"title", section.title},
                     {"html", render_section(section, report, media)}});
  }
  const std::string verdict = v1::Verdict::Enum_Name(
      report.verdict() == v1::Verdict::UNSPECIFIED ? v1::Verdict::REVIEW : report.verdict());
  return render("page", {{"case_name", report.case_name().empty() ? "unnamed" : report.case_name()},
                         {"verdict", verdict},
                         {"style", template_text("style")},
                         {"sections", parts}});
}

}  // namespace proofload::report
