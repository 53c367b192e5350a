#pragma once
/// Streams of progress: each watcher reads the run's progress.jsonl at its own pace, so a slow
/// reader costs one open file and no memory.
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

#include "proofload/service/store.h"
#include "proofload/v1/run.pb.h"

namespace proofload::service {

class Watcher;

/// Looks after all watchers from one thread.
class Watchers {
 public:
  explicit Watchers(Store& store);
  ~Watchers();
  /// A stream of what came after `after_sequence`; ends with the run.
  grpc::ServerWriteReactor<v1::Progress>* watch(const std::string& id, double after_sequence);
  /// Ends every stream with UNAVAILABLE.
  void stop();

 private:
  void work();
  /// A stream can take its next message now; it need not wait for the next tick.
  void wake();

  Store& store_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::set<Watcher*> watchers_;
  std::atomic<bool> ready_{false};
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace proofload::service
