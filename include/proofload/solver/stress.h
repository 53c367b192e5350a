#pragma once
/// Recovered stress and the quantities read from a solution.
#include <vector>

#include "proofload/solver/model.h"
#include "proofload/v1/report.pb.h"

namespace proofload::solver {

/// Stress at (node, body) pairs with at least one local cell of that body.
struct StressPoints {
  std::vector<std::int32_t> node;  ///< [n] local node
  std::vector<std::int32_t> body;  ///< [n]
};

/// Pairs of this rank; owner (of the node) has the complete value after recovery. Collective.
StressPoints stress_points(const MeshPart& part);

/// Recovered stress [6 * n] MPa, XX YY ZZ XY YZ XZ, never averaged across bodies; complete on every
/// rank that has the pair. Collective.
std::vector<double> recover_stress(const Model& model, const StressPoints& points,
                                   const Solution& solution);

/// All standard quantities and probes of one load case (same on every rank). Values and places only:
/// numerical errors come from the levels, in assessment. Collective.
std::vector<v1::Quantity> quantities(const v1::Case& value, const Model& model,
                                     const LoadVector& load, const Solution& solution,
                                     const StressPoints& points,
                                     const std::vector<double>& stress);

}  // namespace proofload::solver
