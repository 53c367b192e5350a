/// proofload-solve LEVEL_DIR: mesh.h5 and the design's case to result.h5 and solve.json.
#include <mpi.h>
#include <petscsys.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "proofload/core/json.h"
#include "proofload/core/problem.h"
#include "proofload/core/run_folder.h"
#include "proofload/io/result_file.h"
#include "proofload/solver/balance.h"
#include "proofload/solver/buckling.h"
#include "proofload/solver/collective.h"
#include "proofload/solver/forecast.h"
#include "proofload/solver/gather.h"
#include "proofload/solver/model.h"
#include "proofload/solver/stress.h"

namespace {

using namespace proofload;
using namespace proofload::solver;

/// Greatest relative imbalance of reactions and loads that passes in silence.
constexpr double kBalanceTolerance = 1e-6;

struct Options {
  std::string level_dir;
  SolveOptions solve;
};

class Clock {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

void tell(double fraction, const std::string& message) {
  if (rank_of(MPI_COMM_WORLD) != 0) return;
  std::cerr << nlohmann::json{{"fraction", fraction}, {"message", message}}.dump() << std::endl;
}

/// Greatest resident size of this process so far (VmHWM), MB; 0 if the system does not say.
double peak_memory_mb() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("VmHWM:", 0) == 0) return std::stod(line.substr(6)) / 1024;
  }
  return 0;
}

v1::Case read_design(const std::string& level_dir) {
  v1::Case value;
  on_all_ranks(MPI_COMM_WORLD, [&] { from_json(read_file(level_dir + "/../design.json"), value); });
  return value;
}

v1::SolveFacts facts_of(const Solution& solution, double imbalance) {
  v1::SolveFacts facts;
  facts.set_load_case(solution.load_case);
  facts.set_iterations_count(solution.iterations);
  facts.set_residual(solution.residual);
  facts.set_path(solution.path);
  facts.set_imbalance(imbalance);
  facts.set_seconds(solution.solve_seconds);
  facts.set_setup_seconds(solution.setup_seconds);
  return facts;
}

/// A load case whose reactions do not balance has no number that may decide anything.
void doubt_all(const std::string& reason, std::vector<v1::Quantity>& quantities) {
  for (v1::Quantity& quantity : quantities) {
    quantity.set_unresolved(true);
    quantity.set_reason(quantity.reason().empty() ? reason : quantity.reason() + "; " + reason);
  }
}

void doubt_material(const std::string& reason, std::vector<v1::Quantity>& quantities) {
  for (v1::Quantity& quantity : quantities) {
    quantity.set_unconfirmed(true);
    quantity.set_reason(quantity.reason().empty() ? reason : quantity.reason() + "; " + reason);
  }
}

void check_finite(const Solution& solution, MPI_Comm comm) {
  double bad = 0;
  for (const double u : solution.displacement) bad += std::isfinite(u) ? 0 : 1;
  if (sum_over_ranks(comm, bad) > 0) {
    throw NumericalFailure(
        "NOT_A_NUMBER",
        "load case '" + solution.load_case + "': the displacement has values that are no numbers");
  }
}

/// Stress, quantities and facts of the load cases, written as they come.
class Recorder {
 public:
  Recorder(const v1::Case& value, const Model& model, const std::string& path)
      : value_(value),
        model_(model),
        path_(path),
        points_(stress_points(*model.mesh)),
        recovery_(model, points_) {
    std::vector<std::string> names;
    for (const LoadVector& load : model.loads) names.push_back(load.name);
    const io::ResultHeader header = gather_points(*model.mesh, points_, names);
    on_rank_zero([&] { io::write_result_header(path_, header); });
  }

