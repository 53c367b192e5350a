/// proofload: runs a case here or on a server, and answers questions about cases and the library.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "commands.h"
#include "proofload/core/problem.h"
#include "terminal.h"

namespace {

using namespace proofload;
using namespace proofload::client;

/// Options of `run` and `submit`, filled by CLI11 and then carried over where they were given.
struct RunFlags {
  RunRequest request;
  double ranks = 0, time_limit = 0, memory = 0, tolerance = 0;
  std::string level, path;
  std::vector<std::string> files;
};

void add_run_flags(CLI::App& command, RunFlags& flags) {
  command.add_option("case", flags.request.case_path, "folder with case.yaml, or the file")
      ->required();
  command.add_option("--out", flags.request.out, "run folder (default: runs/<case>-<time>)");
  command.add_option("--server", flags.request.server, "run there instead of here (host:port)")
      ->envname("PROOFLOAD_SERVER");
  command.add_option("--ranks", flags.ranks, "MPI ranks of each solve")
      ->envname("PROOFLOAD_RANKS")
      ->check(CLI::Range(1, 1024));
  command.add_option("--level", flags.level, "quick: first mesh level only, verdict REVIEW")
      ->check(CLI::IsMember({"quick", "full"}));
  command.add_option("--file", flags.files, "BODY=PATH: geometry file to take for a body");
  command.add_option("--path", flags.path, "solver path")
      ->check(CLI::IsMember({"auto", "matrix_free", "assembled"}));
  command.add_option("--tolerance", flags.tolerance, "relative residual")
      ->check(CLI::Range(1e-16, 1e-2));
  command.add_option("--time-limit", flags.time_limit, "seconds for the whole run")
      ->check(CLI::PositiveNumber);
  command.add_option("--memory-limit", flags.memory, "MB of address space for the mesher")
      ->check(CLI::PositiveNumber);
  command.add_flag("--json", flags.request.json, "result as JSON");
}

/// Throws InvalidInput (USAGE).
RunRequest request_of(const RunFlags& flags) {
  RunRequest request = flags.request;
  if (flags.ranks > 0) request.settings.set_ranks_count(flags.ranks);
  if (flags.time_limit > 0) request.settings.set_time_limit_s(flags.time_limit);
  if (flags.memory > 0) request.settings.set_memory_limit_mb(flags.memory);
  if (flags.tolerance > 0) request.settings.set_tolerance(flags.tolerance);
  request.settings.set_path(flags.path);
  request.settings.set_quick(flags.level == "quick");
  for (const std::string& text : flags.files) {
    const std::size_t cut = text.find('=');
    if (cut == std::string::npos || cut == 0) {
      throw InvalidInput({{"USAGE", "--file " + text, 0, 0, "not of the form BODY=PATH",
                           "write for example --file vertebra=/data/c4.stl"}});
    }
    request.files[text.substr(0, cut)] = text.substr(cut + 1);
  }
  return request;
}

int run_command(int argc, char** argv) {
  CLI::App app{"Proofload: from implant and bone to a verdict against conventional rods"};
  app.require_subcommand(1);
  RunFlags flags;
  CLI::App* run = app.add_subcommand("run", "run a case and print the verdict");
  add_run_flags(*run, flags);
  run->add_option("--from", flags.request.from_stage, "recompute from this stage")
      ->check(CLI::IsMember({"mesh", "solve", "assess", "report"}));
  run->add_option("--sandbox", flags.request.sandbox, "isolation instead of the strongest possible")
      ->envname("PROOFLOAD_SANDBOX")
      ->check(CLI::IsMember({"namespaces", "seccomp", "rlimits"}));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kPass : kInvalid;
  }
  return run_here(request_of(flags));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run_command(argc, argv);
  } catch (const InvalidInput& invalid) {
    print_problems(invalid.problems(), "proofload");
    return kInvalid;
  } catch (const std::exception& error) {
    print_error(error.what());
    return kNotComputed;
  }
}
