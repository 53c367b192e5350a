#include "aggregation_matrix.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>

namespace proofload::solver {
namespace {

/// Rows of a PETSc matrix stored by one rank, as this rank's diagonal and other columns.
class Rows {
 public:
  explicit Rows(Mat matrix) : matrix_(matrix) {
    PetscBool done = PETSC_FALSE;
    check_petsc(MatGetRowIJ(matrix, 0, PETSC_FALSE, PETSC_FALSE, &n, &begin, &column, &done));
    check_petsc(MatSeqAIJGetArrayRead(matrix, &value));
  }
  ~Rows() {
    PetscBool done = PETSC_FALSE;
    MatSeqAIJRestoreArrayRead(matrix_, &value);
    MatRestoreRowIJ(matrix_, 0, PETSC_FALSE, PETSC_FALSE, &n, &begin, &column, &done);
  }
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;
  PetscInt n = 0;
  const PetscInt *begin = nullptr, *column = nullptr;
  const PetscScalar* value = nullptr;

 private:
  Mat matrix_;
};

/// Appends block row i; `number` turns a scalar column into a local block.
template <class Number>
void append_row(const Rows& rows, PetscInt i, Number number, BlockMatrix<double>& matrix) {
  const PetscInt first = rows.begin[3 * i], count = rows.begin[3 * i + 1] - first;
  const std::size_t at = matrix.value.size();
  matrix.value.resize(at + 3 * count);
  for (PetscInt k = 0; k < count; k += 3) matrix.column.push_back(number(rows.column[first + k]));
  for (int r = 0; r < 3; ++r) {
    const PetscScalar* from = rows.value + rows.begin[3 * i + r];
    for (PetscInt k = 0; k < count; ++k) matrix.value[at + 9 * (k / 3) + 3 * r + k % 3] = from[k];
  }
}

}  // namespace

BlockMatrix<double> blocks_of(Mat matrix, Halo& halo) {
  PetscInt n = 0;
  check_petsc(MatGetLocalSize(matrix, &n, nullptr));
  halo = number_blocks(PetscObjectComm(reinterpret_cast<PetscObject>(matrix)), n / 3);
  PetscBool sequential = PETSC_FALSE;
  check_petsc(
      PetscObjectTypeCompare(reinterpret_cast<PetscObject>(matrix), MATSEQAIJ, &sequential));
  Mat own = matrix, other = nullptr;
  const PetscInt* ghost = nullptr;
  std::vector<int> ids;
  if (!sequential) {
    check_petsc(MatMPIAIJGetSeqAIJ(matrix, &own, &other, &ghost));
    PetscInt n_ghost = 0;
    check_petsc(MatGetSize(other, nullptr, &n_ghost));
    for (PetscInt k = 0; k < n_ghost; k += 3) ids.push_back(ghost[k] / 3);
  }
  add_ghosts(halo, ids);
  BlockMatrix<double> blocks;
  const Rows inner(own), outer(other ? other : own);
  const std::size_t entries = std::size_t(inner.begin[n]) + (other ? outer.begin[n] : 0);
  blocks.value.reserve(entries);
  blocks.column.reserve(entries / 9);
  for (PetscInt i = 0; i < n / 3; ++i) {
    append_row(
        inner, i, [](PetscInt c) { return c / 3; }, blocks);
    if (other)
      append_row(
          outer, i, [&](PetscInt c) { return halo.n_own + c / 3; }, blocks);
    blocks.begin.push_back(static_cast<long>(blocks.column.size()));
  }
  return blocks;
}

std::vector<double> inverse_diagonal(const BlockMatrix<double>& matrix) {
  using Block = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  std::vector<double> inverse(static_cast<std::size_t>(matrix.n()) * matrix.size(), 0.0);
  for (int i = 0; i < matrix.n(); ++i)
    for (long k = matrix.begin[i]; k < matrix.begin[i + 1]; ++k) {
      if (matrix.column[k] != i) continue;
      const Eigen::Map<const Block> d(&matrix.value[k * matrix.size()], matrix.rows, matrix.rows);
      const Eigen::LLT<Eigen::MatrixXd> factor(d);
      if (factor.info() != Eigen::Success)
        throw NumericalFailure("SOLVER_DIVERGED", "the coarse matrix is not positive definite");
      Eigen::Map<Block>(&inverse[static_cast<std::size_t>(i) * matrix.size()], matrix.rows,
                        matrix.rows) =
          factor.solve(Eigen::MatrixXd::Identity(matrix.rows, matrix.rows));
    }
  return inverse;
}

}  // namespace proofload::solver
