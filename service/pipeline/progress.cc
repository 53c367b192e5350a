#include "progress.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

namespace proofload::pipeline {

namespace {

using nlohmann::json;

/// Bytes at the end of a log in which the last progress line is looked for.
constexpr std::streamoff kTail = 4096;
/// A step is told again when this much more is done, and not sooner than this. Steps of designs
/// that are computed beside each other take turns: each has a time of its own.
constexpr double kLeastAdvance = 1e-3;
constexpr auto kSameStep = std::chrono::milliseconds(250);
constexpr auto kNextStep = std::chrono::milliseconds(50);

}  // namespace

std::string progress_line(const v1::Progress& progress) {
  return json{{"sequence", progress.sequence()},
              {"stage", progress.stage()},
              {"fraction", progress.fraction()},
              {"message", progress.message()}}
      .dump(-1, ' ', true, json::error_handler_t::replace);
}

bool parse_progress_line(const std::string& line, v1::Progress& progress) {
  const json value = json::parse(line, nullptr, false);
  if (!value.is_object() || !value.contains("sequence")) return false;
  progress.set_sequence(value.value("sequence", 0.0));
  progress.set_stage(value.value("stage", ""));
  progress.set_fraction(value.value("fraction", 0.0));
  progress.set_message(value.value("message", ""));
  return true;
}

bool last_worker_progress(const std::string& log, double& fraction, std::string& message) {
  std::ifstream file(log, std::ios::binary | std::ios::ate);
  if (!file) return false;
  const std::streamoff size = file.tellg();
  file.seekg(std::max<std::streamoff>(0, size - kTail));
  bool found = false;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() != '{') continue;
    const json value = json::parse(line, nullptr, false);
    if (!value.is_object() || !value.contains("fraction") || !value["fraction"].is_number())
      continue;
    fraction = std::clamp(value["fraction"].get<double>(), 0.0, 1.0);
    message = value.contains("message") && value["message"].is_string()
                  ? value["message"].get<std::string>().substr(0, 200)
                  : "";
    found = true;
  }
  return found;
}

ProgressLog::ProgressLog(const RunFolder& folder, ProgressSink sink)
    : path_(folder.progress()), sink_(std::move(sink)) {
  std::ifstream file(path_);
  v1::Progress progress;
  bool torn = false;
  for (std::string line; std::getline(file, line);) {
    torn = file.eof();
    if (parse_progress_line(line, progress)) sequence_ = std::max(sequence_, progress.sequence());
  }
  if (torn) std::ofstream(path_, std::ios::app) << "\n";
}

void ProgressLog::tell(const std::string& stage, double fraction, const std::string& message) {
  const auto now = std::chrono::steady_clock::now();
  fraction = std::max(fraction_, std::clamp(fraction, 0.0, 1.0));
  const std::string step = stage + '\n' + message;
  const auto before = told_.find(step);
  if (before != told_.end() &&
      (fraction - fraction_ < kLeastAdvance || now - before->second < kSameStep)) {
    return;
  }
  if (before == told_.end() && stage == stage_ && fraction < 1 && now - last_ < kNextStep) return;
  stage_ = stage;
  told_[step] = now;
  fraction_ = fraction;
  last_ = now;
  v1::Progress progress;
  progress.set_sequence(++sequence_);
  progress.set_stage(stage);
  progress.set_fraction(fraction);
  progress.set_message(message);
  progress.set_state(v1::RunState::RUNNING);
  std::ofstream(path_, std::ios::app) << progress_line(progress) << "\n";
  if (sink_) sink_(progress);
}

}  // namespace proofload::pipeline
