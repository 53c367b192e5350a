/// proofload-mesh: starts the mesher, proofload-mesher beside it, with the same addresses and names
/// every time. A program of its own, as the mesher takes a fifth of a second to find its libraries.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "../fixed_start.h"

namespace {

using proofload::meshing::kCaseFolderStandIn;

constexpr int kFolderDescriptor = 100, kProgramDescriptor = 101;
constexpr char kProgram[] = "/proc/self/fd/101";
constexpr int kNotStarted = 4;  // exit code: could not be computed

/// The mesher beside this program.
std::string mesher() {
  char here[PATH_MAX];
  const ssize_t size = readlink("/proc/self/exe", here, sizeof here);
  if (size <= 0) return "proofload-mesher";
  const std::string path(here, static_cast<std::size_t>(size));
  return path.substr(0, path.rfind('/') + 1) + "proofload-mesher";
}

/// Puts the folder behind kFolderDescriptor; false where /proc does not show it.
bool open_folder(const char* folder) {
  const int descriptor = open(folder, O_RDONLY | O_DIRECTORY);
  if (descriptor < 0) return false;
  const bool placed = dup2(descriptor, kFolderDescriptor) == kFolderDescriptor;
  close(descriptor);
  return placed && access(kCaseFolderStandIn, R_OK | X_OK) == 0;
}

/// The mesher in memory behind kProgramDescriptor: libraries keep the path of a program on disk,
/// and a longer one moves what they allocate later. False where the system does not allow it.
bool copy_program(const std::string& program) {
  const int from = open(program.c_str(), O_RDONLY | O_CLOEXEC);
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

/// OpenCASCADE orders what a cut leaves by memory addresses, so faces would be numbered and meshed
/// differently from run to run, and even from folder to folder. Starts the mesher with fixed
/// addresses and with names of fixed length: the level folder as working directory, the case folder
/// behind a file descriptor, no environment but what the program needs. Returns where the system
/// does not allow it.
void start_with_fixed_addresses(const std::string& program, const char* level_dir,
                                const char* case_folder) {
  if (!open_folder(case_folder) || !fix_addresses()) return;
  const int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (here < 0 || chdir(level_dir) != 0) return;
  std::vector<std::string> kept;
  for (const char* name :
       {"LD_LIBRARY_PATH", "PROOFLOAD_SANDBOX", "LSAN_OPTIONS", "ASAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) kept.push_back(std::string(name) + "=" + value);
  }
  std::vector<char*> environment;
  for (std::string& entry : kept) environment.push_back(entry.data());
  environment.push_back(nullptr);
  const char* arguments[] = {"proofload-mesh", ".", "--case-folder", kCaseFolderStandIn, nullptr};
  const auto start = [&](const char* path) {
    execve(path, const_cast<char* const*>(arguments), environment.data());
  };
  if (copy_program(program)) start(kProgram);
  if (program[0] == '/') start(program.c_str());
  if (fchdir(here) != 0) std::abort();  // the folder was open a moment ago
}

}  // namespace

int main(int argc, char** argv) {
  const std::string program = mesher();
  const bool level = argc == 2 || (argc == 4 && std::strcmp(argv[2], "--case-folder") == 0);
  if (level && argv[1][0] != '-') {
    start_with_fixed_addresses(program, argv[1], argc == 4 ? argv[3] : ".");
  }
  argv[0] = const_cast<char*>("proofload-mesh");
  execv(program.c_str(), argv);
  std::perror(("proofload-mesh: cannot start " + program).c_str());
  return kNotStarted;
}
