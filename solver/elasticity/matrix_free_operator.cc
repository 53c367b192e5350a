#include "matrix_free_operator.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "../mesh/exchange_single.h"
#include "proofload/core/vec3.h"
#include "proofload/solver/integration.h"

namespace proofload::solver {

namespace {

/// A middle node this near to its place, in edge lengths, is in it.
constexpr double kStraight = 1e-11;

bool is_straight(const MeshPart& part, int cell) {
  const auto at = [&](int a) { return Vec3(&part.xyz[3ul * part.cells[10ul * cell + a]]); };
  for (int e = 0; e < 6; ++e) {
    const Vec3 a = at(kTetEdges[e][0]), b = at(kTetEdges[e][1]);
    if ((at(4 + e) - (a + b) / 2).norm() > kStraight * (b - a).norm()) return false;
  }
  return true;
}

/// KernelCells::metric of one cell.
Eigen::Matrix3d straight_metric(const MeshPart& part, int cell) {
  const auto at = [&](int a) { return Vec3(&part.xyz[3ul * part.cells[10ul * cell + a]]); };
  Eigen::Matrix3d jacobian;  // [physical][reference]
  for (int d = 0; d < 3; ++d) jacobian.col(d) = at(d + 1) - at(0);
  const double determinant = jacobian.determinant();
  return jacobian.inverse() * determinant * std::sqrt(2 / (15 * determinant));
}

/// Cells in the order of batches, -1 where one is missing. Within a group a lane has neighbours of
/// the mesh one after the other and a batch has cells that hardly share a node: sums for a node
/// that follow each other at once wait for each other.
std::vector<int> in_batches(const std::vector<int>& cells) {
  const int n_batches = (static_cast<int>(cells.size()) + kBatchCells - 1) / kBatchCells;
  std::vector<int> order(static_cast<std::size_t>(kBatchCells) * n_batches, -1);
  for (int first = 0; first < n_batches; first += kGroupBatches) {
    const int n = std::min(kGroupBatches, n_batches - first);
    for (int i = 0; i < n * kBatchCells; ++i) {
      const std::size_t cell = static_cast<std::size_t>(first) * kBatchCells + i;
      const int batch = first + i % n, lane = i / n;
      if (cell < cells.size()) order[batch * kBatchCells + lane] = cells[cell];
    }
  }
  return order;
}

}  // namespace

FreeStiffness::FreeStiffness(const MeshPart& part, const std::vector<Elasticity>& by_body,
                             const Kernels* kernels, const std::vector<double>& factor)
    : part_(part),
      kernels_(kernels),
      xyz_(part.xyz.begin(), part.xyz.end()),
      factor_(factor),
      anisotropic_(part, by_body, factor) {
  int count = 0;
  if (!kernels_) kernels_ = supported_kernels(&count)[0];
  xyz_.resize(part.xyz.size() + kPadding, 0.0);
  std::vector<int> straight, curved;
  for (int cell = 0; cell < part.n_cells(); ++cell) {
    (is_straight(part, cell) ? straight : curved).push_back(cell);
  }
  std::vector<int> order = in_batches(straight);
  n_straight_ = static_cast<int>(order.size()) / kBatchCells;
  curved = in_batches(curved);
  order.insert(order.end(), curved.begin(), curved.end());
  nodes_.resize(10 * order.size());
  lambda_.assign(order.size(), 0.0);
  mu_ = lambda_;
  single_metric_.assign(9ul * kBatchCells * n_straight_, 0.0F);
  slot_.resize(part.n_cells());
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::size_t batch = i / kBatchCells, lane = i % kBatchCells;
    const int cell = order[i] >= 0 ? order[i] : order[batch * kBatchCells];
    for (int a = 0; a < 10; ++a)
      nodes_[(10 * batch + a) * kBatchCells + lane] = part.cells[10ul * cell + a];
    if (order[i] < 0) continue;
    slot_[cell] = static_cast<int>(i);
    lambda_[i] = this->factor(cell) * by_body[part.cell_body[cell]].lambda;
    mu_[i] = this->factor(cell) * by_body[part.cell_body[cell]].mu;
    if (static_cast<int>(batch) >= n_straight_) continue;
    const Eigen::Matrix3d metric = straight_metric(part, cell);
    for (int k = 0; k < 9; ++k)
      single_metric_[(9 * batch + k) * kBatchCells + lane] =
          static_cast<float>(metric(k / 3, k % 3));
  }
  for (const Elasticity& material : by_body) single_unit_ = std::max(single_unit_, material.mu);
  fill_single();
}

