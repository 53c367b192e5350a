#include "matrix_free_operator.h"

#include <algorithm>

#include "../mesh/exchange_single.h"
namespace proofload::solver {

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
  const int n = part.n_cells();
  const int n_batches = (n + kBatchCells - 1) / kBatchCells;
  nodes_.resize(10ul * kBatchCells * n_batches);
  lambda_.assign(static_cast<std::size_t>(kBatchCells) * n_batches, 0.0);
  mu_ = lambda_;
  for (int i = 0; i < n_batches * kBatchCells; ++i) {
    const int cell = std::min(i, n - 1), batch = i / kBatchCells, lane = i % kBatchCells;
    for (int a = 0; a < 10; ++a)
      nodes_[(10ul * batch + a) * kBatchCells + lane] = part.cells[10ul * cell + a];
    if (i >= n) continue;
    lambda_[i] = this->factor(cell) * by_body[part.cell_body[cell]].lambda;
    mu_[i] = this->factor(cell) * by_body[part.cell_body[cell]].mu;
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
  return {static_cast<int>(mu_.size()) / kBatchCells, nodes_.data(), lambda_.data(), mu_.data(),
          xyz_.data()};
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
  const SingleKernelCells cells = {static_cast<int>(mu_.size()) / kBatchCells, nodes_.data(),
                                   single_lambda_.data(), single_mu_.data(), single_xyz_.data()};
  (columns == 1 ? kernels_->apply_single : kernels_->apply_columns_single)(cells, u, y);
}

AlignedVector FreeStiffness::point_stress(const double* u) const {
  AlignedVector stress(24 * mu_.size(), 0.0);
  kernels_->point_stress(cells(), u, stress.data());
  anisotropic_.add_point_stress(u, stress.data());
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
