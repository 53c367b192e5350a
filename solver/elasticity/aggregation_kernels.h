#pragma once
/// Products of block matrices and stacked vectors in single precision, and the smoother.
#include <vector>

#include "aggregation_matrix.h"

namespace proofload::solver {

/// y (+)= A x with blocks [rows][columns] on vectors [block][component][Columns].
template <int Rows, int Inner, int Columns, bool Add>
inline void multiply(const BlockMatrix<float>& a, const float* x, float* y) {
  for (int i = 0; i < a.n(); ++i) {
    float sum[Rows * Columns] = {};
    for (long k = a.begin[i]; k < a.begin[i + 1]; ++k) {
      const float* value = &a.value[k * Rows * Inner];
      const float* from = x + static_cast<long>(a.column[k]) * Inner * Columns;
      for (int r = 0; r < Rows; ++r)
        for (int j = 0; j < Inner; ++j)
          for (int c = 0; c < Columns; ++c)
            sum[r * Columns + c] += value[r * Inner + j] * from[j * Columns + c];
    }
    float* to = y + static_cast<long>(i) * Rows * Columns;
    for (int r = 0; r < Rows * Columns; ++r) to[r] = Add ? to[r] + sum[r] : sum[r];
  }
}

/// y += Aᵀ x.
template <int Rows, int Inner, int Columns>
inline void add_transposed(const BlockMatrix<float>& a, const float* x, float* y) {
  for (int i = 0; i < a.n(); ++i) {
    const float* from = x + static_cast<long>(i) * Rows * Columns;
    for (long k = a.begin[i]; k < a.begin[i + 1]; ++k) {
      const float* value = &a.value[k * Rows * Inner];
      float* to = y + static_cast<long>(a.column[k]) * Inner * Columns;
      for (int r = 0; r < Rows; ++r)
        for (int j = 0; j < Inner; ++j)
          for (int c = 0; c < Columns; ++c)
            to[j * Columns + c] += value[r * Inner + j] * from[r * Columns + c];
    }
  }
}

/// z = D⁻¹ r.
template <int Rows, int Columns>
inline void scale_blocks(const std::vector<float>& inverse, int n, const float* r, float* z) {
  for (int i = 0; i < n; ++i) {
    const float* value = &inverse[static_cast<std::size_t>(i) * Rows * Rows];
    const float* from = r + static_cast<long>(i) * Rows * Columns;
    float sum[Rows * Columns] = {};
    for (int p = 0; p < Rows; ++p)
      for (int q = 0; q < Rows; ++q)
        for (int c = 0; c < Columns; ++c)
          sum[p * Columns + c] += value[p * Rows + q] * from[q * Columns + c];
    std::copy_n(sum, Rows * Columns, z + static_cast<long>(i) * Rows * Columns);
  }
}

}  // namespace proofload::solver
