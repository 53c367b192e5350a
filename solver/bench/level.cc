/// proofload-bench-level LEVEL_DIR: one level of a design for comparisons with other programs.
/// Gives them the right-hand side, judges their displacement with our operator, solves by a chosen
/// path, measures the operator and the machine. JSON on standard output.
#include <petscsys.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "../elasticity/matrix_free_loads.h"
#include "../elasticity/matrix_free_solve.h"
#include "../model/clones.h"
#include "proofload/core/json.h"
#include "proofload/core/run_folder.h"
#include "proofload/solver/collective.h"
#include "proofload/solver/gather.h"
#include "proofload/solver/model.h"

namespace {

using namespace proofload;
using namespace proofload::solver;
using nlohmann::json;

struct Options {
  std::string level_dir, action, file;
  int loads = 0;
  double tolerance = 1e-8;
  MultigridOptions multigrid;
};

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Best seconds of several calls, of the slowest rank.
template <class Work>
double best_seconds(MPI_Comm comm, int calls, Work work) {
  double best = 1e300;
  for (int i = 0; i < calls; ++i) {
    MPI_Barrier(comm);
    const double start = now();
    work();
    best = std::min(best, max_over_ranks(comm, now() - start));
  }
  return best;
}

/// a = b + s c over 64 MB on every rank: GB/s of all ranks together, 24 bytes a number.
double triad_gb_per_s(MPI_Comm comm) {
  constexpr std::size_t kNumbers = 8000000 / 3;
  AlignedVector a(kNumbers, 0.0), b(kNumbers, 1.0), c(kNumbers, 2.0);
  const double seconds = best_seconds(comm, 20, [&] {
    for (std::size_t i = 0; i < kNumbers; ++i) a[i] = b[i] + 1.5 * c[i];
    asm volatile("" : : "r"(a.data()) : "memory");
  });
  return 24e-9 * kNumbers * ranks_of(comm) / seconds;
}

constexpr int kChains = 10, kSteps = 2000000;

/// Chains of multiply-adds that do not wait for each other, as many as registers of Wide can hold.
template <class Wide>
inline __attribute__((always_inline)) void multiply_add(double* out) {
  constexpr int kLanes = sizeof(Wide) / sizeof(double);
  Wide sum[kChains];
  for (int i = 0; i < kChains; ++i) sum[i] = Wide{} + 1e-3 * i;
  const Wide factor = Wide{} + 0.999, term = Wide{} + 1e-3;
  for (int step = 0; step < kSteps; ++step)
#pragma GCC unroll 10
    for (int i = 0; i < kChains; ++i) sum[i] = sum[i] * factor + term;
  for (int i = 0; i < kChains; ++i)
    for (int lane = 0; lane < kLanes; ++lane) out[0] += sum[i][lane];
}

typedef double Eight __attribute__((vector_size(64)));
typedef double Four __attribute__((vector_size(32)));
PROOFLOAD_CLONES void multiply_add_eight(double* out) { multiply_add<Eight>(out); }
PROOFLOAD_CLONES void multiply_add_four(double* out) { multiply_add<Four>(out); }

/// Of whichever width this machine does faster.
double fma_gflop_per_s(MPI_Comm comm) {
  volatile double kept = 0;
  const auto rate = [&](void (*work)(double*), int lanes) {
    const double seconds = best_seconds(comm, 10, [&] {
      double sum = 0;
      work(&sum);
      kept = sum;
    });
    return 2e-9 * lanes * kChains * static_cast<double>(kSteps) * ranks_of(comm) / seconds;
  };
  return std::max(rate(multiply_add_eight, 8), rate(multiply_add_four, 4));
}

template <class Real>
double apply_ns(const Model& model, int columns) {
  const FreeStiffness stiffness(*model.mesh, model.elasticity);
  // Single precision pads the nodes of one column to four values.
  const std::size_t size = 4ul * model.mesh->n_local() * columns + kPadding;
  AlignedVectorOf<Real> u(size, Real(1e-3)), y(size, Real(0));
  const double seconds =
      best_seconds(model.mesh->comm, 15, [&] { stiffness.add(u.data(), y.data(), columns); });
  return seconds * 1e9 / (3.0 * model.mesh->n_global_nodes * columns);
}

json speed(const Model& model) {
  const MPI_Comm comm = model.mesh->comm;
  return {{"triad_gb_per_s", triad_gb_per_s(comm)},
          {"fma_gflop_per_s", fma_gflop_per_s(comm)},
          {"apply_ns", apply_ns<double>(model, 1)},
          {"apply_ns_of_eight", apply_ns<double>(model, kColumns)},
          {"apply_ns_single", apply_ns<float>(model, 1)},
          {"apply_ns_of_eight_single", apply_ns<float>(model, kColumns)}};
}

/// The same set of supports for all; only clamped ones can be told to other programs.
const KinematicSet& clamped_set(const Model& model) {
  const KinematicSet& set = model.kinematics.at(0);
  double others = static_cast<double>(set.rigid_groups.size() + set.foundation.size());
  for (const NodeConstraint& constraint : set.constraints) others += constraint.free.norm();
  if (model.kinematics.size() != 1 || sum_over_ranks(model.mesh->comm, others) > 0)
    throw InvalidInput({{"NOT_CLAMPED", "supports", 0, 0, "a comparison needs clamped supports",
                         "fix all three directions"}});
  return set;
}

/// Force and, as 0 or 1, held directions of each node in the order of the mesh file.
json write_right_side(const Model& model, const std::string& file) {
  const MeshPart& part = *model.mesh;
  std::vector<double> held(3ul * part.n_local(), 0.0);
  for (const NodeConstraint& constraint : clamped_set(model).constraints)
    std::fill_n(&held[3ul * constraint.node], 3, 1.0);
  const std::vector<double> force = gather_nodes(part, model.loads.at(0).force, 3);
  const std::vector<double> all_held = gather_nodes(part, held, 3);
  on_all_ranks(part.comm, [&] {
    if (rank_of(part.comm) != 0) return;
    std::ofstream out(file, std::ios::binary);
    for (const auto* values : {&force, &all_held})
      out.write(reinterpret_cast<const char*>(values->data()),
                static_cast<std::streamsize>(values->size() * sizeof(double)));
    if (!out) throw std::runtime_error("cannot write " + file);
  });
  return {{"unknowns", 3 * part.n_global_nodes}, {"cells", part.n_global_cells}};
}

double norm(MPI_Comm comm, const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v * v;
  return std::sqrt(sum_over_ranks(comm, sum));
}

/// ‖b - Ax‖ / ‖b‖ and bᵀx / 2 of a displacement.
json judge(const Model& model, const std::vector<double>& u) {
  const FreeStiffness free(*model.mesh, model.elasticity);
  const ReducedStiffness stiffness(free, clamped_set(model));
  const std::vector<double> b = right_hand_side(free, stiffness, model.loads.at(0));
  std::vector<double> x(u.begin(), u.begin() + static_cast<long>(b.size())), r(b.size());
  stiffness.kinematics().project(x.data(), 1);
  stiffness.apply(x.data(), r.data(), 1);
  double energy = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    r[i] = b[i] - r[i];
    energy += 0.5 * b[i] * x[i];
  }
  const MPI_Comm comm = model.mesh->comm;
  return {{"residual", norm(comm, r) / norm(comm, b)}, {"energy", sum_over_ranks(comm, energy)}};
}

