#include "proofload/core/problem.h"

#include <nlohmann/json.hpp>

namespace proofload {

namespace {

std::string summary(const std::vector<Problem>& problems) {
  std::string text;
  for (const Problem& problem : problems) {
    if (!text.empty()) text += "\n";
    text += to_string(problem);
  }
  return text;
}

}  // namespace

std::string to_string(const Problem& problem) {
  std::string text = problem.code;
  if (!problem.path.empty()) text += " " + problem.path;
  if (problem.line > 0) {
    text += " (line " + std::to_string(problem.line);
    if (problem.column > 0) text += ":" + std::to_string(problem.column);
    text += ")";
  }
  text += ": " + problem.message;
  if (!problem.remedy.empty()) text += " Remedy: " + problem.remedy;
  return text;
}

InvalidInput::InvalidInput(std::vector<Problem> problems)
    : std::runtime_error(summary(problems)), problems_(std::move(problems)) {}

std::string problems_to_json(const std::vector<Problem>& problems) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Problem& problem : problems) {
    list.push_back({{"code", problem.code},
                    {"path", problem.path},
                    {"line", problem.line},
                    {"column", problem.column},
                    {"message", problem.message},
                    {"remedy", problem.remedy}});
  }
  return list.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::vector<Problem> problems_from_json(const std::string& text) {
  const auto list = nlohmann::json::parse(text, nullptr, false);
  if (!list.is_array()) {
    return {{"PROBLEMS_UNREADABLE", "", 0, 0, "the list of problems is not a JSON array",
             "run the stage again"}};
  }
  std::vector<Problem> problems;
  for (const auto& entry : list) {
    problems.push_back({entry.value("code", ""), entry.value("path", ""), entry.value("line", 0),
                        entry.value("column", 0), entry.value("message", ""),
                        entry.value("remedy", "")});
  }
  return problems;
}

}  // namespace proofload
