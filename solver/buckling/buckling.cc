#include "proofload/solver/buckling.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>

#include "../elasticity/multigrid_stacked.h"
#include "block_eigensolver.h"
#include "factorised_stiffness.h"
#include "geometric_stiffness.h"
#include "proofload/solver/collective.h"
#include "proofload/solver/integration.h"

namespace proofload::solver {
namespace {

constexpr double kNoise = 0.1;

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// The same in every run, other for each node, component and seed; in [-1, 1].
double rough(std::int64_t index, int seed) {
  return std::sin(1.0 + 12.9898 * static_cast<double>(index) + 78.233 * seed);
}

/// Middle and half the diagonal of the model. Collective.
struct Extent {
  Eigen::Vector3d middle;
  double size;
};

Extent extent_of(const MeshPart& part) {
  Eigen::Vector3d low, high;
  for (int c = 0; c < 3; ++c) {
    double least = 1e300, most = -1e300;
    for (std::int32_t i = 0; i < part.n_owned; ++i) {
      least = std::min(least, part.xyz[3 * i + c]);
      most = std::max(most, part.xyz[3 * i + c]);
    }
    low[c] = -max_over_ranks(part.comm, -least);
    high[c] = max_over_ranks(part.comm, most);
  }
  return {(low + high) / 2, (high - low).norm() / 2};
}

/// Modes of the load cases that share supports.
class SetBuckling {
 public:
  SetBuckling(const Model& model, const FreeStiffness& free, const Vertices& vertices, int set)
      : model_(model),
        free_(free),
        single_(free, model.kinematics[set], vertices, model.elasticity, MultigridOptions()),
        stacked_(single_) {}

  Buckling find(const LoadVector& load, const Solution& solution, const BucklingOptions& options) {
    const double start = seconds_now();
    const GeometricStiffness geometric(free_, single_.stiffness(), load, solution);
    EigenProblem problem = problem_of(geometric);
    EigenOptions eigen;
    eigen.count = options.count;
    eigen.tolerance = options.tolerance;
    eigen.max_iterations = options.max_iterations;
    const bool may_factorise = 3 * free_.part().n_global_nodes <= options.direct_unknowns;
    EigenResult found;
    if (!options.factorise) found = greatest_eigenpairs(problem, eigen);
    const bool retry = !found.failure.empty() && !found.no_positive && may_factorise;
    if (options.factorise || retry) {
      const FactorisedStiffness factor(model_, single_.stiffness().kinematics().set());
      problem.precondition = [&](const double* r, double* z) { factor.solve(r, z); };
      const int before = found.iterations;
      found = greatest_eigenpairs(problem, eigen);
      found.iterations += before;
    }
    Buckling result;
    result.load_case = load.name;
    result.asked = options.count;
    result.iterations = found.iterations;
    result.failure = found.failure;
    for (const EigenPair& pair : found.pairs) result.modes.push_back(mode_of(pair));
    result.seconds = seconds_now() - start;
    return result;
  }

 private:
  EigenProblem problem_of(const GeometricStiffness& geometric) {
    EigenProblem problem;
    const ReducedStiffness& stiffness = single_.stiffness();
    const std::size_t size = static_cast<std::size_t>(stiffness.n_unknowns()) * kColumns;
    problem.comm = free_.part().comm;
    problem.n = stiffness.n_unknowns();
    problem.kernels = &free_.kernels();
    problem.stiffness = [&](const double* x, double* y) { stiffness.apply(x, y, kColumns); };
    problem.other = [&geometric, size](const double* x, double* y) {
      geometric.apply(x, y);
      for (std::size_t i = 0; i < size; ++i) y[i] = -y[i];
    };
    problem.precondition = [this](const double* r, double* z) {
      stacked_.cycle(r, z);
      clear_identities(z);
    };
    problem.start = [this](int turn, double* block) { start(turn, block); };
    return problem;
  }

  /// Zero where the reduced stiffness is an identity.
  void clear_identities(double* x) const {
    const Kinematics& kinematics = single_.stiffness().kinematics();
    kinematics.project(x, kColumns);
    double* motions = x + 3l * free_.part().n_owned * kColumns;
    for (int m = 0; m < kinematics.n_own_motions(); ++m)
      if (kinematics.is_fixed(m)) std::fill_n(motions + m * kColumns, kColumns, 0.0);
  }

