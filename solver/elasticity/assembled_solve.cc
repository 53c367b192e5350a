#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <sstream>

#include "assembled_matrix.h"
#include "direct_solver.h"
#include "proofload/solver/collective.h"
#include "proofload/solver/integration.h"

namespace proofload::solver {
namespace {

/// A residual that no further step makes smaller is rounding, and accepted up to here.
constexpr double kRoundingResidual = 1e-8;
/// Beyond, what an iteration leaves is not taken for rounding: it may as well have gone astray. A
/// factorisation does not.
constexpr double kGreatestRounding = 1e-6;
constexpr int kRefinements = 4;

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

class AssembledSolver {
 public:
  AssembledSolver(const Model& model, const KinematicSet& set, const SolveOptions& options)
      : model_(model), unknowns_(*model.mesh, set), options_(options) {
    const double start = now();
    matrix_ = assemble_matrix(model, unknowns_);
    direct_ = 3 * unknowns_.total_blocks() <= options.direct_unknowns;
    if (!direct_ && !set.distributed.empty()) {
      throw NumericalFailure("ASSEMBLED_TOO_LARGE",
                             "the assembled path factorises the system with distributed supports, "
                             "which is done up to " +
                                 std::to_string(options.direct_unknowns) + " unknowns");
    }
    set_up();
    setup_seconds_ = now() - start;
  }

  Solution solve(const LoadVector& load) {
    const double start = now();
    Solution solution;
    solution.load_case = load.name;
    solution.path = direct_ ? "assembled_direct" : "assembled_gamg";
    const VecHandle right = assemble_right_side(model_, unknowns_, load);
    VecHandle x;
    check_petsc(VecDuplicate(right, x.fill()));
    solve_to_tolerance(right, x, solution);
    solution.displacement = unknowns_.expand(x, load.prescribed);
    solution.rigid = unknowns_.group_motions(x);
    solution.distributed = unknowns_.support_forces(x);
    solution.nodal_reaction = reactions(load, solution);
    solution.setup_seconds = setup_seconds_;
    solution.solve_seconds = now() - start;
    return solution;
  }

 private:
  void set_up() {
    check_petsc(KSPCreate(model_.mesh->comm, ksp_.fill()));
    if (direct_) {
      set_direct_solver(ksp_, matrix_);
    } else {
      set_up_iteration();
    }
    factorise(ksp_);
  }

  void set_up_iteration() {
    PC pc = nullptr;
    const NullSpaceHandle modes = rigid_body_modes(unknowns_);
    check_petsc(MatSetNearNullSpace(matrix_, modes));
    check_petsc(KSPSetOperators(ksp_, matrix_, matrix_));
    check_petsc(KSPSetType(ksp_, KSPCG));
    check_petsc(KSPSetNormType(ksp_, KSP_NORM_UNPRECONDITIONED));
    check_petsc(KSPGetPC(ksp_, &pc));
    check_petsc(PCSetType(pc, PCGAMG));
    PetscReal threshold = 0.02;
    check_petsc(PCGAMGSetThreshold(pc, &threshold, 1));
  }

  /// ‖b - Ax‖; leaves the residual vector in `residual`.
  double residual_norm(Vec right, Vec x, Vec residual) const {
    PetscReal norm = 0;
    check_petsc(MatMult(matrix_, x, residual));
    check_petsc(VecAYPX(residual, -1, right));
    check_petsc(VecNorm(residual, NORM_2, &norm));
    return norm;
  }

