#include "assembled_matrix.h"

#include <algorithm>
#include <array>

#include "proofload/solver/collective.h"
#include "proofload/solver/integration.h"

namespace proofload::solver {
namespace {

using Dense = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Adds the matrix of some nodes, moved to the unknowns they hang on.
class BlockAdder {
 public:
  BlockAdder(Mat matrix, const Unknowns& unknowns) : matrix_(matrix), unknowns_(unknowns) {}

  void add(const std::int32_t* nodes, int n, const double* values) {
    blocks_.clear();
    if (std::all_of(nodes, nodes + n, [&](auto node) { return unknowns_.is_plain(node); })) {
      for (int i = 0; i < n; ++i) {
        blocks_.push_back(static_cast<PetscInt>(unknowns_.part().global_node[nodes[i]]));
      }
      insert(values);
      return;
    }
    const Dense motion = collect(nodes, n);
    const Eigen::Map<const Dense> given(values, 3 * n, 3 * n);
    const Dense reduced = motion.transpose() * given * motion;
    insert(reduced.data());
  }

  void add_diagonal(PetscInt block, const Eigen::Matrix3d& value) { add(block, block, value); }

  void add(PetscInt row, PetscInt column, const Eigen::Matrix3d& value) {
    const Eigen::Matrix<double, 3, 3, Eigen::RowMajor> rows = value;
    check_petsc(MatSetValuesBlocked(matrix_, 1, &row, 1, &column, rows.data(), ADD_VALUES));
  }

 private:
  /// Fills the blocks that the nodes hang on; [3 n, 3 blocks].
  Dense collect(const std::int32_t* nodes, int n) {
    std::vector<std::vector<BlockTerm>> terms;
    for (int i = 0; i < n; ++i) {
      terms.push_back(unknowns_.terms(nodes[i]));
      for (const BlockTerm& term : terms.back()) {
        if (!std::count(blocks_.begin(), blocks_.end(), term.block)) blocks_.push_back(term.block);
      }
    }
    Dense motion = Dense::Zero(3 * n, 3 * blocks_.size());
    for (int i = 0; i < n; ++i) {
      for (const BlockTerm& term : terms[i]) {
        const auto column = std::find(blocks_.begin(), blocks_.end(), term.block) - blocks_.begin();
        motion.block<3, 3>(3 * i, 3 * column) += term.matrix;
      }
    }
    return motion;
  }

  void insert(const double* values) {
    const PetscInt n = static_cast<PetscInt>(blocks_.size());
    check_petsc(
        MatSetValuesBlocked(matrix_, n, blocks_.data(), n, blocks_.data(), values, ADD_VALUES));
  }

