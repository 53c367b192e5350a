#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "proofload/pipeline/launcher.h"
#include "sandbox.h"

namespace proofload::pipeline {

namespace {

using Clock = std::chrono::steady_clock;

/// Time between the polite signal and the one nobody survives.
constexpr auto kGrace = std::chrono::seconds(3);

/// Exit code of the dynamic loader.
constexpr int kLoaderFailed = 127;

struct Running {
  Job job;
  pid_t pid = -1;
  Clock::time_point start;
  Clock::time_point kill_at = Clock::time_point::max();
  std::string ended_by_us;  ///< TIME_LIMIT or CANCELLED
  long oom_kills_before = 0;
  JobStatus status;
};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Times the kernel killed a process for want of memory since it started; -1: unknown.
long oom_kills() {
  std::ifstream file("/proc/vmstat");
  std::string name;
  long value = 0;
  while (file >> name >> value) {
    if (name == "oom_kill") return value;
  }
  return -1;
}

/// The variables stage programs get: nothing of MPI's that a parent may have set.
std::vector<std::string> environment_of(const Job& job) {
  std::vector<std::string> out = {"OMP_NUM_THREADS=1",
                                  "OPENBLAS_NUM_THREADS=1",
                                  "OMPI_ALLOW_RUN_AS_ROOT=1",
                                  "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1",
                                  "OMPI_MCA_mpi_yield_when_idle=1",  // ranks that wait yield
                                  "LC_ALL=C.UTF-8"};
  for (const char* name :
       {"PATH", "HOME", "LD_LIBRARY_PATH", "PROOFLOAD_LIBRARY", "ASAN_OPTIONS", "UBSAN_OPTIONS"}) {
    if (const char* value = getenv(name)) out.push_back(std::string(name) + "=" + value);
  }
  out.insert(out.end(), job.environment.begin(), job.environment.end());
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

/// In the child: never returns. `failure` tells the parent why exec did not happen.
[[noreturn]] void become(const Job& job, Sandbox level, char** argv, char** environment,
                         pid_t parent, int failure) {
  const auto give_up = [&](const char* what) {
    const std::string text = std::string(what) + ": " + strerror(errno);
    (void)!write(failure, text.data(), text.size());
    _exit(127);
  };
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (int number : {SIGINT, SIGTERM, SIGPIPE, SIGCHLD, SIGHUP}) signal(number, SIG_DFL);
  const int null = open("/dev/null", O_RDONLY);
  const int log = open(job.log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  const int output =
      job.output.empty() ? log : open(job.output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (log < 0 || output < 0) give_up("cannot open the log");
  dup2(null, 0);
  dup2(output, 1);
  dup2(log, 2);
  // The descriptors that stay: 0, 1, 2, the filter, and the failure pipe until exec.
  failure = fcntl(failure, F_DUPFD_CLOEXEC, kFilterDescriptor + 1);
  const int filter = level == Sandbox::kNamespaces ? open_seccomp_filter(job.network) : null;
  if (failure < 0 || filter < 0) give_up("cannot make the system call filter");
  dup2(filter, kFilterDescriptor);
  dup2(failure, kFilterDescriptor - 1);
  failure = kFilterDescriptor - 1;
  fcntl(failure, F_SETFD, FD_CLOEXEC);
  syscall(SYS_close_range, kFilterDescriptor + 1U, ~0U, 0);
  if (level != Sandbox::kNamespaces) close(kFilterDescriptor);
  if (!job.writable.empty() && chdir(job.writable.front().c_str()) != 0) {
    give_up("cannot enter the job's folder");
  }
  if (!apply_limits(job.limits)) give_up("cannot set the limits");
  // Containers may forbid it; then runs may differ in the last digits.
  if (job.fixed_addresses) personality(ADDR_NO_RANDOMIZE);
  if (level == Sandbox::kSeccomp && !install_seccomp_filter(job.network)) {
    give_up("cannot install the system call filter");
  }
  execve(argv[0], argv, environment);
  give_up(argv[0]);
  _exit(127);
}

/// Last lines of a log, for messages.
std::string tail(const std::string& path, std::size_t most = 300) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return "";
  const std::streamoff size = file.tellg();
  file.seekg(std::max<std::streamoff>(0, size - static_cast<std::streamoff>(most)));
  std::string text((std::istreambuf_iterator<char>(file)), {});
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

bool looks_like_exhaustion(const Running& run) {
  if (run.job.limits.memory_mb <= 0) return false;
  const std::string end = tail(run.job.log, 4000);
  return end.find("bad_alloc") != std::string::npos ||
         end.find("annot allocate memory") != std::string::npos ||
         end.find("failed to map segment") != std::string::npos ||
         run.status.peak_memory_mb > 0.7 * run.job.limits.memory_mb;
}

std::string megabytes(double value) { return std::to_string(static_cast<long>(value)) + " MB"; }

/// Names why a job ended that was not ended by us; leaves `reason` empty for a plain exit.
void explain_end(Running& run) {
  JobStatus& status = run.status;
  if (status.exit_code == kLoaderFailed && looks_like_exhaustion(run)) {
    status.reason = "OUT_OF_MEMORY";
    status.message = "could not even load at its limit of " + megabytes(run.job.limits.memory_mb);
  }
  if (status.signal == 0) return;
  const std::string killed =
      "killed by signal " + std::to_string(status.signal) + " (" + strsignal(status.signal) + ")";
  if (status.signal == SIGXCPU) {
    status.reason = "TIME_LIMIT";
    status.message = "used more processor time than allowed";
  } else if (status.signal == SIGXFSZ) {
    status.reason = "FILE_LIMIT";
    status.message = "wrote a file larger than " + megabytes(run.job.limits.file_mb);
  } else if (status.signal == SIGKILL && oom_kills() > run.oom_kills_before) {
    status.reason = "OUT_OF_MEMORY";
    status.message = killed + " by the kernel: the machine ran out of memory";
  } else if (status.signal == SIGKILL || status.signal == SIGTERM) {
    status.reason = "WORKER_KILLED";
    status.message = killed + " from outside";
  } else if (looks_like_exhaustion(run)) {
    status.reason = "OUT_OF_MEMORY";
    status.message = killed + " at its limit of " + megabytes(run.job.limits.memory_mb);
  } else {
    status.reason = "WORKER_CRASHED";
    status.message = killed;
  }
}

class LocalLauncher : public Launcher {
 public:
  explicit LocalLauncher(Sandbox level) : level_(level) {
    // Orphans of a killed mpiexec become our children and are killed in watch().
    prctl(PR_SET_CHILD_SUBREAPER, 1);
  }
  ~LocalLauncher() override {
    for (auto& [token, run] : jobs_) {
      if (run.status.state == JobState::kRunning) kill_now(run);
    }
    for (auto& [token, run] : jobs_) {
      while (run.status.state == JobState::kRunning) collect(run, 0);
    }
    kill_orphans();
  }
  void submit(const Job& job) override;
  JobStatus status(const std::string& token) override;
  void cancel(const std::string& token) override;
  void reap(const std::string& token) override { jobs_.erase(token); }

 private:
  void watch();
  void end(Running& run, const std::string& reason);
  static void kill_now(Running& run);
  void collect(Running& run, int flags);
  void kill_orphans();

  Sandbox level_;
  std::map<std::string, Running> jobs_;
};

void LocalLauncher::submit(const Job& job) {
  Running& run = jobs_[job.token];
  run = Running{};
  run.job = job;
  run.start = Clock::now();
  run.oom_kills_before = oom_kills();
  run.status.state = JobState::kRunning;
  std::vector<std::string> arguments = sandboxed_arguments(job, level_);
  std::vector<std::string> environment = environment_of(job);
  const std::vector<char*> argv = pointers(arguments), envp = pointers(environment);
  int pipe_ends[2];
  const pid_t parent = getpid();
  if (pipe2(pipe_ends, O_CLOEXEC) == 0) {
    run.pid = fork();
    if (run.pid == 0) {
      become(job, level_, const_cast<char**>(argv.data()), const_cast<char**>(envp.data()), parent,
             pipe_ends[1]);
    }
    close(pipe_ends[1]);
    char text[512];
    const ssize_t count = run.pid > 0 ? read(pipe_ends[0], text, sizeof text) : -1;
    if (count > 0) run.status.message.assign(text, static_cast<std::size_t>(count));
    close(pipe_ends[0]);
  }
  if (run.pid > 0 && run.status.message.empty()) return;
  if (run.pid > 0) waitpid(run.pid, nullptr, 0);
  if (run.status.message.empty()) run.status.message = std::string("fork: ") + strerror(errno);
  run.status.state = JobState::kFinished;
  run.status.reason = "NOT_STARTED";
}

JobStatus LocalLauncher::status(const std::string& token) {
  watch();
  const auto found = jobs_.find(token);
  return found == jobs_.end() ? JobStatus{} : found->second.status;
}

void LocalLauncher::cancel(const std::string& token) {
  const auto found = jobs_.find(token);
  if (found != jobs_.end()) end(found->second, "CANCELLED");
}

/// mpiexec passes SIGTERM on to its ranks (each in a process group of its own, out of our reach).
void LocalLauncher::end(Running& run, const std::string& reason) {
  if (run.status.state != JobState::kRunning || !run.ended_by_us.empty()) return;
  run.ended_by_us = reason;
  run.kill_at = Clock::now() + kGrace;
  ::kill(run.pid, SIGTERM);
}

void LocalLauncher::kill_now(Running& run) {
  ::kill(-run.pid, SIGKILL);
  ::kill(run.pid, SIGKILL);
}

void LocalLauncher::watch() {
  for (auto& [token, run] : jobs_) {
    if (run.status.state != JobState::kRunning) continue;
    collect(run, WNOHANG);
    if (run.status.state != JobState::kRunning) continue;
    const double allowed = run.job.limits.wall_seconds;
    if (allowed > 0 && seconds_since(run.start) > allowed) end(run, "TIME_LIMIT");
    if (Clock::now() > run.kill_at) kill_now(run);
  }
  kill_orphans();
}

void LocalLauncher::collect(Running& run, int flags) {
  int status = 0;
  rusage usage{};
  const pid_t done = wait4(run.pid, &status, flags, &usage);
  if (done == 0 || (done < 0 && errno == EINTR)) return;
  JobStatus& out = run.status;
  out.state = JobState::kFinished;
  out.seconds = seconds_since(run.start);
  out.peak_memory_mb = usage.ru_maxrss / 1024.0;
  ::kill(-run.pid, SIGKILL);
  if (done < 0) {
    out.reason = "WORKER_KILLED";
    out.message = "the process is gone and left no exit status";
    return;
  }
  out.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  out.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  // bubblewrap and mpiexec report a child's signal as 128 + signal.
  if (out.exit_code > 128 && out.exit_code <= 128 + 64) out.signal = out.exit_code - 128;
  if (!run.ended_by_us.empty()) {
    out.reason = run.ended_by_us;
    out.message = out.reason == "CANCELLED"
                      ? "cancelled"
                      : "ran longer than " +
                            std::to_string(static_cast<long>(run.job.limits.wall_seconds)) + " s";
  } else {
    explain_end(run);
  }
}

/// Children of ours that are no job of ours were left by one that died.
void LocalLauncher::kill_orphans() {
  std::ifstream file("/proc/self/task/" + std::to_string(getpid()) + "/children");
  pid_t child = 0;
  while (file >> child) {
    bool known = false;
    for (const auto& [token, run] : jobs_) {
      known = known || (run.pid == child && run.status.state == JobState::kRunning);
    }
    if (known) continue;
    ::kill(child, SIGKILL);
    waitpid(child, nullptr, WNOHANG);
  }
}

}  // namespace

std::unique_ptr<Launcher> make_local_launcher(Sandbox level) {
  return std::make_unique<LocalLauncher>(level);
}

}  // namespace proofload::pipeline
