#pragma once
/// A run from case to report: the same code on one's own machine and in the service.
#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <utility>
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

/// Bodies of the case and of the rods' fixation that take a file, with the path of their `file`.
std::vector<std::pair<std::string, const v1::Body*>> bodies_with_files(const v1::Case& value);

/// The geometry files a case names, each with the file its content comes from: beside the case, or
/// as given in `files` by body name or file name. Throws InvalidInput with every name that is not
/// safe, not there, or not of this case.
std::map<std::string, std::string> geometry_sources(
    const CaseText& text, const std::string& case_path,
    const std::map<std::string, std::string>& files);

/// True when `name` stays inside the folder it is relative to (no "..", not absolute, no control
/// characters).
bool is_safe_relative_path(const std::string& name);

/// Writes case.yaml and copies the geometry it names into the folder (see geometry_sources). A
/// folder that holds another case is emptied of its results. Throws InvalidInput.
void fill_run_folder(const RunFolder& folder, const std::string& case_path,
                     const std::map<std::string, std::string>& files);

/// Gives problems found by the stages the line of the field (or geometry file) they name.
void locate_problems(std::vector<Problem>& problems, const CaseText& text);

struct PipelineOptions {
  v1::RunSettings settings;
  std::string from_stage;      ///< mesh, solve, assess, report: recompute from there; empty: resume
  std::string program_folder;  ///< where proofload-mesh and the others lie
  std::string sandbox;         ///< level the launcher isolates with, recorded
  bool only_check = false;     ///< stop when the implant's first mesh is there
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

/// One line of progress.jsonl and back; false when the text is not one (a torn last line).
std::string progress_line(const v1::Progress& progress);
bool parse_progress_line(const std::string& line, v1::Progress& progress);

/// What proofload-mesh finds in geometry files, as its JSON text. Throws InvalidInput with the
/// problems of the files and NumericalFailure when the program was lost. Where a folder is given
/// for `defects`, every surface is written there with what is wrong marked (FILE.vtp) and a picture
/// of it (FILE.png), also when there are problems.
std::string inspect_files(const std::vector<std::string>& files, const std::string& length_unit,
                          const std::string& program_folder, Launcher& launcher,
                          const std::string& defects = "");

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
