#pragma once
/// What people (and scripts) see: results on stdout, progress and messages on stderr.
#include <string>
#include <vector>

#include "proofload/core/problem.h"
#include "proofload/pipeline/pipeline.h"
#include "proofload/v1/report.pb.h"

namespace proofload::client {

/// One line that is overwritten on a terminal; a line for each new step elsewhere.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();
  void show(const v1::Progress& progress);
  /// Ends the line, so that other output starts in a fresh one.
  void end();

 private:
  bool terminal_ = false;
  bool open_ = false;
  std::string last_;
};

/// All problems at once: "case.yaml:12:5: CODE path: message. Remedy: …", on stderr.
void print_problems(const std::vector<Problem>& problems, const std::string& file);

/// "error: text" on stderr, in red where colours are welcome.
void print_error(const std::string& text);
void print_note(const std::string& text);

/// Verdict, reasons, criteria, comparisons and where the report lies.
void print_report(const v1::Report& report, const std::string& folder);

/// Tells how a run ended, as text or as one JSON object, and gives the exit code. `file` names the
/// case in front of its problems.
int print_outcome(const pipeline::Outcome& outcome, const std::string& report_folder, bool json,
                  const std::string& file = "case.yaml");

/// What a check found: bodies, places, cells.
void print_check(const v1::MeshFacts& facts, const std::string& file, bool json);

/// Number for people: four significant digits.
std::string number(double value);

}  // namespace proofload::client
