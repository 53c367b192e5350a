#include "stages.h"

#include <sys/stat.h>
#include <sys/sysinfo.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "levels.h"
#include "proofload/core/json.h"
#include "proofload/v1/report.pb.h"

namespace fs = std::filesystem;

namespace proofload::pipeline {

namespace {

using nlohmann::json;

/// Limits where the settings name none.
constexpr double kMesherMemoryMb = 8192;
constexpr double kStepSeconds = 4 * 3600;
constexpr double kFileMb = 65536;

std::string program_of(Stage stage) { return "proofload-" + to_string(stage); }

/// Files the stage must leave, relative to its folder.
std::vector<std::string> outputs_of(Stage stage) {
  switch (stage) {
    case Stage::kMesh:
      return {"mesh.h5", "mesh.json"};
    case Stage::kSolve:
      return {"result.h5", "solve.json"};
    case Stage::kAssess:
      return {"report.json"};
    case Stage::kReport:
      break;
  }
  return {"report.html"};
}

double physical_memory_mb() {
  struct sysinfo info {};
  return sysinfo(&info) == 0 ? info.totalram / 1048576.0 * info.mem_unit : 0;
}

/// Size and time of a file: tells one build of a program or one output from another.
std::string identity(const std::string& path, bool with_time) {
  struct stat facts {};
  if (stat(path.c_str(), &facts) != 0) return "absent";
  std::string text = std::to_string(facts.st_size);
  if (with_time) {
    text +=
        "@" + std::to_string(facts.st_mtim.tv_sec) + "." + std::to_string(facts.st_mtim.tv_nsec);
  }
  return text;
}

std::string stamp_path(const RunFolder& folder, const Step& step) {
  return step_folder(folder, step) + "/" + to_string(step.stage) + ".stamp.json";
}

std::string text_of(const std::string& path) {
  return fs::exists(path) ? read_file(path) : std::string("absent");
}

/// Digest of everything the outputs of a mesh or solve step depend on.
std::string inputs_digest(const RunFolder& folder, const PipelineOptions& options,
                          const Step& step) {
  const std::string level = step_folder(folder, step);
  std::string all = identity(options.program_folder + "/" + program_of(step.stage), true);
  all += text_of(folder.design_json(step.design));
  if (step.stage == Stage::kMesh) {
    const std::string request = text_of(level + "/request.json");
    all += request;
    const json asked = json::parse(request, nullptr, false);
    if (asked.is_object() && asked.contains("size_field")) {
      const std::string field = level + "/" + asked.value("size_field", "");
      all += fs::exists(field) ? sha256_of_file(field) : std::string("absent");
    }
    if (fs::exists(folder.inputs())) {
      std::vector<std::string> files;
      for (const auto& entry : fs::recursive_directory_iterator(folder.inputs())) {
        if (entry.is_regular_file()) files.push_back(entry.path().string());
      }
      std::sort(files.begin(), files.end());
      for (const std::string& file : files) all += file + sha256_of_file(file);
    }
  } else {
    all += text_of(level + "/mesh.stamp.json") + options.settings.path() + " " +
           std::to_string(options.settings.tolerance() * 1e15);
  }
  return sha256_of_text(all);
}

json stamp(const RunFolder& folder, const PipelineOptions& options, const Step& step) {
  json out{{"inputs", inputs_digest(folder, options, step)}};
  for (const std::string& name : outputs_of(step.stage)) {
    out["outputs"][name] = identity(step_folder(folder, step) + "/" + name, false);
  }
  return out;
}

std::string library_or_empty() {
  try {
    return library_folder();
  } catch (const InvalidInput&) {
    return "";
  }
}

std::vector<std::string> solve_arguments(const PipelineOptions& options) {
  const v1::RunSettings& settings = options.settings;
  const int ranks =
      settings.has_ranks_count() ? static_cast<int>(settings.ranks_count()) : default_ranks();
  std::vector<std::string> out = {"/usr/bin/mpiexec", "--oversubscribe", "--bind-to", "none",
                                  "--mca", "btl_vader_single_copy_mechanism", "none",
                                  // Looking for networks of a cluster takes a quarter of a second.
                                  "--mca", "pml", "ob1",
                                  // Ranks that wait leave the core to a mesher beside them.
                                  "--mca", "mpi_yield_when_idle", "1", "-n", std::to_string(ranks),
                                  // A rank must not outlive an mpiexec that was killed.
                                  "/usr/bin/setpriv", "--pdeathsig", "KILL",
                                  options.program_folder + "/" + program_of(Stage::kSolve), "."};
  if (!settings.path().empty()) out.insert(out.end(), {"--path", settings.path()});
  if (settings.has_tolerance()) {
    char text[32];
    std::snprintf(text, sizeof text, "%.17g", settings.tolerance());
    out.insert(out.end(), {"--tolerance", text});
  }
  return out;
}

std::vector<Problem> problems_in(const std::string& folder) {
  const std::string path = folder + "/problems.json";
  if (!fs::exists(path)) return {};
  try {
    return problems_from_json(read_file(path));
  } catch (const std::exception& error) {
    return {{"PROBLEMS_UNREADABLE", path, 0, 0, error.what(), "run the stage again"}};
  }
}

/// Last thing a worker said that is not progress.
std::string last_words(const std::string& log) {
  std::ifstream file(log);
  std::string last;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line.front() != '{') last = line.substr(0, 300);
  }
  return last;
}

