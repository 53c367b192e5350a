/// Cells with straight edges: one Jacobian each, stored ready for use in single precision. Included
/// by kernel_set.h only, inside an unnamed namespace.
///
/// The gradient of a quadratic function is linear in such a cell, and so is its stress: both are
/// taken at the four vertices, and the integral of the product of two linear functions with vertex
/// values a and b is volume / 20 (sum a sum b + sum over vertices a b), which is what the
/// four-point rule gives too. Gradients are built from differences of neighbouring nodes, which
/// keep the digits that the values lose in a slender part that moves by far more than it strains.

/// 16 for the quarters of both gradients, over 120.
constexpr Scalar kQuarters = 2.0 / 15;

/// [component][vertex][direction]: a quarter of the reference gradient at the vertices.
inline void quarter_gradients(const Lanes u[10], Lanes g[4][3]) {
  for (int d = 0; d < 3; ++d) {
    const int i = d + 1;
    const Lanes edge = Scalar(0.25) * (u[i] - u[0]);
    g[0][d] = (u[kMid[0][i]] - u[0]) - edge;
    for (int k = 1; k < 4; ++k) g[k][d] = ((i == k ? u[k] : u[kMid[k][i]]) - u[kMid[k][0]]) - edge;
  }
}

/// Its transpose applied to flux[vertex] + sum, where sum is that of the four fluxes.
inline void quarter_gradients_transposed(const Lanes flux[4][3], const Lanes sum[3], Lanes f[10]) {
  Lanes t[4][3], edge[3];
  for (int d = 0; d < 3; ++d) {
    edge[d] = Scalar(1.25) * sum[d];  // a quarter of the sum of t over the vertices
    for (int k = 0; k < 4; ++k) t[k][d] = flux[k][d] + sum[d];
  }
  f[0] = (edge[0] - t[0][0]) + (edge[1] - t[0][1]) + (edge[2] - t[0][2]);
  for (int i = 1; i < 4; ++i) {
    f[i] = t[i][i - 1] - edge[i - 1];
    f[kMid[0][i]] = t[0][i - 1] - (t[i][0] + t[i][1] + t[i][2]);
    for (int j = i + 1; j < 4; ++j) f[kMid[i][j]] = t[i][j - 1] + t[j][i - 1];
  }
}

/// g, quarter gradients, become the forces of the ten nodes. Value is Lanes (cells side by side) or
/// Scalar (one cell, columns side by side).
template <class Value>
inline void straight_forces(const Value metric[3][3], Value lambda, Value mu, Lanes g[3][4][3],
                            Lanes f[3][10]) {
  Lanes sum[3][3] = {};
  for (int k = 0; k < 4; ++k) {
    stress_flux<Value>(metric, lambda, mu, g, k);
    for (int c = 0; c < 3; ++c)
      for (int d = 0; d < 3; ++d) sum[c][d] += g[c][k][d];
  }
  for (int c = 0; c < 3; ++c) quarter_gradients_transposed(g[c], sum[c], f[c]);
}

/// Metric from vertices[vertex][component]; what lambda and mu are to be multiplied by beside it.
template <class Value>
inline Value metric_of_vertices(const Value vertices[4][3], Value metric[3][3]) {
  Value jacobian[3][3];
  for (int c = 0; c < 3; ++c)
    for (int d = 0; d < 3; ++d) jacobian[c][d] = vertices[d + 1][c] - vertices[0][c];
  return kQuarters / cofactors(jacobian, metric);
}

