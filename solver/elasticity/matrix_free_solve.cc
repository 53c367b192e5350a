#include "matrix_free_solve.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "proofload/solver/collective.h"

namespace proofload::solver {
namespace {

/// Times the iteration may start again from where it is when its own residual has drifted from the
/// true one.
constexpr int kRestarts = 3;

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double norm(MPI_Comm comm, const std::vector<double>& values) {
  double sum = 0;
  for (const double v : values) sum += v * v;
  return std::sqrt(sum_over_ranks(comm, sum));
}

/// Nodal array of the prescribed motion, or of zeros.
AlignedVector start_motion(const FreeStiffness& stiffness, const LoadVector& load) {
  AlignedVector u(stiffness.size(1), 0.0);
  std::copy(load.prescribed.begin(), load.prescribed.end(), u.begin());
  return u;
}

/// b = Bᵀ(f - K u0) with the forces at the points of rigid groups, zero on identity rows.
std::vector<double> right_hand_side(const FreeStiffness& free, const ReducedStiffness& stiffness,
                                    const LoadVector& load) {
  const Kinematics& kinematics = stiffness.kinematics();
  AlignedVector forces(free.size(1), 0.0);
  if (!load.prescribed.empty()) {
    stiffness.nodal_forces(start_motion(free, load).data(), forces.data(), 1);
    for (double& force : forces) force = -force;
  }
  for (std::int32_t i = 0; i < 3 * stiffness.part().n_owned; ++i) forces[i] += load.force[i];
  const std::vector<double> zero(stiffness.n_unknowns(), 0.0);
  std::vector<double> b(stiffness.n_unknowns());
  kinematics.contract(zero.data(), forces.data(), b.data(), 1);
  double* motions = b.data() + 3l * stiffness.part().n_owned;
  for (int m = 0; m < kinematics.n_own_motions(); ++m) {
    if (kinematics.is_fixed(m) || load.rigid.empty()) continue;
    const double length = m % 6 < 3 ? 1.0 : kinematics.set().rigid_groups[m / 6].length;
    motions[m] += load.rigid[m / 6][m % 6] / length;
  }
  return b;
}

/// Motions of the groups, the same on every rank.
std::vector<std::array<double, 6>> group_motions(const Kinematics& kinematics,
                                                 const std::vector<double>& x) {
  std::vector<std::array<double, 6>> motions(kinematics.set().rigid_groups.size());
  if (motions.empty()) return motions;
  const double* own = x.data() + 3l * kinematics.part().n_owned;
  for (int m = 0; m < kinematics.n_own_motions(); ++m) {
    const double length = m % 6 < 3 ? 1.0 : kinematics.set().rigid_groups[m / 6].length;
    motions[m / 6][m % 6] = kinematics.is_fixed(m) ? 0.0 : own[m] / length;
  }
  MPI_Bcast(motions.data(), kinematics.n_motions(), MPI_DOUBLE,
            ranks_of(kinematics.part().comm) - 1, kinematics.part().comm);
  return motions;
}

/// (K + C) u - f where a constraint or a group holds, zero elsewhere; owners complete.
std::vector<double> nodal_reactions(const ReducedStiffness& stiffness, const LoadVector& load,
                                    const AlignedVector& u) {
  const Kinematics& kinematics = stiffness.kinematics();
  const MeshPart& part = kinematics.part();
  AlignedVector forces(u.size(), 0.0);
  stiffness.nodal_forces(u.data(), forces.data(), 1);

  std::vector<double> reactions(3ul * part.n_local(), 0.0);
  for (const NodeConstraint& constraint : kinematics.set().constraints) {
    if (constraint.node >= part.n_owned) continue;
    const long at = 3l * constraint.node;
    Eigen::Vector3d force;
    for (int c = 0; c < 3; ++c) force[c] = forces[at + c] - load.force[at + c];
    const Eigen::Vector3d held = force - constraint.free * force;
    std::copy_n(held.data(), 3, &reactions[at]);
  }
  for (const RigidGroup& group : kinematics.set().rigid_groups)
    for (const std::int32_t node : group.nodes)
      for (long i = 3l * node; node < part.n_owned && i < 3l * node + 3; ++i)
        reactions[i] = forces[i] - load.force[i];
  return reactions;
}

Solution to_solution(const FreeStiffness& free, const ReducedStiffness& stiffness,
                     const LoadVector& load, const std::vector<double>& x) {
  const Kinematics& kinematics = stiffness.kinematics();
  Solution solution;
  solution.load_case = load.name;
  solution.path = "matrix_free";
  AlignedVector u(free.size(1), 0.0);
  kinematics.expand(x.data(), u.data(), 1);
  for (std::size_t i = 0; i < load.prescribed.size(); ++i) u[i] += load.prescribed[i];
  solution.displacement.assign(u.begin(), u.begin() + 3l * kinematics.part().n_local());
  solution.rigid = group_motions(kinematics, x);
  solution.nodal_reaction = nodal_reactions(stiffness, load, u);
  return solution;
}

/// Iterates until the recomputed residual is small enough; throws on all ranks if it does not get
/// there.
Solution solve_one(const FreeStiffness& free, MultigridSolver& solver, const LoadVector& load,
                   const SolveOptions& options) {
  const double start = seconds_now();
  const MPI_Comm comm = free.part().comm;
  const std::vector<double> b = right_hand_side(free, solver.stiffness(), load);
  const double size = norm(comm, b);
  if (!std::isfinite(size))
    throw NumericalFailure("NOT_FINITE", "load case '" + load.name + "': load is not finite");
  std::vector<double> x(b.size(), 0.0);
  double residual = size > 0 ? 1 : 0;
  int iterations = 0;
  for (int pass = 0; pass <= kRestarts && !(residual <= options.tolerance); ++pass) {
    const IterationResult result =
        solver.iterate(b, x, 0.9 * options.tolerance, options.max_iterations - iterations);
    iterations += result.iterations;
    residual = solver.residual_norm(b, x) / size;
    if (!result.converged || !std::isfinite(residual)) break;
  }
  if (!(residual <= options.tolerance))
    throw NumericalFailure("SOLVER_DIVERGED", "load case '" + load.name + "': residual " +
                                                  std::to_string(residual) + " after " +
                                                  std::to_string(iterations) + " iterations");
  Solution solution = to_solution(free, solver.stiffness(), load, x);
  solution.iterations = iterations;
  solution.residual = residual;
  solution.solve_seconds = seconds_now() - start;
  return solution;
}

}  // namespace

std::vector<Solution> solve_matrix_free(const Model& model, const SolveOptions& options) {
  return solve_matrix_free(model, options, MultigridOptions());
}

std::vector<Solution> solve_matrix_free(const Model& model, const SolveOptions& options,
                                        const MultigridOptions& multigrid) {
  const double start = seconds_now();
  const FreeStiffness free(*model.mesh, model.elasticity);
  const Vertices vertices = find_vertices(*model.mesh);
  const double shared_seconds = seconds_now() - start;
  std::vector<Solution> solutions(model.loads.size());
  for (std::size_t set = 0; set < model.kinematics.size(); ++set) {
    const double set_start = seconds_now();
    MultigridSolver solver(free, model.kinematics[set], vertices, model.elasticity, multigrid);
    const double setup = shared_seconds + seconds_now() - set_start;
    for (std::size_t i = 0; i < model.loads.size(); ++i) {
      if (model.loads[i].kinematic_set != static_cast<int>(set)) continue;
      solutions[i] = solve_one(free, solver, model.loads[i], options);
      solutions[i].setup_seconds = setup;
    }
  }
  return solutions;
}

void apply_stiffness_matrix_free(const Model& model, const std::vector<double>& u,
                                 std::vector<double>& y) {
  const FreeStiffness free(*model.mesh, model.elasticity);
  AlignedVector in(u.begin(), u.end()), out(free.size(1), 0.0);
  in.resize(free.size(1), 0.0);
  free.add(in.data(), out.data(), 1);
  add_to_owners(*model.mesh, out.data(), 3);
  y.assign(out.begin(), out.begin() + 3l * model.mesh->n_local());
}

}  // namespace proofload::solver