StepEnd lost(const RunFolder& folder, const Step& step, const std::string& code,
             const std::string& reason) {
  StepEnd end{StepEnd::kLost, code, step.label() + ": " + reason, {}};
  if (code == "WORKER_CRASHED") end.kind = StepEnd::kNotComputed;
  end.problems = {{code, step.design, 0, 0, end.reason, "see " + step_log(folder, step)}};
  write_file_atomically(step_folder(folder, step) + "/problems.json",
                        problems_to_json(end.problems));
  return end;
}

}  // namespace

std::string to_string(Stage stage) {
  switch (stage) {
    case Stage::kMesh:
      return "mesh";
    case Stage::kSolve:
      return "solve";
    case Stage::kAssess:
      return "assess";
    case Stage::kReport:
      break;
  }
  return "report";
}

std::string Step::label() const {
  if (design.empty()) return to_string(stage);
  return to_string(stage) + " " + design + ", level " + std::to_string(level);
}

std::string step_folder(const RunFolder& folder, const Step& step) {
  return step.design.empty() ? folder.report() : folder.level(step.design, step.level);
}

std::string step_log(const RunFolder& folder, const Step& step) {
  return step_folder(folder, step) + "/" + to_string(step.stage) + ".log";
}

int default_ranks() {
  return static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1U, 2U));
}

Job make_job(const RunFolder& folder, const PipelineOptions& options, const Step& step,
             double seconds_left) {
  const std::string place = step_folder(folder, step);
  Job job;
  job.token = folder.root + "|" + step.label();
  job.writable = {place};
  job.readable = {options.program_folder, folder.root};
  const std::string library = library_or_empty();
  if (!library.empty()) job.readable.push_back(library);
  job.log = step_log(folder, step);
  job.limits.wall_seconds = std::min(seconds_left, kStepSeconds);
  job.limits.file_mb = kFileMb;
  const std::string program = options.program_folder + "/" + program_of(step.stage);
  switch (step.stage) {
    case Stage::kMesh:
      // Relative paths: the same words, wherever the run folder lies, give the same mesh.
      job.arguments = {program, ".", "--case-folder", "../../../inputs"};
      job.fixed_addresses = true;
      job.limits.memory_mb = options.settings.has_memory_limit_mb()
                                 ? options.settings.memory_limit_mb()
                                 : std::min(kMesherMemoryMb, 0.8 * physical_memory_mb());
      job.limits.cpu_seconds = job.limits.wall_seconds;
      break;
    case Stage::kSolve:
      job.arguments = solve_arguments(options);
      job.network = true;
      break;
    case Stage::kAssess:
    case Stage::kReport:
      job.arguments = {program, folder.root};
      break;
  }
  return job;
}

