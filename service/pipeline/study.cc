#include "study.h"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <thread>

#include "levels.h"
#include "proofload/core/json.h"
#include "proofload/v1/report.pb.h"

namespace fs = std::filesystem;

namespace proofload::pipeline {

namespace {

using nlohmann::json;

constexpr auto kPoll = std::chrono::milliseconds(20);
/// Share of the run that is left for assessment and report.
constexpr double kLastShare = 0.06;

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

/// Relative work of a level: unknowns grow with the cube of the refinement.
double level_work(int level) { return std::pow(kRefinement, 3 * level); }

/// Share of a level's work that is done before and at the end of a step.
double share_before(Stage stage) { return stage == Stage::kMesh ? 0.0 : 0.4; }
double share_of(Stage stage) { return stage == Stage::kMesh ? 0.4 : 0.6; }

/// A copy without "verdict" would be no report at all.
std::string verdict_of(const RunFolder& folder) {
  v1::Report report;
  from_json(read_file(folder.report() + "/report.json"), report);
  if (report.verdict() == v1::Verdict::UNSPECIFIED) return "REVIEW";
  return v1::Verdict::Enum_Name(report.verdict());
}

}  // namespace

Study::Study(const RunFolder& folder, const PipelineOptions& options, Launcher& launcher,
             ProgressLog& progress, const std::atomic<bool>& cancel)
    : folder_(folder),
      options_(options),
      launcher_(launcher),
      progress_(progress),
      cancel_(cancel),
      started_(utc_now()) {
  cores_ = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  ranks_ = options.settings.has_ranks_count() ? static_cast<int>(options.settings.ranks_count())
                                              : default_ranks();
}

Outcome Study::run() {
  try {
    prepare();
  } catch (const InvalidInput& invalid) {
    set_invalid(invalid.problems());
    return outcome_;
  }
  if (options_.from_stage != "report") compute_designs();
  if (stopping_) return outcome_;
  if (options_.only_check) {
    outcome_.kind = OutcomeKind::kComputed;
    return outcome_;
  }
  remove_other_designs();
  write_timing();
  if (options_.from_stage != "report" || !fs::exists(folder_.report() + "/report.json")) {
    const StepEnd end = run_alone(Stage::kAssess);
    if (stopping_) return outcome_;
    if (end.kind != StepEnd::kDone) {
      outcome_.code = end.code;
      outcome_.reason = end.reason;
      return outcome_;
    }
  }
  const StepEnd end = run_alone(Stage::kReport);
  if (stopping_) return outcome_;
  if (end.kind != StepEnd::kDone) {
    outcome_.warnings.push_back("report.html could not be made: " + end.reason);
  }
  outcome_.verdict = verdict_of(folder_);
  outcome_.kind = OutcomeKind::kComputed;
  progress_.tell("report", 1.0, "done");
  return outcome_;
}

void Study::prepare() {
  fs::create_directories(folder_.designs());
  fs::create_directories(folder_.report());
  fs::remove(folder_.report() + "/problems.json");
  progress_.tell("check", 0.0, "reading the case");
  case_ = prepare_case(read_file(folder_.case_yaml()), "case.yaml", folder_.inputs());
  write_file_atomically(folder_.case_json(), to_json(case_.resolved));
  v1::RunSettings settings = options_.settings;
  settings.set_ranks_count(ranks_);
  write_file_atomically(folder_.settings_json(), to_json(settings));
  write_file_atomically(folder_.root + "/sandbox.json",
                        json{{"level", options_.sandbox}}.dump(1) + "\n");
  if (options_.from_stage == "mesh") fs::remove_all(folder_.designs());
  for (const Design& design : expand_designs(case_.resolved, case_.library)) {
    if (!options_.only_check || design.kind == DesignKind::kImplant) add(design);
  }
  const v1::Designs& designs = case_.resolved.designs();
  rods_to_come_ = designs.has_member() && !options_.only_check ? designs.reference_rods_size() : 0;
}

/// The whole list stays in the report's folder, where a client finds it too.
void Study::set_invalid(const std::vector<Problem>& problems) {
  outcome_.kind = OutcomeKind::kInvalid;
  outcome_.problems = problems;
  locate_problems(outcome_.problems, case_.text);
  write_file_atomically(folder_.report() + "/problems.json", problems_to_json(outcome_.problems));
}

/// A folder of a design that is no longer asked for would be judged with the others.
void Study::remove_other_designs() {
  if (tracks_.empty() || options_.from_stage == "report") return;
  std::vector<fs::path> others;
  for (const auto& entry : fs::directory_iterator(folder_.designs())) {
    const std::string name = entry.path().filename().string();
    const bool asked = std::any_of(tracks_.begin(), tracks_.end(),
                                   [&](const Track& track) { return track.name == name; });
    if (!asked) others.push_back(entry.path());
  }
  for (const fs::path& other : others) fs::remove_all(other);
}

void Study::add(const Design& design) {
  fs::create_directories(folder_.design(design.name));
  write_file_atomically(folder_.design_json(design.name), to_json(design.value));
  const json info{{"name", design.name}, {"kind", to_string(design.kind)}, {"rod", design.rod}};
  write_file_atomically(folder_.design(design.name) + "/design_info.json", info.dump(1) + "\n");
  Track track;
  track.name = design.name;
  track.kind = design.kind;
  track.next = {Stage::kMesh, design.name, 0, element_size_factor(0)};
  tracks_.push_back(track);
}

void Study::compute_designs() {
  while (!stopping_) {
    start_what_fits();
    bool busy = false;
    // By index: a finished mesh may add designs.
    for (std::size_t i = 0; i < tracks_.size() && !stopping_; ++i) {
      look_after(tracks_[i]);
      busy = busy || !tracks_[i].done;
    }
    if (cancel_) {
      stop_all();
      outcome_.kind = OutcomeKind::kCancelled;
      outcome_.code = "CANCELLED";
      outcome_.reason = "cancelled";
    }
    if (!busy) return;
    std::this_thread::sleep_for(kPoll);
  }
}

/// At most one parallel solve at a time; a mesh (one core) may run beside it when a core is free.
void Study::start_what_fits() {
  int load = 0;
  bool solving = false;
  for (const Track& track : tracks_) {
    if (!track.running) continue;
    load += track.next.stage == Stage::kSolve ? ranks_ : 1;
    solving = solving || track.next.stage == Stage::kSolve;
  }
  for (std::size_t i = 0; i < tracks_.size() && load < cores_; ++i) {
    Track& track = tracks_[i];
    if (track.running || track.done) continue;
    const bool solve = track.next.stage == Stage::kSolve;
    if (solve && solving && ranks_ > 1) continue;
    start(track);
    if (!track.running) continue;
    load += solve ? ranks_ : 1;
    solving = solving || solve;
  }
}

void Study::start(Track& track) {
  const Step step = track.next;
  if (options_.from_stage == "solve" && step.stage == Stage::kSolve) forget(folder_, step);
  if (is_current(folder_, options_, step)) {
    tell(to_string(step.stage), step.label() + ": kept");
    finished(track, {}, true);
    return;
  }
  remove_levels_from(folder_, step.design, step.level + 1);
  prepare_step(folder_, step);
  const Job job = make_job(folder_, options_, step, seconds_left());
  track.token = job.token;
  track.running = true;
  launcher_.submit(job);
  tell(to_string(step.stage), step.label());
}

void Study::look_after(Track& track) {
  if (!track.running) return;
  const JobStatus status = launcher_.status(track.token);
  if (status.state == JobState::kRunning) {
    double fraction = 0;
    std::string message;
    if (last_worker_progress(step_log(folder_, track.next), fraction, message)) {
      tell(to_string(track.next.stage), track.next.label() + ": " + message);
    }
    return;
  }
  launcher_.reap(track.token);
  track.running = false;
  note_time(track.next, status.seconds);
  const StepEnd end = judge(folder_, track.next, status);
  if (end.kind == StepEnd::kDone) mark_current(folder_, options_, track.next);
  finished(track, end, false);
}

void Study::finished(Track& track, const StepEnd& end, bool kept) {
  if (end.kind != StepEnd::kDone) {
    level_failed(track, end);
  } else if (track.next.stage == Stage::kMesh) {
    mesh_done(track);
  } else {
    solve_done(track, kept);
  }
}

void Study::mesh_done(Track& track) {
  track.next.stage = Stage::kSolve;
  track.done = options_.only_check;
  if (track.kind != DesignKind::kMember || track.next.level != 0 || rods_to_come_ == 0) return;
  rods_to_come_ = 0;
  v1::MeshFacts facts;
  from_json(read_file(folder_.level(track.name, 0) + "/mesh.json"), facts);
  for (const Design& design : expand_rod_members(case_.resolved, case_.library, facts)) add(design);
}

void Study::solve_done(Track& track, bool kept) {
  const v1::RunSettings& settings = options_.settings;
  const int level = track.next.level;
  LevelChoice choice;
  if (!kept || !earlier_choice(folder_, track.name, level, settings, choice)) {
    remove_levels_from(folder_, track.name, level + 1);
    choice = choose_next_level(folder_, track.name, settings);
    keep_choice(folder_, track.name, level, settings, choice);
  }
  if (!choice.more) {
    track.done = true;
    return;
  }
  track.next = {Stage::kMesh, track.name, level + 1, element_size_factor(level + 1)};
}

/// What a failed step means for the run: a lost worker ends it; the implant's first level must
/// succeed; anything else stays as problems.json for the assessment, which makes REVIEW of it.
void Study::level_failed(Track& track, const StepEnd& end) {
  track.done = true;
  if (track.kind == DesignKind::kMember) rods_to_come_ = 0;
  const bool needed = track.kind == DesignKind::kImplant && track.next.level == 0;
  if (end.kind == StepEnd::kInvalid && needed) {
    set_invalid(end.problems);
  } else if (end.kind == StepEnd::kLost || needed) {
    outcome_.kind = OutcomeKind::kFailed;
  } else {
    outcome_.warnings.push_back(end.reason);
    tell(to_string(track.next.stage), end.reason);
    return;
  }
  outcome_.code = end.code;
  outcome_.reason = end.reason;
  stop_all();
}

StepEnd Study::run_alone(Stage stage) {
  const Step step{stage, "", 0, 1};
  prepare_step(folder_, step);
  const Job job = make_job(folder_, options_, step, seconds_left());
  tell(to_string(stage), stage == Stage::kAssess ? "assessing" : "writing the report");
  launcher_.submit(job);
  JobStatus status;
  while ((status = launcher_.status(job.token)).state == JobState::kRunning) {
    if (cancel_ && !stopping_) {
      stopping_ = true;
      launcher_.cancel(job.token);
      outcome_ = {OutcomeKind::kCancelled, "", "CANCELLED", "cancelled", {}, {}};
    }
    std::this_thread::sleep_for(kPoll);
  }
  launcher_.reap(job.token);
  note_time(step, status.seconds);
  return judge(folder_, step, status);
}

void Study::stop_all() {
  stopping_ = true;
  for (const Track& track : tracks_) {
    if (track.running) launcher_.cancel(track.token);
  }
  for (Track& track : tracks_) {
    while (track.running && launcher_.status(track.token).state == JobState::kRunning) {
      std::this_thread::sleep_for(kPoll);
    }
    if (track.running) launcher_.reap(track.token);
    track.running = false;
  }
}

int Study::planned_levels() const { return least_levels(case_.resolved, options_.settings); }

double Study::work_planned() const {
  double sum = 0;
  for (const Track& track : tracks_) {
    const int levels =
        track.done ? track.next.level + 1 : std::max(planned_levels(), track.next.level + 1);
    for (int k = 0; k < levels; ++k) sum += level_work(k);
  }
  double waiting = 0;
  for (int k = 0; k < planned_levels(); ++k) waiting += level_work(k);
  return sum + rods_to_come_ * waiting;
}

double Study::work_done() const {
  double sum = 0;
  for (const Track& track : tracks_) {
    for (int k = 0; k < track.next.level; ++k) sum += level_work(k);
    if (track.done) {
      sum += level_work(track.next.level);
      continue;
    }
    double within = 0;
    std::string message;
    if (track.running) last_worker_progress(step_log(folder_, track.next), within, message);
    sum += level_work(track.next.level) *
           (share_before(track.next.stage) + share_of(track.next.stage) * within);
  }
  return sum;
}

void Study::tell(const std::string& stage, const std::string& message) {
  double fraction = progress_.fraction();
  if (stage == "assess") fraction = 1 - kLastShare;
  if (stage == "report") fraction = 1 - kLastShare / 2;
  const double planned = work_planned();
  if ((stage == "mesh" || stage == "solve") && planned > 0) {
    fraction = (1 - kLastShare) * work_done() / planned;
  }
  progress_.tell(stage, fraction, message);
}

double Study::seconds_used() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

double Study::seconds_left() const {
  if (!options_.settings.has_time_limit_s()) return std::numeric_limits<double>::max();
  return std::max(0.001, options_.settings.time_limit_s() - seconds_used());
}

void Study::note_time(const Step& step, double seconds) {
  stage_seconds_[to_string(step.stage)] += seconds;
}

void Study::write_timing() const {
  write_file_atomically(
      folder_.root + "/timing.json",
      json{{"started", started_}, {"seconds", seconds_used()}, {"stage_seconds", stage_seconds_}}
              .dump(1) +
          "\n");
}

}  // namespace proofload::pipeline
