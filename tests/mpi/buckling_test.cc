/// Linear buckling: the geometric stiffness against plain quadrature and against what a rigid turn
/// must do, factors against a dense solver.
#include "proofload/solver/buckling.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <Eigen/Eigenvalues>
#include <cmath>

#include "../../solver/buckling/block_eigensolver.h"
#include "../../solver/buckling/geometric_stiffness.h"
#include "../../solver/elasticity/assembled_cell.h"
#include "box_case.h"

namespace proofload::solver {
namespace {

using Vec3 = Eigen::Vector3d;

io::Mesh curved_box(int n = 2) {
  io::Mesh mesh = small_box(n);
  move_nodes(mesh, bulge);
  return mesh;
}

/// Gradients by reference coordinates at the four points, and the motion's physical ones.
struct CellView {
  Eigen::Matrix<double, 10, 3> x, u;
  CellView(const MeshPart& part, std::int32_t cell, const std::vector<double>& motion) {
    for (int a = 0; a < 10; ++a) {
      const std::int32_t node = part.cells[10 * cell + a];
      x.row(a) = node_point(part, node).transpose();
      u.row(a) = at_node(motion, node).transpose();
    }
  }
};

Eigen::Matrix3d linear_stress(const Elasticity& material, const Eigen::Matrix3d& gradient) {
  const Eigen::Matrix3d strain = 0.5 * (gradient + gradient.transpose());
  return material.lambda * strain.trace() * Eigen::Matrix3d::Identity() + 2 * material.mu * strain;
}

/// Internal forces in the state `u` of a material whose second Piola-Kirchhoff stress stays that of
/// `before`: the integral of (F S) : grad v.
std::vector<double> internal_force(const Model& model, const std::vector<double>& before,
                                   const std::vector<double>& u) {
  const MeshPart& part = *model.mesh;
  std::vector<double> force(u.size(), 0.0);
  const TetrahedronRule rule = stiffness_rule();
  for (std::int32_t cell = 0; cell < part.n_cells(); ++cell) {
    const CellView first(part, cell, before), now(part, cell, u);
    for (std::size_t q = 0; q < rule.points.size(); ++q) {
      const auto g = tetrahedron_gradient(rule.points[q]);
      const Eigen::Matrix3d jacobian = first.x.transpose() * g;
      const Eigen::Matrix<double, 10, 3> physical = g * jacobian.inverse();
      const Eigen::Matrix3d stress =
          linear_stress(model.elasticity[part.cell_body[cell]], first.u.transpose() * physical);
      const Eigen::Matrix3d f = Eigen::Matrix3d::Identity() + now.u.transpose() * physical;
      const Eigen::Matrix3d first_piola = f * stress;
      const double volume = rule.weights[q] * jacobian.determinant() / 6;
      for (int a = 0; a < 10; ++a)
        at_node(force, part.cells[10 * cell + a]) +=
            volume * first_piola * physical.row(a).transpose();
    }
  }
  add_to_owners(part, force.data(), 3);
  return force;
}

std::vector<double> waves(const MeshPart& part, int salt) {
  std::vector<double> u;
  for (const std::int32_t node : part.file_node)
    for (int c = 0; c < 3; ++c) u.push_back(std::sin(1.0 + 3.7 * node + 1.3 * c + 5.1 * salt));
  return u;
}

v1::Case column_case(const std::string& loads) {
  return box_case(R"(
supports:
  - {name: foot, at: z0, rigid: {}}
load_cases:
  - name: push
    loads:
)" + loads);
}

const char* const kPush = "      - {at: z1, distributed: {force_n: [0, 0, -500]}}\n";
const char* const kLever =
    "      - {at: z1, rigid: {force_n: [30, -20, -500], moment_nmm: [10, 20, 30], "
    "acts_at_mm: [1.2, 0.7, 6.5]}}\n";

/// Model, static solution and everything between them.
struct Loaded {
  explicit Loaded(const io::Mesh& mesh, const v1::Case& value, MPI_Comm comm = MPI_COMM_WORLD)
      : part(make_mesh_part(comm, mesh)), model(build_model(value, part)) {
    SolveOptions options;
    options.tolerance = 1e-11;
    solutions = solve(model, options);
  }
  MeshPart part;
  Model model;
  std::vector<Solution> solutions;
};

TEST(GeometricStiffness, IsTheDerivativeOfTheInternalForceOnCurvedCellsByEveryKernel) {
  const Loaded box(curved_box(), column_case(kPush));
  int count = 0;
  const Kernels* const* kernels = supported_kernels(&count);
  for (int i = 0; i < count; ++i) {
    SCOPED_TRACE(kernels[i]->name);
    const FreeStiffness free(box.part, box.model.elasticity, kernels[i]);
    const ReducedStiffness reduced(free, box.model.kinematics[0]);
    const GeometricStiffness geometric(free, reduced, box.model.loads[0], box.solutions[0]);
    AlignedVector in(free.size(kColumns), 0.0), out(in);
    for (int k = 0; k < kColumns; ++k) {
      const std::vector<double> u = waves(box.part, k);
      for (std::size_t j = 0; j < u.size(); ++j) in[j * kColumns + k] = u[j];
    }
    geometric.nodal_forces(in.data(), out.data());
    for (int k = 0; k < kColumns; ++k) {
      const std::vector<double> u = waves(box.part, k), zero(u.size(), 0.0);
      const auto after = internal_force(box.model, box.solutions[0].displacement, u);
      const auto before = internal_force(box.model, box.solutions[0].displacement, zero);
      double worst = 0, size = 0;
      for (std::int32_t j = 0; j < 3 * box.part.n_owned; ++j) {
        const double expected = after[j] - before[j];
        worst = std::max(worst, std::abs(out[j * kColumns + k] - expected));
        size = std::max(size, std::abs(expected));
      }
      EXPECT_GT(max_over_ranks(box.part.comm, size), 1);
      EXPECT_LT(max_over_ranks(box.part.comm, worst), 1e-11 * max_over_ranks(box.part.comm, size));
    }
  }
}

/// Unknowns of a motion that holds everywhere, groups included.
std::vector<double> turned_unknowns(const Kinematics& kinematics, const Vec3& theta,
                                    const Vec3& pin) {
  const MeshPart& part = kinematics.part();
  std::vector<double> x(kinematics.n_unknowns(), 0.0);
  for (std::int32_t node = 0; node < part.n_owned; ++node)
    for (int c = 0; c < 3 && kinematics.group_of(node) < 0; ++c)
      x[3 * node + c] = theta.cross(node_point(part, node) - pin)[c];
  for (int m = 0; m < kinematics.n_own_motions(); ++m) {
    const RigidGroup& group = kinematics.set().rigid_groups[m / 6];
    const Vec3 shift = theta.cross(group.point - pin);
    if (kinematics.is_fixed(m)) continue;
    x[3l * part.n_owned + m] = m % 6 < 3 ? shift[m % 6] : theta[m % 6 - 3] * group.length;
  }
  return x;
}

double energy(const GeometricStiffness& geometric, const Kinematics& kinematics,
              const std::vector<double>& x) {
  AlignedVector in(x.size() * kColumns, 0.0), out(in);
  for (std::size_t i = 0; i < x.size(); ++i) in[i * kColumns + 3] = x[i];
  geometric.apply(in.data(), out.data());
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) sum += x[i] * out[i * kColumns + 3];
  return sum_over_ranks(kinematics.part().comm, sum);
}

/// Turned as a whole about its pin, a body in equilibrium keeps its elastic energy; only the loads
/// fall or rise: -F · θ×(θ×a).
void expect_rigid_turn(const std::string& loads, const Vec3& force, const Vec3& acts_at) {
  Loaded box(curved_box(), column_case(loads));
  KinematicSet pinned = box.model.kinematics[0];
  ASSERT_FALSE(pinned.rigid_groups.empty());
  const Vec3 pin = pinned.rigid_groups[0].point;
  pinned.rigid_groups[0].fixed = {true, true, true, false, false, false};
  const FreeStiffness free(box.part, box.model.elasticity);
  const ReducedStiffness reduced(free, pinned);
  const GeometricStiffness geometric(free, reduced, box.model.loads[0], box.solutions[0]);
  for (const Vec3& theta : {Vec3(1, 0, 0), Vec3(0, 1, 0), Vec3(0, 0, 1), Vec3(0.3, -0.8, 0.5)}) {
    const auto x = turned_unknowns(reduced.kinematics(), theta, pin);
    const double expected = -force.dot(theta.cross(theta.cross(acts_at - pin)));
    EXPECT_NEAR(energy(geometric, reduced.kinematics(), x), expected, 1e-7 * force.norm() * 4);
  }
}

TEST(GeometricStiffness, RigidTurnWithARemoteLoadOnALever) {
  expect_rigid_turn(kLever, {30, -20, -500}, {1.2, 0.7, 6.5});
}

TEST(GeometricStiffness, RigidTurnWithALoadOnTheFace) {
  // The traction spreads the force about the face's centroid.
  const Loaded box(curved_box(), column_case(kPush));
  double moments[3] = {};
  for (std::int32_t node = 0; node < box.part.n_owned; ++node)
    for (int c = 0; c < 3; ++c)
      moments[c] += at_node(box.model.loads[0].force, node)[2] * node_point(box.part, node)[c];
  sum_over_ranks(box.part.comm, moments, 3);
  const Vec3 at = Vec3(moments[0], moments[1], moments[2]) / -500;
  expect_rigid_turn(kPush, {0, 0, -500}, at);
}

/// Every rank solves the whole small problem densely: positive factors, lowest first.
std::vector<double> dense_factors(const io::Mesh& mesh, const v1::Case& value) {
  const Loaded box(mesh, value, MPI_COMM_SELF);
  const Eigen::Index n = 3 * box.part.n_local();
  Eigen::MatrixXd k = Eigen::MatrixXd::Zero(n, n), kg = k;
  const ReferenceCell reference;
  const TetrahedronRule rule = stiffness_rule();
  for (std::int32_t cell = 0; cell < box.part.n_cells(); ++cell) {
    const Elasticity& material = box.model.elasticity[box.part.cell_body[cell]];
    const CellMatrix stiffness = reference.stiffness(box.part, cell, material);
    const CellView view(box.part, cell, box.solutions[0].displacement);
    const std::int32_t* nodes = &box.part.cells[10 * cell];
    for (int a = 0; a < 10; ++a)
      for (int b = 0; b < 10; ++b)
        k.block<3, 3>(3 * nodes[a], 3 * nodes[b]) += stiffness.block<3, 3>(3 * a, 3 * b);
    for (std::size_t q = 0; q < rule.points.size(); ++q) {
      const auto g = tetrahedron_gradient(rule.points[q]);
      const Eigen::Matrix3d jacobian = view.x.transpose() * g;
      const Eigen::Matrix<double, 10, 3> physical = g * jacobian.inverse();
      const Eigen::Matrix3d stress = linear_stress(material, view.u.transpose() * physical);
      const double volume = rule.weights[q] * jacobian.determinant() / 6;
      const Eigen::Matrix<double, 10, 10> scalar =
          volume * physical * stress * physical.transpose();
      for (int a = 0; a < 10; ++a)
        for (int b = 0; b < 10; ++b)
          kg.block<3, 3>(3 * nodes[a], 3 * nodes[b]) += scalar(a, b) * Eigen::Matrix3d::Identity();
    }
  }
  // Free nodes only: these cases have one clamped face.
  std::vector<Eigen::Index> kept;
  std::vector<char> held(box.part.n_local(), 0);
  for (const std::int32_t node : box.model.kinematics[0].rigid_groups[0].nodes) held[node] = 1;
  for (Eigen::Index i = 0; i < n; ++i)
    if (!held[i / 3]) kept.push_back(i);
  const Eigen::MatrixXd stiffness = k(kept, kept), geometric = -kg(kept, kept);
  const Eigen::GeneralizedSelfAdjointEigenSolver<Eigen::MatrixXd> eigen(geometric, stiffness,
                                                                        Eigen::EigenvaluesOnly);
  std::vector<double> factors;
  for (Eigen::Index i = eigen.eigenvalues().size() - 1; i >= 0; --i)
    if (eigen.eigenvalues()[i] > 0) factors.push_back(1 / eigen.eigenvalues()[i]);
  return factors;
}

void expect_dense_factors(const io::Mesh& mesh, const v1::Case& value, int count,
                          bool factorise = false) {
  const Loaded box(mesh, value);
  BucklingOptions options;
  options.factorise = factorise;
  options.count = count;
  const auto found = find_buckling(box.model, box.solutions, {"push"}, options);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].failure, "");
  ASSERT_EQ(found[0].modes.size(), static_cast<std::size_t>(count));
  const std::vector<double> expected = dense_factors(mesh, value);
  for (int i = 0; i < count; ++i) {
    EXPECT_NEAR(found[0].modes[i].factor, expected[i], 2e-6 * expected[i]) << "mode " << i;
    EXPECT_LE(found[0].modes[i].error, options.tolerance);
    EXPECT_NEAR(greatest_difference(box.part, found[0].modes[i].displacement,
                                    [](const Vec3&) { return Vec3::Zero(); }),
                1, 1e-12);
  }
}

