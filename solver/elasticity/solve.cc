#include "proofload/core/problem.h"
#include "proofload/solver/model.h"

namespace proofload::solver {
namespace {

/// Below, the factorisation is faster than setting up the iteration.
constexpr std::int64_t kMatrixFreeFrom = 12000;

std::vector<Solution> solve_or_fall_back(const Model& model, const SolveOptions& options) {
  std::string why;
  try {
    return solve_matrix_free(model, options);
  } catch (const NumericalFailure& failure) {
    why = failure.what();
  }
  std::vector<Solution> solutions = solve_assembled(model, options);
  for (Solution& solution : solutions) {
    solution.note = "the matrix-free path failed (" + why + "); solved with the assembled matrix" +
                    (solution.note.empty() ? "" : "; " + solution.note);
  }
  return solutions;
}

}  // namespace

std::vector<Solution> solve(const Model& model, const SolveOptions& options) {
  if (options.path == "assembled") return solve_assembled(model, options);
  if (options.path == "matrix_free") return solve_matrix_free(model, options);
  if (options.path != "auto") {
    throw InvalidInput({{"UNKNOWN_PATH", "path", 0, 0, "no solver path '" + options.path + "'",
                         "use auto, matrix_free or assembled"}});
  }
  if (3 * model.mesh->n_global_nodes < kMatrixFreeFrom) return solve_assembled(model, options);
  return solve_or_fall_back(model, options);
}

}  // namespace proofload::solver
