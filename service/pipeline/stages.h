#pragma once
/// The stage programs: how each is called, when its outputs are still good, what its end means.
#include <string>
#include <vector>

#include "proofload/core/problem.h"
#include "proofload/pipeline/pipeline.h"

namespace proofload::pipeline {

enum class Stage { kMesh, kSolve, kAssess, kReport };

std::string to_string(Stage stage);

/// One call of a stage program.
struct Step {
  Stage stage = Stage::kMesh;
  std::string design;  ///< empty for assess and report
  int level = 0;
  double element_size_factor = 1;
  std::string label() const;  ///< "mesh implant, level 0"
};

/// What the end of a step means.
struct StepEnd {
  enum Kind { kDone, kInvalid, kNotComputed, kLost, kCancelled };
  Kind kind = kDone;
  std::string code;    ///< kNotComputed, kLost: the reason
  std::string reason;  ///< in words
  std::vector<Problem> problems;
};

/// Folder the step works in.
std::string step_folder(const RunFolder& folder, const Step& step);
std::string step_log(const RunFolder& folder, const Step& step);

Job make_job(const RunFolder& folder, const PipelineOptions& options, const Step& step,
             double seconds_left);

/// Writes what the step reads (request.json), removes what an earlier try left.
void prepare_step(const RunFolder& folder, const Step& step);

/// Outputs are there and belong to the present inputs, settings and programs.
bool is_current(const RunFolder& folder, const PipelineOptions& options, const Step& step);
/// Remembers that they are.
void mark_current(const RunFolder& folder, const PipelineOptions& options, const Step& step);
void forget(const RunFolder& folder, const Step& step);

/// Judges a finished job; a lost or silent worker leaves a problems.json that says so.
StepEnd judge(const RunFolder& folder, const Step& step, const JobStatus& status);

}  // namespace proofload::pipeline
