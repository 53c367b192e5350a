#include "fixed_start.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <exception>
#include <vector>

namespace proofload::meshing {
namespace {

constexpr int kFolderDescriptor = 100;
constexpr char kFolderName[] = "/proc/self/fd/100";
constexpr int kProgramDescriptor = 101;
constexpr char kProgram[] = "/proc/self/fd/101", kProgramOnDisk[] = "/proc/self/exe";
constexpr std::size_t kStackBytes = 64 << 20;
constexpr char kStartedVariable[] = "PROOFLOAD_MESH_STARTED";

/// Puts the folder behind kFolderDescriptor; false where /proc does not show it.
bool open_folder(const std::string& folder) {
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY);
  if (descriptor < 0) return false;
  const bool placed = dup2(descriptor, kFolderDescriptor) == kFolderDescriptor;
  close(descriptor);
  return placed && access(kFolderName, R_OK | X_OK) == 0;
}

/// This program in memory behind kProgramDescriptor: libraries keep the path of a program on disk,
/// and a longer one moves what they allocate later. False where the system does not allow it.
bool copy_program() {
  const int from = open(kProgramOnDisk, O_RDONLY | O_CLOEXEC);
  const int copy = memfd_create("proofload-mesh", MFD_CLOEXEC);
  ssize_t moved = from >= 0 && copy >= 0 ? 1 : -1;
  while (moved > 0) moved = sendfile(copy, from, nullptr, 1 << 24);
  const bool placed = moved == 0 && dup2(copy, kProgramDescriptor) == kProgramDescriptor;
  if (from >= 0) close(from);
  if (copy >= 0) close(copy);
  return placed;
}

bool fix_addresses() {
  const int current = personality(0xffffffff);
  if (current == -1) return false;
  if ((current & ADDR_NO_RANDOMIZE) != 0) return true;
  return personality(static_cast<unsigned long>(current) | ADDR_NO_RANDOMIZE) != -1;
}

}  // namespace

void start_with_fixed_addresses(const std::string& level_dir, const std::string& case_folder) {
  if (std::getenv(kStartedVariable) != nullptr) return;
  if (access(kProgramOnDisk, X_OK) != 0 || !open_folder(case_folder) || !fix_addresses()) return;
  const int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (here < 0 || chdir(level_dir.c_str()) != 0) return;
  std::vector<std::string> kept = {std::string(kStartedVariable) + "=1"};
  for (const char* name :
       {"LD_LIBRARY_PATH", "PROOFLOAD_SANDBOX", "LSAN_OPTIONS", "ASAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) kept.push_back(std::string(name) + "=" + value);
  }
  std::vector<char*> environment;
  for (std::string& entry : kept) environment.push_back(entry.data());
  environment.push_back(nullptr);
  const char* arguments[] = {"proofload-mesh", ".", "--case-folder", kFolderName, nullptr};
  const auto start = [&](const char* program) {
    execve(program, const_cast<char* const*>(arguments), environment.data());
  };
  if (copy_program()) start(kProgram);
  start(kProgramOnDisk);
  if (fchdir(here) != 0) std::abort();  // the folder was open a moment ago
}

void in_own_memory(const std::function<void()>& work) {
  struct Errand {
    const std::function<void()>& work;
    std::exception_ptr failure;
  } errand{work, nullptr};
  const auto run = [](void* given) -> void* {
    auto& own = *static_cast<Errand*>(given);
    try {
      own.work();
    } catch (...) {
      own.failure = std::current_exception();
    }
    return nullptr;
  };
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  pthread_t thread{};
  const bool started = pthread_create(&thread, &attributes, run, &errand) == 0;
  pthread_attr_destroy(&attributes);
  if (!started) return work();
  pthread_join(thread, nullptr);
  if (errand.failure) std::rethrow_exception(errand.failure);
}

std::string with_user_paths(std::string text) {
  for (const std::string& stand_in : {std::string(kFolderName) + "/", std::string(kFolderName)}) {
    for (std::size_t at = text.find(stand_in); at != std::string::npos; at = text.find(stand_in)) {
      text.erase(at, stand_in.size());
    }
  }
  return text;
}

}  // namespace proofload::meshing
