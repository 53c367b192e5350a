#pragma once
/// Progress of a run: numbered, never going back, kept in progress.jsonl.
#include <chrono>
#include <map>
#include <string>

#include "proofload/pipeline/pipeline.h"

namespace proofload::pipeline {

class ProgressLog {
 public:
  /// Continues the numbers of a file that is there already.
  ProgressLog(const RunFolder& folder, ProgressSink sink);
  /// Tells a step; one told before is told again only when more is done, four times a second at
  /// most.
  void tell(const std::string& stage, double fraction, const std::string& message);
  double fraction() const { return fraction_; }

 private:
  std::string path_;
  ProgressSink sink_;
  double sequence_ = 0;
  double fraction_ = 0;
  std::string stage_;
  std::map<std::string, std::chrono::steady_clock::time_point> told_;  ///< by stage and message
  std::chrono::steady_clock::time_point last_{};
};

/// Last {"fraction", "message"} a stage program wrote to its log; false: none yet.
bool last_worker_progress(const std::string& log, double& fraction, std::string& message);

}  // namespace proofload::pipeline
