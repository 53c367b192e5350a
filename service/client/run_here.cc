#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <ctime>
#include <filesystem>

#include "commands.h"
#include "proofload/core/json.h"
#include "scratch_folder.h"
#include "terminal.h"

namespace fs = std::filesystem;

namespace proofload::client {

namespace {

std::atomic<bool> interrupted{false};

void interrupt(int) { interrupted = true; }

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = interrupt;
  for (int number : {SIGINT, SIGTERM, SIGHUP}) sigaction(number, &action, nullptr);
}

void print_estimate(const pipeline::PreparedCase& prepared, const v1::RunSettings& settings) {
  const pipeline::Estimate guess = pipeline::estimate(prepared, settings);
  print_note(prepared.resolved.name() + ": " + std::to_string(guess.designs) + " design(s), " +
             std::to_string(guess.levels) + " mesh level(s) at least; estimated " +
             number(guess.seconds) + " s and " + number(guess.memory_mb) + " MB");
}

pipeline::Sandbox sandbox_of(const RunRequest& request) {
  return request.sandbox.empty() ? pipeline::probe_sandbox()
                                 : pipeline::sandbox_from_string(request.sandbox);
}

}  // namespace

std::string case_file(const std::string& path) {
  const std::string file = fs::is_directory(path) ? (fs::path(path) / "case.yaml").string() : path;
  if (!fs::is_regular_file(file)) {
    throw InvalidInput({{"FILE_NOT_FOUND", file, 0, 0, "there is no such case",
                         "give a folder with case.yaml or the file itself"}});
  }
  return file;
}

std::string default_out(const std::string& case_file) {
  const std::string name = fs::absolute(case_file).parent_path().filename().string();
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  localtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y%m%d-%H%M%S", &parts);
  return "runs/" + name + "-" + text;
}

std::string program_folder() {
  if (const char* folder = std::getenv("PROOFLOAD_PROGRAMS")) return folder;
  return fs::read_symlink("/proc/self/exe").parent_path().string();
}

/// Carries out a request in a folder and tells its progress.
pipeline::Outcome carry_out(const RunRequest& request, const RunFolder& folder, bool only_check) {
  const std::string yaml = case_file(request.case_path);
  pipeline::Outcome outcome;
  try {
    pipeline::fill_run_folder(folder, yaml, request.files);
    const pipeline::PreparedCase prepared =
        pipeline::prepare_case(read_file(yaml), yaml, folder.inputs());
    if (request.read_only) return {pipeline::OutcomeKind::kComputed, "", "", "", {}, {}};
    if (!only_check) print_estimate(prepared, request.settings);
    const pipeline::Sandbox level = sandbox_of(request);
    const auto launcher = pipeline::make_local_launcher(level);
    const pipeline::PipelineOptions options{request.settings, request.from_stage, program_folder(),
                                            pipeline::to_string(level), only_check};
    catch_interrupts();
    ProgressLine line;
    return pipeline::run_pipeline(
        folder, options, *launcher, [&](const v1::Progress& step) { line.show(step); },
        interrupted);
  } catch (const InvalidInput& invalid) {
    outcome.kind = pipeline::OutcomeKind::kInvalid;
    outcome.problems = invalid.problems();
  }
  return outcome;
}

int run_here(const RunRequest& request) {
  const std::string yaml = case_file(request.case_path);
  const std::string out = request.out.empty() ? default_out(yaml) : request.out;
  const RunFolder folder{fs::absolute(out).lexically_normal().string()};
  const pipeline::Outcome outcome = carry_out(request, folder, false);
  return print_outcome(outcome, folder.report(), request.json, yaml);
}

/// Pictures of the surface files of a case that can be read; the problems are told elsewhere.
void draw_defects(const RunRequest& request, const RunFolder& folder) {
  const std::string yaml = case_file(request.case_path);
  const auto launcher = pipeline::make_local_launcher(sandbox_of(request));
  std::map<std::string, std::vector<std::string>> files;  // by unit
  try {
    const pipeline::PreparedCase prepared =
        pipeline::prepare_case(read_file(yaml), yaml, folder.inputs());
    for (const auto& [path, body] : pipeline::bodies_with_files(prepared.resolved)) {
      const std::string unit = v1::LengthUnit::Enum_Name(body->length_unit());
      files[unit].push_back(folder.inputs() + "/" + body->file());
    }
  } catch (const InvalidInput&) {
    return;
  }
  if (files.empty()) return;
  for (const auto& [unit, paths] : files) {
    try {
      pipeline::inspect_files(paths, unit == "unspecified" ? "mm" : unit, program_folder(),
                              *launcher, made_folder(request.defects));
    } catch (const InvalidInput&) {
    }
  }
  print_note("what is wrong with the surfaces is in " + request.defects);
}

int check(const RunRequest& request) {
  const std::string yaml = case_file(request.case_path);
  const ScratchFolder scratch;
  const RunFolder folder{scratch.path()};
  const pipeline::Outcome outcome = carry_out(request, folder, true);
  if (!request.defects.empty()) draw_defects(request, folder);
  if (outcome.kind != pipeline::OutcomeKind::kComputed) {
    return print_outcome(outcome, folder.report(), request.json, yaml);
  }
  v1::MeshFacts facts;
  const std::string mesh = folder.level("implant", 0) + "/mesh.json";
  if (fs::exists(mesh)) from_json(read_file(mesh), facts);
  print_check(facts, yaml, request.json);
  return kPass;
}

}  // namespace proofload::client
