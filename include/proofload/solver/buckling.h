#pragma once
/// Linear buckling: load factors and modes from the static stress of load cases.
#include <string>
#include <vector>

#include "proofload/solver/model.h"
#include "proofload/v1/report.pb.h"

namespace proofload::solver {

struct BucklingMode {
  double factor = 0;    ///< > 0; the load case times it is critical
  double error = 1;     ///< of the iteration: a critical factor lies within this share of it
  double residual = 1;  ///< ‖K u + factor Kg u‖₂ / ‖K u‖₂ recomputed
  std::vector<double> displacement;  ///< [3 * n_local], greatest length 1, ghosts up to date
};

/// Of one load case.
struct Buckling {
  std::string load_case;
  std::vector<BucklingMode> modes;  ///< converged ones only, lowest factor first
  int iterations = 0;
  int asked = 0;        ///< modes
  std::string failure;  ///< why there are fewer modes than asked; empty if all are there
  double seconds = 0;
};

struct BucklingOptions {
  int count = 4;
  double tolerance = 3e-4;  ///< of BucklingMode::error; the factor is off by about its square
  int max_iterations = 200;
  /// Precondition with the factor of the assembled stiffness from the start. Else only if the
  /// multigrid's iteration fails, up to `direct_unknowns`.
  bool factorise = false;
  int direct_unknowns = 60000;
};

/// (K + factor Kg) u = 0 with the stress of each solution, loads as dead loads: the lowest positive
/// factors. `solutions` as from solve(), one for each load of the model; only load cases named are
/// done, in the order of the model. Not finding them is no exception but a `failure`. Collective.
std::vector<Buckling> find_buckling(const Model& model, const std::vector<Solution>& solutions,
                                    const std::vector<std::string>& load_cases,
                                    const BucklingOptions& options);

/// What the case asks for. A failure of the whole (NumericalFailure) is each load case's `failure`:
/// the static results stand without it. Collective.
std::vector<Buckling> asked_buckling(const v1::Case& value, const Model& model,
                                     const std::vector<Solution>& solutions);

/// Adds buckling_load_factor for each mode, without value and with the reason for modes that are
/// missing, and the facts. Where there is a factor, Euler's estimate gives no reason for a warning.
void add_buckling(const Buckling& buckling, std::vector<v1::Quantity>& quantities,
                  v1::SolveOutput& output);

}  // namespace proofload::solver