TEST(Buckling, FactorsOfACurvedColumnAreThoseOfTheDenseSolver) {
  expect_dense_factors(curved_box(), column_case(kPush), 4);
}

TEST(Buckling, MoreModesThanGoTogether) {
  expect_dense_factors(curved_box(), column_case(kPush), 12);
}

TEST(Buckling, TheFactorOfTheAssembledStiffnessServesAsWell) {
  expect_dense_factors(curved_box(), column_case(kPush), 4, true);
}

TEST(Buckling, TorsionHasPairsOfBothSigns) {
  const char* const torsion = "      - {at: z1, distributed: {moment_nmm: [0, 0, 900]}}\n";
  expect_dense_factors(curved_box(), column_case(torsion), 4);
}

TEST(Buckling, TensionBucklesWhereItsSupportsSqueeze) {
  const char* const pull = "      - {at: z1, distributed: {force_n: [0, 0, 500]}}\n";
  const std::vector<double> expected = dense_factors(curved_box(), column_case(pull));
  const Loaded box(curved_box(), column_case(pull));
  const auto found = find_buckling(box.model, box.solutions, {"push"}, {});
  // Never a factor of the reversed load; whatever is given is right.
  const std::vector<double> push = dense_factors(curved_box(), column_case(kPush));
  ASSERT_GT(expected[0], 3 * push[0]);
  for (std::size_t i = 0; i < found[0].modes.size(); ++i)
    EXPECT_NEAR(found[0].modes[i].factor, expected[i], 1e-5 * expected[i]);
  EXPECT_EQ(found[0].modes.size() < 4, !found[0].failure.empty());
}

