#pragma once
/// The service itself: queue, runner and gRPC front over one store.
#include <functional>
#include <memory>
#include <string>

#include "proofload/pipeline/launcher.h"
#include "proofload/service/store.h"

namespace proofload::service {

struct ServerOptions {
  std::string listen = "127.0.0.1:0";  ///< loopback only: the channel is not encrypted
  std::string program_folder;          ///< stage programs
  std::string sandbox;                 ///< level of the launcher, recorded
  int runs_at_once = 1;
  int most_queued = 1000;
  std::uint64_t most_blob_bytes = 2ULL << 30;
  std::size_t most_memory_bytes = 256ULL << 20;  ///< gRPC's resource quota
  double most_run_seconds = 4 * 3600;
};

class Server {
 public:
  virtual ~Server() = default;
  /// Port it listens on.
  virtual int port() const = 0;
  /// Takes no new work, stops the runs (they resume at the next start), ends the streams and waits
  /// for the calls.
  virtual void drain() = 0;
};

/// Starts listening and running. `on_fatal` is called (from any thread) when the service cannot go
/// on: the disk or the supervisor failed. Throws InvalidInput for options that cannot be used.
std::unique_ptr<Server> start_server(Store& store, pipeline::Launcher& launcher,
                                     const ServerOptions& options,
                                     std::function<void(const std::string&)> on_fatal);

/// One JSON line on stderr: time, event, and the facts given as key, value, key, value, …
void log_event(const std::string& event, const std::vector<std::string>& facts);

}  // namespace proofload::service
