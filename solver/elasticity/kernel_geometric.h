/// Geometric stiffness. Included by kernel_set.h only, once per instruction set, inside its
/// unnamed namespace.

/// S = w det J^-1 sigma J^-T of point q from the reference gradients g[component][point] of a
/// motion: XX YY ZZ XY YZ XZ in reference directions.
inline void reference_stress(const PointGeometry& point, Lanes lambda, Lanes mu,
                             const Lanes g[3][4][3], int q, Lanes s[6]) {
  Lanes h[3][3];
  for (int c = 0; c < 3; ++c)
    for (int d = 0; d < 3; ++d)
      h[c][d] = g[c][q][0] * point.cofactor[0][d] + g[c][q][1] * point.cofactor[1][d] +
                g[c][q][2] * point.cofactor[2][d];
  const Lanes trace = lambda * (h[0][0] + h[1][1] + h[2][2]);
  const Lanes scale = point.scale * point.scale / kWeight;  // weight / determinant squared
  Lanes stress[3][3];
  for (int c = 0; c < 3; ++c)
    for (int d = 0; d < 3; ++d) {
      stress[c][d] = mu * (h[c][d] + h[d][c]);
      if (c == d) stress[c][d] += trace;
      stress[c][d] *= scale;
    }
  const int rows[6] = {0, 1, 2, 0, 1, 0}, columns[6] = {0, 1, 2, 1, 2, 2};
  for (int i = 0; i < 6; ++i) {
    const Lanes* a = point.cofactor[rows[i]];
    const Lanes* b = point.cofactor[columns[i]];
    Lanes sum = {};
    for (int c = 0; c < 3; ++c)
      sum += a[c] * (stress[c][0] * b[0] + stress[c][1] * b[1] + stress[c][2] * b[2]);
    s[i] = sum;
  }
}

void point_stress(const KernelCells& cells, const double* u, double* stress) {
  for (int b = 0; b < cells.n_batches; ++b)
    for (int first = 0; first < kBatchCells; first += kLanes) {
      const int* nodes = cells.nodes + b * 10l * kBatchCells + first;
      PointGeometry points[4];
      geometry(cells.xyz, nodes, points);
      Lanes g[3][4][3];
      gather_gradients(u, nodes, g);
      const Lanes lambda = load(cells.lambda + b * kBatchCells + first);
      const Lanes mu = load(cells.mu + b * kBatchCells + first);
      for (int q = 0; q < 4; ++q) {
        Lanes s[6];
        reference_stress(points[q], lambda, mu, g, q, s);
        for (int i = 0; i < 6; ++i)
          __builtin_memcpy(stress + (b * 24l + q * 6 + i) * kBatchCells + first, &s[i],
                           sizeof s[i]);
      }
    }
}

/// One cell, kLanes columns; `stress` as [24][kBatchCells] at the cell's lane.
void apply_cell_stress(const int* nodes, const double* stress, const double* u, double* y) {
  for (int c = 0; c < 3; ++c) {
    Lanes v[10], g[4][3];
    for (int a = 0; a < 10; ++a) v[a] = load(u + (3l * nodes[a * kBatchCells] + c) * kColumns);
    gradients(v, g);
    for (int q = 0; q < 4; ++q) {
      const double* s = stress + q * 6l * kBatchCells;
      const double xx = s[0], yy = s[kBatchCells], zz = s[2 * kBatchCells];
      const double xy = s[3 * kBatchCells], yz = s[4 * kBatchCells], xz = s[5 * kBatchCells];
      const Lanes x = g[q][0], y_ = g[q][1], z = g[q][2];
      g[q][0] = xx * x + xy * y_ + xz * z;
      g[q][1] = xy * x + yy * y_ + yz * z;
      g[q][2] = xz * x + yz * y_ + zz * z;
    }
    gradients_transposed(g, v);
    for (int a = 0; a < 10; ++a) add(y + (3l * nodes[a * kBatchCells] + c) * kColumns, v[a]);
  }
}

void apply_stress_columns(const KernelCells& cells, const double* stress, const double* u,
                          double* y) {
  for (int b = 0; b < cells.n_batches; ++b)
    for (int lane = 0; lane < kBatchCells; ++lane) {
      if (cells.mu[b * kBatchCells + lane] == 0) continue;  // fills up the last batch
      for (int column = 0; column < kColumns; column += kLanes)
        apply_cell_stress(cells.nodes + b * 10l * kBatchCells + lane,
                          stress + b * 24l * kBatchCells + lane, u + column, y + column);
    }
}