/// Three doubles for each node in the order of the mesh file.
json judge_file(const Model& model, const std::string& file) {
  const MeshPart& part = *model.mesh;
  std::vector<double> all(3ul * part.n_global_nodes), u(3ul * part.n_local());
  on_all_ranks(part.comm, [&] {
    std::ifstream in(file, std::ios::binary);
    in.read(reinterpret_cast<char*>(all.data()),
            static_cast<std::streamsize>(all.size() * sizeof(double)));
    if (!in) throw std::runtime_error(file + ": not three numbers for each node");
  });
  for (std::int32_t node = 0; node < part.n_local(); ++node)
    std::copy_n(&all[3ul * part.file_node[node]], 3, &u[3ul * node]);
  return judge(model, u);
}

/// `loads` load cases, the further ones the first one turned about the axes and in waves over the
/// place: no sums of each other, which would not be solved again.
void multiply_loads(Model& model, int loads) {
  for (int k = static_cast<int>(model.loads.size()); k < loads; ++k) {
    LoadVector load = model.loads[0];
    load.name += " " + std::to_string(k);
    for (std::size_t i = 0; i < load.force.size(); ++i) {
      const double* x = &model.mesh->xyz[i - i % 3];
      load.force[i] = model.loads[0].force[i - i % 3 + (i + k) % 3] * (k % 2 ? 1 : -1) *
                      std::cos(0.3 * k * (x[0] + x[1]));
    }
    model.loads.push_back(load);
  }
}

