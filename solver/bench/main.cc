/// proofload-bench-solver: speed and memory of the fast path on one strut.
#include <petscsys.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <memory>
#include <sstream>
#include <thread>

#include "../elasticity/matrix_free_solve.h"
#include "proofload/core/problem.h"
#include "proofload/solver/box_mesh.h"
#include "proofload/solver/buckling.h"
#include "proofload/solver/collective.h"
#include "proofload/solver/integration.h"
#include "proofload/solver/model.h"
#include "traffic.h"

namespace {

using namespace proofload;
using namespace proofload::solver;

struct Options {
  double unknowns = 650000;
  std::string mesh;
  int loads = 1;
  double tolerance = 1e-8;
  double poisson = 0.342;
  bool rigid = false;
  bool one_by_one = false;
  int buckling = 0;
  bool traffic = false;
  MultigridOptions multigrid;
};

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Proportional share of this process's memory, MB.
double pss_mb() {
  std::ifstream file("/proc/self/smaps_rollup");
  for (std::string line; std::getline(file, line);)
    if (line.rfind("Pss:", 0) == 0) return std::stod(line.substr(4)) / 1024;
  return 0;
}

/// Looks at the memory every few milliseconds while it lives.
class MemoryWatch {
 public:
  MemoryWatch() : thread_([this] { run(); }) {}
  ~MemoryWatch() { stop(); }
  double peak_mb() {
    stop();
    return peak_;
  }

