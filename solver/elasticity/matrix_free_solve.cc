#include "matrix_free_solve.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <memory>
#include <sstream>

#include "../model/sums_of_loads.h"
#include "matrix_free_loads.h"
#include "multigrid_stacked.h"
#include "projected_solver.h"
#include "proofload/solver/collective.h"
#include "proofload/solver/integration.h"

namespace proofload::solver {
namespace {

/// Times the iteration may start again from where it is when its own residual has drifted from the
/// true one.
constexpr int kRestarts = 3;
/// Cycles in single precision that take longer than this are not worth going on with.
constexpr int kSinglePrecisionIterations = 150;
/// A residual that no restart makes smaller is rounding, and accepted up to here.
constexpr double kRoundingResidual = 1e-8;
/// Beyond, no residual is taken for rounding: the iteration may as well have gone astray.
constexpr double kGreatestRounding = 1e-6;
/// Rounding of x, of which rows of some eighty entries and their sums make more than one.
constexpr double kUnitsInLastPlace = 4;
/// The iteration aims lower than asked, for the difference of its own residual from the true one.
constexpr double kAim = 0.9;
/// When started again: what lies between its own residual and the true one is then known to count.
constexpr double kAimAgain = 0.3;
/// Share of a load beyond what distributed supports take up at their own face that is rounding.
constexpr double kNothingLeft = 1e-13;

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double norm(MPI_Comm comm, const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v * v;
  return std::sqrt(sum_over_ranks(comm, sum));
}

/// One load case on its way.
struct Task {
  const LoadVector* load = nullptr;
  std::size_t index = 0;
  std::vector<double> b, x;
  double size = 0;      ///< norm of b
  double residual = 1;  ///< recomputed, relative
  int iterations = 0;
  double seconds = 0;
  std::string note;
  /// How much of each of SetSolver::basis_ makes up b; empty if it is one of them.
  Eigen::VectorXd shares;
};

/// A projection that was made with one cycle needs the same cycle to the end, to the last digit.
MultigridOptions precise_if(bool projected, MultigridOptions options) {
  options.single_precision = options.single_precision && !projected;
  return options;
}

/// The loads of one kinematic set.
class SetSolver {
 public:
  SetSolver(const Model& model, const FreeStiffness& free, const Vertices& vertices, int set,
            const SolveOptions& options, const MultigridOptions& multigrid)
      : free_(free),
        options_(options),
        multigrid_(multigrid),
        foundation_(on_foundation_if_needed(model, set)),
        solver_(free, foundation_ ? *foundation_ : model.kinematics[set], vertices,
                model.elasticity, precise_if(foundation_ != nullptr, multigrid)) {
    if (foundation_)
      projected_ = std::make_unique<ProjectedSolver>(free, model.kinematics[set], solver_);
    for (std::size_t i = 0; i < model.loads.size(); ++i)
      if (model.loads[i].kinematic_set == set) tasks_.push_back(make_task(model.loads[i], i));
  }

  void solve(std::vector<Solution>& solutions) {
    find_sums();
    solve_together();
    for (const bool is_sum : {false, true})
      for (Task& task : tasks_)
        if ((task.shares.size() > 0) == is_sum) solve(task, solutions[task.index]);
  }

 private:
  MPI_Comm comm() const { return free_.part().comm; }
  const ReducedStiffness& stiffness() const {
    return projected_ ? projected_->stiffness() : solver_.stiffness();
  }

  static std::unique_ptr<KinematicSet> on_foundation_if_needed(const Model& model, int set) {
    if (model.kinematics[set].distributed.empty()) return nullptr;
    return std::make_unique<KinematicSet>(on_foundation(model, model.kinematics[set]));
  }

  Solution solution_of(const Task& task) const {
    if (!projected_) return to_solution(free_, stiffness(), *task.load, task.x, nullptr);
    std::vector<double> r = projected_->residual(task.b, task.x);
    for (double& value : r) value = -value;
    const SupportForces held{projected_->rows(), projected_->rows().multipliers(r.data())};
    return to_solution(free_, stiffness(), *task.load, task.x, &held);
  }

