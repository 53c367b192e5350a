#pragma once
/// Takes runs from the queue and carries them out with the same pipeline as on one's own machine.
#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "proofload/pipeline/pipeline.h"
#include "proofload/service/server.h"

namespace proofload::service {

class Runner {
 public:
  Runner(Store& store, pipeline::Launcher& launcher, const ServerOptions& options,
         std::function<void(const std::string&)> on_fatal);
  /// Stops the runs at once; they stay RUNNING in the store and are resumed by the next server.
  ~Runner();
  void stop();
  /// There is something new in the queue.
  void wake();
  /// The store knows that this run is to be cancelled.
  void cancel(const std::string& id);

 private:
  void work();
  bool next(StoredRun& run);
  void carry_out(const StoredRun& run);
  void conclude(const StoredRun& run, const pipeline::Outcome& outcome);

  Store& store_;
  pipeline::Launcher& launcher_;
  ServerOptions options_;
  std::function<void(const std::string&)> on_fatal_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::vector<StoredRun> interrupted_;  ///< of the last server, newest first
  std::map<std::string, std::atomic<bool>*> running_;
  std::vector<std::thread> threads_;
};

/// Makes (or completes) the run's folder from what the store holds.
RunFolder make_run_folder(Store& store, const std::string& id, const NewRun& content);

}  // namespace proofload::service