 private:
  void run() {
    while (!done_) {
      peak_ = std::max(peak_, pss_mb());
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
    }
    peak_ = std::max(peak_, pss_mb());
  }
  void stop() {
    done_ = true;
    if (thread_.joinable()) thread_.join();
  }
  std::atomic<bool> done_{false};
  double peak_ = 0;
  std::thread thread_;
};

MeshPart make_part(const Options& options) {
  if (!options.mesh.empty()) return read_mesh_part(MPI_COMM_WORLD, options.mesh);
  const double h = 1.04 * std::cbrt(8 * 3 * 10.0 * 5.0 * 88.0 / options.unknowns);
  const std::array<double, 3> size = {10, 5, 88};
  std::array<int, 3> counts;
  for (int d = 0; d < 3; ++d) counts[d] = std::max(1, static_cast<int>(std::lround(size[d] / h)));
  return make_mesh_part(MPI_COMM_WORLD, box_mesh(size, counts));
}

/// Makes loads that are no sums of each other, which would not be solved again.
double wave(int load, const double* x) { return std::cos(0.3 * load * (x[0] + x[1])); }

/// Lowest z clamped, 500 N along -z and 50 N across on the highest z; further loads push elsewhere.
Model make_model(const MeshPart& part, const Options& options) {
  Model model;
  model.mesh = &part;
  const double e = 113800, nu = options.poisson;
  model.elasticity.assign(part.body_names.size(),
                          {e * nu / ((1 + nu) * (1 - 2 * nu)), e / (2 * (1 + nu)), 4.43e-9});
  double low = 1e300, high = -1e300;
  for (std::int32_t i = 0; i < part.n_local(); ++i) {
    low = std::min(low, part.xyz[3 * i + 2]);
    high = std::max(high, part.xyz[3 * i + 2]);
  }
  low = -max_over_ranks(part.comm, -low);
  high = max_over_ranks(part.comm, high);
  KinematicSet set;
  RigidGroup foot;
  foot.name = "foot";
  foot.fixed.fill(true);
  for (std::int32_t i = 0; i < part.n_local(); ++i) {
    if (part.xyz[3 * i + 2] > low + 1e-6) continue;
    if (options.rigid)
      foot.nodes.push_back(i);
    else
      set.constraints.push_back({i, Eigen::Matrix3d::Zero()});
  }
  foot.length = 5;
  if (options.rigid) set.rigid_groups.push_back(foot);
  model.kinematics.push_back(set);
  for (int k = 0; k < options.loads; ++k) {
    LoadVector load;
    load.name = "load " + std::to_string(k);
    load.force.assign(3ul * part.n_local(), 0.0);
    const Eigen::Vector3d traction(1.0 + k % 2, k % 3, k % 4 - 10.0);
    for (std::size_t f = 0; f < part.exterior.cells.size(); ++f) {
      const std::int32_t* nodes = &part.exterior.faces[6 * f];
      if (!std::all_of(nodes, nodes + 6, [&](auto n) { return part.xyz[3 * n + 2] > high - 1e-6; }))
        continue;
      for (const FacePoint& point : face_points(part, nodes))
        for (int a = 0; a < 6; ++a)
          for (int c = 0; c < 3; ++c)
            load.force[3 * nodes[a] + c] +=
                point.shape[a] * point.area.norm() * traction[c] * wave(k, &part.xyz[3 * nodes[a]]);
    }
    add_to_owners(part, load.force.data(), 3);
    if (options.rigid) load.rigid.assign(1, {});
    model.loads.push_back(load);
  }
  return model;
}

/// Best of several applications, ns for each unknown and column of all ranks together.
template <class Real>
double apply_ns(const Model& model, int columns) {
  const FreeStiffness stiffness(*model.mesh, model.elasticity);
  // Single precision pads the nodes of one column to four values.
  const std::size_t size = 4ul * model.mesh->n_local() * columns + kPadding;
  AlignedVectorOf<Real> u(size, Real(1e-3)), y(size, Real(0));
  double best = 1e300;
  for (int i = 0; i < 10; ++i) {
    MPI_Barrier(model.mesh->comm);
    const double start = seconds_now();
    stiffness.add(u.data(), y.data(), columns);
    best = std::min(best, max_over_ranks(model.mesh->comm, seconds_now() - start));
  }
  return best * 1e9 / (3.0 * model.mesh->n_global_nodes * columns);
}

/// Lowest factors of the first load, beside what its static solution took.
void time_buckling(const Model& model, const std::vector<Solution>& solutions, int count) {
  BucklingOptions options;
  options.count = count;
  const double start = seconds_now();
  const Buckling found = find_buckling(model, solutions, {model.loads[0].name}, options).at(0);
  const double whole = seconds_now() - start;
  const double one = solutions[0].setup_seconds + solutions[0].solve_seconds;
  if (rank_of(model.mesh->comm) != 0) return;
  std::printf("buckling %.2f s, %.2f without set-up, %d iterations: %.2f static solutions %s\n",
              whole, found.seconds, found.iterations, whole / one, found.failure.c_str());
  for (const BucklingMode& mode : found.modes)
    std::printf("  factor %.8g  error %.2e  residual %.2e\n", mode.factor, mode.error,
                mode.residual);
}

/// The busiest rank's traffic of some work done `times` times, as one line. Collective.
void tell_traffic(MPI_Comm comm, const char* what, const Traffic& sent, double times) {
  const double messages = max_over_ranks(comm, sent.messages) / times;
  const double bytes = max_over_ranks(comm, sent.bytes) / times;
  const double collectives = max_over_ranks(comm, sent.collectives) / times;
  const double collective_bytes = max_over_ranks(comm, sent.collective_bytes) / times;
  if (rank_of(comm) == 0)
    std::printf("%s: %.1f messages, %.0f bytes; %.1f collective calls, %.0f bytes\n", what,
                messages, bytes, collectives, collective_bytes);
}

/// What the busiest rank sends for one application of the operator and in one iteration.
void count_traffic(const Model& model, const MultigridOptions& multigrid) {
  const MeshPart& part = *model.mesh;
  const FreeStiffness free(part, model.elasticity);
  const Vertices vertices = find_vertices(part);
  MultigridSolver solver(free, model.kinematics[0], vertices, model.elasticity, multigrid);
  std::vector<double> x(solver.stiffness().n_unknowns(), 1e-3), y(x.size(), 0.0), b(x.size());
  for (std::size_t i = 0; i < b.size(); ++i) b[i] = std::sin(1.0 + 12.9898 * i);
  Traffic before = traffic_so_far();
  solver.stiffness().apply(x.data(), y.data(), 1);
  tell_traffic(part.comm, "operator in double precision", traffic_so_far() - before, 1);
  const double ghosts = max_over_ranks(part.comm, part.n_local() - part.n_owned);
  const double cells = max_over_ranks(part.comm, part.n_cells());
  std::fill(x.begin(), x.end(), 0.0);
  before = traffic_so_far();
  const IterationResult result = solver.iterate(b, x, 1e-12, 10);
  tell_traffic(part.comm, "iteration", traffic_so_far() - before, result.iterations);
  if (rank_of(part.comm) == 0)
    std::printf("busiest rank: %.0f cells, %.0f ghost nodes\n", cells, ghosts);
}

int run(const Options& options) {
  const double start = seconds_now();
  MemoryWatch memory;
  const MeshPart part = make_part(options);
  const Model model = make_model(part, options);
  const double read = seconds_now() - start;
  const bool speaks = rank_of(part.comm) == 0;
  if (options.traffic) {
    count_traffic(model, options.multigrid);
    return kPass;
  }
  const double one = apply_ns<double>(model, 1), eight = apply_ns<double>(model, kColumns);
  const double one_single = apply_ns<float>(model, 1);
  const double eight_single = apply_ns<float>(model, kColumns);
  SolveOptions solve_options;
  solve_options.tolerance = options.tolerance;
  MultigridOptions multigrid = options.multigrid;
  if (options.one_by_one) multigrid.stack_from = options.loads + 1;
  const double solve_start = seconds_now();
  const std::clock_t clock_start = std::clock();
  const auto solutions = solve_matrix_free(model, solve_options, multigrid);
  const double whole = seconds_now() - solve_start;
  const double cpu =
      sum_over_ranks(part.comm, static_cast<double>(std::clock() - clock_start) / CLOCKS_PER_SEC);
  if (options.buckling > 0) time_buckling(model, solutions, options.buckling);
  const double peak = sum_over_ranks(part.comm, memory.peak_mb());
  if (!speaks) return kPass;
  std::printf("unknowns %lld  cells %lld  ranks %d  kernel %s\n",
              static_cast<long long>(3 * part.n_global_nodes),
              static_cast<long long>(part.n_global_cells), ranks_of(part.comm),
              FreeStiffness(part, model.elasticity).kernel_name());
  std::printf("apply   %.2f ns per unknown; %.2f with eight columns\n", one, eight);
  std::printf("single  %.2f ns per unknown; %.2f with eight columns\n", one_single, eight_single);
  std::printf("mesh %.2f s  set-up %.2f s  set-up and all loads %.2f s, CPU of all ranks %.2f s\n",
              read, solutions[0].setup_seconds, whole, cpu);
  for (const Solution& solution : solutions)
    std::printf("%s: %d iterations, residual %.2e, %.2f s\n", solution.load_case.c_str(),
                solution.iterations, solution.residual, solution.solve_seconds);
  std::printf("memory  %.0f MB proportional share, peaks of all ranks added\n", peak);
  return kPass;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Speed and memory of the matrix-free path on a 10 x 5 x 88 mm strut");
  app.add_option("--unknowns", options.unknowns, "about this many unknowns");
  app.add_option("--mesh", options.mesh, "a mesh.h5 instead of the generated strut");
  app.add_option("--loads", options.loads, "load cases on the same supports");
  app.add_option("--tolerance", options.tolerance, "relative residual");
  app.add_option("--poisson", options.poisson, "Poisson's ratio");
  app.add_flag("--rigid", options.rigid, "clamp by a rigid group instead of by nodes");
  app.add_flag("--one-by-one", options.one_by_one, "solve each load alone");
  app.add_option("--buckling", options.buckling, "also this many lowest buckling factors");
  app.add_flag("--traffic", options.traffic, "count what the ranks send, nothing else");
  app.add_option("--degree", options.multigrid.smoother_degree, "degree of the smoother");
  app.add_flag("!--double", options.multigrid.single_precision, "cycles in double precision");
  app.add_option("--direct-limit", options.multigrid.direct_coarse_limit,
                 "largest coarse level that is factorised");
  CLI11_PARSE(app, argc, argv);
  PetscInitialize(nullptr, nullptr, nullptr, nullptr);
  int code = kNotComputed;
  try {
    code = run(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
  }
  PetscFinalize();
  return code;
}