  void record(const LoadVector& load, const Solution& solution, const Buckling* buckling) {
    check_finite(solution, model_.mesh->comm);
    const std::vector<double> stress = recovery_.stress(solution);
    auto found = quantities(value_, model_, load, solution, points_, stress);
    if (buckling) add_buckling(*buckling, found, output_);
    for (const std::string& text : warnings_of(found)) output_.add_warnings(text);
    const double share = imbalance(model_, load, solution);
    const std::vector<double> error = cell_energy_error(model_, points_, solution, stress);
    *output_.add_solves() = facts_of(solution, share);
    set_energy_error(error, found, *output_.mutable_solves()->rbegin());
    if (!(share <= kBalanceTolerance)) {
      std::ostringstream reason;
      reason << "reactions and loads differ by " << share << " of the loads";
      output_.add_warnings("load case '" + load.name + "': " + reason.str());
      doubt_all(reason.str(), found);
    }
    for (const std::string& doubt : model_.doubts) doubt_material(doubt, found);
    const std::string note = "load case '" + load.name + "': " + solution.note;
    if (!solution.note.empty()) output_.add_warnings(note);
    for (const v1::Quantity& quantity : found) *output_.add_quantities() = quantity;
    write_fields(solution, stress, error);
    if (buckling) write_modes(*buckling);
  }

  v1::SolveOutput& output() { return output_; }

 private:
  template <class Work>
  void on_rank_zero(Work work) const {
    on_all_ranks(model_.mesh->comm, [&] {
      if (rank_of(model_.mesh->comm) == 0) work();
    });
  }

  /// Estimated error in the energy norm over the norm of the solution, sqrt(2 U).
  void set_energy_error(const std::vector<double>& error, const std::vector<v1::Quantity>& found,
                        v1::SolveFacts& facts) const {
    double square = 0;
    for (const double one : error) square += one * one;
    square = sum_over_ranks(model_.mesh->comm, square);
    for (const v1::Quantity& quantity : found) {
      if (quantity.name() != "strain_energy_nmm" || !quantity.body().empty()) continue;
      const double relative = std::sqrt(square / (2 * quantity.value()));
      if (std::isfinite(relative)) facts.set_energy_error(relative);
    }
  }

  void write_fields(const Solution& solution, const std::vector<double>& stress,
                    const std::vector<double>& error) const {
    const MeshPart& part = *model_.mesh;
    io::LoadCaseResult result;
    result.displacement_mm = gather_nodes(part, solution.displacement, 3);
    result.stress_mpa = gather_stress(part, points_, stress);
    result.cell_error = gather_cells(part, error);
    on_rank_zero([&] { io::write_load_case(path_, solution.load_case, result); });
  }

  void write_modes(const Buckling& buckling) const {
    std::vector<io::BucklingModeResult> modes;
    for (const BucklingMode& mode : buckling.modes)
      modes.push_back({mode.factor, gather_nodes(*model_.mesh, mode.displacement, 3)});
    on_rank_zero([&] { io::write_buckling_modes(path_, buckling.load_case, modes); });
  }

  const v1::Case& value_;
  const Model& model_;
  std::string path_;
  StressPoints points_;
  StressRecovery recovery_;
  v1::SolveOutput output_;
};

void run(const Options& options) {
  const Clock clock;
  const MPI_Comm comm = MPI_COMM_WORLD;
  tell(0, "reading the mesh");
  const v1::Case value = read_design(options.level_dir);
  const MeshPart part = read_mesh_part(comm, options.level_dir + "/mesh.h5");
  tell(0.05,
       "placing supports and loads on " + std::to_string(3 * part.n_global_nodes) + " unknowns");
  const Model model = build_model(value, part);
  const int n_loads = static_cast<int>(model.loads.size());
  const Forecast need = forecast(model);
  tell(0.1, "solving " + std::to_string(n_loads) + " load cases, " + to_string(need));
  check_memory(part, need);
  const std::vector<Solution> solutions = solve(model, options.solve);
  const std::vector<Buckling> buckling = asked_buckling(value, model, solutions);
  Recorder recorder(value, model, options.level_dir + "/result.h5");
  for (std::size_t i = 0; i < solutions.size(); ++i) {
    tell(0.7 + 0.3 * i / solutions.size(), "reading stress of '" + solutions[i].load_case + "'");
    const auto own = std::find_if(buckling.begin(), buckling.end(), [&](const Buckling& one) {
      return one.load_case == solutions[i].load_case;
    });
    recorder.record(model.loads[i], solutions[i], own == buckling.end() ? nullptr : &*own);
  }
  v1::SolveOutput& output = recorder.output();
  output.set_unknowns_count(3.0 * part.n_global_nodes);
  output.set_seconds(clock.seconds());
  output.set_peak_memory_mb(sum_over_ranks(comm, peak_memory_mb()));
  output.set_ranks_count(ranks_of(comm));
  on_all_ranks(comm, [&] {
    if (rank_of(comm) != 0) return;
    write_file_atomically(options.level_dir + "/solve.json", to_json(output));
  });
  tell(1, "solved");
}

