#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <memory>
#include <stdexcept>

namespace proofload::pipeline {

namespace {

const char* const kBubblewrap = "/usr/bin/bwrap";

/// Calls that only matter to whoever wants out.
const char* const kDenied[] = {"ptrace",
                               "process_vm_readv",
                               "process_vm_writev",
                               "mount",
                               "umount2",
                               "pivot_root",
                               "move_mount",
                               "open_tree",
                               "fsopen",
                               "fsmount",
                               "setns",
                               "unshare",
                               "bpf",
                               "userfaultfd",
                               "perf_event_open",
                               "keyctl",
                               "add_key",
                               "request_key",
                               "kexec_load",
                               "kexec_file_load",
                               "init_module",
                               "finit_module",
                               "delete_module",
                               "reboot",
                               "swapon",
                               "swapoff",
                               "acct",
                               "settimeofday",
                               "clock_settime",
                               "io_uring_setup",
                               "open_by_handle_at"};

using Filter = std::unique_ptr<void, void (*)(scmp_filter_ctx)>;

/// Empty when a rule cannot be made.
Filter make_filter(bool network) {
  Filter filter(seccomp_init(SCMP_ACT_ALLOW), seccomp_release);
  bool good = filter != nullptr;
  for (const char* name : kDenied) {
    const int call = seccomp_syscall_resolve_name(name);
    if (!good || call == __NR_SCMP_ERROR) continue;
    good = seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EPERM), call, 0) == 0;
  }
  if (good && !network) {
    good = seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EACCES), SCMP_SYS(socket), 1,
                            SCMP_A0(SCMP_CMP_NE, AF_UNIX)) == 0;
  }
  if (!good) filter.reset();
  return filter;
}

std::vector<std::string> bubblewrap_arguments(const Job& job) {
  std::vector<std::string> out = {kBubblewrap,
                                  "--unshare-all",
                                  "--die-with-parent",
                                  "--new-session",
                                  "--ro-bind",
                                  "/",
                                  "/",
                                  "--dev",
                                  "/dev",
                                  "--proc",
                                  "/proc",
                                  "--tmpfs",
                                  "/tmp"};
  for (const std::string& folder : job.readable) {
    out.insert(out.end(), {"--ro-bind", folder, folder});
  }
  for (const std::string& folder : job.writable) {
    out.insert(out.end(), {"--bind", folder, folder});
  }
  if (!job.writable.empty()) out.insert(out.end(), {"--chdir", job.writable.front()});
  return out;
}

/// True when the child's action returns 0 from a forked process.
template <typename Action>
bool works_in_child(Action action) {
  const pid_t child = fork();
  if (child < 0) return false;
  if (child == 0) _exit(action());
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int try_bubblewrap() {
  Job job;
  job.writable = {"/tmp"};
  job.arguments = {"/bin/true"};
  std::vector<std::string> arguments = sandboxed_arguments(job, Sandbox::kNamespaces);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const int null = open("/dev/null", O_RDWR);
  for (int fd : {0, 1, 2}) dup2(null, fd);
  const int filter = open_seccomp_filter(true);
  if (filter < 0 || dup2(filter, kFilterDescriptor) < 0) return 1;
  execv(argv[0], argv.data());
  return 1;
}

/// Time between the signal at the soft limit of processor time and the kill at the hard one.
constexpr double kCpuGrace = 5;

bool limit(int resource, double value, double grace = 0) {
  if (value <= 0 || value >= 1e18) return true;
  const rlimit bound{static_cast<rlim_t>(std::ceil(value)),
                     static_cast<rlim_t>(std::ceil(value + grace))};
  return setrlimit(static_cast<__rlimit_resource>(resource), &bound) == 0;
}

}  // namespace

std::string to_string(Sandbox level) {
  switch (level) {
    case Sandbox::kNamespaces:
      return "namespaces";
    case Sandbox::kSeccomp:
      return "seccomp";
    case Sandbox::kRlimits:
      break;
  }
  return "rlimits";
}

Sandbox sandbox_from_string(const std::string& text) {
  for (Sandbox level : {Sandbox::kNamespaces, Sandbox::kSeccomp, Sandbox::kRlimits}) {
    if (to_string(level) == text) return level;
  }
  throw std::invalid_argument("no sandbox level \"" + text +
                              "\"; use namespaces, seccomp or rlimits");
}

Sandbox probe_sandbox() {
  if (access(kBubblewrap, X_OK) == 0 && works_in_child(try_bubblewrap)) {
    return Sandbox::kNamespaces;
  }
  if (works_in_child([] { return install_seccomp_filter(true) ? 0 : 1; })) {
    return Sandbox::kSeccomp;
  }
  return Sandbox::kRlimits;
}

std::vector<std::string> sandboxed_arguments(const Job& job, Sandbox level) {
  if (level != Sandbox::kNamespaces) return job.arguments;
  std::vector<std::string> out = bubblewrap_arguments(job);
  out.insert(out.end(), {"--seccomp", std::to_string(kFilterDescriptor), "--"});
  out.insert(out.end(), job.arguments.begin(), job.arguments.end());
  return out;
}

bool install_seccomp_filter(bool network) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
  const Filter filter = make_filter(network);
  return filter && seccomp_load(filter.get()) == 0;
}

int open_seccomp_filter(bool network) {
  const Filter filter = make_filter(network);
  const int file = filter ? memfd_create("filter", 0) : -1;
  if (file < 0) return -1;
  if (seccomp_export_bpf(filter.get(), file) != 0 || lseek(file, 0, SEEK_SET) != 0) {
    close(file);
    return -1;
  }
  return file;
}

bool apply_limits(const JobLimits& limits) {
  const rlimit none{0, 0};
  return setrlimit(RLIMIT_CORE, &none) == 0 && limit(RLIMIT_AS, limits.memory_mb * 1048576.0) &&
         limit(RLIMIT_CPU, limits.cpu_seconds, kCpuGrace) &&
         limit(RLIMIT_FSIZE, limits.file_mb * 1048576.0);
}

}  // namespace proofload::pipeline