namespace {

/// What the mesher is asked for; a finer level must keep each body's cells smaller than those of
/// the level before and follow its size field.
json mesh_request(const RunFolder& folder, const Step& step) {
  json request{{"level", step.level}, {"element_size_factor", step.element_size_factor}};
  if (step.level == 0) return request;
  const std::string before = folder.level(step.design, step.level - 1);
  if (fs::exists(before + "/size_field.txt")) {
    request["size_field"] = "../" + fs::path(before).filename().string() + "/size_field.txt";
  }
  v1::MeshFacts facts;
  if (fs::exists(before + "/mesh.json")) from_json(read_file(before + "/mesh.json"), facts);
  for (const v1::BodyFacts& body : facts.bodies()) {
    if (body.mean_cell_size_mm() > 0) {
      request["largest_mean_cell_size_mm"][body.name()] =
          body.mean_cell_size_mm() / kLeastRefinement;
    }
  }
  return request;
}

}  // namespace

void prepare_step(const RunFolder& folder, const Step& step) {
  const std::string place = step_folder(folder, step);
  fs::create_directories(place);
  for (const std::string& name : outputs_of(step.stage)) fs::remove(place + "/" + name);
  fs::remove(place + "/problems.json");
  fs::remove(step_log(folder, step));
  forget(folder, step);
  if (step.stage == Stage::kMesh) {
    write_file_atomically(place + "/request.json", mesh_request(folder, step).dump(1) + "\n");
  }
}

bool is_current(const RunFolder& folder, const PipelineOptions& options, const Step& step) {
  const std::string path = stamp_path(folder, step);
  if (!fs::exists(path)) return false;
  const json kept = json::parse(read_file(path), nullptr, false);
  return !kept.is_discarded() && kept == stamp(folder, options, step);
}

void mark_current(const RunFolder& folder, const PipelineOptions& options, const Step& step) {
  write_file_atomically(stamp_path(folder, step), stamp(folder, options, step).dump(1) + "\n");
}

void forget(const RunFolder& folder, const Step& step) { fs::remove(stamp_path(folder, step)); }

StepEnd judge(const RunFolder& folder, const Step& step, const JobStatus& status) {
  const std::string place = step_folder(folder, step);
  if (status.reason == "CANCELLED") return {StepEnd::kCancelled, "CANCELLED", "cancelled", {}};
  if (!status.reason.empty()) {
    const std::string words = last_words(step_log(folder, step));
    return lost(folder, step, status.reason,
                status.message + (words.empty() ? "" : " (last words: " + words + ")"));
  }
  StepEnd end;
  end.problems = problems_in(place);
  if (status.exit_code == kInvalid && !end.problems.empty()) {
    end.kind = StepEnd::kInvalid;
    end.code = end.problems.front().code;
    end.reason = step.label() + ": " + end.problems.front().message;
    return end;
  }
  if (status.exit_code == kNotComputed && !end.problems.empty()) {
    end.kind = StepEnd::kNotComputed;
    end.code = end.problems.front().code;
    end.reason = step.label() + ": " + end.problems.front().message;
    return end;
  }
  // proofload-assess may end with the exit code of the verdict.
  const bool verdict = step.stage == Stage::kAssess && status.exit_code <= kReview;
  if (status.exit_code != 0 && !verdict) {
    const std::string words = last_words(step_log(folder, step));
    return lost(folder, step, "WORKER_CRASHED",
                "ended with exit code " + std::to_string(status.exit_code) +
                    " and named no problem" +
                    (words.empty() ? "" : " (last words: " + words + ")"));
  }
  for (const std::string& name : outputs_of(step.stage)) {
    if (!fs::is_regular_file(fs::symlink_status(place + "/" + name)) ||
        fs::file_size(place + "/" + name) == 0) {
      return lost(folder, step, "NO_RESULT", "ended without error but left no " + name);
    }
  }
  return end;
}

}  // namespace proofload::pipeline
