#pragma once
/// The element loop of quadratic tetrahedral elasticity, eight cells at a time, compiled for
/// several instruction sets and chosen at run time. Plain data only: the files behind it are
/// compiled with wider instruction sets than the rest of the program and must not emit shared
/// inline functions.

namespace proofload::solver {

/// Cells that go through the kernel together.
inline constexpr int kBatchCells = 8;
/// Batches whose cells take turns (matrix_free_operator.cc): lane by lane they follow the mesh.
inline constexpr int kGroupBatches = 8;
/// Right-hand sides of a stacked vector x[node][component][column].
inline constexpr int kColumns = 8;
/// Doubles that must be readable and writable behind the last node of a vector of one column and of
/// the coordinates: nodes are moved four doubles at a time.
inline constexpr int kPadding = 1;
/// Values of a node in a vector of one column and in the coordinates. In single precision the
/// fourth is not used: it lets every node be moved by one instruction that never straddles another
/// node.
template <class Real>
inline constexpr int kNodeStride = sizeof(Real) == 4 ? 4 : 3;

/// Borrowed arrays, batches of straight cells first. A missing cell of a batch repeats another one
/// with both moduli zero.
template <class Real>
struct KernelCellsOf {
  int n_batches = 0;
  const int* nodes = nullptr;    ///< [n_batches][10][8] VTK order
  const Real* lambda = nullptr;  ///< [n_batches][8] MPa
  const Real* mu = nullptr;      ///< [n_batches][8] MPa
  const Real* xyz = nullptr;     ///< [kNodeStride * n_nodes + kPadding] mm
  int n_straight = 0;            ///< batches whose cells all have straight edges
  /// Their cofactors of the Jacobian [reference][physical] times sqrt(2 / (15 determinant)):
  /// [n_straight][9][8]; null: found from the vertices.
  const Real* metric = nullptr;
};
using KernelCells = KernelCellsOf<double>;
using SingleKernelCells = KernelCellsOf<float>;

/// All add to their output, cell by cell in order: results repeat bit by bit on one machine.
/// Integrals use the four-point rule of degree two on the curved cell.
struct Kernels {
  const char* name;
  /// y += K u; u, y: [3 * n_nodes + kPadding].
  void (*apply)(const KernelCells&, const double* u, double* y);
  /// y += K u; u, y: [3 * n_nodes][kColumns], aligned to 64 bytes.
  void (*apply_columns)(const KernelCells&, const double* u, double* y);
  /// Both in single precision: [4 * n_nodes], aligned to 16 bytes, and as above.
  void (*apply_single)(const SingleKernelCells&, const float* u, float* y);
  void (*apply_columns_single)(const SingleKernelCells&, const float* u, float* y);
  /// blocks += diagonal 3 x 3 blocks of K as XX YY ZZ XY YZ XZ; [6 * n_nodes].
  void (*add_diagonal)(const KernelCells&, double* blocks);
  /// stress = weight * det * J^-1 sigma J^-T of the motion u (one column) at the four points, in
  /// reference directions; [n_batches][4][XX YY ZZ XY YZ XZ][kBatchCells].
  void (*point_stress)(const KernelCells&, const double* u, double* stress);
  /// y += Kg u with the geometric stiffness of that stress; u, y as for apply_columns.
  void (*apply_stress_columns)(const KernelCells&, const double* stress, const double* u,
                               double* y);
  /// products[r] += leftT right[r]; blocks [n][kColumns], products [n_right][kColumns][kColumns].
  void (*block_products)(long n, const double* left, const double* const* right, int n_right,
                         double* products);
  /// (x, p) = (x w p) (to_x, to_p); blocks [n][kColumns], coefficients [3 * kColumns][kColumns].
  void (*block_update)(long n, double* x, const double* w, double* p, const double* to_x,
                       const double* to_p);
};

/// The sets this machine can run, the best first. Ends with the baseline.
const Kernels* const* supported_kernels(int* count);

extern const Kernels kKernelsBaseline;
#ifdef __x86_64__
extern const Kernels kKernelsAvx2;
extern const Kernels kKernelsAvx512;
#endif

}  // namespace proofload::solver
