#include "matrix_free_operator.h"

#include <algorithm>

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
  offsets_.resize(10ul * kBatchCells * n_batches);
  lambda_.assign(static_cast<std::size_t>(kBatchCells) * n_batches, 0.0);
  mu_ = lambda_;
  for (int i = 0; i < n_batches * kBatchCells; ++i) {
    const int cell = std::min(i, n - 1), batch = i / kBatchCells, lane = i % kBatchCells;
    for (int a = 0; a < 10; ++a)
      offsets_[(10ul * batch + a) * kBatchCells + lane] = 3 * part.cells[10ul * cell + a];
    if (i >= n) continue;
    lambda_[i] = this->factor(cell) * by_body[part.cell_body[cell]].lambda;
    mu_[i] = this->factor(cell) * by_body[part.cell_body[cell]].mu;
  }
}

KernelCells FreeStiffness::cells() const {
  return {static_cast<int>(mu_.size()) / kBatchCells, offsets_.data(), lambda_.data(), mu_.data(),
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

void ReducedStiffness::nodal_forces(const double* u, double* forces, int columns) const {
  std::fill_n(forces, stiffness_.size(columns), 0.0);
  stiffness_.add(u, forces, columns);
  add_springs(springs_, u, forces, columns);
  add_to_owners(part(), forces, 3 * columns);
}

void ReducedStiffness::apply(const double* x, double* out, int columns) const {
  const std::size_t size = stiffness_.size(columns);
  if (u_.size() < size) {
    u_.assign(size, 0.0);
    y_.assign(size, 0.0);
  }
  kinematics_.expand(x, u_.data(), columns);
  nodal_forces(u_.data(), y_.data(), columns);
  kinematics_.contract(x, y_.data(), out, columns);
}

std::vector<double> ReducedStiffness::diagonal() const {
  std::vector<double> blocks(6ul * part().n_local(), 0.0);
  stiffness_.add_diagonal(blocks.data());
  add_spring_diagonal(springs_, blocks.data());
  add_to_owners(part(), blocks.data(), 6);
  blocks.resize(6ul * part().n_owned);
  return blocks;
}

}  // namespace proofload::solver