  Task make_task(const LoadVector& load, std::size_t index) const {
    Task task;
    task.load = &load;
    task.index = index;
    task.b = right_hand_side(free_, stiffness(), load);
    task.x.assign(task.b.size(), 0.0);
    task.size = norm(comm(), task.b);
    if (projected_) start_projected(task);
    if (task.size == 0) task.residual = 0;
    if (!std::isfinite(task.size)) fail(task, "the load is not finite");
    return task;
  }

  /// Starts from a motion that meets the supports; what they take up themselves is no residual.
  void start_projected(Task& task) const {
    const double whole = task.size;
    task.x = projected_->particular(projected_->rows().gap(task.load->prescribed));
    task.size = projected_->residual_norm(task.b, task.x);
    if (task.size <= kNothingLeft * whole) task.size = 0;
  }

  void measure(Task& task) const {
    const double left = projected_ ? projected_->residual_norm(task.b, task.x)
                                   : solver_.residual_norm(task.b, task.x);
    task.residual = left / task.size;
  }

  IterationResult iterate(Task& task, double tolerance, int max_iterations) {
    if (projected_)
      return projected_->iterate(task.b, task.x, tolerance * task.size, max_iterations);
    return solver_.iterate(task.b, task.x, tolerance, max_iterations);
  }

  void solve(Task& task, Solution& solution) {
    const double start = seconds_now();
    if (task.shares.size() > 0) start_from_sum(task);
    finish(task);
    solution = solution_of(task);
    solution.iterations = task.iterations;
    solution.residual = task.residual;
    solution.note = task.note;
    solution.solve_seconds = task.seconds + seconds_now() - start;
    std::vector<double>().swap(task.b);
    if (basis_.size() == tasks_.size()) std::vector<double>().swap(task.x);
  }

  void find_sums() {
    if (projected_) return;
    std::vector<Task*> wanted;
    std::vector<const std::vector<double>*> loads;
    for (Task& task : tasks_) {
      if (task.size == 0) continue;
      wanted.push_back(&task);
      loads.push_back(&task.b);
    }
    const std::vector<Eigen::VectorXd> shares = shares_of_basis(comm(), loads);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      wanted[i]->shares = shares[i];
      if (shares[i].size() == 0) basis_.push_back(wanted[i]);
    }
  }

  void start_from_sum(Task& task) const {
    for (Eigen::Index i = 0; i < task.shares.size(); ++i)
      for (std::size_t at = 0; at < task.x.size(); ++at)
        task.x[at] += task.shares[i] * basis_[i]->x[at];
    measure(task);
  }

  /// The loads that are no sums of others, eight at a time, if they are worth it.
  void solve_together() {
    const double largest = max_over_ranks(comm(), solver_.stiffness().n_unknowns());
    if (static_cast<int>(basis_.size()) < multigrid_.stack_from ||
        largest > multigrid_.stack_unknowns)
      return;
    StackedSolver stacked(solver_);
    for (std::size_t first = 0; first < basis_.size(); first += kColumns) {
      const std::size_t last = std::min<std::size_t>(basis_.size(), first + kColumns);
      solve_columns(stacked, {basis_.begin() + first, basis_.begin() + last});
    }
  }

  void solve_columns(StackedSolver& stacked, const std::vector<Task*>& tasks) const {
    const double start = seconds_now();
    std::vector<std::vector<double>> b, x;
    for (const Task* task : tasks) b.push_back(task->b);
    const IterationResult result =
        stacked.solve(b, x, kAim * options_.tolerance, options_.max_iterations);
    for (std::size_t k = 0; k < tasks.size(); ++k) {
      Task& task = *tasks[k];
      task.x.swap(x[k]);
      measure(task);
      task.iterations = result.iterations;
      task.seconds = (seconds_now() - start) / static_cast<double>(tasks.size());
      if (task.residual < 1) continue;
      std::fill(task.x.begin(), task.x.end(), 0.0);
      task.residual = 1;
    }
  }

  /// Iterates alone until the recomputed residual is small enough; throws on all ranks if it does
  /// not get there, in double precision at last.
  void finish(Task& task) {
    iterate(task);
    if (!is_solved(task) && solver_.in_single_precision()) {
      solver_.use_double_precision();
      iterate(task);
    }
    if (task.residual <= std::max(options_.tolerance, kRoundingResidual)) return;
    if (!is_solved(task)) fail(task, "the residual does not fall further");
    task.note = "the residual is rounding: no number in double precision leaves less";
  }

