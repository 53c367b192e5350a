#pragma once
/// Products of block matrices and stacked vectors.
#include <vector>

#include "aggregation_matrix.h"

namespace proofload::solver {

/// y (+)= A x with blocks [rows][columns] on vectors [block][component][Columns].
template <int Rows, int Inner, int Columns, bool Add>
inline void multiply(const BlockMatrix<double>& a, const double* x, double* y) {
  for (int i = 0; i < a.n(); ++i) {
    double sum[Rows * Columns] = {};
    for (long k = a.begin[i]; k < a.begin[i + 1]; ++k) {
      const double* value = &a.value[k * Rows * Inner];
      const double* from = x + static_cast<long>(a.column[k]) * Inner * Columns;
      for (int r = 0; r < Rows; ++r)
        for (int j = 0; j < Inner; ++j)
          for (int c = 0; c < Columns; ++c)
            sum[r * Columns + c] += value[r * Inner + j] * from[j * Columns + c];
    }
    double* to = y + static_cast<long>(i) * Rows * Columns;
    for (int r = 0; r < Rows * Columns; ++r) to[r] = Add ? to[r] + sum[r] : sum[r];
  }
}

/// y = A x for 3 x 3 blocks in single precision: row sums S (double) times own values plus blocks
/// times differences from them, so that what all blocks share loses nothing by their rounding.
template <int Columns>
inline void multiply_differences(const BlockMatrix<float>& a, const std::vector<double>& sums,
                                 const double* x, double* y) {
  constexpr int kWidth = 3 * Columns;
  for (int i = 0; i < a.n(); ++i) {
    const double* own = x + static_cast<long>(i) * kWidth;
    const double* row_sum = &sums[9ul * i];
    double sum[kWidth] = {};
    for (int r = 0; r < 3; ++r)
      for (int j = 0; j < 3; ++j)
        for (int c = 0; c < Columns; ++c)
          sum[r * Columns + c] += row_sum[3 * r + j] * own[j * Columns + c];
    for (long k = a.begin[i]; k < a.begin[i + 1]; ++k) {
      const float* value = &a.value[9 * k];
      const double* from = x + static_cast<long>(a.column[k]) * kWidth;
      double difference[kWidth];
      for (int c = 0; c < kWidth; ++c) difference[c] = from[c] - own[c];
      for (int r = 0; r < 3; ++r)
        for (int j = 0; j < 3; ++j)
          for (int c = 0; c < Columns; ++c)
            sum[r * Columns + c] += value[3 * r + j] * difference[j * Columns + c];
    }
    std::copy_n(sum, kWidth, y + static_cast<long>(i) * kWidth);
  }
}

/// y += Aᵀ x.
template <int Rows, int Inner, int Columns>
inline void add_transposed(const BlockMatrix<double>& a, const double* x, double* y) {
  for (int i = 0; i < a.n(); ++i) {
    const double* from = x + static_cast<long>(i) * Rows * Columns;
    for (long k = a.begin[i]; k < a.begin[i + 1]; ++k) {
      const double* value = &a.value[k * Rows * Inner];
      double* to = y + static_cast<long>(a.column[k]) * Inner * Columns;
      for (int r = 0; r < Rows; ++r)
        for (int j = 0; j < Inner; ++j)
          for (int c = 0; c < Columns; ++c)
            to[j * Columns + c] += value[r * Inner + j] * from[r * Columns + c];
    }
  }
}

/// z = D⁻¹ r.
template <int Rows, int Columns>
inline void scale_blocks(const std::vector<double>& inverse, int n, const double* r, double* z) {
  for (int i = 0; i < n; ++i) {
    const double* value = &inverse[static_cast<std::size_t>(i) * Rows * Rows];
    const double* from = r + static_cast<long>(i) * Rows * Columns;
    double sum[Rows * Columns] = {};
    for (int p = 0; p < Rows; ++p)
      for (int q = 0; q < Rows; ++q)
        for (int c = 0; c < Columns; ++c)
          sum[p * Columns + c] += value[p * Rows + q] * from[q * Columns + c];
    std::copy_n(sum, Rows * Columns, z + static_cast<long>(i) * Rows * Columns);
  }
}

}  // namespace proofload::solver
