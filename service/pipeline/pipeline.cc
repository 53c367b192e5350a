#include "proofload/pipeline/pipeline.h"

#include "progress.h"
#include "study.h"

namespace proofload::pipeline {

int exit_code(const Outcome& outcome) {
  switch (outcome.kind) {
    case OutcomeKind::kComputed:
      if (outcome.verdict == "PASS") return kPass;
      return outcome.verdict == "FAIL" ? kFail : kReview;
    case OutcomeKind::kInvalid:
      return kInvalid;
    case OutcomeKind::kFailed:
    case OutcomeKind::kCancelled:
      break;
  }
  return kNotComputed;
}

Outcome run_pipeline(const RunFolder& folder, const PipelineOptions& options, Launcher& launcher,
                     const ProgressSink& progress, const std::atomic<bool>& cancel) {
  ProgressLog log(folder, progress);
  Study study(folder, options, launcher, log, cancel);
  return study.run();
}

}  // namespace proofload::pipeline
