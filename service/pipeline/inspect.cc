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

/// Runs a job to its end. Throws NumericalFailure when the program was lost.
void carry_out(Job& job, Launcher& launcher) {
  job.limits.wall_seconds = kInspectSeconds;
  job.limits.memory_mb = kInspectMemoryMb;
  launcher.submit(job);
  JobStatus status;
  while ((status = launcher.status(job.token)).state == JobState::kRunning) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  launcher.reap(job.token);
  if (!status.reason.empty()) throw NumericalFailure(status.reason, status.message);
}

/// A picture beside each file of marked surfaces.
void draw_defects(const std::string& found, const std::string& program_folder,
                  const std::string& folder, Launcher& launcher) {
  const nlohmann::json answer = nlohmann::json::parse(found, nullptr, false);
  if (!answer.is_object()) return;
  for (const nlohmann::json& file : answer.at("files")) {
    if (!file.contains("defects")) continue;
    const ScratchFolder scratch;
    Job job;
    job.token = scratch.path;
    job.arguments = {program_folder + "/proofload-report", "--defects",
                     file.at("defects").get<std::string>()};
    job.readable = {program_folder};
    job.writable = {folder};
    job.log = scratch.path + "/log";
    carry_out(job, launcher);
    const fs::path picture = fs::path(job.arguments.back()).replace_extension(".png");
    if (!fs::exists(picture)) {
      throw NumericalFailure("NO_PICTURE", "no picture was drawn: " + read_file(job.log));
    }
  }
}

}  // namespace

std::string inspect_files(const std::vector<std::string>& files, const std::string& length_unit,
                          const std::string& program_folder, Launcher& launcher,
                          const std::string& defects) {
  const ScratchFolder scratch;
  Job job;
  job.token = scratch.path;
  job.arguments = {program_folder + "/proofload-mesh", "--length-unit", length_unit, "--json"};
  job.readable = {program_folder};
  job.writable = {scratch.path};
  if (!defects.empty()) {
    job.arguments.insert(job.arguments.end(), {"--defects", defects});
    job.writable.push_back(defects);
  }
  job.arguments.push_back("--inspect");
  for (const std::string& file : files) {
    job.arguments.push_back(fs::absolute(file).string());
    job.readable.push_back(fs::absolute(file).parent_path().string());
  }
  job.log = scratch.path + "/log";
  job.output = scratch.path + "/found.json";
  carry_out(job, launcher);
  const std::string text = read_file(job.output);
  if (!defects.empty()) draw_defects(text, program_folder, defects, launcher);
  throw_problems(text);
  return text;
}

}  // namespace proofload::pipeline