/// Of kLanes cells, stored or from their vertices.
inline Lanes straight_metric(const Cells& cells, int batch, int first, Lanes metric[3][3]) {
  if (cells.metric) {
    for (int i = 0; i < 9; ++i)
      metric[i / 3][i % 3] = load(cells.metric + (batch * 9l + i) * kBatchCells + first);
    return broadcast(1);
  }
  const int* nodes = cells.nodes + batch * 10l * kBatchCells + first;
  Lanes vertices[4][3];
  for (int v = 0; v < 4; ++v) {
    const NodeLanes node = gather(cells.xyz, nodes + v * kBatchCells);
    vertices[v][0] = node.x;
    vertices[v][1] = node.y;
    vertices[v][2] = node.z;
  }
  return metric_of_vertices(vertices, metric);
}

/// Of one cell.
inline Scalar cell_metric(const Cells& cells, int batch, int lane, Scalar metric[3][3]) {
  if (cells.metric) {
    for (int i = 0; i < 9; ++i)
      metric[i / 3][i % 3] = cells.metric[(batch * 9l + i) * kBatchCells + lane];
    return 1;
  }
  const int* nodes = cells.nodes + batch * 10l * kBatchCells + lane;
  Scalar vertices[4][3];
  for (int v = 0; v < 4; ++v)
    for (int c = 0; c < 3; ++c)
      vertices[v][c] = cells.xyz[long(kStride) * nodes[v * kBatchCells] + c];
  return metric_of_vertices(vertices, metric);
}

void apply_straight(const Cells& cells, const Scalar* u, Scalar* y) {
  for (int b = 0; b < cells.n_straight; ++b)
    for (int first = 0; first < kBatchCells; first += kLanes) {
      const int* nodes = cells.nodes + b * 10l * kBatchCells + first;
      Lanes v[3][10], g[3][4][3], metric[3][3];
      gather_values(u, nodes, v);
      for (int c = 0; c < 3; ++c) quarter_gradients(v[c], g[c]);
      const Lanes scale = straight_metric(cells, b, first, metric);
      straight_forces<Lanes>(metric, scale * load(cells.lambda + b * kBatchCells + first),
                             scale * load(cells.mu + b * kBatchCells + first), g, v);
      for (int a = 0; a < 10; ++a) scatter(y, nodes + a * kBatchCells, {v[0][a], v[1][a], v[2][a]});
    }
}

/// One cell, kLanes columns.
void apply_straight_lanes(const int* nodes, const Scalar metric[3][3], Scalar lambda, Scalar mu,
                          const Scalar* u, Scalar* y) {
  Lanes v[3][10], g[3][4][3];
  for (int a = 0; a < 10; ++a)
    for (int c = 0; c < 3; ++c) v[c][a] = load(u + (3l * nodes[a * kBatchCells] + c) * kColumns);
  for (int c = 0; c < 3; ++c) quarter_gradients(v[c], g[c]);
  straight_forces<Scalar>(metric, lambda, mu, g, v);
  for (int a = 0; a < 10; ++a)
    for (int c = 0; c < 3; ++c) add(y + (3l * nodes[a * kBatchCells] + c) * kColumns, v[c][a]);
}

/// Columns of one cell of a batch.
void apply_straight_cell(const Cells& cells, int batch, int lane, const Scalar* u, Scalar* y) {
  const long place = long(kBatchCells) * batch + lane;
  if (cells.mu[place] == 0) return;  // fills up a batch
  Scalar metric[3][3];
  const Scalar scale = cell_metric(cells, batch, lane, metric);
  for (int column = 0; column < kColumns; column += kLanes)
    apply_straight_lanes(cells.nodes + batch * 10l * kBatchCells + lane, metric,
                         scale * cells.lambda[place], scale * cells.mu[place], u + column,
                         y + column);
}

void apply_straight_columns(const Cells& cells, const Scalar* u, Scalar* y) {
  for (int first = 0; first < cells.n_straight; first += kGroupBatches) {
    const int end =
        first + kGroupBatches < cells.n_straight ? first + kGroupBatches : cells.n_straight;
    for (int lane = 0; lane < kBatchCells; ++lane)
      for (int batch = first; batch < end; ++batch) apply_straight_cell(cells, batch, lane, u, y);
  }
}
