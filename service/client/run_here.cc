#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <ctime>
#include <filesystem>

#include "commands.h"
#include "proofload/core/json.h"
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

std::string default_out(const std::string& case_path) {
  const std::string name = fs::absolute(case_path).parent_path().filename().string();
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  localtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y%m%d-%H%M%S", &parts);
  return "runs/" + name + "-" + text;
}

void print_estimate(const pipeline::PreparedCase& prepared, const v1::RunSettings& settings) {
  const pipeline::Estimate guess = pipeline::estimate(prepared, settings);
  print_note(prepared.resolved.name() + ": " + std::to_string(guess.designs) + " design(s), " +
             std::to_string(guess.levels) + " mesh level(s); estimated " + number(guess.seconds) +
             " s and " + number(guess.memory_mb) + " MB");
}

int finish(const pipeline::Outcome& outcome, const RunRequest& request, const std::string& yaml,
           const std::string& folder) {
  for (const std::string& warning : outcome.warnings) print_note("warning: " + warning);
  if (outcome.kind == pipeline::OutcomeKind::kInvalid) print_problems(outcome.problems, yaml);
  if (outcome.kind == pipeline::OutcomeKind::kFailed ||
      outcome.kind == pipeline::OutcomeKind::kCancelled) {
    print_error(outcome.code + ": " + outcome.reason);
  }
  if (request.json) {
    print_outcome_json(outcome, folder);
  } else if (outcome.kind == pipeline::OutcomeKind::kComputed) {
    v1::Report report;
    from_json(read_file(folder + "/report.json"), report);
    print_report(report, folder);
  }
  return pipeline::exit_code(outcome);
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

std::string program_folder() {
  if (const char* folder = std::getenv("PROOFLOAD_PROGRAMS")) return folder;
  return fs::read_symlink("/proc/self/exe").parent_path().string();
}

int run_here(const RunRequest& request) {
  const std::string yaml = case_file(request.case_path);
  const RunFolder folder{fs::absolute(request.out.empty() ? default_out(yaml) : request.out)
                             .lexically_normal()
                             .string()};
  pipeline::Outcome outcome;
  try {
    pipeline::fill_run_folder(folder, yaml, request.files);
    print_estimate(pipeline::prepare_case(read_file(yaml), yaml, folder.inputs()),
                   request.settings);
    const pipeline::Sandbox level = request.sandbox.empty()
                                        ? pipeline::probe_sandbox()
                                        : pipeline::sandbox_from_string(request.sandbox);
    const auto launcher = pipeline::make_local_launcher(level);
    const pipeline::PipelineOptions options{request.settings, request.from_stage, program_folder(),
                                            pipeline::to_string(level)};
    catch_interrupts();
    ProgressLine line;
    outcome = pipeline::run_pipeline(
        folder, options, *launcher, [&](const v1::Progress& step) { line.show(step); },
        interrupted);
  } catch (const InvalidInput& invalid) {
    outcome.kind = pipeline::OutcomeKind::kInvalid;
    outcome.problems = invalid.problems();
  }
  return finish(outcome, request, yaml, folder.report());
}

}  // namespace proofload::client
