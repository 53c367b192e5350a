/// Diagonal blocks. Included by kernel_set.h only, once per instruction set, inside its unnamed
/// namespace.

/// table[a][q][d]: reference gradient of the shape function of node a at point q.
void shape_gradients(double table[10][4][3]) {
  for (int a = 0; a < 10; ++a) {
    Lanes u[10], g[4][3];
    for (int i = 0; i < 10; ++i) u[i] = broadcast(i == a ? 1.0 : 0.0);
    gradients(u, g);
    for (int q = 0; q < 4; ++q)
      for (int d = 0; d < 3; ++d) table[a][q][d] = g[q][d][0];
  }
}

void add_diagonal(const KernelCells& cells, double* blocks) {
  double table[10][4][3];
  shape_gradients(table);
  for (int b = 0; b < cells.n_batches; ++b)
    for (int first = 0; first < kBatchCells; first += kLanes) {
      const int* nodes = cells.nodes + b * 10l * kBatchCells + first;
      PointGeometry points[4];
      geometry(cells.xyz, nodes, points);
      const Lanes lambda = load(cells.lambda + b * kBatchCells + first);
      const Lanes mu = load(cells.mu + b * kBatchCells + first);
      for (int a = 0; a < 10; ++a) {
        Lanes sum[6] = {};
        for (int q = 0; q < 4; ++q) {
          Lanes g[3];
          for (int d = 0; d < 3; ++d)
            g[d] = table[a][q][0] * points[q].cofactor[0][d] +
                   table[a][q][1] * points[q].cofactor[1][d] +
                   table[a][q][2] * points[q].cofactor[2][d];
          const Lanes both = (lambda + mu) * points[q].scale;
          const Lanes square = mu * points[q].scale * (g[0] * g[0] + g[1] * g[1] + g[2] * g[2]);
          for (int d = 0; d < 3; ++d) {
            sum[d] += both * g[d] * g[d] + square;
            sum[3 + d] += both * g[d == 2 ? 0 : d] * g[d == 2 ? 2 : d + 1];
          }
        }
        for (int lane = 0; lane < kLanes; ++lane)
          for (int i = 0; i < 6; ++i)
            blocks[6l * nodes[a * kBatchCells + lane] + i] += sum[i][lane];
      }
    }
}
