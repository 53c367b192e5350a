#include <stdlib.h>

#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "proofload/core/problem.h"
#include "proofload/pipeline/pipeline.h"

namespace fs = std::filesystem;

namespace proofload::pipeline {

namespace {

constexpr double kInspectSeconds = 600;
constexpr double kInspectMemoryMb = 8192;

/// A folder that goes with its owner.
struct ScratchFolder {
  std::string path = (fs::temp_directory_path() / "proofload-XXXXXX").string();
  ScratchFolder() {
    if (!mkdtemp(path.data())) throw std::runtime_error("cannot make a folder " + path);
  }
  ~ScratchFolder() { fs::remove_all(path); }
};

void throw_problems(const std::string& text) {
  const nlohmann::json found = nlohmann::json::parse(text, nullptr, false);
  if (!found.is_object()) {
    throw NumericalFailure("NO_RESULT", "the inspection of the geometry gave no result");
  }
  const std::vector<Problem> problems = problems_from_json(found.at("problems").dump());
  if (!problems.empty()) throw InvalidInput(problems);
}

}  // namespace

std::string inspect_files(const std::vector<std::string>& files, const std::string& length_unit,
                          const std::string& program_folder, Launcher& launcher) {
  const ScratchFolder scratch;
  Job job;
  job.token = scratch.path;
  job.arguments = {program_folder + "/proofload-mesh", "--length-unit", length_unit, "--json",
                   "--inspect"};
  job.readable = {program_folder};
  for (const std::string& file : files) {
    job.arguments.push_back(fs::absolute(file).string());
    job.readable.push_back(fs::absolute(file).parent_path().string());
  }
  job.writable = {scratch.path};
  job.log = scratch.path + "/log";
  job.output = scratch.path + "/found.json";
  job.limits.wall_seconds = kInspectSeconds;
  job.limits.memory_mb = kInspectMemoryMb;
  launcher.submit(job);
  JobStatus status;
  while ((status = launcher.status(job.token)).state == JobState::kRunning) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  launcher.reap(job.token);
  if (!status.reason.empty()) throw NumericalFailure(status.reason, status.message);
  const std::string text = read_file(job.output);
  throw_problems(text);
  return text;
}

}  // namespace proofload::pipeline
