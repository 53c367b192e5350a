#pragma once
/// The designs of a run and how far each has come.
#include <chrono>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "progress.h"
#include "proofload/core/designs.h"
#include "stages.h"

namespace proofload::pipeline {

/// One design on its way through its levels.
struct Track {
  std::string name;
  DesignKind kind = DesignKind::kImplant;
  Step next;  ///< what is running or comes next
  bool running = false;
  bool done = false;
  std::string token;  ///< of the running job
};

/// Carries a run through meshes and solves on the cores of this machine, then assesses and reports.
class Study {
 public:
  Study(const RunFolder& folder, const PipelineOptions& options, Launcher& launcher,
        ProgressLog& progress, const std::atomic<bool>& cancel);
  Outcome run();

 private:
  void prepare();
  void set_invalid(const std::vector<Problem>& problems);
  void remove_other_designs();
  void add(const Design& design);
  void compute_designs();
  void start_what_fits();
  void start(Track& track);
  void look_after(Track& track);
  void finished(Track& track, const StepEnd& end, bool kept);
  void mesh_done(Track& track);
  void solve_done(Track& track, bool kept);
  void level_failed(Track& track, const StepEnd& end);
  StepEnd run_alone(Stage stage);
  void stop_all();
  void tell(const std::string& stage, const std::string& message);
  double work_done() const;
  double work_planned() const;
  int planned_levels() const;
  double seconds_used() const;  ///< of wall time since the start
  double seconds_left() const;
  void note_time(const Step& step, double seconds);
  void write_timing() const;

  const RunFolder& folder_;
  const PipelineOptions& options_;
  Launcher& launcher_;
  ProgressLog& progress_;
  const std::atomic<bool>& cancel_;
  PreparedCase case_;
  std::deque<Track> tracks_;  ///< references stay good while designs are added
  int ranks_ = 1;
  int cores_ = 1;
  int rods_to_come_ = 0;  ///< member rods that wait for the implant's centreline
  bool stopping_ = false;
  Outcome outcome_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::string started_;
  std::map<std::string, double> stage_seconds_;
};

}  // namespace proofload::pipeline