  /// Solves, then for what is left over, until the recomputed residual is small enough or stops
  /// falling.
  void solve_to_tolerance(Vec right, Vec x, Solution& solution) {
    PetscReal size = 0;
    check_petsc(VecNorm(right, NORM_2, &size));
    if (!std::isfinite(size)) fail(solution, "the load is not finite");
    check_petsc(VecSet(x, 0));
    if (size == 0) {
      solution.residual = 0;
      return;
    }
    VecHandle residual, step;
    check_petsc(VecDuplicate(right, residual.fill()));
    check_petsc(VecDuplicate(right, step.fill()));
    check_petsc(VecCopy(right, residual));
    solution.residual = 1;
    for (int pass = 0; pass <= kRefinements && solution.residual > options_.tolerance; ++pass) {
      const double goal = 0.5 * options_.tolerance / solution.residual;
      iterate(residual, step, std::max(goal, 1e-12), solution);
      check_petsc(VecAXPY(x, 1, step));
      const double before = solution.residual;
      solution.residual = residual_norm(right, x, residual) / size;
      if (!(solution.residual < 0.5 * before)) break;
    }
    const double rounding = std::max(kRoundingResidual, rounding_residual(x, size));
    const bool met = solution.residual <= std::max(options_.tolerance, rounding);
    if (!met) fail(solution, "the residual does not fall further");
    if (solution.residual > std::max(options_.tolerance, kRoundingResidual)) {
      solution.note = "the residual is rounding: no number in double precision leaves less";
    }
  }

  /// What rounding of x alone can leave: slender parts with a small force at the tip have a large
  /// stiffness times motion beside it (Higham 2002, Accuracy and Stability, theorem 7.1).
  double rounding_residual(Vec x, double size) const {
    PetscReal motion = 0, stiffness = 0;
    check_petsc(VecNorm(x, NORM_2, &motion));
    check_petsc(MatNorm(matrix_, NORM_INFINITY, &stiffness));
    const double rounding = std::numeric_limits<double>::epsilon() * stiffness * motion / size;
    return direct_ ? rounding : std::min(rounding, kGreatestRounding);
  }

  void iterate(Vec right, Vec x, double tolerance, Solution& solution) {
    const PetscInt limit = options_.max_iterations;
    check_petsc(KSPSetTolerances(ksp_, tolerance, PETSC_DEFAULT, PETSC_DEFAULT, limit));
    check_petsc(KSPSolve(ksp_, right, x));
    KSPConvergedReason reason = KSP_CONVERGED_ITERATING;
    PetscInt iterations = 0;
    check_petsc(KSPGetConvergedReason(ksp_, &reason));
    check_petsc(KSPGetIterationNumber(ksp_, &iterations));
    solution.iterations += static_cast<int>(iterations);
    if (reason < 0) fail(solution, KSPConvergedReasons[reason]);
  }

  [[noreturn]] void fail(const Solution& solution, const std::string& why) const {
    std::ostringstream text;
    text << "load case '" << solution.load_case << "', " << solution.path << ": " << why
         << " (residual " << solution.residual << " after " << solution.iterations
         << " iterations)";
    throw NumericalFailure("SOLVER_DIVERGED", text.str());
  }

  /// (K + foundation) u - f - forces of distributed supports in held directions and at moved nodes.
  std::vector<double> reactions(const LoadVector& load, const Solution& solution) const {
    const MeshPart& part = *model_.mesh;
    const std::vector<double>& u = solution.displacement;
    std::vector<double> force(u.size(), 0.0);
    on_all_ranks(part.comm, [&] { add_stiffness(model_, &unknowns_.set(), u, force); });
    add_to_owners(part, force.data(), 3);
    add_support_forces(unknowns_.set(), solution.distributed, -1, force);
    for (std::int32_t node = 0; node < part.n_owned; ++node) {
      const Eigen::Vector3d difference = at_node(force, node) - at_node(load.force, node);
      at_node(force, node) = unknowns_.identity_part(node) * difference;
    }
    return force;
  }

  const Model& model_;
  Unknowns unknowns_;
  SolveOptions options_;
  MatHandle matrix_;
  KspHandle ksp_;
  bool direct_ = true;
  double setup_seconds_ = 0;
};

}  // namespace

std::vector<Solution> solve_assembled(const Model& model, const SolveOptions& options) {
  std::vector<Solution> solutions(model.loads.size());
  for (std::size_t set = 0; set < model.kinematics.size(); ++set) {
    AssembledSolver solver(model, model.kinematics[set], options);
    for (std::size_t i = 0; i < model.loads.size(); ++i) {
      if (model.loads[i].kinematic_set != static_cast<int>(set)) continue;
      solutions[i] = solver.solve(model.loads[i]);
    }
  }
  return solutions;
}

}  // namespace proofload::solver
