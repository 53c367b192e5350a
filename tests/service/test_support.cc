#include "test_support.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "../support/bar_case.h"

namespace fs = std::filesystem;

namespace proofload::testing {

namespace {

using Clock = std::chrono::steady_clock;

pid_t spawn(const std::vector<std::string>& arguments, const std::string& log) {
  std::vector<std::string> texts = arguments;
  std::vector<char*> argv;
  for (std::string& text : texts) argv.push_back(text.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  pid_t pid = -1;
  const int error = posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::runtime_error("cannot start " + arguments.front());
  return pid;
}

std::vector<std::string> daemon_arguments(const std::string& store,
                                          const std::vector<std::string>& more) {
  std::vector<std::string> out = {program("proofloadd"), "--store", store};
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

}  // namespace

TestFolder::TestFolder() : path_((fs::temp_directory_path() / "service-XXXXXX").string()) {
  if (!mkdtemp(path_.data())) throw std::runtime_error("mkdtemp");
}

TestFolder::~TestFolder() { fs::remove_all(path_); }

Process::Process(const std::vector<std::string>& arguments, const std::string& log)
    : pid_(spawn(arguments, log)) {}

Process::~Process() {
  if (!running()) return;
  send(SIGKILL);
  wait();
}

int Process::wait(double seconds) {
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  while (code_ < 0) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    } else if (Clock::now() >= end) {
      break;
    } else {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  return code_;
}

int run_program(const std::vector<std::string>& arguments, const std::string& log) {
  return Process(arguments, log).wait();
}

Daemon::Daemon(const std::string& store, const std::vector<std::string>& more)
    : process_((fs::create_directories(store), fs::remove(store + "/address"),
                daemon_arguments(store, more)),
               store + "/log") {
  const bool up = eventually([&] { return fs::exists(store + "/address") || !process_.running(); });
  if (!up || !process_.running())
    throw std::runtime_error("no server: " + read_text(store + "/log"));
  address_ = read_text(store + "/address");
  address_.erase(address_.find_last_not_of('\n') + 1);
}

double Daemon::peak_memory_mb() const {
  std::ifstream file("/proc/" + std::to_string(process_.pid()) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("VmHWM:", 0) == 0) return std::stod(line.substr(6)) / 1024;
  }
  return -1;
}

bool eventually(const std::function<bool()>& condition, double seconds) {
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  do {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  } while (Clock::now() < end);
  return condition();
}

std::vector<pid_t> processes_in(const std::string& folder, const std::string& program_start) {
  std::vector<pid_t> out;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string pid = entry.path().filename().string();
    if (pid.find_first_not_of("0123456789") != std::string::npos) continue;
    std::error_code gone;
    std::string name = fs::read_symlink(entry.path() / "exe", gone).filename().string();
    const std::string copy = "memfd:";  // the mesher works in a copy of itself in memory
    if (name.rfind(copy, 0) == 0) name.erase(0, copy.size());
    const std::string place = fs::read_symlink(entry.path() / "cwd", gone).string();
    if (name.rfind(program_start, 0) == 0 && place.rfind(folder, 0) == 0) {
      out.push_back(std::stoi(pid));
    }
  }
  return out;
}

pid_t supervisor_of(pid_t server) {
  const std::string task = "/proc/" + std::to_string(server) + "/task/" + std::to_string(server);
  std::istringstream children(read_text(task + "/children"));
  pid_t child = -1;
  children >> child;
  return child;
}

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void write_text(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

std::string program(const std::string& name) { return std::string(PROOFLOAD_BIN_DIR) + "/" + name; }

std::string bar_case(double element_size_mm) {
  char size[32];
  std::snprintf(size, sizeof size, "%g", element_size_mm);
  return std::string(kBarCase) +
         "criteria:\n  - {quantity: yield_safety_factor, body: bar, at_least: 1.5}\n"
         "mesh: {element_size_mm: " +
         size + "}\n";
}

}  // namespace proofload::testing
