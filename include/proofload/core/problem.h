#pragma once
/// What can go wrong, by whose fault.
#include <stdexcept>
#include <string>
#include <vector>

namespace proofload {

/// One thing the user must mend. Never thrown alone: all problems are listed at once.
struct Problem {
  std::string code;     ///< UPPER_SNAKE, stable: UNKNOWN_KEY, OUT_OF_RANGE, GEOMETRY_OPEN, …
  std::string path;     ///< field path in the case ("bodies[0].length_unit") or a file name
  int line = 0;         ///< line in case.yaml or in the file, from 1; 0: unknown
  int column = 0;       ///< column, from 1; 0: unknown
  std::string message;  ///< what is wrong, with numbers and coordinates
  std::string remedy;   ///< what to write or do instead
};

/// "CODE path (line 3:5): message. Remedy: …"
std::string to_string(const Problem& problem);

/// The input cannot be used (exit code 3).
class InvalidInput : public std::runtime_error {
 public:
  explicit InvalidInput(std::vector<Problem> problems);
  const std::vector<Problem>& problems() const { return problems_; }

 private:
  std::vector<Problem> problems_;
};

/// The input is valid but the numbers could not be computed (exit code 4).
class NumericalFailure : public std::runtime_error {
 public:
  NumericalFailure(std::string code, const std::string& message)
      : std::runtime_error(message), code_(std::move(code)) {}
  const std::string& code() const { return code_; }

 private:
  std::string code_;
};

/// Exit codes of every program.
enum ExitCode { kPass = 0, kFail = 1, kReview = 2, kInvalid = 3, kNotComputed = 4 };

/// JSON array of problems (problems.json) and back.
std::string problems_to_json(const std::vector<Problem>& problems);
std::vector<Problem> problems_from_json(const std::string& text);

}  // namespace proofload
