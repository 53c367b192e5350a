#include "anisotropic_cells.h"

#include <algorithm>

#include "kernel.h"
#include "proofload/solver/integration.h"

/// Compiled for wider instruction sets too, chosen when the program starts.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__SANITIZE_ADDRESS__)
#define PROOFLOAD_WIDE __attribute__((target_clones("arch=haswell", "default")))
#else
#define PROOFLOAD_WIDE
#endif
#define PROOFLOAD_INLINE inline __attribute__((always_inline))

/// No function below hands vectors to code compiled with other options.
#pragma GCC diagnostic ignored "-Wpsabi"

namespace proofload::solver {
/// Named, for functions compiled several times need linkage.
namespace anisotropic {

constexpr int kBatch = kBatchCells;
/// One value of each cell of a batch.
typedef double Cells __attribute__((vector_size(8 * sizeof(double))));
static_assert(kBatch == 8, "a vector holds a batch");

constexpr int kRow[6] = {0, 1, 2, 0, 1, 0};
constexpr int kColumn[6] = {0, 1, 2, 1, 2, 2};

/// Reference gradients of the ten shape functions at the four points of the stiffness.
struct Reference {
  double gradient[4][10][3];
  double weight[4];
};

const Reference& reference() {
  static const Reference values = [] {
    Reference r{};
    const TetrahedronRule rule = stiffness_rule();
    for (int i = 0; i < 4; ++i) {
      const auto& point = rule.points[i];
      const auto gradient = tetrahedron_gradient(point);
      // In the order of the kernels: each point by the vertex it is nearest to.
      const auto q = std::max_element(point.begin(), point.end()) - point.begin();
      for (int a = 0; a < 10; ++a)
        for (int d = 0; d < 3; ++d) r.gradient[q][a][d] = gradient(a, d);
      r.weight[q] = rule.weights[i] / 6;
    }
    return r;
  }();
  return values;
}

/// J^-1 as [reference][space] and weight times determinant, of one point.
struct Geometry {
  Cells inverse[3][3];
  Cells volume;
};

PROOFLOAD_INLINE void gradient_at(const Reference& r, int q, const Cells values[3][10],
                                  Cells gradient[3][3]) {
  for (int c = 0; c < 3; ++c)
    for (int d = 0; d < 3; ++d) {
      Cells sum = values[c][0] * r.gradient[q][0][d];
      for (int a = 1; a < 10; ++a) sum += values[c][a] * r.gradient[q][a][d];
      gradient[c][d] = sum;
    }
}

/// Three values of ten nodes; value c of node n at from[(3 n + c) * stride].
PROOFLOAD_INLINE void gather(const double* from, const int* nodes, int stride,
                             Cells values[3][10]) {
  for (int a = 0; a < 10; ++a)
    for (int lane = 0; lane < kBatch; ++lane)
      for (int c = 0; c < 3; ++c)
        values[c][a][lane] = from[(3l * nodes[a * kBatch + lane] + c) * stride];
}

PROOFLOAD_INLINE void geometry_at(const Reference& r, int q, const Cells xyz[3][10],
                                  Geometry& out) {
  Cells j[3][3];
  gradient_at(r, q, xyz, j);
  for (int i = 0; i < 3; ++i)
    for (int c = 0; c < 3; ++c) {
      const int i1 = (i + 1) % 3, i2 = (i + 2) % 3, c1 = (c + 1) % 3, c2 = (c + 2) % 3;
      out.inverse[i][c] = j[c1][i1] * j[c2][i2] - j[c1][i2] * j[c2][i1];
    }
  const Cells determinant =
      j[0][0] * out.inverse[0][0] + j[1][0] * out.inverse[0][1] + j[2][0] * out.inverse[0][2];
  for (int i = 0; i < 3; ++i)
    for (int c = 0; c < 3; ++c) out.inverse[i][c] /= determinant;
  out.volume = r.weight[q] * determinant;
}

PROOFLOAD_INLINE Cells load(const double* from) {
  Cells value;
  __builtin_memcpy(&value, from, sizeof value);
  return value;
}

/// Stress by the difference of the laws from nodal values, times the point's volume.
PROOFLOAD_INLINE void stress_at(const Reference& r, int q, const Geometry& at,
                                const double* difference, const Cells u[3][10], Cells stress[6]) {
  Cells by_reference[3][3], h[3][3], strain[6];
  gradient_at(r, q, u, by_reference);
  for (int c = 0; c < 3; ++c)
    for (int d = 0; d < 3; ++d)
      h[c][d] = by_reference[c][0] * at.inverse[0][d] + by_reference[c][1] * at.inverse[1][d] +
                by_reference[c][2] * at.inverse[2][d];
  for (int i = 0; i < 6; ++i)
    strain[i] = i < 3 ? h[i][i] : h[kRow[i]][kColumn[i]] + h[kColumn[i]][kRow[i]];
  for (int i = 0; i < 6; ++i) {
    Cells sum = load(difference + 6l * i * kBatch) * strain[0];
    for (int k = 1; k < 6; ++k) sum += load(difference + (6l * i + k) * kBatch) * strain[k];
    stress[i] = sum * at.volume;
  }
}

/// t[i][d] = sum over c of the symmetric tensor s(i, c) times J^-1(d, c).
PROOFLOAD_INLINE void to_reference(const Cells s[6], const Geometry& at, Cells t[3][3]) {
  const int index[3][3] = {{0, 3, 5}, {3, 1, 4}, {5, 4, 2}};
  for (int i = 0; i < 3; ++i)
    for (int d = 0; d < 3; ++d)
      t[i][d] = s[index[i][0]] * at.inverse[d][0] + s[index[i][1]] * at.inverse[d][1] +
                s[index[i][2]] * at.inverse[d][2];
}

PROOFLOAD_WIDE void add_batch(const Reference& r, const double* xyz, const int* nodes,
                              const double* difference, const double* u, double* y, int columns) {
  Cells x[3][10];
  Geometry at[4];
  gather(xyz, nodes, 1, x);
  for (int q = 0; q < 4; ++q) geometry_at(r, q, x, at[q]);
  for (int column = 0; column < columns; ++column) {
    Cells motion[3][10], force[3][10] = {};
    gather(u + column, nodes, columns, motion);
    for (int q = 0; q < 4; ++q) {
      Cells stress[6], flux[3][3];
      stress_at(r, q, at[q], difference, motion, stress);
      to_reference(stress, at[q], flux);
      for (int c = 0; c < 3; ++c)
        for (int a = 0; a < 10; ++a)
          force[c][a] += flux[c][0] * r.gradient[q][a][0] + flux[c][1] * r.gradient[q][a][1] +
                         flux[c][2] * r.gradient[q][a][2];
    }
    for (int a = 0; a < 10; ++a)
      for (int lane = 0; lane < kBatch; ++lane)
        for (int c = 0; c < 3; ++c)
          y[(3l * nodes[a * kBatch + lane] + c) * columns + column] += force[c][a][lane];
  }
}

/// Blocks G^T D G of each node with G the strains of its unit motions.
void diagonal_batch(const Reference& r, const double* xyz, const int* nodes,
                    const double* difference, double* blocks) {
  Cells x[3][10];
  gather(xyz, nodes, 1, x);
  for (int q = 0; q < 4; ++q) {
    Geometry at;
    geometry_at(r, q, x, at);
    for (int a = 0; a < 10; ++a) {
      Cells unit[3][10] = {}, g[3], stress[6];
      for (int d = 0; d < 3; ++d)
        g[d] = r.gradient[q][a][0] * at.inverse[0][d] + r.gradient[q][a][1] * at.inverse[1][d] +
               r.gradient[q][a][2] * at.inverse[2][d];
      for (int c = 0; c < 3; ++c) {
        for (int i = 0; i < 3; ++i) unit[i][a] = Cells{} + (i == c ? 1.0 : 0.0);
        stress_at(r, q, at, difference, unit, stress);
        const int index[3][3] = {{0, 3, 5}, {3, 1, 4}, {5, 4, 2}};
        for (int i = 0; i < 6; ++i) {
          if (kColumn[i] != c) continue;
          const int* row = index[kRow[i]];
          const Cells value = stress[row[0]] * g[0] + stress[row[1]] * g[1] + stress[row[2]] * g[2];
          for (int lane = 0; lane < kBatch; ++lane)
            blocks[6l * nodes[a * kBatch + lane] + i] += value[lane];
        }
      }
    }
  }
}

}  // namespace anisotropic

using namespace anisotropic;

AnisotropicCells::AnisotropicCells(const MeshPart& part, const std::vector<Elasticity>& by_body,
                                   const std::vector<double>& factor)
    : part_(&part) {
  std::vector<StiffnessMatrix> differences;
  for (const Elasticity& material : by_body) {
    Elasticity nearest = material;
    nearest.orthotropic = false;
    differences.push_back(stiffness_matrix(material) - stiffness_matrix(nearest));
  }
  for (std::int32_t cell = 0; cell < part.n_cells(); ++cell)
    if (by_body[part.cell_body[cell]].orthotropic) cells_.push_back(cell);
  cells_.resize((cells_.size() + kBatch - 1) / kBatch * kBatch, -1);
  nodes_.resize(10 * cells_.size());
  difference_.assign(36 * cells_.size(), 0.0);
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    const std::size_t batch = i / kBatch, lane = i % kBatch;
    const int cell = cells_[i] >= 0 ? cells_[i] : cells_[batch * kBatch];
    for (int a = 0; a < 10; ++a)
      nodes_[(10 * batch + a) * kBatch + lane] = part.cells[10ul * cell + a];
    if (cells_[i] < 0) continue;
    const double scale = factor.empty() ? 1.0 : factor[cell];
    const StiffnessMatrix& d = differences[part.cell_body[cell]];
    for (int k = 0; k < 36; ++k)
      difference_[(36 * batch + k) * kBatch + lane] = scale * d(k / 6, k % 6);
  }
}

