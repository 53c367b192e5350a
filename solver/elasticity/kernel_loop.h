/// The element loop in Scalar (double or float), kLanes of them at a time. Included by kernel_set.h
/// only, inside an unnamed namespace.
///
/// The gradient of a quadratic function is linear in the cell: it is found at the four vertices,
/// where it takes few operations, and blended to the four points of the rule
/// (vertex weights a, b, b, b with a = (5 + 3 sqrt 5) / 20, b = (5 - sqrt 5) / 20).

typedef KernelCellsOf<Scalar> Cells;
constexpr Scalar kFar = 0.13819660112501051518;           // b
constexpr Scalar kNearMinusFar = 0.44721359549995793928;  // a - b
constexpr Scalar kWeight = 1.0 / 24;                      // of each point, reference cell
/// Mid-edge node between two vertices, VTK order.
constexpr int kMid[4][4] = {{-1, 4, 6, 7}, {4, -1, 5, 8}, {6, 5, -1, 9}, {7, 8, 9, -1}};

/// Vertex gradients to point gradients; symmetric, so its own transpose.
inline void blend(Lanes g[4][3]) {
  for (int d = 0; d < 3; ++d) {
    const Lanes far = kFar * ((g[0][d] + g[1][d]) + (g[2][d] + g[3][d]));
    for (int k = 0; k < 4; ++k) g[k][d] = far + kNearMinusFar * g[k][d];
  }
}

/// g[point][direction]: reference gradient of the function with nodal values `values`. What all
/// nodes share goes first: in a slender part that moves by far more than it strains, and far from
/// the origin, the differences keep digits that the values themselves would lose.
inline void gradients(const Lanes values[10], Lanes g[4][3]) {
  Lanes u[10];
  for (int a = 1; a < 10; ++a) u[a] = values[a] - values[0];
  for (int k = 0; k < 4; ++k) {
    for (int d = 0; d < 3; ++d) {
      const int i = d + 1;
      g[k][d] = i == k ? 3 * u[k] : 4 * u[kMid[k][i]] - u[i];
      if (k > 0) g[k][d] -= 4 * u[kMid[k][0]];
    }
  }
  blend(g);
}

/// [component][node] of kLanes cells.
inline void gather_values(const Scalar* values, const int* nodes, Lanes v[3][10]) {
  for (int a = 0; a < 10; ++a) {
    const NodeLanes node = gather(values, nodes + a * kBatchCells);
    v[0][a] = node.x;
    v[1][a] = node.y;
    v[2][a] = node.z;
  }
}

/// g[component][point][direction] of kLanes cells, from three values at each node.
inline void gather_gradients(const Scalar* values, const int* nodes, Lanes g[3][4][3]) {
  Lanes v[3][10];
  gather_values(values, nodes, v);
  for (int c = 0; c < 3; ++c) gradients(v[c], g[c]);
}

/// Transpose of gradients(); g is spoiled.
inline void gradients_transposed(Lanes g[4][3], Lanes f[10]) {
  blend(g);
  Lanes by[4][4];  // [vertex][barycentric coordinate]
  for (int k = 0; k < 4; ++k) {
    for (int d = 0; d < 3; ++d) by[k][d + 1] = g[k][d];
    by[k][0] = -(g[k][0] + g[k][1] + g[k][2]);
  }
  for (int k = 0; k < 4; ++k) {
    Lanes sum = 3 * by[k][k];
    for (int j = 0; j < 4; ++j)
      if (j != k) sum -= by[j][k];
    f[k] = sum;
  }
  for (int k = 0; k < 4; ++k)
    for (int i = k + 1; i < 4; ++i) f[kMid[k][i]] = 4 * (by[k][i] + by[i][k]);
}

/// Of one point: cofactors of the Jacobian (its inverse times the determinant) and
/// weight / determinant, so that flux(cofactors * flux) * scale integrates.
struct PointGeometry {
  Lanes cofactor[3][3];  // [reference][physical]
  Lanes scale;
};

/// Cofactors [reference][physical] of a Jacobian [physical][reference]; its determinant.
template <class Value>
inline Value cofactors(const Value j[3][3], Value cofactor[3][3]) {
  for (int r = 0; r < 3; ++r) {
    const int r1 = (r + 1) % 3, r2 = (r + 2) % 3;
    for (int c = 0; c < 3; ++c) {
      const int c1 = (c + 1) % 3, c2 = (c + 2) % 3;
      cofactor[r][c] = j[c1][r1] * j[c2][r2] - j[c1][r2] * j[c2][r1];
    }
  }
  return j[0][0] * cofactor[0][0] + j[1][0] * cofactor[0][1] + j[2][0] * cofactor[0][2];
}

inline void invert(const Lanes j[3][3], PointGeometry& p) {
  p.scale = kWeight / cofactors(j, p.cofactor);
}

inline void geometry(const Scalar* xyz, const int* nodes, PointGeometry points[4]) {
  Lanes g[3][4][3];
  gather_gradients(xyz, nodes, g);
  for (int q = 0; q < 4; ++q) {
    const Lanes j[3][3] = {{g[0][q][0], g[0][q][1], g[0][q][2]},
                           {g[1][q][0], g[1][q][1], g[1][q][2]},
                           {g[2][q][0], g[2][q][1], g[2][q][2]}};
    invert(j, points[q]);
  }
}

