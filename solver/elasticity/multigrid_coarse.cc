#include "multigrid_coarse.h"

#include <Eigen/Geometry>
#include <Eigen/LU>
#include <algorithm>
#include <array>
#include <cmath>

#include "multigrid_blocks.h"
#include "proofload/solver/collective.h"

namespace proofload::solver {
namespace {

using Matrix3 = Eigen::Matrix3d;

/// A vertex's motion as blocks of coarse unknowns.
struct BlockMap {
  int count = 1;
  std::array<PetscInt, 2> block{};
  std::array<Matrix3, 2> to_motion{Matrix3::Identity(), Matrix3::Identity()};
};

/// Knows where vertices and groups stand in the coarse system.
class BlockMaps {
 public:
  BlockMaps(const Kinematics& kinematics, const Vertices& vertices)
      : kinematics_(kinematics), vertices_(vertices), free_(vertices.number.size(), nullptr) {
    for (const NodeConstraint& constraint : kinematics.set().constraints)
      free_[constraint.node] = &constraint.free;
  }

  PetscInt own_block(std::int32_t node) const {
    return static_cast<PetscInt>(vertices_.number[node]);
  }
  /// Block of the translation (0) or rotation (1) of a group.
  PetscInt group_block(int group, int part) const {
    return static_cast<PetscInt>(vertices_.n_global + 2 * group + part);
  }
  const Matrix3* free(std::int32_t node) const { return free_[node]; }
  /// Its motion is its own three unknowns.
  bool is_plain(std::int32_t node) const { return !free_[node] && kinematics_.group_of(node) < 0; }

  BlockMap map(std::int32_t node) const {
    BlockMap map;
    const int group = kinematics_.group_of(node);

    if (group < 0) {
      map.block[0] = own_block(node);
      if (free_[node]) map.to_motion[0] = *free_[node];
      return map;
    }
    map.count = 2;
    const auto r = kinematics_.arm(group, node);
    map.to_motion[1] << 0, r[2], -r[1], -r[2], 0, r[0], r[1], -r[0], 0;  // q x r
    for (int part = 0; part < 2; ++part) {
      map.block[part] = group_block(group, part);
      for (int c = 0; c < 3; ++c)
        if (kinematics_.is_fixed(6 * group + 3 * part + c)) map.to_motion[part].col(c).setZero();
    }
    return map;
  }

 private:
  const Kinematics& kinematics_;
  const Vertices& vertices_;
  std::vector<const Matrix3*> free_;
};

/// Adds blocks k(v, w) between `count` vertices through their maps.
template <class Blocks>
void add_blocks(BlockAdder& adder, const BlockMaps& maps, const std::int32_t* nodes, int count,
                const Blocks& k) {
  using RowMajor = Eigen::Matrix<double, 3, 3, Eigen::RowMajor>;
  for (int v = 0; v < count; ++v) {
    const BlockMap row = maps.map(nodes[v]);
    for (int w = 0; w < count; ++w) {
      const BlockMap column = maps.map(nodes[w]);
      for (int i = 0; i < row.count; ++i)
        for (int j = 0; j < column.count; ++j) {
          const RowMajor value = row.to_motion[i].transpose() * k(v, w) * column.to_motion[j];
          adder.add(row.block[i], column.block[j], value.data());
        }
    }
  }
}

Elasticity softened(const Elasticity& material, double limit) {
  const double nu = material.lambda / (2 * (material.lambda + material.mu));
  Elasticity soft = material;
  if (material.orthotropic) return soft;
  if (nu > limit) soft.lambda = 2 * material.mu * limit / (1 - 2 * limit);
  return soft;
}

/// Stiffness of the straight tetrahedron between the vertices: [12][12] row-major.
class LinearCell {
 public:
  LinearCell(const MeshPart& part, const std::int32_t* nodes, const Elasticity& material,
             double factor) {
    Matrix3 edges;
    for (int v = 0; v < 3; ++v)
      for (int c = 0; c < 3; ++c)
        edges(c, v) = part.xyz[3 * nodes[v + 1] + c] - part.xyz[3 * nodes[0] + c];
    const Matrix3 inverse = edges.inverse();
    const double volume = factor * std::abs(edges.determinant()) / 6;
    Eigen::Matrix<double, 4, 3> gradient;
    gradient.bottomRows<3>() = inverse;
    gradient.row(0) = -inverse.colwise().sum();
    for (int v = 0; v < 4; ++v)
      for (int w = 0; w < 4; ++w) {
        const Eigen::Vector3d a = gradient.row(v), b = gradient.row(w);
        if (material.orthotropic) {
          k_.block<3, 3>(3 * v, 3 * w) =
              volume * strains_of(a).transpose() * material.stiffness * strains_of(b);
          continue;
        }
        k_.block<3, 3>(3 * v, 3 * w) =
            volume * (material.lambda * a * b.transpose() + material.mu * b * a.transpose() +
                      material.mu * a.dot(b) * Matrix3::Identity());
      }
  }
  Matrix3 operator()(int v, int w) const { return k_.block<3, 3>(3 * v, 3 * w); }
  const double* data() const { return k_.data(); }

