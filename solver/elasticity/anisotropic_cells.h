#pragma once
/// What orthotropic cells add to the isotropic kernels: the difference of their law from that of
/// the nearest isotropic material, with which the kernels work. Isotropic models do not pay for it.
#include <vector>

#include "aligned_vector.h"
#include "proofload/solver/model.h"

namespace proofload::solver {

class AnisotropicCells {
 public:
  AnisotropicCells() = default;
  /// The cells of orthotropic bodies; `factor` of each cell of the part, or empty for 1.
  AnisotropicCells(const MeshPart& part, const std::vector<Elasticity>& by_body,
                   const std::vector<double>& factor);

  /// y += (K - K isotropic) u; [3 * n_local * columns].
  void add(const double* u, double* y, int columns) const;
  /// Diagonal blocks XX YY ZZ XY YZ XZ; [6 * n_local].
  void add_diagonal(double* blocks) const;
  /// To the stress of Kernels::point_stress; `slot` [cells]: where each stands in the batches.
  void add_point_stress(const double* u, const std::vector<int>& slot, double* stress) const;

 private:
  const MeshPart* part_ = nullptr;
  std::vector<int> cells_;    // eight to a batch, the last filled up with -1
  std::vector<int> nodes_;    // [batches][10][8]
  AlignedVector difference_;  // [batches][36][8], zero where filled up
};

}  // namespace proofload::solver