/// Reference gradients g[component][point or vertex q] become reference fluxes. Value is Lanes
/// (cells side by side) or Scalar (one cell, columns side by side).
template <class Value>
inline void stress_flux(const Value cofactor[3][3], Value lambda, Value mu, Lanes g[3][4][3],
                        int q) {
  Lanes h[3][3];
  for (int c = 0; c < 3; ++c)
    for (int d = 0; d < 3; ++d)
      h[c][d] =
          g[c][q][0] * cofactor[0][d] + g[c][q][1] * cofactor[1][d] + g[c][q][2] * cofactor[2][d];
  const Value twice = mu + mu;
  const Lanes trace = lambda * (h[0][0] + h[1][1] + h[2][2]);
  const Lanes xx = trace + twice * h[0][0], yy = trace + twice * h[1][1];
  const Lanes zz = trace + twice * h[2][2];
  const Lanes xy = mu * (h[0][1] + h[1][0]), yz = mu * (h[1][2] + h[2][1]);
  const Lanes xz = mu * (h[0][2] + h[2][0]);
  const Lanes s[3][3] = {{xx, xy, xz}, {xy, yy, yz}, {xz, yz, zz}};
  for (int c = 0; c < 3; ++c)
    for (int d = 0; d < 3; ++d)
      g[c][q][d] = s[c][0] * cofactor[d][0] + s[c][1] * cofactor[d][1] + s[c][2] * cofactor[d][2];
}

#include "kernel_straight.h"

void apply(const Cells& cells, const Scalar* u, Scalar* y) {
  apply_straight(cells, u, y);
  for (int b = cells.n_straight; b < cells.n_batches; ++b)
    for (int first = 0; first < kBatchCells; first += kLanes) {
      const int* nodes = cells.nodes + b * 10l * kBatchCells + first;
      PointGeometry points[4];
      geometry(cells.xyz, nodes, points);
      Lanes g[3][4][3];
      gather_gradients(u, nodes, g);
      const Lanes lambda = load(cells.lambda + b * kBatchCells + first);
      const Lanes mu = load(cells.mu + b * kBatchCells + first);
      for (int q = 0; q < 4; ++q)
        stress_flux<Lanes>(points[q].cofactor, lambda * points[q].scale, mu * points[q].scale, g,
                           q);
      Lanes v[3][10];
      for (int c = 0; c < 3; ++c) gradients_transposed(g[c], v[c]);
      for (int a = 0; a < 10; ++a) scatter(y, nodes + a * kBatchCells, {v[0][a], v[1][a], v[2][a]});
    }
}

/// One cell, kLanes columns.
void apply_cell_columns(const int* nodes, const Scalar cofactors[4][3][3], const Scalar lambda[4],
                        const Scalar mu[4], const Scalar* u, Scalar* y) {
  Lanes v[3][10];
  for (int a = 0; a < 10; ++a)
    for (int c = 0; c < 3; ++c) v[c][a] = load(u + (3l * nodes[a * kBatchCells] + c) * kColumns);
  Lanes g[3][4][3];
  for (int c = 0; c < 3; ++c) gradients(v[c], g[c]);
  for (int q = 0; q < 4; ++q) stress_flux<Scalar>(cofactors[q], lambda[q], mu[q], g, q);
  for (int c = 0; c < 3; ++c) gradients_transposed(g[c], v[c]);
  for (int a = 0; a < 10; ++a)
    for (int c = 0; c < 3; ++c) add(y + (3l * nodes[a * kBatchCells] + c) * kColumns, v[c][a]);
}

void apply_columns(const Cells& cells, const Scalar* u, Scalar* y) {
  apply_straight_columns(cells, u, y);
  for (int b = cells.n_straight; b < cells.n_batches; ++b)
    for (int first = 0; first < kBatchCells; first += kLanes) {
      const int* nodes = cells.nodes + b * 10l * kBatchCells + first;
      PointGeometry points[4];
      geometry(cells.xyz, nodes, points);
      for (int lane = 0; lane < kLanes; ++lane) {
        const Scalar lambda = cells.lambda[b * kBatchCells + first + lane];
        const Scalar mu = cells.mu[b * kBatchCells + first + lane];
        if (mu == 0) continue;  // fills up the last batch
        Scalar cofactors[4][3][3], point_lambda[4], point_mu[4];
        for (int q = 0; q < 4; ++q) {
          for (int r = 0; r < 3; ++r)
            for (int c = 0; c < 3; ++c) cofactors[q][r][c] = points[q].cofactor[r][c][lane];
          point_lambda[q] = lambda * points[q].scale[lane];
          point_mu[q] = mu * points[q].scale[lane];
        }
        for (int column = 0; column < kColumns; column += kLanes)
          apply_cell_columns(nodes + lane, cofactors, point_lambda, point_mu, u + column,
                             y + column);
      }
    }
}