 private:
  Eigen::Matrix<double, 12, 12, Eigen::RowMajor> k_;
};

/// Rank that owns each local node.
std::vector<int> node_owners(const MeshPart& part) {
  std::vector<int> owner(part.n_local(), rank_of(part.comm));
  for (std::size_t i = 0; i < part.exchange.ranks.size(); ++i)
    for (const std::int32_t node : part.exchange.ghosts[i]) owner[node] = part.exchange.ranks[i];
  return owner;
}

struct RowCounts {
  std::vector<PetscInt> own, other;  ///< blocks of a row in the columns of this rank and of others
};

/// Each edge of the mesh joins two vertices once, which gives the exact count of blocks; vertices
/// beside a rigid group get its blocks as well.
RowCounts count_blocks(const Kinematics& kinematics, const Vertices& vertices) {
  const MeshPart& part = kinematics.part();
  const std::vector<int> owner = node_owners(part);
  std::vector<double> counts(2ul * part.n_local(), 0.0);
  double beside = 0;
  for (const auto& [mid, a, b] : vertices.edges) {
    const int side = owner[a] == owner[b] ? 0 : 1;
    for (const auto& [from, to] : {std::pair(a, b), std::pair(b, a)}) {
      counts[2 * from + side] += 1;
      if (kinematics.group_of(to) < 0) continue;
      for (int s = 0; s < 2; ++s) counts[2 * from + s] += 2;
      beside += 1;
    }
  }
  add_to_owners(part, counts.data(), 2);
  beside = sum_over_ranks(part.comm, beside);
  RowCounts rows;
  for (const std::int32_t node : vertices.owned) {
    rows.own.push_back(static_cast<PetscInt>(counts[2 * node]) + 1);
    rows.other.push_back(static_cast<PetscInt>(counts[2 * node + 1]));
  }
  const int n_group_rows = kinematics.n_own_motions() / 3;
  const auto n_own = static_cast<PetscInt>(vertices.owned.size()) + n_group_rows;
  const auto n_other =
      static_cast<PetscInt>(vertices.n_global) - static_cast<PetscInt>(vertices.owned.size());
  for (auto* counts_of_rows : {&rows.own, &rows.other}) {
    const PetscInt limit = counts_of_rows == &rows.own ? n_own : n_other;
    for (PetscInt& count : *counts_of_rows) count = std::min(count, limit);
    const auto dense = static_cast<PetscInt>(beside) + n_group_rows;
    counts_of_rows->insert(counts_of_rows->end(), n_group_rows, std::min(dense, limit));
  }
  return rows;
}

/// Blocks on the diagonal for directions that are not unknowns, of the size of their neighbours.
void add_identities(BlockAdder& adder, const ReducedStiffness& stiffness, const Vertices& vertices,
                    const BlockMaps& maps, const std::vector<double>& scale) {
  const Kinematics& kinematics = stiffness.kinematics();
  double largest = 1;
  const auto add = [&](PetscInt block, const Matrix3& value) {
    adder.add(block, block, value.data());
  };

  for (const std::int32_t node : vertices.owned) {
    largest = std::max(largest, scale[node]);
    Matrix3 held = Matrix3::Zero();
    if (kinematics.group_of(node) >= 0)
      held.setIdentity();
    else if (maps.free(node))
      held = Matrix3::Identity() - *maps.free(node);
    else
      continue;
    add(maps.own_block(node), scale[node] * held);
  }
  for (int m = 0; m < kinematics.n_own_motions(); m += 3) {
    Matrix3 held = Matrix3::Zero();
    for (int c = 0; c < 3; ++c)
      if (kinematics.is_fixed(m + c)) held(c, c) = largest;
    add(maps.group_block(m / 6, m % 6 / 3), held);
  }
}

MatHandle create_matrix(const Kinematics& kinematics, const Vertices& vertices) {
  const RowCounts rows = count_blocks(kinematics, vertices);
  const auto n = static_cast<PetscInt>(3 * rows.own.size());
  MatHandle matrix;
  check_petsc(MatCreate(kinematics.part().comm, matrix.fill()));
  check_petsc(MatSetSizes(matrix, n, n, PETSC_DETERMINE, PETSC_DETERMINE));
  check_petsc(MatSetBlockSize(matrix, 3));
  check_petsc(MatSetType(matrix, MATAIJ));
  check_petsc(
      MatXAIJSetPreallocation(matrix, 3, rows.own.data(), rows.other.data(), nullptr, nullptr));
  check_petsc(MatSetOption(matrix, MAT_NEW_NONZERO_ALLOCATION_ERR, PETSC_FALSE));
  check_petsc(MatSetOption(matrix, MAT_NO_OFF_PROC_ENTRIES, PETSC_TRUE));
  return matrix;
}

/// Values of the rigid mode (0-2 shifts, 3-5 turns about `centre`) on the coarse unknowns.
void fill_mode(const Kinematics& kinematics, const Vertices& vertices, int mode,
               const Eigen::Vector3d& centre, double* values) {
  const auto motion = [&](const Eigen::Vector3d& x) -> Eigen::Vector3d {
    if (mode < 3) return Eigen::Vector3d::Unit(mode);
    return Eigen::Vector3d::Unit(mode - 3).cross(x - centre);
  };
  for (const std::int32_t node : vertices.owned) {
    const Eigen::Vector3d u =
        motion(Eigen::Map<const Eigen::Vector3d>(&kinematics.part().xyz[3 * node]));
    values = std::copy_n(u.data(), 3, values);
  }
  if (!kinematics.owns_motions()) return;
  for (const RigidGroup& group : kinematics.set().rigid_groups) {
    const Eigen::Vector3d shift = motion(group.point);
    values = std::copy_n(shift.data(), 3, values);
    for (int c = 0; c < 3; ++c) *values++ = mode == 3 + c ? group.length : 0.0;
  }
}

void set_near_null_space(Mat matrix, const Kinematics& kinematics, const Vertices& vertices) {
  const MeshPart& part = kinematics.part();
  double sum[3] = {};
  for (std::int32_t i = 0; i < 3 * part.n_owned; ++i) sum[i % 3] += part.xyz[i];
  sum_over_ranks(part.comm, sum, 3);
  const Eigen::Vector3d centre =
      Eigen::Vector3d(sum[0], sum[1], sum[2]) / static_cast<double>(part.n_global_nodes);
  std::array<VecHandle, 6> modes;
  std::array<Vec, 6> raw;
  for (int m = 0; m < 6; ++m) {
    check_petsc(MatCreateVecs(matrix, modes[m].fill(), nullptr));
    fill_mode(kinematics, vertices, m, centre, VecWrite(modes[m]).data());
    for (int pass = 0; pass < 2; ++pass)
      for (int i = 0; i < m; ++i) {
        PetscScalar product = 0;
        check_petsc(VecDot(modes[m], modes[i], &product));
        check_petsc(VecAXPY(modes[m], -product, modes[i]));
      }
    check_petsc(VecNormalize(modes[m], nullptr));
    raw[m] = modes[m];
  }
  NullSpaceHandle space;
  check_petsc(MatNullSpaceCreate(part.comm, PETSC_FALSE, 6, raw.data(), space.fill()));
  check_petsc(MatSetNearNullSpace(matrix, space));
}

}  // namespace

MatHandle assemble_coarse(const ReducedStiffness& stiffness, const Vertices& vertices,
                          const std::vector<Elasticity>& by_body, double poisson_limit) {
  const MeshPart& part = stiffness.part();
  const BlockMaps maps(stiffness.kinematics(), vertices);
  MatHandle matrix = create_matrix(stiffness.kinematics(), vertices);
  BlockAdder adder(matrix);
  std::vector<Elasticity> materials;
  for (const Elasticity& material : by_body) materials.push_back(softened(material, poisson_limit));
  std::vector<double> scale(part.n_local(), 0.0);
  for (std::int32_t cell = 0; cell < part.n_cells(); ++cell) {
    const std::int32_t* nodes = &part.cells[10ul * cell];
    const LinearCell k(part, nodes, materials[part.cell_body[cell]], stiffness.free().factor(cell));
    std::array<PetscInt, 4> blocks;
    bool plain = true;
    for (int v = 0; v < 4; ++v) {
      scale[nodes[v]] += k(v, v).trace() / 3;
      blocks[v] = maps.own_block(nodes[v]);
      plain = plain && adder.owns(blocks[v]) && maps.is_plain(nodes[v]);
    }
    if (plain)
      check_petsc(
          MatSetValuesBlocked(matrix, 4, blocks.data(), 4, blocks.data(), k.data(), ADD_VALUES));
    else
      add_blocks(adder, maps, nodes, 4, k);
  }
  for (const SpringFace& face : stiffness.springs()) {
    const Eigen::Matrix<double, 9, 9> k = linear_springs(face);
    add_blocks(adder, maps, face.nodes.data(), 3,
               [&](int v, int w) -> Matrix3 { return k.block<3, 3>(3 * v, 3 * w); });
  }
  add_to_owners(part, scale.data(), 1);
  add_identities(adder, stiffness, vertices, maps, scale);
  adder.finish();
  check_petsc(MatSetOption(matrix, MAT_SPD, PETSC_TRUE));
  check_petsc(MatSetOption(matrix, MAT_SYMMETRY_ETERNAL, PETSC_TRUE));
  set_near_null_space(matrix, stiffness.kinematics(), vertices);
  return matrix;
}

}  // namespace proofload::solver
