#include "runner.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <stdexcept>

namespace fs = std::filesystem;

namespace proofload::service {

namespace {

/// Waiting threads also look at the queue this often.
constexpr auto kIdle = std::chrono::seconds(2);

std::string first_line(const std::vector<Problem>& problems) {
  if (problems.empty()) return "the case is invalid";
  std::string text = to_string(problems.front());
  if (problems.size() > 1) text += " (and " + std::to_string(problems.size() - 1) + " more)";
  return text;
}

}  // namespace

RunFolder make_run_folder(Store& store, const std::string& id, const NewRun& content) {
  const RunFolder folder{store.run_folder(id)};
  fs::create_directories(folder.inputs());
  write_file_atomically(folder.case_yaml(), content.case_yaml);
  for (const InputBlob& file : content.files) {
    const std::string blob = store.blob_path(file.sha256);
    // What decides a verdict is read with the digest it was given with.
    if (sha256_of_file(blob) != file.sha256) {
      throw NumericalFailure("HASH_MISMATCH", "the stored file " + file.name + " has changed");
    }
    const fs::path target = fs::path(folder.inputs()) / file.name;
    fs::create_directories(target.parent_path());
    fs::remove(target);
    if (link(blob.c_str(), target.c_str()) != 0) fs::copy_file(blob, target);
  }
  return folder;
}

Runner::Runner(Store& store, pipeline::Launcher& launcher, const ServerOptions& options,
               std::function<void(const std::string&)> on_fatal)
    : store_(store),
      launcher_(launcher),
      options_(options),
      on_fatal_(std::move(on_fatal)),
      interrupted_(store.interrupted()) {
  std::reverse(interrupted_.begin(), interrupted_.end());
  for (int i = 0; i < options.runs_at_once; ++i) threads_.emplace_back([this] { work(); });
}

Runner::~Runner() { stop(); }

void Runner::stop() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    for (auto& [id, flag] : running_) *flag = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Runner::wake() { changed_.notify_one(); }

void Runner::cancel(const std::string& id) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = running_.find(id);
  if (found != running_.end()) *found->second = true;
}

bool Runner::next(StoredRun& run) {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!stopping_) {
    if (!interrupted_.empty()) {
      run = interrupted_.back();
      interrupted_.pop_back();
      log_event("resume", {"run", run.id});
      return true;
    }
    if (const auto claimed = store_.claim()) {
      run = *claimed;
      log_event("start", {"run", run.id});
      return true;
    }
    changed_.wait_for(lock, kIdle);
  }
  return false;
}

void Runner::work() {
  try {
    for (StoredRun run; next(run);) carry_out(run);
  } catch (const std::exception& error) {
    on_fatal_(error.what());
  }
}

void Runner::carry_out(const StoredRun& run) {
  std::atomic<bool> cancel{false};
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    running_[run.id] = &cancel;
    // A wish that came before this run was known here.
    const auto now = store_.get(run.id);
    cancel = stopping_ || (now && now->cancel_requested);
  }
  pipeline::Outcome outcome;
  try {
    const NewRun content = store_.content(run.id);
    const RunFolder folder = make_run_folder(store_, run.id, content);
    pipeline::PipelineOptions options{content.settings, "", options_.program_folder,
                                      options_.sandbox};
    if (!options.settings.has_time_limit_s()) {
      options.settings.set_time_limit_s(options_.most_run_seconds);
    }
    outcome = pipeline::run_pipeline(folder, options, launcher_, nullptr, cancel);
  } catch (const InvalidInput& invalid) {
    outcome.kind = pipeline::OutcomeKind::kInvalid;
    outcome.problems = invalid.problems();
  } catch (const NumericalFailure& failure) {
    outcome.code = failure.code();
    outcome.reason = failure.what();
  } catch (const pipeline::SupervisorLost&) {
    const std::lock_guard<std::mutex> lock(mutex_);
    running_.erase(run.id);
    throw;
  } catch (const std::exception& error) {
    outcome.code = "INTERNAL";
    outcome.reason = error.what();
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  running_.erase(run.id);
  conclude(run, outcome);
}

void Runner::conclude(const StoredRun& run, const pipeline::Outcome& outcome) {
  using pipeline::OutcomeKind;
  v1::RunState::Enum state = v1::RunState::FAILED;
  std::string reason = outcome.code + ": " + outcome.reason;
  if (outcome.kind == OutcomeKind::kComputed) {
    state = v1::RunState::SUCCEEDED;
    reason = outcome.warnings.empty() ? "" : outcome.warnings.front();
  } else if (outcome.kind == OutcomeKind::kInvalid) {
    reason = "INVALID_CASE: " + first_line(outcome.problems);
  } else if (outcome.kind == OutcomeKind::kCancelled) {
    const auto now = store_.get(run.id);
    if (!now || !now->cancel_requested) return;  // we stop; the next server resumes it
    state = v1::RunState::CANCELLED;
    reason = "cancelled by request";
  }
  store_.finish(run.id, state, reason, outcome.verdict);
  log_event("end", {"run", run.id, "state", v1::RunState::Enum_Name(state), "verdict",
                    outcome.verdict, "reason", reason});
}

}  // namespace proofload::service
