/// proofload: runs a case here or on a server, and answers questions about cases and the library.
#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>

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

void add_defects_option(CLI::App& app, std::string& folder) {
  app.add_option("--defects", folder,
                 "folder for pictures (.png) and VTK files (.vtp) of surfaces with what is wrong");
}

CLI::Option* add_server_option(CLI::App& command, std::string& server) {
  return command.add_option("--server", server, "address of the service (host:port)")
      ->envname("PROOFLOAD_SERVER");
}

void add_sandbox_option(CLI::App& command, std::string& sandbox) {
  command.add_option("--sandbox", sandbox, "isolation instead of the strongest possible")
      ->envname("PROOFLOAD_SANDBOX")
      ->check(CLI::IsMember({"namespaces", "seccomp", "rlimits"}));
}

void add_run_flags(CLI::App& command, RunFlags& flags) {
  command.add_option("case", flags.request.case_path, "folder with case.yaml, or the file")
      ->required();
  command.add_option("--out", flags.request.out, "run folder (default: runs/<case>-<time>)");
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

/// What the subcommand that was parsed will do.
using Action = std::function<int()>;

void add_run_commands(CLI::App& app, RunFlags& flags, Action& action) {
  CLI::App* run =
      app.add_subcommand("run", "run a case, here or on a server, and print the verdict");
  add_run_flags(*run, flags);
  add_server_option(*run, flags.request.server);
  run->add_option("--from", flags.request.from_stage, "recompute from this stage (here only)")
      ->check(CLI::IsMember({"mesh", "solve", "assess", "report"}));
  add_sandbox_option(*run, flags.request.sandbox);
  run->callback([&] {
    action = [&] {
      const RunRequest request = request_of(flags);
      return request.server.empty() ? run_here(request) : run_on_server(request);
    };
  });
  CLI::App* check_command = app.add_subcommand("check", "read, validate and mesh a case");
  add_run_flags(*check_command, flags);
  add_sandbox_option(*check_command, flags.request.sandbox);
  check_command->add_flag("--no-mesh", flags.request.read_only, "only read and validate");
  add_defects_option(*check_command, flags.request.defects);
  check_command->callback([&] { action = [&] { return check(request_of(flags)); }; });
  CLI::App* submit_command = app.add_subcommand("submit", "submit a case and print the run's id");
  add_run_flags(*submit_command, flags);
  add_server_option(*submit_command, flags.request.server)->required();
  submit_command->add_option("--request-id", flags.request.request_id,
                             "id that makes repeating this submission safe");
  submit_command->callback([&] { action = [&] { return submit(request_of(flags)); }; });
}

void add_server_commands(CLI::App& app, ServerRequest& request, Action& action) {
  const auto add = [&](const char* name, const char* help, int (*command)(const ServerRequest&),
                       bool needs_id) {
    CLI::App* sub = app.add_subcommand(name, help);
    add_server_option(*sub, request.server)->required();
    if (needs_id) sub->add_option("id", request.id, "run")->required();
    sub->add_flag("--json", request.json, "JSON");
    sub->callback([&action, &request, command] {
      action = [&request, command] { return command(request); };
    });
    return sub;
  };
  add("watch", "show a run's progress until it ends", watch, true);
  add("get", "show a run", get, true);
  add("list", "list runs, newest first", list, false)
      ->add_option("--count", request.count, "how many")
      ->check(CLI::Range(1, 100000));
  add("cancel", "cancel a run", cancel, true)
      ->add_option("--reason", request.reason, "kept with the run");
  add("report", "fetch a run's report and print the verdict", fetch_report, true)
      ->add_option("--out", request.out, "folder (default: the run's id)");
}

/// Options of the commands that need no run.
struct OtherFlags {
  std::vector<std::string> files;
  OversizeRequest oversize;
  std::string length_unit, out, defects, name, folder, sandbox;
  bool json = false;
};

void add_other_commands(CLI::App& app, OtherFlags& flags, Action& action) {
  CLI::App* start = app.add_subcommand("init", "write a starter case.yaml from geometry files");
  start->add_option("files", flags.files, "STEP or STL files")
      ->required()
      ->check(CLI::ExistingFile);
  start->add_option("--length-unit", flags.length_unit, "unit of the files; never guessed")
      ->required()
      ->check(CLI::IsMember({"mm", "cm", "m", "inch", "um"}));
  start->add_option("--out", flags.out, "file to write (default: stdout)");
  add_defects_option(*start, flags.defects);
  start->callback([&] {
    action = [&] { return init(flags.files, flags.length_unit, flags.out, flags.defects); };
  });
  CLI::App* longer = app.add_subcommand("oversize", "write longer variants of a case");
  longer->add_option("case", flags.oversize.case_path, "folder with case.yaml, or the file")
      ->required();
  longer->add_option("--by-mm", flags.oversize.by_mm, "how much longer; several: 2,3,4")
      ->required()
      ->delimiter(',');
  longer->add_option("--at", flags.oversize.point_mm, "point of the cut, on the axis: x,y,z in mm")
      ->required()
      ->delimiter(',')
      ->expected(3);
  longer->add_option("--along", flags.oversize.direction, "axis along which it grows")
      ->delimiter(',')
      ->expected(3)
      ->default_str("0,0,1");
  longer->add_option("--out", flags.oversize.out, "folder for the variants")->required();
  longer->callback([&] { action = [&] { return oversize(flags.oversize); }; });
  for (const std::string kind : {"materials", "rods", "loads"}) {
    CLI::App* sub = app.add_subcommand(kind, "show the library's " + kind);
    sub->add_option("name", flags.name, "one entry in full, with sources");
    sub->add_flag("--json", flags.json, "JSON");
    sub->callback([&action, &flags, kind] {
      action = [&flags, kind] { return show_library(kind, flags.name, flags.json); };
    });
  }
  CLI::App* digests =
      app.add_subcommand("verify", "does the report belong to the inputs beside it?");
  digests->add_option("run", flags.folder, "run folder")->required()->check(CLI::ExistingDirectory);
  digests->callback([&] { action = [&] { return verify(flags.folder); }; });
  CLI::App* self = app.add_subcommand("selftest", "run a bar through every stage");
  add_sandbox_option(*self, flags.sandbox);
  self->callback([&] { action = [&] { return selftest(flags.sandbox); }; });
  CLI::App* service = app.add_subcommand("serve", "start the service (options of proofloadd)");
  service->prefix_command();
  service->callback([&, service] { action = [service] { return serve(service->remaining()); }; });
}

int run_command(int argc, char** argv) {
  CLI::App app{"Proofload: from implant and bone to a verdict against conventional rods"};
  app.require_subcommand(1);
  app.set_version_flag("--version", PROOFLOAD_VERSION);
  Action action;
  RunFlags run_flags;
  ServerRequest server_request;
  OtherFlags other_flags;
  add_run_commands(app, run_flags, action);
  add_server_commands(app, server_request, action);
  add_other_commands(app, other_flags, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error, std::cout, std::cerr) == 0 ? kPass : kInvalid;
  }
  return action();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run_command(argc, argv);
  } catch (const InvalidInput& invalid) {
    print_problems(invalid.problems(), "proofload");
    return kInvalid;
  } catch (const NumericalFailure& failure) {
    print_error(failure.code() + ": " + failure.what());
    return kNotComputed;
  } catch (const std::exception& error) {
    print_error(error.what());
    return kNotComputed;
  }
}
