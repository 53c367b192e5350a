/// The matrix-free path: its operator against plain quadrature and the assembled matrix, its
/// solutions against the reference path.
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <cstdio>
#include <random>

#include "../../solver/elasticity/matrix_free_operator.h"
#include "../../solver/elasticity/matrix_free_solve.h"
#include "box_case.h"

namespace proofload::solver {
namespace {

using Vec3 = Eigen::Vector3d;

/// The same value for a node of the file on every rank count, in (-1, 1).
double noise(std::int32_t file_node, int salt) {
  std::mt19937 source(7919u * static_cast<unsigned>(file_node) + static_cast<unsigned>(salt));
  return std::uniform_real_distribution<double>(-1, 1)(source);
}

io::Mesh crooked_box(int n, double size) {
  io::Mesh mesh = small_box(n);
  move_nodes(mesh, bulge);
  for (std::size_t i = 0; i < mesh.nodes.size(); ++i)
    mesh.nodes[i] += size / n * noise(static_cast<std::int32_t>(i / 3), i % 3);
  return mesh;
}

std::vector<double> noisy_motion(const MeshPart& part, int salt) {
  std::vector<double> u;
  for (const std::int32_t node : part.file_node)
    for (int c = 0; c < 3; ++c) u.push_back(noise(node, 10 * salt + c));
  return u;
}

/// Shape functions written out once more, differentiated by hand: row a, columns the reference
/// coordinates r, s, t = barycentric 1, 2, 3.
Eigen::Matrix<double, 10, 3> plain_gradients(double r, double s, double t) {
  const double o = 1 - r - s - t;
  Eigen::Matrix<double, 10, 3> g;
  g << 1 - 4 * o, 1 - 4 * o, 1 - 4 * o,  //
      4 * r - 1, 0, 0,                   //
      0, 4 * s - 1, 0,                   //
      0, 0, 4 * t - 1,                   //
      4 * (o - r), -4 * r, -4 * r,       //
      4 * s, 4 * r, 0,                   //
      -4 * s, 4 * (o - s), -4 * s,       //
      -4 * t, -4 * t, 4 * (o - t),       //
      4 * t, 0, 4 * r,                   //
      0, 4 * t, 4 * s;
  return g;
}

/// y += K u of one cell by the textbook: strain, stress, virtual work at four points.
void plain_cell(const MeshPart& part, const std::int32_t* nodes, const Elasticity& material,
                const std::vector<double>& u, std::vector<double>& y) {
  const double far = (5 - std::sqrt(5.0)) / 20, near = 1 - 3 * far;
  Eigen::Matrix<double, 10, 3> x, v;
  for (int a = 0; a < 10; ++a) {
    x.row(a) = node_point(part, nodes[a]).transpose();
    v.row(a) = at_node(u, nodes[a]).transpose();
  }
  for (int q = 0; q < 4; ++q) {
    const auto g = plain_gradients(q == 1 ? near : far, q == 2 ? near : far, q == 3 ? near : far);
    const Eigen::Matrix3d jacobian = x.transpose() * g;
    const Eigen::Matrix<double, 10, 3> physical = g * jacobian.inverse();
    const Eigen::Matrix3d gradient = v.transpose() * physical;
    const Eigen::Matrix3d strain = 0.5 * (gradient + gradient.transpose());
    const Eigen::Matrix3d stress =
        material.lambda * strain.trace() * Eigen::Matrix3d::Identity() + 2 * material.mu * strain;
    const Eigen::Matrix<double, 10, 3> force = jacobian.determinant() / 24 * physical * stress;
    for (int a = 0; a < 10; ++a)
      for (int c = 0; c < 3; ++c) y[3 * nodes[a] + c] += force(a, c);
  }
}

std::vector<double> plain_apply(const MeshPart& part, const std::vector<Elasticity>& materials,
                                const std::vector<double>& u) {
  std::vector<double> y(u.size(), 0.0);
  for (std::int32_t cell = 0; cell < part.n_cells(); ++cell)
    plain_cell(part, &part.cells[10 * cell], materials[part.cell_body[cell]], u, y);
  return y;
}

double greatest(const MeshPart& part, const std::vector<double>& values) {
  double worst = 0;
  for (const double value : values) worst = std::max(worst, std::abs(value));
  return max_over_ranks(part.comm, worst);
}

/// Greatest difference relative to the greatest value of `b`, if there is one.
double difference(const MeshPart& part, std::vector<double> a, const std::vector<double>& b) {
  EXPECT_EQ(a.size(), b.size());
  const double size = greatest(part, b);
  for (std::size_t i = 0; i < a.size(); ++i) a[i] -= b[i];
  return greatest(part, a) / (size > 0 ? size : 1);
}

/// So few that a small box has several levels of aggregates.
constexpr int kFewBlocks = 8;
const std::vector<Elasticity> kTwoMaterials = {{700, 400, 0}, {0.9, 0.5, 0}};

MeshPart two_bodies(const io::Mesh& mesh) {
  MeshPart part = make_mesh_part(MPI_COMM_WORLD, mesh);
  part.body_names.push_back("soft");
  for (std::int32_t cell = 0; cell < part.n_cells(); ++cell)
    part.cell_body[cell] = part.file_cell[cell] % 3 == 0;
  return part;
}

/// Cells that are curved, straight, or either.
class MatrixFreeKernel : public ::testing::TestWithParam<const char*> {
 protected:
  static MeshPart part() {
    io::Mesh mesh = crooked_box(2, 0.08);
    const std::string which = GetParam();
    if (which != "curved") straighten(mesh, which == "straight" ? 0 : mesh.cell_body.size() / 2);
    return two_bodies(mesh);
  }
};

TEST_P(MatrixFreeKernel, EveryInstructionSetAgreesWithPlainQuadrature) {
  const MeshPart part = MatrixFreeKernel::part();
  const std::vector<double> u = noisy_motion(part, 1);
  const std::vector<double> expected = plain_apply(part, kTwoMaterials, u);
  int count = 0;
  const Kernels* const* kernels = supported_kernels(&count);
  ASSERT_GE(count, 1);
  for (int i = 0; i < count; ++i) {
    SCOPED_TRACE(kernels[i]->name);
    const FreeStiffness stiffness(part, kTwoMaterials, kernels[i]);
    AlignedVector in(u.begin(), u.end()), out(stiffness.size(1), 0.0);
    in.resize(stiffness.size(1), 0.0);
    stiffness.add(in.data(), out.data(), 1);
    EXPECT_LT(difference(part, {out.begin(), out.begin() + u.size()}, expected), 1e-12);
  }
}

TEST_P(MatrixFreeKernel, EightColumnsAreEightMotions) {
  const MeshPart part = MatrixFreeKernel::part();
  int count = 0;
  const Kernels* const* kernels = supported_kernels(&count);
  for (int i = 0; i < count; ++i) {
    SCOPED_TRACE(kernels[i]->name);
    const FreeStiffness stiffness(part, kTwoMaterials, kernels[i]);
    AlignedVector in(stiffness.size(kColumns), 0.0), out(in);
    for (int k = 0; k < kColumns; ++k) {
      const std::vector<double> u = noisy_motion(part, k);
      for (std::size_t j = 0; j < u.size(); ++j) in[j * kColumns + k] = u[j];
    }
    stiffness.add(in.data(), out.data(), kColumns);
    for (int k = 0; k < kColumns; ++k) {
      std::vector<double> column(3ul * part.n_local());
      for (std::size_t j = 0; j < column.size(); ++j) column[j] = out[j * kColumns + k];
      const auto expected = plain_apply(part, kTwoMaterials, noisy_motion(part, k));
      EXPECT_LT(difference(part, column, expected), 1e-12);
    }
  }
}

TEST_P(MatrixFreeKernel, SinglePrecisionAgreesUpToItsRounding) {
  const MeshPart part = MatrixFreeKernel::part();
  constexpr int kStride = kNodeStride<float>;
  constexpr double kRounding = 1e-5;
  int count = 0;
  const Kernels* const* kernels = supported_kernels(&count);
  for (int i = 0; i < count; ++i) {
    SCOPED_TRACE(kernels[i]->name);
    const FreeStiffness stiffness(part, kTwoMaterials, kernels[i]);
    AlignedVectorOf<float> one(kStride * part.n_local(), 0.0F), one_out(one);
    AlignedVectorOf<float> all(3ul * part.n_local() * kColumns, 0.0F), all_out(all);
    for (int k = 0; k < kColumns; ++k) {
      const std::vector<double> u = noisy_motion(part, k);
      for (std::size_t j = 0; j < u.size(); ++j) {
        if (k == 0) one[j / 3 * kStride + j % 3] = static_cast<float>(u[j]);
        all[j * kColumns + k] = static_cast<float>(u[j]);
      }
    }
    stiffness.add(one.data(), one_out.data(), 1);
    stiffness.add(all.data(), all_out.data(), kColumns);
    const double unit = stiffness.single_unit();
    for (int k = 0; k < kColumns; ++k) {
      const auto expected = plain_apply(part, kTwoMaterials, noisy_motion(part, k));
      std::vector<double> column(expected.size());
      for (std::size_t j = 0; j < column.size(); ++j) column[j] = unit * all_out[j * kColumns + k];
      EXPECT_LT(difference(part, column, expected), kRounding) << k;
      for (std::size_t j = 0; k == 0 && j < column.size(); ++j)
        column[j] = unit * one_out[j / 3 * kStride + j % 3];
      EXPECT_LT(difference(part, column, expected), kRounding) << k;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Cells, MatrixFreeKernel, ::testing::Values("curved", "straight", "both"));

TEST(MatrixFreeKernels, DiagonalBlocksAreThoseOfTheOperator) {
  const MeshPart part = two_bodies(crooked_box(1, 0.05));
  const FreeStiffness stiffness(part, kTwoMaterials);
  std::vector<double> blocks(6ul * part.n_local(), 0.0);
  stiffness.add_diagonal(blocks.data());
  constexpr int kRow[6] = {0, 1, 2, 0, 1, 0}, kColumn[6] = {0, 1, 2, 1, 2, 2};
  std::vector<double> expected(blocks.size(), 0.0);
  for (std::int32_t node = 0; node < part.n_local(); ++node)
    for (int c = 0; c < 3; ++c) {
      std::vector<double> u(3ul * part.n_local(), 0.0);
      u[3 * node + c] = 1;
      const auto y = plain_apply(part, kTwoMaterials, u);
      for (int i = 0; i < 6; ++i)
        if (kColumn[i] == c) expected[6 * node + i] = y[3 * node + kRow[i]];
    }
  EXPECT_LT(difference(part, blocks, expected), 1e-12);
}

TEST(MatrixFreeOperator, RigidMotionsCostNothing) {
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, crooked_box(3, 0.08));
  Model model;
  model.mesh = &part;
  model.elasticity = {kTwoMaterials[0]};
  for (int mode = 0; mode < 6; ++mode) {
    std::vector<double> u, y;
    for (std::int32_t node = 0; node < part.n_local(); ++node) {
      const Vec3 axis = Vec3::Unit(mode % 3);
      const Vec3 motion = mode < 3 ? axis : Vec3(axis.cross(node_point(part, node)));
      u.insert(u.end(), motion.data(), motion.data() + 3);
    }
    apply_stiffness_matrix_free(model, u, y);
    EXPECT_LT(greatest(part, y), 1e-12 * kTwoMaterials[0].lambda);
  }
}

TEST(MatrixFreeOperator, AgreesWithTheAssembledMatrix) {
  const MeshPart part = two_bodies(crooked_box(3, 0.08));
  Model model;
  model.mesh = &part;
  model.elasticity = kTwoMaterials;
  const std::vector<double> u = noisy_motion(part, 3);
  std::vector<double> fast, reference;
  apply_stiffness_matrix_free(model, u, fast);
  apply_stiffness_assembled(model, u, reference);
  EXPECT_LT(difference(part, fast, reference), 1e-12);
}

void expect_same(const MeshPart& part, const Solution& fast, const Solution& reference) {
  EXPECT_EQ(fast.path, "matrix_free");
  EXPECT_EQ(fast.load_case, reference.load_case);
  EXPECT_LT(difference(part, fast.displacement, reference.displacement), 1e-7);
  EXPECT_LT(difference(part, fast.nodal_reaction, reference.nodal_reaction), 1e-6);
  ASSERT_EQ(fast.rigid.size(), reference.rigid.size());
  const double size = greatest(part, reference.displacement);
  for (std::size_t g = 0; g < fast.rigid.size(); ++g)
    for (int i = 0; i < 6; ++i) EXPECT_NEAR(fast.rigid[g][i], reference.rigid[g][i], 1e-7 * size);
}

/// Solves by both paths, with either coarse solver.
void expect_agreement(const Model& model, const char* what) {
  SolveOptions options;
  options.tolerance = 1e-10;
  const std::vector<Solution> reference = solve_assembled(model, options);
  ASSERT_EQ(reference.size(), model.loads.size());
  for (const int direct : {0, kDirectCoarseLimit}) {
    SCOPED_TRACE(direct ? "direct coarse level" : "aggregation on the coarse level");
    MultigridOptions multigrid;
    multigrid.direct_coarse_limit = direct;
    multigrid.aggregation.direct_blocks = kFewBlocks;
    const std::vector<Solution> fast = solve_matrix_free(model, options, multigrid);
    ASSERT_EQ(fast.size(), model.loads.size());
    for (std::size_t i = 0; i < fast.size(); ++i) {
      expect_same(*model.mesh, fast[i], reference[i]);
      EXPECT_GE(fast[i].residual, 0);
      EXPECT_LE(fast[i].residual, options.tolerance);
      EXPECT_LE(fast[i].iterations, 60);
      if (rank_of(model.mesh->comm) == 0)
        std::printf("  %s: %d iterations, %s coarse level\n", what, fast[i].iterations,
                    direct ? "direct" : "aggregated");
    }
  }
}

const char* const kPull =
    "load_cases: [{name: pull, loads: [{at: z1, traction_mpa: [1, 2, 3]}]}]\n";

TEST(MatrixFreeSolve, ClampedCurvedBox) {
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, crooked_box(4, 0.02));
  KinematicSet set;
  for (std::int32_t node = 0; node < part.n_local(); ++node)
    if (node_point(part, node)[2] < 0.4) set.constraints.push_back({node});
  Model model;
  model.mesh = &part;
  model.elasticity = {kTwoMaterials[0]};
  model.kinematics = {set};
  LoadVector load;
  load.name = "noise";
  load.force = noisy_motion(part, 5);
  std::fill(load.force.begin() + 3l * part.n_owned, load.force.end(), 0.0);
  model.loads = {load};
  expect_agreement(model, "clamped, curved");
}

TEST(MatrixFreeSolve, SlidesOnThreePlanesOneOfThemOblique) {
  io::Mesh mesh = small_box(4);
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, mesh);
  Model model = build_model(
      box_case(std::string("supports: [{name: a, at: x0, fix: [x]}, {name: b, at: y0, fix: [y]}, "
                           "{name: c, at: z0, fix: [z]}]\n") +
               kPull),
      part);
  // Tilts the planes of the nodes that slide on one plane only.
  const Vec3 oblique = Vec3(1, 0.3, -0.2).normalized();
  for (NodeConstraint& constraint : model.kinematics[0].constraints)
    if (std::abs(constraint.free.trace() - 2) < 1e-9 && constraint.free(0, 0) < 0.5)
      constraint.free = Eigen::Matrix3d::Identity() - oblique * oblique.transpose();
  expect_agreement(model, "slides");
}

TEST(MatrixFreeSolve, RigidSupportAndRigidLoad) {
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, small_box(4));
  const Model model = build_model(
      box_case("supports: [{name: a, at: z0, rigid: {point_mm: [1, 1, -2], fix: [x, y, z, rx, rz]}}"
               ", {name: b, at: y0, elastic_foundation: {normal_n_per_mm3: 3, "
               "tangential_n_per_mm3: 1}}]\n"
               "load_cases: [{name: push, loads: [{at: z1, rigid: {point_mm: [4, 1, 2], "
               "force_n: [1, -2, 3], moment_nmm: [4, 5, -6]}}]}]\n"),
      part);
  expect_agreement(model, "rigid groups");
}

