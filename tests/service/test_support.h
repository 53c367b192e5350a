#pragma once
/// Folders, processes and a tiny case for the tests of the service.
#include <signal.h>
#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace proofload::testing {

/// A folder of its own for each test.
class TestFolder {
 public:
  TestFolder();
  ~TestFolder();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// A program with its output in a file; killed when it goes out of scope.
class Process {
 public:
  Process(const std::vector<std::string>& arguments, const std::string& log);
  ~Process();
  pid_t pid() const { return pid_; }
  void send(int signal) const { ::kill(pid_, signal); }
  /// Exit code, or 128 + signal. Waits at most `seconds`; -1: still running.
  int wait(double seconds = 60);
  bool running() { return wait(0) == -1; }

 private:
  pid_t pid_ = -1;
  int code_ = -1;
};

/// Exit code of a program that is waited for.
int run_program(const std::vector<std::string>& arguments, const std::string& log);

/// proofloadd on a store; its address is known when the constructor returns.
class Daemon {
 public:
  explicit Daemon(const std::string& store, const std::vector<std::string>& more = {});
  const std::string& address() const { return address_; }
  Process& process() { return process_; }
  /// Greatest resident memory so far.
  double peak_memory_mb() const;

 private:
  Process process_;
  std::string address_;
};

/// True as soon as the condition is, false after `seconds`.
bool eventually(const std::function<bool()>& condition, double seconds = 30);

/// Processes whose program's file name starts so and whose working folder lies in `folder`.
std::vector<pid_t> processes_in(const std::string& folder, const std::string& program_start);

/// The supervisor a server has started.
pid_t supervisor_of(pid_t server);

std::string read_text(const std::string& path);
void write_text(const std::string& path, const std::string& text);

/// Path of a program of this build.
std::string program(const std::string& name);

/// case.yaml of a bar under load; the element size decides how long it takes.
std::string bar_case(double element_size_mm);

}  // namespace proofload::testing