void AnisotropicCells::add(const double* u, double* y, int columns) const {
  for (std::size_t b = 0; kBatch * b < cells_.size(); ++b)
    add_batch(reference(), part_->xyz.data(), &nodes_[10 * kBatch * b],
              &difference_[36 * kBatch * b], u, y, columns);
}

void AnisotropicCells::add_diagonal(double* blocks) const {
  for (std::size_t b = 0; kBatch * b < cells_.size(); ++b)
    diagonal_batch(reference(), part_->xyz.data(), &nodes_[10 * kBatch * b],
                   &difference_[36 * kBatch * b], blocks);
}

void AnisotropicCells::add_point_stress(const double* u, const std::vector<int>& slot,
                                        double* stress) const {
  const Reference& r = reference();
  for (std::size_t b = 0; kBatch * b < cells_.size(); ++b) {
    Cells x[3][10], motion[3][10];
    gather(part_->xyz.data(), &nodes_[10 * kBatch * b], 1, x);
    gather(u, &nodes_[10 * kBatch * b], 1, motion);
    for (int q = 0; q < 4; ++q) {
      Geometry at;
      Cells s[6], t[3][3];
      geometry_at(r, q, x, at);
      stress_at(r, q, at, &difference_[36 * kBatch * b], motion, s);
      to_reference(s, at, t);
      for (int i = 0; i < 6; ++i) {
        Cells value = {};
        for (int c = 0; c < 3; ++c) value += at.inverse[kRow[i]][c] * t[c][kColumn[i]];
        for (int lane = 0; lane < kBatch; ++lane) {
          const int cell = cells_[kBatch * b + lane];
          if (cell < 0) continue;
          const int place = slot[cell];
          stress[((place / kBatch * 4l + q) * 6 + i) * kBatch + place % kBatch] += value[lane];
        }
      }
    }
  }
}

}  // namespace proofload::solver