TEST(MatrixFreeSolve, ElasticFoundation) {
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, small_box(4));
  const Model model = build_model(
      box_case(std::string("supports: [{name: a, at: z0, elastic_foundation: {normal_n_per_mm3: "
                           "200, tangential_n_per_mm3: 50}}]\n") +
               kPull),
      part);
  expect_agreement(model, "foundation");
}

TEST(MatrixFreeSolve, PrescribedMotion) {
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, small_box(4));
  const Model model =
      build_model(box_case("supports: [{name: a, at: z0, fix: [x, y, z]}]\n"
                           "load_cases: [{name: push, loads: [{at: z1, prescribed_mm: {x: 0.1, z: "
                           "-0.2}}, {at: y1, pressure_mpa: 2}]}]\n"),
                  part);
  expect_agreement(model, "prescribed");
}

Model contrast_model(MeshPart& part, double ratio) {
  Model model = build_model(
      box_case(std::string("supports: [{name: a, at: z0, fix: [x, y, z]}]\n") + kPull), part);
  part.body_names.push_back("soft");
  for (std::int32_t cell = 0; cell < part.n_cells(); ++cell)
    part.cell_body[cell] = node_point(part, part.cells[10 * cell])[2] < 1.5;
  const double soft = 1;
  model.elasticity = {
      {700, 400, 0}, {soft * ratio / ((1 + ratio) * (1 - 2 * ratio)), soft / (2 * (1 + ratio)), 0}};
  return model;
}

