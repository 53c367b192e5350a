#pragma once
/// What is solved, in plain numbers: materials, kinematics and right-hand sides on a MeshPart.
#include <Eigen/Core>
#include <array>
#include <string>
#include <vector>

#include "proofload/solver/mesh_part.h"
#include "proofload/v1/case.pb.h"

namespace proofload::solver {

/// Stiffness by XX YY ZZ XY YZ XZ, shear strains twice the tensor's, in the model's directions,
/// MPa.
using StiffnessMatrix = Eigen::Matrix<double, 6, 6>;

/// Lamé constants in MPa, density in t/mm3. For an orthotropic material lambda and mu are those of
/// the nearest isotropic one (Voigt's average) and `stiffness` is its law.
struct Elasticity {
  double lambda = 0;
  double mu = 0;
  double density = 0;
  bool orthotropic = false;
  StiffnessMatrix stiffness = StiffnessMatrix::Zero();  ///< only if orthotropic
};

/// The law of any material.
StiffnessMatrix stiffness_matrix(const Elasticity& material);

/// Strains (as StiffnessMatrix) of the unit motions of a node whose shape function has this
/// gradient.
inline Eigen::Matrix<double, 6, 3> strains_of(const Eigen::Vector3d& g) {
  Eigen::Matrix<double, 6, 3> strains;
  strains << g[0], 0, 0, 0, g[1], 0, 0, 0, g[2], g[1], g[0], 0, 0, g[2], g[1], g[2], 0, g[0];
  return strains;
}

/// All moduli times a factor.
Elasticity scaled(const Elasticity& material, double factor);

/// Young's modulus along a unit vector, MPa.
double youngs_modulus(const Elasticity& material, const Eigen::Vector3d& along);

/// Directions in which a node may move: u_free = free * u. A symmetric projector; zero = clamped,
/// I - n nT = slides on a plane.
struct NodeConstraint {
  std::int32_t node = 0;  ///< local node (owned or ghost)
  Eigen::Matrix3d free = Eigen::Matrix3d::Zero();
};

/// Nodes that move with a point: u = t + theta x (x - point), unknowns q = (t, length * theta).
/// Groups are the same, in the same order, on every rank; nodes are this rank's local ones.
struct RigidGroup {
  std::string name;                 ///< support name, or "load <place>"
  std::vector<std::int32_t> nodes;  ///< local nodes (owned and ghost)
  Eigen::Vector3d point = Eigen::Vector3d::Zero();
  double length = 1;            ///< scale of the rotations, mm
  std::array<bool, 6> fixed{};  ///< x y z rx ry rz held at zero
};

/// A face on springs: k = kn n nT + kt (I - n nT), integrated over the (curved) face.
struct FoundationFace {
  std::array<std::int32_t, 6> nodes{};
  double normal_n_per_mm3 = 0;
  double tangential_n_per_mm3 = 0;
  int support = 0;  ///< index into KinematicSet::supports
};

/// A face that deforms freely while motions of a point that follows it are held: with (t, theta)
/// the area-weighted least-squares rigid motion of the face, referred to the point, q = (t, length
/// * theta) = sum over nodes of weightsT u. Same supports, in the same order, on every rank.
struct DistributedSupport {
  using Weights = Eigen::Matrix<double, 3, 6>;
  std::string name;
  std::vector<std::int32_t> nodes;                 ///< local nodes (owned and ghost)
  std::vector<Weights> weights;                    ///< as nodes; columns of free motions are zero
  std::vector<std::array<std::int32_t, 6>> faces;  ///< nodes of this rank's faces
  std::vector<std::int32_t> cells;                 ///< their cells
  Eigen::Vector3d point = Eigen::Vector3d::Zero();
  double length = 1;           ///< scale of the rotations, mm
  std::array<bool, 6> held{};  ///< x y z rx ry rz
};

struct SupportInfo {
  std::string name;
  std::string place;
  std::vector<std::int32_t> nodes;  ///< local nodes it holds, owned and ghost (foundation: none)
  int rigid_group = -1;             ///< index, for rigid supports
  int distributed = -1;             ///< index, for distributed supports (nodes: none)
};

/// Everything that decides the matrix besides mesh and material. Load cases with the same set share
/// one set-up.
struct KinematicSet {
  std::vector<NodeConstraint> constraints;
  std::vector<RigidGroup> rigid_groups;
  std::vector<FoundationFace> foundation;
  std::vector<DistributedSupport> distributed;
  std::vector<SupportInfo> supports;
};

/// One right-hand side.
struct LoadVector {
  std::string name;  ///< load case
  int kinematic_set = 0;
  std::vector<double> force;                 ///< [3 * n_local] N; owners complete, ghosts zero
  std::vector<double> prescribed;            ///< [3 * n_local] mm on constrained directions, ghosts
                                             ///< filled; empty: all zero
  std::vector<std::array<double, 6>> rigid;  ///< per rigid group: force N, moment Nmm at its point
  std::vector<Eigen::Matrix3d> rigid_lever;  ///< per rigid group: sum of F aT of its forces, Nmm; a
                                             ///< from its point to where each acts
  Eigen::Vector3d total_force = Eigen::Vector3d::Zero();  ///< N, all loads and all ranks
  Eigen::Vector3d load_point = Eigen::Vector3d::Zero();   ///< point of the first force load
  std::string load_place;                                 ///< its place; empty if there is none
};

struct Model {
  const MeshPart* mesh = nullptr;
  std::vector<Elasticity> elasticity;  ///< by body index
  std::vector<double> cell_factor;     ///< [n_cells] on all moduli of the body; empty: 1 everywhere
  std::vector<KinematicSet> kinematics;
  std::vector<LoadVector> loads;    ///< one for each load case
  std::vector<std::string> doubts;  ///< what makes every result unconfirmed

