#pragma once
/// The quadratic stiffness without a matrix.
#include <tuple>
#include <vector>

#include "aligned_vector.h"
#include "anisotropic_cells.h"
#include "kernel.h"
#include "matrix_free_foundation.h"
#include "matrix_free_kinematics.h"

namespace proofload::solver {

/// K of the free body: cells in batches, ready for the kernels.
class FreeStiffness {
 public:
  /// Uses the best kernels of this machine if none are given. `factor`: Model::cell_factor. Keeps
  /// the reference to the part.
  FreeStiffness(const MeshPart& part, const std::vector<Elasticity>& by_body,
                const Kernels* kernels = nullptr, const std::vector<double>& factor = {});
  explicit FreeStiffness(const Model& model)
      : FreeStiffness(*model.mesh, model.elasticity, nullptr, model.cell_factor) {}

  const MeshPart& part() const { return part_; }
  const char* kernel_name() const { return kernels_->name; }
  /// Doubles of a nodal array with this many columns (1 or kColumns), padding included.
  std::size_t size(int columns) const { return 3ul * part_.n_local() * columns + kPadding; }
  /// y += K u of this rank's cells only; nodal arrays of size(columns).
  void add(const double* u, double* y, int columns) const;
  /// The same in single precision and divided by single_unit().
  void add(const float* u, float* y, int columns) const;
  /// Largest shear modulus, MPa: single precision works in numbers about one.
  double single_unit() const { return single_unit_; }
  /// Diagonal blocks of this rank's cells, XX YY ZZ XY YZ XZ; [6 * n_local].
  void add_diagonal(double* blocks) const;
  /// Place of a cell of this rank in the batches of the kernels.
  int slot(std::int32_t cell) const { return slot_[cell]; }
  /// Stress of a motion of one column at the integration points of this rank's cells, by slot.
  AlignedVector point_stress(const double* u) const;
  /// y += Kg u with the geometric stiffness of that stress; kColumns columns.
  void add_geometric(const AlignedVector& stress, const double* u, double* y) const;
  const Kernels& kernels() const { return *kernels_; }
  /// On the moduli of a cell's body.
  double factor(std::int32_t cell) const { return factor_.empty() ? 1.0 : factor_[cell]; }

 private:
  void fill_single();
  KernelCells cells() const;

  const MeshPart& part_;
  const Kernels* kernels_;
  std::vector<int> nodes_;
  std::vector<double> lambda_, mu_;
  AlignedVector xyz_;
  int n_straight_ = 0;          // batches; they come first
  std::vector<int> slot_;       // [cells] its place in the batches
  std::vector<double> factor_;  // empty: 1
  AnisotropicCells anisotropic_;
  double single_unit_ = 1;
  std::vector<float> single_lambda_, single_mu_;
  AlignedVectorOf<float> single_xyz_;  // from the first node of this rank
  AlignedVectorOf<float> single_metric_;
};

/// A = Bᵀ (K + C) B + identity rows: kinematics B, springs C. Symmetric positive definite.
class ReducedStiffness {
 public:
  /// Collective. Keeps references.
  ReducedStiffness(const FreeStiffness& stiffness, const KinematicSet& set);

  const Kinematics& kinematics() const { return kinematics_; }
  const std::vector<SpringFace>& springs() const { return springs_; }
  const MeshPart& part() const { return stiffness_.part(); }
  int n_unknowns() const { return kinematics_.n_unknowns(); }

  /// out = A x, [n_unknowns * columns]. In single precision K is divided by
  /// FreeStiffness::single_unit(), identity rows stay. Collective.
  template <class Real>
  void apply(const Real* x, Real* out, int columns) const;
  /// forces = (K + C) u for a nodal array with its ghosts; owners complete. Collective.
  template <class Real>
  void nodal_forces(const Real* u, Real* forces, int columns) const;
  const FreeStiffness& free() const { return stiffness_; }
  /// Diagonal blocks of K + C at owned nodes, XX YY ZZ XY YZ XZ. Collective.
  std::vector<double> diagonal() const;

 private:
  const FreeStiffness& stiffness_;
  Kinematics kinematics_;
  std::vector<SpringFace> springs_;
  template <class Real>
  struct Work {
    AlignedVectorOf<Real> u, y;
  };
  mutable std::tuple<Work<double>, Work<float>> work_;
};

}  // namespace proofload::solver