TEST(MatrixFreeSolve, ThousandfoldContrast) {
  MeshPart part = make_mesh_part(MPI_COMM_WORLD, small_box(4));
  expect_agreement(contrast_model(part, 0.3), "contrast 1000");
}

TEST(MatrixFreeSolve, NearlyIncompressibleAndSoft) {
  MeshPart part = make_mesh_part(MPI_COMM_WORLD, small_box(4));
  expect_agreement(contrast_model(part, 0.46), "contrast 1000, Poisson's ratio 0.46");
}

const char* const kFiveLoads =
    "supports: [{name: a, at: z0, fix: [x, y, z]}]\n"
    "load_cases:\n"
    "  - {name: a, loads: [{at: z1, traction_mpa: [1, 2, 3]}]}\n"
    "  - {name: b, loads: [{at: z1, traction_mpa: [0, 1e-6, 0]}]}\n"
    "  - {name: c, loads: [{at: x1, pressure_mpa: 5}]}\n"
    "  - {name: d, loads: []}\n"
    "  - {name: e, loads: [{at: y1, traction_mpa: [0, 0, 1]}, {at: z1, pressure_mpa: 1}]}\n";

TEST(MatrixFreeSolve, SeveralLoadsOfOneSet) {
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, small_box(4));
  const Model model = build_model(box_case(kFiveLoads), part);
  expect_agreement(model, "five loads");
}

