#include "watchers.h"

#include <deque>
#include <fstream>
#include <functional>

#include "progress_file.h"
#include "proofload/core/run_folder.h"
#include "status.h"

namespace proofload::service {

namespace {

constexpr auto kTick = std::chrono::milliseconds(100);
/// Lines read ahead of the reader.
constexpr std::size_t kAhead = 16;
/// A silent run's state is looked up once in so many ticks.
constexpr unsigned kStateTicks = 3;

}  // namespace

/// Its methods run on the watchers' thread, OnWriteDone and OnCancel on gRPC's.
class Watcher : public grpc::ServerWriteReactor<v1::Progress> {
 public:
  /// `ready` is called when the last message is written.
  Watcher(Store& store, const std::string& id, double after_sequence, std::function<void()> ready)
      : store_(store),
        ready_(std::move(ready)),
        id_(id),
        path_(RunFolder{store.run_folder(id)}.progress()),
        sequence_(after_sequence) {}

  void OnWriteDone(bool ok) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    busy_ = false;
    broken_ = broken_ || !ok;
    // Under the lock: the watchers wait for it before they end this stream and go.
    ready_();
  }
  void OnCancel() override {
    const std::lock_guard<std::mutex> lock(mutex_);
    broken_ = true;
  }
  void OnDone() override { delete this; }

  /// Sends what is new; true when the stream has ended and the watcher must not be used any more.
  bool advance(bool stopping) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (busy_) return false;
      if (broken_) return end(grpc::Status::CANCELLED);
    }
    if (stopping) {
      return end(error_status(grpc::StatusCode::UNAVAILABLE, "DRAINING",
                              "the service is stopping; watch again after its restart"));
    }
    if (said_last_ && waiting_.empty()) return end(grpc::Status::OK);
    read_ahead();
    if (unknown_) {
      return end(
          error_status(grpc::StatusCode::NOT_FOUND, "RUN_NOT_FOUND", "there is no such run"));
    }
    if (waiting_.empty()) return false;
    current_ = waiting_.front();
    waiting_.pop_front();
    sequence_ = current_.sequence();
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      busy_ = true;
    }
    StartWrite(&current_);
    return false;
  }

 private:
  bool end(const grpc::Status& status) {
    Finish(status);
    return true;
  }

  /// Progress of the file; after the last of it, once the run has ended, its state.
  void read_ahead() {
    if (!waiting_.empty()) return;
    read_progress(path_, offset_, sequence_, kAhead, waiting_);
    if (!waiting_.empty() || idle_ticks_++ % kStateTicks != 0) return;
    const auto run = store_.get(id_);
    unknown_ = !run;
    if (unknown_ || run->state <= v1::RunState::RUNNING) return;
    // What was written between the two looks.
    read_progress(path_, offset_, sequence_, kAhead, waiting_);
    if (!waiting_.empty()) return;
    v1::Progress last;
    last.set_sequence(sequence_ + 1);
    last.set_stage("end");
    last.set_fraction(1);
    last.set_state(run->state);
    last.set_message(run->reason.empty() ? run->verdict : run->reason);
    waiting_.push_back(last);
    said_last_ = true;
  }

  Store& store_;
  std::function<void()> ready_;
  std::string id_;
  std::string path_;
  double sequence_;
  std::streamoff offset_ = 0;
  std::deque<v1::Progress> waiting_;
  v1::Progress current_;
  bool said_last_ = false;
  bool unknown_ = false;
  unsigned idle_ticks_ = 0;
  std::mutex mutex_;
  bool busy_ = false;
  bool broken_ = false;
};

Watchers::Watchers(Store& store) : store_(store), thread_([this] { work(); }) {}

Watchers::~Watchers() { stop(); }

grpc::ServerWriteReactor<v1::Progress>* Watchers::watch(const std::string& id,
                                                        double after_sequence) {
  auto* watcher = new Watcher(store_, id, after_sequence, [this] { wake(); });
  const std::lock_guard<std::mutex> lock(mutex_);
  if (stopping_) {
    watcher->advance(true);
  } else {
    watchers_.insert(watcher);
  }
  return watcher;
}

void Watchers::stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    ready_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Watchers::wake() {
  ready_ = true;
  changed_.notify_all();
}

void Watchers::work() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (;;) {
    changed_.wait_for(lock, kTick, [this] { return ready_.exchange(false); });
    for (auto it = watchers_.begin(); it != watchers_.end();) {
      // advance() before erase: a finished watcher deletes itself at any time after.
      it = (*it)->advance(stopping_) ? watchers_.erase(it) : std::next(it);
    }
    if (stopping_ && watchers_.empty()) return;
  }
}

}  // namespace proofload::service