TEST(Buckling, SquareColumnHasDoubleModes) {
  const io::Mesh mesh = box_mesh({2, 2, 12}, {2, 2, 8});
  const v1::Case value = parse_case(R"(
schema: proofload/v1
name: square
bodies:
  - {name: box, shape: {box: {min_mm: [0, 0, 0], max_mm: [2, 2, 12]}},
     material: {youngs_modulus_mpa: 1000, poisson_ratio: 0.0}}
places:
  z0: {plane: {normal: [0, 0, 1], offset_mm: 0}}
  z1: {plane: {normal: [0, 0, 1], offset_mm: 12}}
supports:
  - {name: foot, at: z0, rigid: {}}
load_cases:
  - name: push
    loads:
      - {at: z1, distributed: {force_n: [0, 0, -1]}}
)",
                                    "square")
                             .value;
  const Loaded box(mesh, value);
  BucklingOptions options;
  options.count = 6;
  const auto found = find_buckling(box.model, box.solutions, {"push"}, options);
  ASSERT_EQ(found[0].modes.size(), 6u) << found[0].failure;
  const std::vector<double> expected = dense_factors(mesh, value);
  // Kuhn's cells are not quite symmetric, so the pairs are close, not equal.
  EXPECT_NEAR(expected[1], expected[0], 0.01 * expected[0]);
  for (int i = 0; i < 6; ++i)
    EXPECT_NEAR(found[0].modes[i].factor, expected[i], 2e-6 * expected[i]) << "mode " << i;
  const double euler = M_PI * M_PI * 1000 * (16.0 / 12) / (4 * 144);
  EXPECT_NEAR(found[0].modes[0].factor, euler, 0.03 * euler);
}