void FreeStiffness::fill_single() {
  for (std::size_t i = 0; i < mu_.size(); ++i) {
    single_lambda_.push_back(static_cast<float>(lambda_[i] / single_unit_));
    single_mu_.push_back(static_cast<float>(mu_[i] / single_unit_));
  }
  single_xyz_.resize(static_cast<std::size_t>(kNodeStride<float>) * part_.n_local());
  for (long node = 0; node < part_.n_local(); ++node)
    for (int c = 0; c < 3; ++c)
      single_xyz_[node * kNodeStride<float> + c] =
          static_cast<float>(part_.xyz[3 * node + c] - part_.xyz[c]);
}

KernelCells FreeStiffness::cells() const {
  return {static_cast<int>(mu_.size()) / kBatchCells,
          nodes_.data(),
          lambda_.data(),
          mu_.data(),
          xyz_.data(),
          n_straight_,
          nullptr};
}

void FreeStiffness::add(const double* u, double* y, int columns) const {
  (columns == 1 ? kernels_->apply : kernels_->apply_columns)(cells(), u, y);
  anisotropic_.add(u, y, columns);
}

void FreeStiffness::add_diagonal(double* blocks) const {
  kernels_->add_diagonal(cells(), blocks);
  anisotropic_.add_diagonal(blocks);
}

void FreeStiffness::add(const float* u, float* y, int columns) const {
  const SingleKernelCells cells = {static_cast<int>(mu_.size()) / kBatchCells,
                                   nodes_.data(),
                                   single_lambda_.data(),
                                   single_mu_.data(),
                                   single_xyz_.data(),
                                   n_straight_,
                                   single_metric_.data()};
  (columns == 1 ? kernels_->apply_single : kernels_->apply_columns_single)(cells, u, y);
}

AlignedVector FreeStiffness::point_stress(const double* u) const {
  AlignedVector stress(24 * mu_.size(), 0.0);
  kernels_->point_stress(cells(), u, stress.data());
  anisotropic_.add_point_stress(u, slot_, stress.data());
  return stress;
}

void FreeStiffness::add_geometric(const AlignedVector& stress, const double* u, double* y) const {
  kernels_->apply_stress_columns(cells(), stress.data(), u, y);
}

ReducedStiffness::ReducedStiffness(const FreeStiffness& stiffness, const KinematicSet& set)
    : stiffness_(stiffness),
      kinematics_(stiffness.part(), set),
      springs_(spring_faces(stiffness.part(), set.foundation)) {}

template <class Real>
void ReducedStiffness::nodal_forces(const Real* u, Real* forces, int columns) const {
  const int width = node_width<Real>(columns);
  const double unit = std::is_same<Real, float>::value ? stiffness_.single_unit() : 1;
  std::fill_n(forces, static_cast<long>(part().n_local()) * width, Real(0));
  stiffness_.add(u, forces, columns);
  add_springs(springs_, 1 / unit, u, forces, columns);
  add_to_owners(part(), forces, width);
}

template <class Real>
void ReducedStiffness::apply(const Real* x, Real* out, int columns) const {
  auto& [u, y] = std::get<Work<Real>>(work_);
  const std::size_t size =
      static_cast<std::size_t>(part().n_local()) * node_width<Real>(columns) + kPadding;
  if (u.size() < size) {
    u.assign(size, Real(0));
    y.assign(size, Real(0));
  }
  kinematics_.expand(x, u.data(), columns);
  nodal_forces(u.data(), y.data(), columns);
  kinematics_.contract(x, y.data(), out, columns);
}

template void ReducedStiffness::nodal_forces(const double*, double*, int) const;
template void ReducedStiffness::apply(const double*, double*, int) const;
template void ReducedStiffness::apply(const float*, float*, int) const;

std::vector<double> ReducedStiffness::diagonal() const {
  std::vector<double> blocks(6ul * part().n_local(), 0.0);
  stiffness_.add_diagonal(blocks.data());
  add_spring_diagonal(springs_, blocks.data());
  add_to_owners(part(), blocks.data(), 6);
  blocks.resize(6ul * part().n_owned);
  return blocks;
}

}  // namespace proofload::solver
