#pragma once
/// Sparse matrices of small dense blocks, and what setting up an aggregation hierarchy needs.
#include <vector>

#include "aggregation_halo.h"
#include "petsc_handles.h"

namespace proofload::solver {

/// Unknowns of a block on all levels but the finest: amounts of the six rigid modes.
inline constexpr int kModes = 6;

/// Rows of this rank; blocks [rows x columns] row by row.
template <class Value>
struct BlockMatrix {
  int rows = 3, columns = 3;
  std::vector<long> begin{0};  ///< [n + 1]
  std::vector<int> column;     ///< local or global, as said where it is made
  std::vector<Value> value;

  int n() const { return static_cast<int>(begin.size()) - 1; }
  int size() const { return rows * columns; }
};

/// The blocks of an assembled matrix of block size 3; columns local to `halo`, which is made too.
/// Collective.
BlockMatrix<double> blocks_of(Mat matrix, Halo& halo);

/// One level while the next is made of it.
struct LevelDraft {
  Halo halo;
  BlockMatrix<double> matrix;  ///< columns local
  std::vector<double> modes;   ///< [n_own][block][kModes] near null space
  std::vector<int> apart;      ///< [n_own] number of the rigid group whose motion it is, or -1
};

/// Inverses of the diagonal blocks, [n_own * size]. Throws NumericalFailure (SOLVER_DIVERGED) if
/// one is not positive.
std::vector<double> inverse_diagonal(const BlockMatrix<double>& matrix);

/// Aggregate of each owned block, numbered from 0 on this rank; -1 where nothing is coupled. Edges
/// weaker than `threshold` (of the geometric mean of the diagonals) do not count.
std::vector<int> aggregate(const LevelDraft& level, double threshold, int& n_aggregates);

/// Smoothed prolongation (Vanek, Mandel and Brezina 1996, Computing 56, 179-196) and the product
/// below it. `largest` is the largest eigenvalue of D⁻¹A. Collective.
struct Coarsened {
  BlockMatrix<double> prolongation;  ///< columns local to the halo of `draft`
  LevelDraft draft;
};
Coarsened coarsen(const LevelDraft& level, const std::vector<int>& aggregates, int n_aggregates,
                  const std::vector<double>& inverse, double largest);

}  // namespace proofload::solver