  /// What body forces do that are smooth in space (first turn: constant and linear ones) with some
  /// noise, so that no symmetry keeps a mode out.
  void start(int turn, double* block) {
    const MeshPart& part = free_.part();
    const Extent extent = extent_of(part);
    const Kinematics& kinematics = single_.stiffness().kinematics();
    const std::size_t size = static_cast<std::size_t>(kinematics.n_unknowns()) * kColumns;
    AlignedVector forces(free_.size(kColumns), 0.0), reduced(size), zero(size, 0.0);
    for (std::int32_t node = 0; node < part.n_owned; ++node) {
      const Eigen::Vector3d s = (node_point(part, node) - extent.middle) / extent.size;
      // Along each axis: constant, along the next position, along the one after.
      const double shape[3][3] = {{1, s[1], s[2]}, {1, s[2], s[0]}, {1, s[0], s[1]}};
      for (int c = 0; c < 3; ++c)
        for (int k = 0; k < kColumns; ++k) {
          const double noise = rough(3 * (part.first_node + node) + c, turn * kColumns + k);
          const double smooth = turn == 0 && k % 3 == c ? shape[c][k / 3] : 0.0;
          forces[(3l * node + c) * kColumns + k] = smooth + kNoise * noise;
        }
    }
    kinematics.contract(zero.data(), forces.data(), reduced.data(), kColumns);
    stacked_.cycle(reduced.data(), block);
    clear_identities(block);
  }

  /// Greatest length 1, its greatest component positive.
  BucklingMode mode_of(const EigenPair& pair) const {
    const MeshPart& part = free_.part();
    AlignedVector u(free_.size(1), 0.0);
    single_.stiffness().kinematics().expand(pair.mode.data(), u.data(), 1);
    double most = 0, up = 0, down = 0;
    for (std::int32_t i = 0; i < part.n_local(); ++i) {
      const Eigen::Map<const Eigen::Vector3d> v(&u[3l * i]);
      most = std::max(most, v.norm());
      up = std::max(up, v.maxCoeff());
      down = std::max(down, -v.minCoeff());
    }
    most = max_over_ranks(part.comm, most);
    up = max_over_ranks(part.comm, up);
    down = max_over_ranks(part.comm, down);
    const double scale = (up >= down ? 1 : -1) / most;
    BucklingMode mode;
    mode.factor = 1 / pair.value;
    mode.error = pair.error;
    mode.residual = pair.residual;
    mode.displacement.assign(u.begin(), u.begin() + 3l * part.n_local());
    for (double& value : mode.displacement) value *= scale;
    return mode;
  }

  const Model& model_;
  const FreeStiffness& free_;
  MultigridSolver single_;
  StackedSolver stacked_;
};

Buckling refused(const std::string& load_case, int asked) {
  Buckling result;
  result.load_case = load_case;
  result.asked = asked;
  result.failure =
      "buckling is not computed with a distributed support, for which it was not tested";
  return result;
}

}  // namespace

std::vector<Buckling> find_buckling(const Model& model, const std::vector<Solution>& solutions,
                                    const std::vector<std::string>& load_cases,
                                    const BucklingOptions& options) {
  const auto asked = [&](std::size_t i) {
    return std::count(load_cases.begin(), load_cases.end(), model.loads[i].name) > 0;
  };
  std::vector<Buckling> results(model.loads.size());
  const FreeStiffness free(model);
  const Vertices vertices = find_vertices(*model.mesh);
  for (int set = 0; set < static_cast<int>(model.kinematics.size()); ++set) {
    std::unique_ptr<SetBuckling> finder;
    for (std::size_t i = 0; i < model.loads.size(); ++i) {
      if (model.loads[i].kinematic_set != set || !asked(i)) continue;
      if (!model.kinematics[set].distributed.empty()) {
        results[i] = refused(model.loads[i].name, options.count);
        continue;
      }
      if (!finder) finder = std::make_unique<SetBuckling>(model, free, vertices, set);
      results[i] = finder->find(model.loads[i], solutions[i], options);
    }
  }
  std::vector<Buckling> found;
  for (std::size_t i = 0; i < results.size(); ++i)
    if (asked(i)) found.push_back(std::move(results[i]));
  return found;
}

}  // namespace proofload::solver