/// The last three are sums of the first two; h is nearly one.
const char* const kSums =
    "supports: [{name: a, at: z0, fix: [x, y, z]}]\n"
    "load_cases:\n"
    "  - {name: f, loads: [{at: z1, traction_mpa: [0, 0, -3]}]}\n"
    "  - {name: g, loads: [{at: z1, traction_mpa: [0, 0, -3]}, {at: x1, pressure_mpa: 2}]}\n"
    "  - {name: h, loads: [{at: z1, traction_mpa: [3e-5, 0, -3]}]}\n"
    "  - {name: mirrored, loads: [{at: z1, traction_mpa: [0, 0, -3]}, {at: x1, pressure_mpa: "
    "-2}]}\n"
    "  - {name: alone, loads: [{at: x1, pressure_mpa: 1e-6}]}\n"
    "  - {name: greater, loads: [{at: z1, traction_mpa: [0, 0, -3e6]}]}\n";

TEST(MatrixFreeSolve, SumsOfOtherLoadsAreNotSolvedAgain) {
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, small_box(4));
  const Model model = build_model(box_case(kSums), part);
  expect_agreement(model, "sums");
  const auto solutions = solve_matrix_free(model, SolveOptions());
  for (std::size_t i = 0; i < solutions.size(); ++i) {
    SCOPED_TRACE(solutions[i].load_case);
    EXPECT_EQ(solutions[i].iterations >= 12, i < 2);
    EXPECT_EQ(solutions[i].iterations <= 4, i >= 3);
    EXPECT_LE(solutions[i].residual, SolveOptions().tolerance);
  }
}

