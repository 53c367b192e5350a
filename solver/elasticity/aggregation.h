#pragma once
/// Multigrid by smoothed aggregation for the coarse level, ours because PETSc's is slower: products
/// of small blocks, cycles for one or kColumns columns, the same bits in every run on any number
/// of ranks. In double precision, but for the couplings of the finest level: entries rounded to
/// single precision would make the matrix of a stiff part on a soft one (1000:1) indefinite, for
/// its softest motion costs 1e-6 of an entry; there they multiply differences of values only.
#include <Eigen/Cholesky>
#include <vector>

#include "aggregation_matrix.h"
#include "kernel.h"

namespace proofload::solver {

struct AggregationOptions {
  double threshold = 0.005;  ///< couplings weaker than this do not make aggregates
  int smoother_degree = 2;   ///< products with the matrix in a smoothing step, and one
  int cycles = 2;            ///< for one application
  int direct_blocks = 150;   ///< up to here the coarsest level is factorised
};

/// An approximate inverse, symmetric and positive definite.
class Aggregation {
 public:
  /// `matrix` is symmetric with block size 3 and carries the six rigid modes as near null space;
  /// its last 2 * `n_groups` blocks on this rank are motions of rigid groups. It is given up as
  /// soon as it is read. Throws NumericalFailure (SOLVER_DIVERGED) on all ranks. Collective.
  Aggregation(MatHandle matrix, int n_groups, const AggregationOptions& options);

  /// x ~ A⁻¹ b, stacked by columns (1 or kColumns). Collective.
  void apply(const double* b, double* x, int columns) const;

 private:
  struct Level {
    Halo halo;
    BlockMatrix<double> matrix;    // columns local; without values if there are couplings
    BlockMatrix<float> couplings;  // of the finest level, for multiply_differences()
    std::vector<double> row_sums;
    BlockMatrix<double> prolongation;  // columns local to the next level; none on the coarsest
    std::vector<double> inverse;       // of the diagonal blocks
    double largest = 1;                // eigenvalue of D⁻¹A
    mutable std::vector<double> b, x, r, step, work;
  };
  using Dense = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic>;

  void set_up(LevelDraft draft);
  static void keep_couplings(Level& level);
  void factorise(const LevelDraft& draft);
  template <int Columns>
  void apply_columns(const double* b, double* x) const;
  template <int Columns>
  void cycle(std::size_t level, bool from_zero) const;
  template <int Columns>
  void solve_coarsest(const Level& level) const;

  AggregationOptions options_;
  std::vector<Level> levels_;
  Eigen::LLT<Dense> factor_;
};

}  // namespace proofload::solver