  bool is_solved(const Task& task) const {
    return task.residual <= std::max(options_.tolerance, kRoundingResidual) ||
           task.residual <= rounding_residual(task);
  }

  void iterate(Task& task) {
    int iterations = 0;
    const int most = solver_.in_single_precision()
                         ? std::min(kSinglePrecisionIterations, options_.max_iterations)
                         : options_.max_iterations;
    for (int pass = 0; pass <= kRestarts && !(task.residual <= options_.tolerance); ++pass) {
      const double before = task.residual;
      const double aim = task.iterations + iterations > 0 ? kAimAgain : kAim;
      const IterationResult result = iterate(task, aim * options_.tolerance, most - iterations);
      iterations += result.iterations;
      measure(task);
      if (!(task.residual < 1)) {  // astray: nothing to start from
        if (projected_)
          fail(task, "the iteration went astray");  // zero would not meet the supports
        std::fill(task.x.begin(), task.x.end(), 0.0);
        task.residual = 1;
      }
      if (!result.converged || !(task.residual < 0.9 * before)) break;
    }
    task.iterations += iterations;
  }

  /// What rounding of x alone leaves, a few units in the last place of diagonal times motion:
  /// slender parts under a small force move by far more than they strain. Collective.
  double rounding_residual(const Task& task) const {
    const std::vector<double> blocks = stiffness().diagonal();
    std::vector<double> forces(blocks.size() / 2);
    for (std::size_t i = 0; i < forces.size(); ++i) {
      const double* block = &blocks[6 * (i / 3)];
      forces[i] = std::max({block[0], block[1], block[2]}) * task.x[i];
    }
    const double rounding = kUnitsInLastPlace * std::numeric_limits<double>::epsilon() *
                            norm(comm(), forces) / task.size;
    return std::min(rounding, kGreatestRounding);
  }

  [[noreturn]] void fail(const Task& task, const std::string& why) const {
    std::ostringstream text;
    text << "load case '" << task.load->name << "', matrix_free: " << why << " (residual "
         << task.residual << " after " << task.iterations << " iterations)";
    throw NumericalFailure("SOLVER_DIVERGED", text.str());
  }

  const FreeStiffness& free_;
  const SolveOptions& options_;
  const MultigridOptions& multigrid_;
  std::unique_ptr<KinematicSet> foundation_;  // null without distributed supports
  MultigridSolver solver_;
  std::unique_ptr<ProjectedSolver> projected_;
  std::vector<Task> tasks_;
  std::vector<Task*> basis_;  // of the loads (sums_of_loads.h); empty with distributed supports
};

}  // namespace

std::vector<Solution> solve_matrix_free(const Model& model, const SolveOptions& options) {
  return solve_matrix_free(model, options, MultigridOptions());
}

std::vector<Solution> solve_matrix_free(const Model& model, const SolveOptions& options,
                                        const MultigridOptions& multigrid) {
  const double start = seconds_now();
  refuse_inside_out(*model.mesh);
  const FreeStiffness free(model);
  const Vertices vertices = find_vertices(*model.mesh);
  const double shared_seconds = seconds_now() - start;
  std::vector<Solution> solutions(model.loads.size());
  for (int set = 0; set < static_cast<int>(model.kinematics.size()); ++set) {
    const double set_start = seconds_now();
    SetSolver solver(model, free, vertices, set, options, multigrid);
    const double setup_seconds = shared_seconds + seconds_now() - set_start;
    solver.solve(solutions);
    for (std::size_t i = 0; i < model.loads.size(); ++i)
      if (model.loads[i].kinematic_set == set) solutions[i].setup_seconds = setup_seconds;
  }
  return solutions;
}

void apply_stiffness_matrix_free(const Model& model, const std::vector<double>& u,
                                 std::vector<double>& y) {
  const FreeStiffness free(model);
  AlignedVector in(u.begin(), u.end()), out(free.size(1), 0.0);
  in.resize(free.size(1), 0.0);
  free.add(in.data(), out.data(), 1);
  add_to_owners(*model.mesh, out.data(), 3);
  y.assign(out.begin(), out.begin() + 3l * model.mesh->n_local());
}

}  // namespace proofload::solver