  Elasticity material_of(std::int32_t cell) const {
    const Elasticity& material = elasticity[mesh->cell_body[cell]];
    return cell_factor.empty() ? material : scaled(material, cell_factor[cell]);
  }
};

/// Reads the case of a design in one place. Checks (before anything collective could hang) that
/// each kinematic set removes all rigid motions of every connected part; throws InvalidInput
/// (UNCONSTRAINED, with the free motions and the part's centroid), (EMPTY_PLACE), … on all ranks.
Model build_model(const v1::Case& value, const MeshPart& part);

/// Motion of one load case.
struct Solution {
  std::string load_case;
  std::vector<double> displacement;                ///< [3 * n_local] mm, ghosts up to date
  std::vector<std::array<double, 6>> rigid;        ///< per rigid group: t (mm), theta (rad)
  std::vector<std::array<double, 6>> distributed;  ///< per distributed support: its force (N) and
                                                   ///< moment (Nmm) on the model at its point
  std::vector<double> nodal_reaction;  ///< [3 * n_local] (K + foundation) u - f less the
                                       ///< forces of distributed supports in N,
                                       ///< owners complete, ghosts zero; nonzero only at
                                       ///< constrained or rigid nodes. A foundation's
                                       ///< force is the integral of -k u over its faces
  int iterations = 0;
  double residual = -1;  ///< ‖b − Ax‖₂/‖b‖₂ recomputed; -1 unknown
  std::string path;      ///< matrix_free, assembled_direct, assembled_gamg
  std::string note;      ///< why another path than asked was taken
  double setup_seconds = 0;
  double solve_seconds = 0;
};

struct SolveOptions {
  double tolerance = 1e-8;  ///< relative residual
  int max_iterations = 500;
  std::string path = "auto";     ///< auto, matrix_free, assembled
  int direct_unknowns = 200000;  ///< assembled: up to here factorised, above by CG with GAMG
};

/// The two paths. All load vectors; one set-up for each kinematic set. Throws NumericalFailure
/// (SOLVER_DIVERGED) on all ranks. Each recomputes the true residual itself.
std::vector<Solution> solve_assembled(const Model& model, const SolveOptions& options);
std::vector<Solution> solve_matrix_free(const Model& model, const SolveOptions& options);

/// Chooses the path: assembled below 30,000 unknowns or as fallback when the iteration fails.
std::vector<Solution> solve(const Model& model, const SolveOptions& options);

/// y = K u for the free body (no constraints), 3 * n_local, owners complete. Both paths; used for
/// reactions, and to check one path against the other. `u` needs up-to-date ghosts.
void apply_stiffness_assembled(const Model& model, const std::vector<double>& u,
                               std::vector<double>& y);
void apply_stiffness_matrix_free(const Model& model, const std::vector<double>& u,
                                 std::vector<double>& y);

}  // namespace proofload::solver