/// Runs and turns errors into what problems.json says and the exit code.
int run_and_explain(const Options& options, std::vector<Problem>& problems) {
  try {
    run(options);
    return kPass;
  } catch (const InvalidInput& error) {
    problems = error.problems();
    return kInvalid;
  } catch (const NumericalFailure& error) {
    problems = {{error.code(), "", 0, 0, error.what(), ""}};
  } catch (const std::bad_alloc&) {
    problems = {{"OUT_OF_MEMORY", "", 0, 0, "the memory does not suffice",
                 "allow a coarser mesh or more memory"}};
  } catch (const std::exception& error) {
    problems = {{"SOLVE_FAILED", "", 0, 0, error.what(), ""}};
  }
  return kNotComputed;
}

/// Have all ranks come here within a few seconds? An error thrown on one rank only leaves the
/// others waiting in a collective call.
bool all_arrive() {
  constexpr int kTries = 500;
  constexpr int kPauseMicroseconds = 10000;
  MPI_Request request;
  MPI_Ibarrier(MPI_COMM_WORLD, &request);
  for (int i = 0; i < kTries; ++i) {
    int done = 0;
    MPI_Test(&request, &done, MPI_STATUS_IGNORE);
    if (done) return true;
    usleep(kPauseMicroseconds);
  }
  return false;
}

void report_problems(const std::string& level_dir, const std::vector<Problem>& problems) {
  for (const Problem& problem : problems) std::cerr << to_string(problem) << '\n';
  try {
    write_file_atomically(level_dir + "/problems.json", problems_to_json(problems));
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
  }
}

int run_program(const Options& options) {
  std::error_code ignored;
  if (rank_of(MPI_COMM_WORLD) == 0) {
    for (const char* name : {"/solve.json", "/result.h5", "/problems.json"}) {
      std::filesystem::remove(options.level_dir + name, ignored);
    }
  }
  MPI_Barrier(MPI_COMM_WORLD);
  std::vector<Problem> problems;
  const int code = run_and_explain(options, problems);
  if (code == kPass) return code;
  const bool together = all_arrive();
  if (!together || rank_of(MPI_COMM_WORLD) == 0) report_problems(options.level_dir, problems);
  if (!together) MPI_Abort(MPI_COMM_WORLD, code);
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  Options options;
  CLI::App app{
      "Solves one level of a design: mesh.h5 and ../design.json to result.h5, solve.json."};
  app.add_option("level_dir", options.level_dir, "Folder of the level")->required();
  app.add_option("--path", options.solve.path, "How the equations are solved")
      ->check(CLI::IsMember({"auto", "matrix_free", "assembled"}));
  app.add_option("--tolerance", options.solve.tolerance, "Relative residual")
      ->check(CLI::Range(1e-15, 1e-2));
  int code = kPass;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool first = rank_of(MPI_COMM_WORLD) == 0;
    std::ostringstream silent;
    code = app.exit(error, first ? std::cout : silent, first ? std::cerr : silent);
    MPI_Finalize();
    return code == 0 ? kPass : kInvalid;
  }
  PetscInitializeNoArguments();
  PetscPushErrorHandler(PetscReturnErrorHandler, nullptr);
  code = run_program(options);
  PetscFinalize();
  MPI_Finalize();
  return code;
}
