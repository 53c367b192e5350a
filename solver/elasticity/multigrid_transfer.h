#pragma once
/// Between quadratic and linear functions on the same cells.
#include <array>
#include <cstdint>
#include <tuple>
#include <vector>

#include "aligned_vector.h"
#include "matrix_free_kinematics.h"

namespace proofload::solver {

/// Vertices numbered over all ranks, owned ones of a rank in the order of its nodes.
struct Vertices {
  std::vector<std::int32_t> owned;   ///< local nodes
  std::vector<std::int64_t> number;  ///< [n_local] global vertex number, -1 at mid-edges
  std::vector<std::array<std::int32_t, 3>> edges;  ///< owned mid-edge node and its two vertices
  std::int64_t n_global = 0;
};

/// Collective.
Vertices find_vertices(const MeshPart& part);

/// Linear to quadratic: 1 at vertices, 1/2 and 1/2 at mid-edges, through the kinematics of both
/// levels (vertices of rigid groups follow the group). Coarse unknowns: three for each owned
/// vertex, then on the last rank the motions of the groups.
class Transfer {
 public:
  /// Keeps references.
  Transfer(const Kinematics& kinematics, const Vertices& vertices);

  MPI_Comm comm() const { return kinematics_.part().comm; }
  int n_fine() const { return kinematics_.n_unknowns(); }
  int n_coarse() const;
  /// Collective.
  template <class Real>
  void interpolate(const Real* coarse, Real* fine, int columns) const;
  /// The transpose of interpolate(). Collective.
  template <class Real>
  void restrict_residual(const Real* fine, Real* coarse, int columns) const;

 private:
  template <class Real>
  Real* work(int columns) const;

  const Kinematics& kinematics_;
  const Vertices& vertices_;
  mutable std::tuple<AlignedVectorOf<double>, AlignedVectorOf<float>> work_;
};

}  // namespace proofload::solver