json solve_by(Model& model, const Options& options) {
  multiply_loads(model, options.loads);
  SolveOptions solve_options;
  solve_options.tolerance = options.tolerance;
  solve_options.direct_unknowns = options.action == "direct" ? 2000000000 : 0;
  const double start = now();
  const std::vector<Solution> solutions =
      options.action == "matrix_free" ? solve_matrix_free(model, solve_options, options.multigrid)
                                      : solve_assembled(model, solve_options);
  json result = judge(model, solutions[0].displacement);
  result["path"] = solutions[0].path;
  result["iterations"] = solutions[0].iterations;
  result["setup_seconds"] = solutions[0].setup_seconds;
  result["seconds"] = now() - start;
  double worst = 0;
  for (const Solution& solution : solutions) worst = std::max(worst, solution.residual);
  result["worst_residual"] = worst;
  return result;
}

json run(const Options& options) {
  v1::Case value;
  from_json(read_file(options.level_dir + "/../design.json"), value);
  const double start = now();
  const MeshPart part = read_mesh_part(MPI_COMM_WORLD, options.level_dir + "/mesh.h5");
  Model model = build_model(value, part);
  const double read = now() - start;
  json result;
  if (options.action == "right_side") result = write_right_side(model, options.file);
  if (options.action == "judge") result = judge_file(model, options.file);
  if (options.action == "speed") result = speed(model);
  if (result.is_null()) result = solve_by(model, options);
  result["read_seconds"] = read;
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("One level of a design for comparisons with other programs");
  app.add_option("level_dir", options.level_dir, "folder of the level")->required();
  app.add_option("action", options.action, "what to do")
      ->required()
      ->check(
          CLI::IsMember({"right_side", "judge", "speed", "matrix_free", "assembled", "direct"}));
  app.add_option("--file", options.file, "raw doubles to write (right_side) or read (judge)");
  app.add_option("--loads", options.loads, "load cases to make of the first");
  app.add_option("--tolerance", options.tolerance, "relative residual");
  app.add_option("--degree", options.multigrid.smoother_degree, "degree of the smoother");
  app.add_flag("!--double", options.multigrid.single_precision, "cycles in double precision");
  auto& aggregation = options.multigrid.aggregation;
  app.add_option("--cycles", aggregation.cycles, "cycles of one coarse correction");
  app.add_option("--coarse-degree", aggregation.smoother_degree, "degree of the coarse smoother");
  app.add_option("--threshold", aggregation.threshold, "least coupling within an aggregate");
  app.add_option("--poisson-limit", options.multigrid.coarse_poisson_limit,
                 "greatest Poisson's ratio of the coarse level");
  CLI11_PARSE(app, argc, argv);
  PetscInitialize(nullptr, nullptr, nullptr, nullptr);
  int code = kNotComputed;
  try {
    const json result = run(options);
    if (rank_of(MPI_COMM_WORLD) == 0) std::cout << result.dump() << std::endl;
    code = kPass;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
  }
  PetscFinalize();
  return code;
}