TEST(MatrixFreeSolve, RepeatsBitByBit) {
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, small_box(4));
  const Model model = build_model(box_case(kFiveLoads), part);
  for (const int direct : {0, kDirectCoarseLimit})
    for (const int stack_from : {3, 100}) {
      MultigridOptions multigrid;
      multigrid.direct_coarse_limit = direct;
      multigrid.aggregation.direct_blocks = kFewBlocks;
      multigrid.stack_from = stack_from;
      SCOPED_TRACE("direct up to " + std::to_string(direct) + ", stacked from " +
                   std::to_string(stack_from));
      const auto first = solve_matrix_free(model, SolveOptions(), multigrid);
      const auto second = solve_matrix_free(model, SolveOptions(), multigrid);
      ASSERT_EQ(first.size(), second.size());
      for (std::size_t i = 0; i < first.size(); ++i) {
        EXPECT_TRUE(first[i].displacement == second[i].displacement);
        EXPECT_TRUE(first[i].nodal_reaction == second[i].nodal_reaction);
        EXPECT_EQ(first[i].residual, second[i].residual);
      }
    }
}

TEST(MatrixFreeSolve, CyclesInBothPrecisionsArriveAtTheSameMotion) {
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, small_box(4));
  const Model model = build_model(box_case(kFiveLoads), part);
  SolveOptions options;
  options.tolerance = 1e-12;
  MultigridOptions multigrid;
  const auto single = solve_matrix_free(model, options, multigrid);
  multigrid.single_precision = false;
  const auto twice = solve_matrix_free(model, options, multigrid);
  for (std::size_t i = 0; i < single.size(); ++i) {
    EXPECT_LT(difference(part, single[i].displacement, twice[i].displacement), 1e-10);
    EXPECT_LE(single[i].iterations, twice[i].iterations + 2);
  }
}

