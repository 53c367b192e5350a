/// proofloadd: the service over one store folder.
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>

#include "proofload/core/problem.h"
#include "proofload/core/run_folder.h"
#include "proofload/service/server.h"

namespace {

namespace fs = std::filesystem;
using namespace proofload;

struct Flags {
  std::string store = "proofload-store";
  std::string sandbox;
  std::string port_file;
  service::ServerOptions options;
};

void add_flags(CLI::App& app, Flags& flags) {
  app.add_option("--store", flags.store, "folder of the database, files and runs")
      ->envname("PROOFLOAD_STORE")
      ->capture_default_str();
  app.add_option("--listen", flags.options.listen, "loopback address; port 0 takes a free one")
      ->envname("PROOFLOAD_LISTEN")
      ->capture_default_str();
  app.add_option("--port-file", flags.port_file, "file to write the port to once it listens");
  app.add_option("--runs-at-once", flags.options.runs_at_once, "runs computed side by side")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app.add_option("--time-limit", flags.options.most_run_seconds,
                 "seconds for a run without its own")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--sandbox", flags.sandbox, "isolation instead of the strongest possible")
      ->envname("PROOFLOAD_SANDBOX")
      ->check(CLI::IsMember({"namespaces", "seccomp", "rlimits"}));
  app.add_option("--programs", flags.options.program_folder, "folder of the stage programs")
      ->envname("PROOFLOAD_PROGRAMS");
}

/// Blocks the signals that end the service in every thread started from here on.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, number);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return signals;
}

int serve(Flags& flags) {
  const std::string here = fs::read_symlink("/proc/self/exe").parent_path().string();
  if (flags.options.program_folder.empty()) flags.options.program_folder = here;
  const pipeline::Sandbox level = flags.sandbox.empty()
                                      ? pipeline::probe_sandbox()
                                      : pipeline::sandbox_from_string(flags.sandbox);
  flags.options.sandbox = pipeline::to_string(level);
  const auto store = service::open_store(flags.store);
  // Before gRPC and before any thread: a gRPC process never forks.
  const auto launcher = pipeline::start_supervisor(here + "/proofload-supervisor", level);
  const sigset_t signals = block_signals();
  bool failed = false;
  const auto server =
      service::start_server(*store, *launcher, flags.options, [&](const std::string& message) {
        service::log_event("fatal", {"message", message});
        failed = true;
        kill(getpid(), SIGTERM);
      });
  const std::string address = "127.0.0.1:" + std::to_string(server->port());
  write_file_atomically(store->folder() + "/address", address + "\n");
  if (!flags.port_file.empty()) {
    write_file_atomically(flags.port_file, std::to_string(server->port()) + "\n");
  }
  service::log_event(
      "serving", {"address", address, "store", store->folder(), "sandbox", flags.options.sandbox});
  int number = 0;
  sigwait(&signals, &number);
  service::log_event("draining", {"signal", std::to_string(number)});
  server->drain();
  fs::remove(store->folder() + "/address");
  service::log_event("stopped", {});
  return failed ? kNotComputed : kPass;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"proofloadd: the Proofload service"};
  Flags flags;
  add_flags(app, flags);
  try {
    app.parse(argc, argv);
    return serve(flags);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kPass : kInvalid;
  } catch (const InvalidInput& invalid) {
    for (const Problem& problem : invalid.problems()) {
      std::fprintf(stderr, "%s\n", to_string(problem).c_str());
    }
    return kInvalid;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "proofloadd: %s\n", error.what());
    return kNotComputed;
  }
}
