#include "terminal.h"

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "proofload/core/json.h"

namespace proofload::client {

namespace {

bool colours(int descriptor) {
  const char* no = std::getenv("NO_COLOR");
  return (!no || !*no) && isatty(descriptor);
}

std::string coloured(const std::string& text, const char* code, int descriptor) {
  return colours(descriptor) ? std::string("\033[") + code + "m" + text + "\033[0m" : text;
}

const char* colour_of(v1::Verdict::Enum verdict) {
  if (verdict == v1::Verdict::PASS) return "1;32";
  return verdict == v1::Verdict::FAIL ? "1;31" : "1;33";
}

/// Geometry and file names come from outside: no control characters reach the terminal.
std::string printable(const std::string& text) {
  std::string out;
  for (const char c : text) out += static_cast<unsigned char>(c) < 32 || c == 127 ? ' ' : c;
  return out;
}

std::string limit_of(const v1::Criterion& criterion) {
  std::string text;
  if (criterion.has_at_least()) text = "at least " + number(criterion.at_least());
  if (criterion.has_at_most()) text = "at most " + number(criterion.at_most());
  if (criterion.relative_to().empty()) return text;
  return text + " times " + criterion.relative_to() + " (" +
         v1::ComparisonKind::Enum_Name(criterion.kind()) + ")";
}

void print_criterion(const v1::CriterionResult& result) {
  const v1::Criterion& criterion = result.criterion();
  const v1::Quantity& quantity = result.quantity();
  std::printf("  %-9s %s%s %s", v1::CriterionStatus::Enum_Name(result.status()).c_str(),
              criterion.quantity().c_str(),
              criterion.body().empty() ? "" : (" of " + criterion.body()).c_str(),
              limit_of(criterion).c_str());
  if (quantity.has_value()) {
    std::printf(": %s %s", number(quantity.value()).c_str(), quantity.unit().c_str());
    if (quantity.has_numerical_error()) {
      std::printf(" ± %s", number(quantity.numerical_error()).c_str());
    }
  }
  if (!quantity.load_case().empty()) std::printf(" (%s)", quantity.load_case().c_str());
  std::printf("\n");
}

void print_comparison(const v1::Comparison& comparison) {
  const std::string kind = v1::ComparisonKind::Enum_Name(comparison.kind());
  std::printf("  %s, %s, %s against %s: ", comparison.quantity().c_str(),
              comparison.load_case().c_str(), kind.c_str(), comparison.reference().c_str());
  if (!comparison.has_ratio()) {
    std::printf("%s\n", comparison.reason().c_str());
    return;
  }
  const char* bound = comparison.bound() == v1::Bound::AT_LEAST  ? "at least "
                      : comparison.bound() == v1::Bound::AT_MOST ? "at most "
                                                                 : "";
  std::printf("%s%s times", bound, number(comparison.ratio()).c_str());
  if (comparison.has_low() && comparison.has_high()) {
    std::printf(" (%s to %s)", number(comparison.low()).c_str(), number(comparison.high()).c_str());
  }
  std::printf("\n");
}

}  // namespace

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

ProgressLine::ProgressLine() : terminal_(isatty(STDERR_FILENO)) {}

ProgressLine::~ProgressLine() { end(); }

void ProgressLine::show(const v1::Progress& progress) {
  const int percent = static_cast<int>(std::floor(100 * progress.fraction()));
  const std::string message = printable(progress.message()).substr(0, 70);
  if (terminal_) {
    std::fprintf(stderr, "\r\033[K%3d %%  %-6s %s", percent, progress.stage().c_str(),
                 message.c_str());
    open_ = true;
    return;
  }
  // Elsewhere one line for each step: what follows the colon is only its inner progress.
  const std::string step = message.substr(0, message.find(':'));
  if (step == last_) return;
  last_ = step;
  std::fprintf(stderr, "%3d %%  %-6s %s\n", percent, progress.stage().c_str(), message.c_str());
}

void ProgressLine::end() {
  if (open_) std::fputc('\n', stderr);
  open_ = false;
}

void print_problems(const std::vector<Problem>& problems, const std::string& file) {
  for (const Problem& problem : problems) {
    std::string place = file;
    if (problem.line > 0) place += ":" + std::to_string(problem.line);
    if (problem.line > 0 && problem.column > 0) place += ":" + std::to_string(problem.column);
    std::fprintf(stderr, "%s: %s%s%s: %s.", place.c_str(),
                 coloured(problem.code, "1;31", STDERR_FILENO).c_str(),
                 problem.path.empty() ? "" : " ", printable(problem.path).c_str(),
                 printable(problem.message).c_str());
    if (!problem.remedy.empty()) {
      std::fprintf(stderr, " Remedy: %s.", printable(problem.remedy).c_str());
    }
    std::fputc('\n', stderr);
  }
}

void print_error(const std::string& text) {
  std::fprintf(stderr, "%s %s\n", coloured("error:", "1;31", STDERR_FILENO).c_str(),
               printable(text).c_str());
}

void print_note(const std::string& text) { std::fprintf(stderr, "%s\n", printable(text).c_str()); }

void print_report(const v1::Report& report, const std::string& folder) {
  const std::string verdict = v1::Verdict::Enum_Name(report.verdict());
  std::printf("%s  %s\n", coloured(verdict, colour_of(report.verdict()), STDOUT_FILENO).c_str(),
              printable(report.case_name()).c_str());
  for (const std::string& reason : report.reasons()) {
    std::printf("  - %s\n", printable(reason).c_str());
  }
  if (report.criteria_size() > 0) std::printf("Criteria\n");
  for (const auto& criterion : report.criteria()) print_criterion(criterion);
  if (report.comparisons_size() > 0) std::printf("Comparison with rods\n");
  for (const auto& comparison : report.comparisons()) print_comparison(comparison);
  for (const char* name : {"report.html", "report.json"}) {
    const std::string path = folder + "/" + name;
    if (std::filesystem::exists(path)) std::printf("Report: %s\n", path.c_str());
  }
}

int print_outcome(const pipeline::Outcome& outcome, const std::string& report_folder, bool json,
                  const std::string& file) {
  using pipeline::OutcomeKind;
  for (const std::string& warning : outcome.warnings) print_note("warning: " + warning);
  print_problems(outcome.problems, file);
  const bool computed = outcome.kind == OutcomeKind::kComputed;
  if (!computed && outcome.problems.empty()) print_error(outcome.code + ": " + outcome.reason);
  if (json) {
    static const char* const kinds[] = {"SUCCEEDED", "INVALID", "FAILED", "CANCELLED"};
    nlohmann::ordered_json out{{"state", kinds[static_cast<int>(outcome.kind)]},
                               {"verdict", outcome.verdict},
                               {"code", outcome.code},
                               {"reason", outcome.reason},
                               {"warnings", outcome.warnings},
                               {"report", computed ? report_folder + "/report.json" : ""}};
    out["problems"] = nlohmann::json::parse(problems_to_json(outcome.problems));
    std::printf("%s\n", out.dump(1).c_str());
  } else if (computed) {
    v1::Report report;
    from_json(read_file(report_folder + "/report.json"), report);
    print_report(report, report_folder);
  }
  return pipeline::exit_code(outcome);
}

void print_check(const v1::MeshFacts& facts, const std::string& file, bool json) {
  if (json) {
    std::printf("%s", to_json(facts).c_str());
    return;
  }
  std::printf("%s is valid\n", file.c_str());
  for (const v1::BodyFacts& body : facts.bodies()) {
    std::printf("  body %s: %s mm3\n", body.name().c_str(), number(body.volume_mm3()).c_str());
  }
  for (const v1::PlaceFacts& place : facts.places()) {
    std::printf("  place %s: %s mm2 in %s faces\n", place.name().c_str(),
                number(place.area_mm2()).c_str(), number(place.faces_count()).c_str());
  }
  for (const v1::Finding& finding : facts.findings()) {
    std::printf("  %s %s: %s\n", finding.code().c_str(), finding.body().c_str(),
                printable(finding.message()).c_str());
  }
  if (facts.has_cells_count()) {
    std::printf("  first level: %s cells, %s nodes\n", number(facts.cells_count()).c_str(),
                number(facts.nodes_count()).c_str());
  }
}

}  // namespace proofload::client