  Mat matrix_;
  const Unknowns& unknowns_;
  std::vector<PetscInt> blocks_;
};

MatHandle create_matrix(const Unknowns& unknowns) {
  const RowCounts rows = count_rows(unknowns);
  MatHandle matrix;
  check_petsc(MatCreate(unknowns.part().comm, matrix.fill()));
  const PetscInt own = 3 * unknowns.own_blocks(), all = 3 * unknowns.total_blocks();
  check_petsc(MatSetSizes(matrix, own, own, all, all));
  check_petsc(MatSetType(matrix, MATAIJ));
  check_petsc(MatSetBlockSize(matrix, 3));
  check_petsc(
      MatXAIJSetPreallocation(matrix, 3, rows.own.data(), rows.other.data(), nullptr, nullptr));
  const bool definite = unknowns.set().distributed.empty();
  check_petsc(MatSetOption(matrix, definite ? MAT_SPD : MAT_SYMMETRIC, PETSC_TRUE));
  check_petsc(MatSetOption(matrix, MAT_SYMMETRY_ETERNAL, PETSC_TRUE));
  return matrix;
}

/// Adds all cells; returns the mean of their diagonals, a stiffness typical of this rank.
double add_cells(const Model& model, BlockAdder& adder) {
  const MeshPart& part = *model.mesh;
  const ReferenceCell reference;
  double trace = 0;
  for (std::int32_t cell = 0; cell < part.n_cells(); ++cell) {
    const CellMatrix k = reference.stiffness(part, cell, model.material_of(cell));
    trace += k.trace() / 30;
    adder.add(&part.cells[10 * static_cast<std::size_t>(cell)], 10, k.data());
  }
  return trace;
}

void add_identities(const Unknowns& unknowns, double scale, BlockAdder& adder) {
  const MeshPart& part = unknowns.part();
  for (std::int32_t node = 0; node < part.n_owned; ++node) {
    if (unknowns.is_plain(node)) continue;
    adder.add_diagonal(static_cast<PetscInt>(part.global_node[node]),
                       scale * unknowns.identity_part(node));
  }
  if (!unknowns.owns_groups()) return;
  for (std::size_t g = 0; g < unknowns.set().rigid_groups.size(); ++g) {
    for (int which = 0; which < 2; ++which) {
      const int group = static_cast<int>(g);
      adder.add_diagonal(unknowns.group_block(group) + which,
                         scale * (Eigen::Matrix3d::Identity() - unknowns.group_free(group, which)));
    }
  }
}

/// TᵀB and its transpose; motions that are not held get an identity.
void add_multipliers(const Unknowns& unknowns, double scale, BlockAdder& adder) {
  const auto& supports = unknowns.set().distributed;
  for (std::size_t s = 0; s < supports.size(); ++s) {
    for (int which = 0; which < 2; ++which) {
      const PetscInt row = unknowns.multiplier_block(static_cast<int>(s)) + which;
      for (std::size_t i = 0; i < supports[s].nodes.size(); ++i) {
        if (supports[s].nodes[i] >= unknowns.part().n_owned) continue;
        const Eigen::Matrix3d weights = supports[s].weights[i].middleCols<3>(3 * which);
        for (const BlockTerm& term : unknowns.terms(supports[s].nodes[i])) {
          const Eigen::Matrix3d value = term.matrix.transpose() * weights;
          adder.add(term.block, row, value);
          adder.add(row, term.block, value.transpose());
        }
      }
      Eigen::Matrix3d free = Eigen::Matrix3d::Zero();
      for (int c = 0; c < 3; ++c) free(c, c) = supports[s].held[3 * which + c] ? 0 : scale;
      if (unknowns.owns_groups()) adder.add_diagonal(row, free);
    }
  }
}

}  // namespace

MatHandle assemble_matrix(const Model& model, const Unknowns& unknowns) {
  const MPI_Comm comm = model.mesh->comm;
  MatHandle matrix = create_matrix(unknowns);
  BlockAdder adder(matrix, unknowns);
  double trace = 0;
  on_all_ranks(comm, [&] {
    trace = add_cells(model, adder);
    for (const FoundationFace& face : unknowns.set().foundation) {
      adder.add(face.nodes.data(), 6, foundation_stiffness(*model.mesh, face).data());
    }
  });
  const double scale =
      sum_over_ranks(comm, trace) / static_cast<double>(model.mesh->n_global_cells);
  on_all_ranks(comm, [&] {
    add_identities(unknowns, scale, adder);
    add_multipliers(unknowns, scale, adder);
  });
  check_petsc(MatAssemblyBegin(matrix, MAT_FINAL_ASSEMBLY));
  check_petsc(MatAssemblyEnd(matrix, MAT_FINAL_ASSEMBLY));
  return matrix;
}

namespace {

/// f - (K + foundation) u0 with u0 the prescribed motion; owners complete.
std::vector<double> forces_left(const Model& model, const Unknowns& unknowns,
                                const LoadVector& load) {
  const MeshPart& part = *model.mesh;
  std::vector<double> force(load.force);
  if (load.prescribed.empty()) return force;
  std::vector<double> of_prescribed(force.size(), 0.0);
  on_all_ranks(part.comm,
               [&] { add_stiffness(model, &unknowns.set(), load.prescribed, of_prescribed); });
  add_to_owners(part, of_prescribed.data(), 3);
  for (std::size_t i = 0; i < force.size(); ++i) force[i] -= of_prescribed[i];
  return force;
}

VecHandle create_vector(const Unknowns& unknowns) {
  VecHandle vec;
  check_petsc(VecCreate(unknowns.part().comm, vec.fill()));
  check_petsc(VecSetSizes(vec, 3 * unknowns.own_blocks(), 3 * unknowns.total_blocks()));
  check_petsc(VecSetType(vec, VECSTANDARD));
  check_petsc(VecSetBlockSize(vec, 3));
  return vec;
}

}  // namespace

VecHandle assemble_right_side(const Model& model, const Unknowns& unknowns,
                              const LoadVector& load) {
  const MeshPart& part = *model.mesh;
  const std::vector<double> force = forces_left(model, unknowns, load);
  VecHandle right = create_vector(unknowns);
  const auto add = [&](PetscInt block, const Eigen::Vector3d& value) {
    check_petsc(VecSetValuesBlocked(right, 1, &block, value.data(), ADD_VALUES));
  };
  for (std::int32_t node = 0; node < part.n_owned; ++node) {
    const Eigen::Vector3d f = at_node(force, node);
    for (const BlockTerm& term : unknowns.terms(node)) {
      add(term.block, term.matrix.transpose() * f);
    }
  }
  const auto& supports = unknowns.set().distributed;
  for (std::size_t s = 0; !load.prescribed.empty() && s < supports.size(); ++s) {
    for (std::size_t i = 0; i < supports[s].nodes.size(); ++i) {
      if (supports[s].nodes[i] >= part.n_owned) continue;
      const Eigen::Matrix<double, 6, 1> motion =
          supports[s].weights[i].transpose() * at_node(load.prescribed, supports[s].nodes[i]);
      const PetscInt row = unknowns.multiplier_block(static_cast<int>(s));
      add(row, -motion.head<3>());
      add(row + 1, -motion.tail<3>());
    }
  }
  for (std::size_t g = 0; unknowns.owns_groups() && g < load.rigid.size(); ++g) {
    const RigidGroup& group = unknowns.set().rigid_groups[g];
    const Eigen::Map<const Eigen::Vector3d> f(load.rigid[g].data()), m(load.rigid[g].data() + 3);
    const int index = static_cast<int>(g);
    add(unknowns.group_block(index), unknowns.group_free(index, 0) * f);
    add(unknowns.group_block(index) + 1, unknowns.group_free(index, 1) * m / group.length);
  }
  check_petsc(VecAssemblyBegin(right));
  check_petsc(VecAssemblyEnd(right));
  return right;
}

void add_support_forces(const KinematicSet& set, const std::vector<std::array<double, 6>>& forces,
                        double factor, std::vector<double>& nodal) {
  for (std::size_t s = 0; s < set.distributed.size(); ++s) {
    const DistributedSupport& support = set.distributed[s];
    Eigen::Matrix<double, 6, 1> multipliers(forces[s].data());
    multipliers.tail<3>() /= support.length;
    for (std::size_t i = 0; i < support.nodes.size(); ++i) {
      at_node(nodal, support.nodes[i]) += factor * support.weights[i] * multipliers;
    }
  }
}

namespace {

Eigen::Vector3d rigid_motion(int mode, const Eigen::Vector3d& arm) {
  const Eigen::Vector3d axis = Eigen::Vector3d::Unit(mode % 3);
  if (mode < 3) return axis;
  return {axis[1] * arm[2] - axis[2] * arm[1], axis[2] * arm[0] - axis[0] * arm[2],
          axis[0] * arm[1] - axis[1] * arm[0]};
}

void fill_mode(const Unknowns& unknowns, int mode, double* values) {
  const MeshPart& part = unknowns.part();
  for (std::int32_t node = 0; node < part.n_owned; ++node) {
    const Eigen::Matrix3d meant = Eigen::Matrix3d::Identity() - unknowns.identity_part(node);
    Eigen::Map<Eigen::Vector3d>(values + 3 * static_cast<std::size_t>(node)) =
        meant * rigid_motion(mode, node_point(part, node));
  }
  if (!unknowns.owns_groups()) return;
  double* q = values + 3 * static_cast<std::size_t>(part.n_owned);
  for (const RigidGroup& group : unknowns.set().rigid_groups) {
    const Eigen::Vector3d t = rigid_motion(mode, group.point);
    for (int i = 0; i < 3; ++i) q[i] = group.fixed[i] ? 0 : t[i];
    for (int i = 0; i < 3; ++i) {
      q[3 + i] = group.fixed[3 + i] || mode != 3 + i ? 0 : group.length;
    }
    q += 6;
  }
}

}  // namespace

NullSpaceHandle rigid_body_modes(const Unknowns& unknowns) {
  std::array<VecHandle, 6> modes;
  std::array<Vec, 6> vectors{};
  for (int mode = 0; mode < 6; ++mode) {
    Vec* vec = modes[mode].fill();
    check_petsc(VecCreateMPI(unknowns.part().comm, 3 * unknowns.own_blocks(),
                             3 * unknowns.total_blocks(), vec));
    {
      const VecWrite values(*vec);
      fill_mode(unknowns, mode, values.data());
    }
    for (int other = 0; other < mode; ++other) {
      PetscScalar product = 0;
      check_petsc(VecDot(*vec, vectors[other], &product));
      check_petsc(VecAXPY(*vec, -product, vectors[other]));
    }
    check_petsc(VecNormalize(*vec, nullptr));
    vectors[mode] = *vec;
  }
  NullSpaceHandle space;
  check_petsc(
      MatNullSpaceCreate(unknowns.part().comm, PETSC_FALSE, 6, vectors.data(), space.fill()));
  return space;
}

}  // namespace proofload::solver
