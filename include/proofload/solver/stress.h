#pragma once
/// Recovered stress and the quantities read from a solution.
#include <memory>
#include <string>
#include <vector>

#include "proofload/solver/model.h"
#include "proofload/v1/report.pb.h"

namespace proofload::solver {

/// Where recovered stress lives: one value for each (node, body), so that bodies of different
/// material never share one. Sorted by node, then body.
struct StressPoints {
  std::vector<std::int32_t> node;  ///< [n] local node
  std::vector<std::int32_t> body;  ///< [n]
  GhostExchange exchange;          ///< as MeshPart's, but lists of points instead of nodes
};

/// Pairs with a cell of the body on this rank and, for owned nodes, on any rank: the owner of a node
/// has every pair of it. Collective.
StressPoints stress_points(const MeshPart& part);

/// Superconvergent patch recovery (Zienkiewicz and Zhu 1992, doi 10.1002/nme.1620330702): the stress
/// at four points of each (curved) cell of one body about a vertex is fitted by a quadratic. Patches
/// that see one side only (surfaces, edges, corners, thin walls) take their neighbours in with as
/// little weight as makes the fit steady; what is still not determined is fitted linearly. Mid-edge
/// nodes take the mean of the fits of both ends. What depends on the mesh alone (every decision
/// among these) is found once.
class StressRecovery {
 public:
  /// Keeps the references. Collective.
  StressRecovery(const Model& model, const StressPoints& points);
  ~StressRecovery();

  /// Recovered stress [6 * n] MPa, XX YY ZZ XY YZ XZ; complete on every rank that has the pair.
  /// Collective.
  std::vector<double> stress(const Solution& solution) const;

 private:
  struct Patches;
  /// Polynomials of the vertex pairs. Collective.
  std::vector<double> coefficients(const Solution& solution) const;

  const Model& model_;
  const StressPoints& points_;
  std::unique_ptr<const Patches> patches_;
};

/// Energy norm of recovered minus finite-element stress in each local cell [n_cells], in
/// (N mm)^(1/2): the square root of the integral of d : C^-1 : d (Zienkiewicz and Zhu 1987,
/// doi 10.1002/nme.1620240206). No communication.
std::vector<double> cell_energy_error(const Model& model, const StressPoints& points,
                                      const Solution& solution, const std::vector<double>& stress);

/// All standard quantities and probes of one load case (same on every rank). Values and places only:
/// numerical errors come from the levels, in assessment. A value that could not be computed, or is
/// not finite, is absent and `reason` says why. Collective.
std::vector<v1::Quantity> quantities(const v1::Case& value, const Model& model,
                                     const LoadVector& load, const Solution& solution,
                                     const StressPoints& points,
                                     const std::vector<double>& stress);

/// What a reader must be told about these quantities, in words (slenderness).
std::vector<std::string> warnings_of(const std::vector<v1::Quantity>& quantities);

}  // namespace proofload::solver
