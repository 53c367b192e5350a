#pragma once
/// A run from case to report: the same code on one's own machine and in the service.
#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "proofload/core/case_reader.h"
#include "proofload/core/library.h"
#include "proofload/core/run_folder.h"
#include "proofload/pipeline/launcher.h"
#include "proofload/v1/run.pb.h"

namespace proofload::pipeline {

/// A case that was found valid.
struct PreparedCase {
  CaseText text;
  Library library;
  v1::Case resolved;
};

/// Parses, validates and resolves; geometry files are looked for in `inputs` (empty: not looked
/// for). Throws InvalidInput with every problem.
PreparedCase prepare_case(const std::string& yaml, const std::string& file_name,
                          const std::string& inputs);

/// Geometry files a case names, without repetition.
std::vector<std::string> geometry_files(const v1::Case& value);

/// True when `name` stays inside the folder it is relative to (no "..", not absolute, no control
/// characters).
bool is_safe_relative_path(const std::string& name);

/// Writes case.yaml and copies the geometry it names into the folder. `files` gives, by body name
/// or by the file name in the case, a file to take instead of the one beside the case. A folder
/// that holds another case is emptied of its results. Throws InvalidInput.
void fill_run_folder(const RunFolder& folder, const std::string& case_path,
                     const std::map<std::string, std::string>& files);

/// Gives problems found by the stages the line of the field they name.
void locate_problems(std::vector<Problem>& problems,
                     const std::map<std::string, Position>& positions);

struct PipelineOptions {
  v1::RunSettings settings;
  std::string from_stage;      ///< mesh, solve, assess, report: recompute from there; empty: resume
  std::string program_folder;  ///< where proofload-mesh and the others lie
  std::string sandbox;         ///< level the launcher isolates with, recorded
};

enum class OutcomeKind { kComputed, kInvalid, kFailed, kCancelled };

/// How a run ended.
struct Outcome {
  OutcomeKind kind = OutcomeKind::kFailed;
  std::string verdict;                ///< PASS, FAIL, REVIEW; only when computed
  std::string code;                   ///< why failed: WORKER_KILLED, SOLVER_DIVERGED, …
  std::string reason;                 ///< in words
  std::vector<Problem> problems;      ///< when invalid
  std::vector<std::string> warnings;  ///< computed, but something is missing
};

/// 0 PASS, 1 FAIL, 2 REVIEW, 3 invalid, 4 could not be computed or cancelled.
int exit_code(const Outcome& outcome);

using ProgressSink = std::function<void(const v1::Progress&)>;

/// Carries out the run of `folder` (case.yaml and inputs/ are there). Levels whose outputs belong
/// to the same inputs and programs are kept. Progress also goes to progress.jsonl. Ends soon after
/// `cancel` becomes true. Throws only when the folder itself cannot be used.
Outcome run_pipeline(const RunFolder& folder, const PipelineOptions& options, Launcher& launcher,
                     const ProgressSink& progress, const std::atomic<bool>& cancel);

/// MPI ranks when the settings name none.
int default_ranks();

/// What a run may cost, guessed before anything is computed; exact counts come with the meshes.
struct Estimate {
  int designs = 0;
  int levels = 0;
  double seconds = 0;
  double memory_mb = 0;
};
Estimate estimate(const PreparedCase& prepared, const v1::RunSettings& settings);

}  // namespace proofload::pipeline
