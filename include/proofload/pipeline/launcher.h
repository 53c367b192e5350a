#pragma once
/// Starts the stage programs as processes of their own: limited, watched, never orphaned.
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace proofload::pipeline {

/// What one job may use; 0 means no limit.
struct JobLimits {
  double memory_mb = 0;     ///< address space of each process
  double wall_seconds = 0;  ///< watched by the launcher
  double cpu_seconds = 0;   ///< of each process
  double file_mb = 0;       ///< size of each file written
};

/// One process (tree) to run.
struct Job {
  std::string token;                     ///< unique; names the job in the other calls
  std::vector<std::string> arguments;    ///< program (absolute path) first
  std::vector<std::string> environment;  ///< NAME=value, added to a minimal set
  std::vector<std::string> writable;     ///< folders; the first is the working folder
  std::vector<std::string> readable;     ///< folders needed although they may lie under /tmp
  std::string log;                       ///< file that receives stderr, and stdout
  std::string output;                    ///< file that receives stdout instead, when not empty
  JobLimits limits;
  bool network = false;          ///< sockets besides AF_UNIX (MPI start-up needs them)
  bool fixed_addresses = false;  ///< no address randomisation: Gmsh orders by address
};

enum class JobState { kUnknown, kRunning, kFinished };

/// How a job stands. `reason` is empty when the program ended by itself; otherwise one of
/// WORKER_KILLED, WORKER_CRASHED, OUT_OF_MEMORY, TIME_LIMIT, FILE_LIMIT, CANCELLED, NOT_STARTED.
struct JobStatus {
  JobState state = JobState::kUnknown;
  int exit_code = 0;
  int signal = 0;
  std::string reason;
  std::string message;  ///< the reason in words
  double seconds = 0;
  double peak_memory_mb = 0;  ///< of the largest process
};

/// The one way stage programs are started. Not thread-safe unless said so.
class Launcher {
 public:
  virtual ~Launcher() = default;
  /// Starts a job. A job that cannot be started finishes with NOT_STARTED.
  virtual void submit(const Job& job) = 0;
  /// kUnknown when no such token was submitted (or it was reaped).
  virtual JobStatus status(const std::string& token) = 0;
  /// Asks the job to end, then kills it; status() says when it is gone.
  virtual void cancel(const std::string& token) = 0;
  /// Forgets a finished job.
  virtual void reap(const std::string& token) = 0;
};

/// The process that starts jobs is gone, and every job with it.
class SupervisorLost : public std::runtime_error {
 public:
  SupervisorLost() : std::runtime_error("the supervisor process is gone") {}
};

/// Isolation of the stage programs, strongest first.
enum class Sandbox { kNamespaces, kSeccomp, kRlimits };

/// "namespaces", "seccomp", "rlimits".
std::string to_string(Sandbox level);
/// Throws std::invalid_argument for any other text.
Sandbox sandbox_from_string(const std::string& text);

/// Tries what this machine allows and returns the strongest level that works.
Sandbox probe_sandbox();

/// A launcher that forks from this process, which must have one thread and no gRPC.
std::unique_ptr<Launcher> make_local_launcher(Sandbox level);

/// Starts `program` (proofload-supervisor) and returns a launcher that talks to it. Call before
/// gRPC or any thread is started; the launcher itself may then be used from several threads.
/// Its calls throw SupervisorLost.
std::unique_ptr<Launcher> start_supervisor(const std::string& program, Sandbox level);

/// The supervisor's own loop on a connected socket; returns when the other end is gone, after every
/// job was killed.
void serve_supervisor(int socket, Launcher& launcher);

}  // namespace proofload::pipeline