TEST(MatrixFreeSolve, CellInsideOutIsNamedOnAllRanks) {
  for (const bool straight : {true, false}) {
    io::Mesh mesh = small_box(4);
    for (int i = 0; i < 3; ++i) mesh.nodes[3 * mesh.cells[0] + i] += 5;
    if (straight) straighten(mesh);
    const MeshPart part = make_mesh_part(MPI_COMM_WORLD, mesh);
    const Model model = build_model(box_case(kFiveLoads), part);
    try {
      solve_matrix_free(model, SolveOptions());
      ADD_FAILURE() << "a mesh turned inside out was solved, straight " << straight;
    } catch (const NumericalFailure& failure) {
      EXPECT_EQ(failure.code(), "NEGATIVE_JACOBIAN") << failure.what();
    }
  }
}

TEST(MatrixFreeSolve, SaysSoWhenItDoesNotArrive) {
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, small_box(4));
  const Model model = build_model(box_case(kFiveLoads), part);
  SolveOptions options;
  options.max_iterations = 3;
  try {
    solve_matrix_free(model, options);
    FAIL() << "three iterations cannot be enough";
  } catch (const NumericalFailure& failure) {
    EXPECT_EQ(failure.code(), "SOLVER_DIVERGED");
  }
}

}  // namespace
}  // namespace proofload::solver
