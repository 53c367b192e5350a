#pragma once
#include "multigrid.h"
#include "proofload/solver/model.h"

namespace proofload::solver {

/// The public function with the numerical choices open.
std::vector<Solution> solve_matrix_free(const Model& model, const SolveOptions& options,
                                        const MultigridOptions& multigrid);

}  // namespace proofload::solver
