#include "volume_from_surface_child.h"

#include <CGAL/assertions.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>
#include <exception>
#include <fstream>

#include "proofload/core/problem.h"

namespace proofload::meshing {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kMostAnswerBytes = std::uint64_t{16} << 30;
constexpr double kWallOverComputing = 5;  // on a busy machine a child waits more than it computes

/// The kernel ends this process with SIGXCPU after so many seconds of computing.
void limit_computing(double seconds) {
  const auto whole = static_cast<rlim_t>(std::ceil(seconds));
  rlimit limit{};
  getrlimit(RLIMIT_CPU, &limit);
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, whole);
  setrlimit(RLIMIT_CPU, &limit);
}

/// 'M' and the bytes, or 'E' and the reason.
std::string answer_of(const std::function<std::string()>& work) {
  try {
    return "M" + work();
  } catch (const std::exception& error) {
    return std::string("E") + error.what();
  } catch (...) {
    return "Ethe mesher failed without a reason";
  }
}

void write_all(int pipe, const char* bytes, std::size_t count) {
  for (std::size_t at = 0; at < count;) {
    const ssize_t written = write(pipe, bytes + at, count - at);
    if (written < 0 && errno != EINTR) _exit(1);
    if (written > 0) at += static_cast<std::size_t>(written);
  }
}

[[noreturn]] void work_as_child(int pipe, double seconds,
                                const std::function<std::string()>& work) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // nobody waits for the answer any more
  limit_computing(seconds);
  CGAL::set_warning_handler([](const char*, const char*, const char*, int, const char*) {});
  for (const int number : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGTERM, SIGXCPU})
    signal(number, SIG_DFL);
  const std::string answer = answer_of(work);
  const std::uint64_t size = answer.size();
  write_all(pipe, reinterpret_cast<const char*>(&size), sizeof(size));
  write_all(pipe, answer.data(), answer.size());
  _exit(0);
}

/// So many bytes of what the child writes, fewer if it closes the pipe; false when the time is up.
bool read_some(int pipe, Clock::time_point end, char* bytes, std::size_t& count) {
  const std::size_t wanted = count;
  for (count = 0; count < wanted;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    if (left <= 0) return false;
    pollfd waited{pipe, POLLIN, 0};
    if (poll(&waited, 1, static_cast<int>(left)) <= 0) continue;
    const ssize_t more = read(pipe, bytes + count, wanted - count);
    if (more == 0 || (more < 0 && errno != EINTR)) return true;
    if (more > 0) count += static_cast<std::size_t>(more);
  }
  return true;
}

/// The child's answer, empty if it ended without one; false when the time is up. It is stored in
/// one piece: a string that grew as the bytes came in would lie elsewhere in every run, and Gmsh
/// orders by address what later children of this process make.
bool read_answer(int pipe, double seconds, std::string& answer) {
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                      std::chrono::duration<double>(seconds));
  std::uint64_t size = 0;
  std::size_t count = sizeof(size);
  if (!read_some(pipe, end, reinterpret_cast<char*>(&size), count)) return false;
  if (count < sizeof(size) || size > kMostAnswerBytes) return true;
  answer.resize(size);
  count = answer.size();
  const bool in_time = read_some(pipe, end, answer.data(), count);
  if (count < answer.size()) answer.clear();
  return in_time;
}

std::string parse(const std::string& code, const std::string& what, std::string answer) {
  const char kind = answer.empty() ? 0 : answer.front();
  if (kind != 'M' && kind != 'E') {
    throw NumericalFailure(code, what + ": the mesher ended without an answer");
  }
  answer.erase(0, 1);
  if (kind == 'E') throw NumericalFailure(code, what + ": " + answer);
  return answer;
}

std::string pack(const VolumeMesh& mesh) {
  std::string bytes;
  append(bytes, mesh.nodes);
  append(bytes, mesh.tets);
  append(bytes, mesh.tet_body);
  append(bytes, std::vector<char>(mesh.method.begin(), mesh.method.end()));
  return bytes;
}

VolumeMesh unpack(const std::string& what, std::string_view bytes) {
  VolumeMesh mesh;
  std::vector<char> method;
  if (!take(bytes, mesh.nodes) || !take(bytes, mesh.tets) || !take(bytes, mesh.tet_body) ||
      !take(bytes, method)) {
    throw NumericalFailure("VOLUME_MESH", what + ": the mesher ended without an answer");
  }
  mesh.method.assign(method.begin(), method.end());
  return mesh;
}

}  // namespace

std::string answer_in_child(const std::string& code, const std::string& what, double seconds,
                            const std::function<std::string()>& work) {
  int ends[2];
  if (pipe(ends) != 0) return parse(code, what, answer_of(work));
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    work_as_child(ends[1], seconds, work);
  }
  close(ends[1]);
  if (child < 0) {
    close(ends[0]);
    return parse(code, what, answer_of(work));
  }
  std::string answer;
  const bool waited = read_answer(ends[0], kWallOverComputing * seconds, answer);
  close(ends[0]);
  if (!waited) kill(child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  const bool computed = WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU;
  if (!waited || computed) {
    const auto limit = static_cast<int>(computed ? seconds : kWallOverComputing * seconds);
    throw NumericalFailure(code, what + ": stopped after " + std::to_string(limit) +
                                     (computed ? " s of computing" : " s without an answer"));
  }
  if (WIFSIGNALED(status)) {
    throw NumericalFailure(code, what + ": crashed (" + strsignal(WTERMSIG(status)) + ")");
  }
  return parse(code, what, std::move(answer));
}

void limit_memory(std::uint64_t more_bytes) {
  std::ifstream in("/proc/self/statm");
  std::uint64_t pages = 0;
  if (!(in >> pages)) return;
  rlimit limit{};
  getrlimit(RLIMIT_AS, &limit);
  const std::uint64_t wanted =
      pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)) + more_bytes;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_cur, wanted);
  setrlimit(RLIMIT_AS, &limit);
}

VolumeMesh mesh_in_child(const std::string& what, double seconds,
                         const std::function<VolumeMesh()>& work) {
  return unpack(what, answer_in_child("VOLUME_MESH", what, seconds, [&] { return pack(work()); }));
}

}  // namespace proofload::meshing