TEST(Buckling, RepeatsBitByBit) {
  const Loaded box(curved_box(3), column_case(kLever));
  const auto first = find_buckling(box.model, box.solutions, {"push"}, {});
  const auto second = find_buckling(box.model, box.solutions, {"push"}, {});
  ASSERT_EQ(first[0].modes.size(), 4u) << first[0].failure;
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(first[0].modes[i].factor, second[0].modes[i].factor);
    EXPECT_EQ(first[0].modes[i].displacement, second[0].modes[i].displacement);
  }
}

TEST(Buckling, WhatDidNotConvergeIsNoResult) {
  const Loaded box(curved_box(), column_case(kPush));
  BucklingOptions options;
  options.max_iterations = 1;
  options.tolerance = 1e-9;
  const auto found = find_buckling(box.model, box.solutions, {"push"}, options);
  EXPECT_TRUE(found[0].modes.empty());
  EXPECT_NE(found[0].failure.find("iterations"), std::string::npos) << found[0].failure;
}

TEST(Buckling, OnlyTheLoadCasesNamed) {
  const Loaded box(curved_box(), column_case(kPush));
  EXPECT_TRUE(find_buckling(box.model, box.solutions, {"pull"}, {}).empty());
}

TEST(BlockEigensolver, FindsMultipleValuesOfAnIndefiniteProblem) {
  EigenProblem problem;
  int count = 0;
  problem.comm = MPI_COMM_WORLD;
  problem.kernels = supported_kernels(&count)[0];
  problem.n = 50;
  const int rank = rank_of(problem.comm), ranks = ranks_of(problem.comm);
  // Unknown i of all: stiffness 1 + i, value 9 9 9 5 5 4 3 2 then small ones of both signs, -20.
  const auto stiffness = [&](long i) { return 1.0 + i * ranks + rank; };
  const auto value = [&](long i) {
    const double leading[] = {9, 9, 9, 5, 5, 4, 3, 2, -20};
    const long whole = i * ranks + rank;
    return whole < 9 ? leading[whole] : std::sin(static_cast<double>(whole));
  };
  const auto scale = [&](auto factor) {
    return [&, factor](const double* x, double* y) {
      for (long i = 0; i < 50; ++i)
        for (int k = 0; k < kColumns; ++k) y[i * kColumns + k] = factor(i) * x[i * kColumns + k];
    };
  };
  problem.stiffness = scale(stiffness);
  problem.other = scale([&](long i) { return value(i) * stiffness(i); });
  problem.precondition = scale([&](long i) { return (1 + 0.3 * std::sin(i)) / stiffness(i); });
  problem.start = [&](int turn, double* x) {
    for (long i = 0; i < 50 * kColumns; ++i) x[i] = std::sin(1.0 + 7.3 * i + 3 * turn + 11 * rank);
  };
  EigenOptions options;
  options.count = 8;
  options.tolerance = 1e-5;
  const EigenResult found = greatest_eigenpairs(problem, options);
  ASSERT_EQ(found.pairs.size(), 8u) << found.failure;
  const double expected[] = {9, 9, 9, 5, 5, 4, 3, 2};
  for (int i = 0; i < 8; ++i) EXPECT_NEAR(found.pairs[i].value, expected[i], 1e-8);
}

TEST(BlockEigensolver, NoPositiveValueIsAFailure) {
  EigenProblem problem;
  int count = 0;
  problem.comm = MPI_COMM_WORLD;
  problem.kernels = supported_kernels(&count)[0];
  problem.n = 40;
  problem.stiffness =
      problem.precondition = [](const double* x, double* y) { std::copy_n(x, 40 * kColumns, y); };
  problem.other = [](const double* x, double* y) {
    for (int i = 0; i < 40 * kColumns; ++i) y[i] = -(1 + i / kColumns) * x[i];
  };
  problem.start = [](int turn, double* x) {
    for (int i = 0; i < 40 * kColumns; ++i) x[i] = std::sin(1.0 + 7.3 * i + 3 * turn);
  };
  const EigenResult found = greatest_eigenpairs(problem, {});
  EXPECT_TRUE(found.pairs.empty());
  EXPECT_NE(found.failure.find("no positive value"), std::string::npos) << found.failure;
  EXPECT_TRUE(found.no_positive);
  EXPECT_LT(found.iterations, EigenOptions().max_iterations);  // no endless search
}

}  // namespace
}  // namespace proofload::solver
