/// Orthotropic materials and moduli that vary from cell to cell.
#include "../../solver/model/materials.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>

#include "../../solver/elasticity/matrix_free_operator.h"
#include "../../solver/stress/tet10.h"
#include "box_case.h"
#include "proofload/core/problem.h"
#include "proofload/solver/balance.h"
#include "proofload/solver/buckling.h"
#include "proofload/solver/stress.h"

namespace proofload::solver {
namespace {

using Vec = Eigen::Vector3d;

const char* const kOblique =
    "orthotropic: {axis_1: [1, 2, 3], axis_2: [-1, 1, 1], e1_mpa: 2000, e2_mpa: 1100, e3_mpa: 700, "
    "nu12: 0.39, nu13: 0.3, nu23: 0.35, g12_mpa: 540, g13_mpa: 420, g23_mpa: 380}";
const char* const kIsotropic =
    "orthotropic: {axis_1: [1, 2, 3], axis_2: [-1, 1, 1], e1_mpa: 1000, e2_mpa: 1000, e3_mpa: "
    "1000, nu12: 0.3, nu13: 0.3, nu23: 0.3, g12_mpa: 384.61538461538464, g13_mpa: "
    "384.61538461538464, g23_mpa: 384.61538461538464}";
const char* const kPush =
    "supports: [{name: a, at: z0, fix: [x, y, z]}]\n"
    "load_cases: [{name: push, loads: [{at: z1, traction_mpa: [1, 2, -30]}]}]";

/// The box of this material (and further lines of its body).
v1::Case case_of(const std::string& text, const std::string& material,
                 const std::string& field = "") {
  v1::Case value = box_case(text);
  const CaseText read = parse_case(
      "bodies: [{name: box, material: {density_g_per_cm3: 2, " + material + "}" + field + "}]",
      "x");
  *value.mutable_bodies(0)->mutable_material() = read.value.bodies(0).material();
  *value.mutable_bodies(0)->mutable_modulus_field() = read.value.bodies(0).modulus_field();
  if (field.empty()) value.mutable_bodies(0)->clear_modulus_field();
  return value;
}

io::Mesh curved_box(int n = 2) {
  io::Mesh mesh = small_box(n);
  move_nodes(mesh, bulge);
  add_whole_surface(mesh);
  return mesh;
}

double greatest(const MeshPart& part, const std::vector<double>& values) {
  double worst = 0;
  for (const double value : values) worst = std::max(worst, std::abs(value));
  return max_over_ranks(part.comm, worst);
}

double difference(const MeshPart& part, std::vector<double> a, const std::vector<double>& b) {
  EXPECT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) a[i] -= b[i];
  return greatest(part, a) / greatest(part, b);
}

std::vector<double> rough_motion(const MeshPart& part, int seed) {
  std::vector<double> u;
  for (const std::int32_t node : part.file_node)
    for (int c = 0; c < 3; ++c) u.push_back(std::sin(1.0 + 12.9 * node + 7.1 * c + 3.3 * seed));
  return u;
}

/// The compliance along and across axes turned by hand: Lekhnitskii's formulas.
TEST(Orthotropic, ThirtyDegreesOffAxis) {
  v1::Orthotropic m;
  for (const double x : {0.5, 0.0, std::sqrt(0.75)}) m.add_axis_1(x);
  for (const double x : {std::sqrt(0.75), 0.0, -0.5}) m.add_axis_2(x);
  m.set_e1_mpa(2000), m.set_e2_mpa(1100), m.set_e3_mpa(700);
  m.set_nu12(0.39), m.set_nu13(0.3), m.set_nu23(0.35);
  m.set_g12_mpa(540), m.set_g13_mpa(420), m.set_g23_mpa(380);
  const Elasticity material = orthotropic_elasticity(m, 0);
  const double c2 = 0.75, s2 = 0.25, sc = std::sqrt(s2 * c2);
  const double along = c2 * c2 / 2000 + s2 * s2 / 1100 + s2 * c2 * (1.0 / 540 - 2 * 0.39 / 2000);
  const double across_y = -(0.3 * c2 / 2000 + 0.35 * s2 / 1100);
  const double across_x =
      s2 * c2 * (1.0 / 2000 + 1.0 / 1100 - 1.0 / 540) - 0.39 / 2000 * (c2 * c2 + s2 * s2);
  const double shear =
      2 * sc * (c2 * (1.0 / 2000 + 0.39 / 2000) - s2 * (1.0 / 1100 + 0.39 / 2000)) -
      sc * (c2 - s2) / 540;
  const StiffnessMatrix compliance = material.stiffness.inverse();
  EXPECT_NEAR(compliance(2, 2), along, 1e-15);
  EXPECT_NEAR(compliance(1, 2), across_y, 1e-15);
  EXPECT_NEAR(compliance(0, 2), across_x, 1e-15);
  EXPECT_NEAR(compliance(5, 2), shear, 1e-15);
  EXPECT_NEAR(compliance(3, 2), 0, 1e-15);
  EXPECT_NEAR(youngs_modulus(material, Vec::UnitZ()), 1 / along, 1e-9);
  EXPECT_LT((material.stiffness - material.stiffness.transpose()).norm(), 1e-9);
}

TEST(Orthotropic, BothPathsAreTheSameOperator) {
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, curved_box());
  const Model model = build_model(case_of(kPush, kOblique), part);
  ASSERT_TRUE(model.elasticity[0].orthotropic);
  const std::vector<double> u = rough_motion(part, 1);
  std::vector<double> assembled, fast;
  apply_stiffness_assembled(model, u, assembled);
  apply_stiffness_matrix_free(model, u, fast);
  EXPECT_LT(difference(part, fast, assembled), 1e-12);
}

TEST(Orthotropic, ColumnsAndDiagonalAreThoseOfTheOperator) {
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, curved_box());
  const Model model = build_model(case_of(kPush, kOblique), part);
  const FreeStiffness free(model);
  AlignedVector in(free.size(kColumns), 0.0), out(in);
  for (int k = 0; k < kColumns; ++k) {
    const std::vector<double> u = rough_motion(part, k);
    for (std::size_t i = 0; i < u.size(); ++i) in[i * kColumns + k] = u[i];
  }
  free.add(in.data(), out.data(), kColumns);
  for (int k = 0; k < kColumns; ++k) {
    AlignedVector u(free.size(1), 0.0), y(u);
    const std::vector<double> motion = rough_motion(part, k);
    std::copy(motion.begin(), motion.end(), u.begin());
    free.add(u.data(), y.data(), 1);
    std::vector<double> column(motion.size());
    for (std::size_t i = 0; i < column.size(); ++i) column[i] = out[i * kColumns + k];
    EXPECT_LT(difference(part, column, {y.begin(), y.begin() + column.size()}), 1e-12);
  }
  std::vector<double> blocks(6ul * part.n_local(), 0.0);
  free.add_diagonal(blocks.data());
  const int index[3][3] = {{0, 3, 5}, {3, 1, 4}, {5, 4, 2}};
  for (std::int32_t node = 0; node < part.n_local(); node += 7) {
    for (int c = 0; c < 3; ++c) {
      AlignedVector u(free.size(1), 0.0), y(u);
      u[3 * node + c] = 1;
      free.add(u.data(), y.data(), 1);
      for (int i = 0; i < 3; ++i)
        EXPECT_NEAR(blocks[6 * node + index[i][c]], y[3 * node + i], 1e-9 * kModulus);
    }
  }
}

/// w det J^-1 sigma J^-T at the four points.
TEST(Orthotropic, PointStressIsThatOfTheLaw) {
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, curved_box());
  const Model model = build_model(case_of(kPush, kOblique), part);
  const FreeStiffness free(model);
  AlignedVector u(free.size(1), 0.0);
  const std::vector<double> motion = rough_motion(part, 3);
  std::copy(motion.begin(), motion.end(), u.begin());
  const AlignedVector found = free.point_stress(u.data());
  const int rows[6] = {0, 1, 2, 0, 1, 0}, columns[6] = {0, 1, 2, 1, 2, 2};
  double worst = 0, size = 0;
  for (std::int32_t cell = 0; cell < part.n_cells(); ++cell) {
    const auto x = fields::gather(part, cell, part.xyz), v = fields::gather(part, cell, motion);
    for (int q = 0; q < 4; ++q) {
      const auto& point = fields::four_points()[q];
      Eigen::Index vertex = 0;  // the kernels' order: by the nearest vertex
      point.bary.maxCoeff(&vertex);
      const Eigen::Matrix3d jacobian = x.transpose() * point.gradients;
      const auto map = fields::map_cell(x, point.gradients);
      const Eigen::Matrix3d stress = fields::tensor(
          fields::stress_of_gradient(model.elasticity[0], v.transpose() * map.gradients));
      const Eigen::Matrix3d expected = point.weight * map.determinant * jacobian.inverse() *
                                       stress * jacobian.inverse().transpose();
      for (int i = 0; i < 6; ++i) {
        const int slot = free.slot(cell);
        const double value = found[((slot / 8 * 4ul + vertex) * 6 + i) * 8 + slot % 8];
        worst = std::max(worst, std::abs(value - expected(rows[i], columns[i])));
        size = std::max(size, std::abs(value));
      }
    }
  }
  EXPECT_LT(worst, 1e-11 * size);
}

/// Constant strain stays constant, with the stress of the law, on crooked cells and both paths.
TEST(Orthotropic, PatchTest) {
  io::Mesh mesh = curved_box();
  straighten(mesh);  // four points do not integrate curved cells exactly
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, mesh);
  Eigen::Matrix3d gradient;
  gradient << 0.01, 0.002, -0.003, 0.004, -0.02, 0.005, 0.006, -0.001, 0.03;
  const Model model = build_model(
      case_of("load_cases: [{name: a, loads: [{at: all, prescribed_mm: {gradient: [0.01, 0.002, "
              "-0.003, 0.004, -0.02, 0.005, 0.006, -0.001, 0.03]}}]}]",
              kOblique),
      part);
  Eigen::Matrix<double, 6, 1> strain;
  strain << 0.01, -0.02, 0.03, 0.006, 0.004, 0.003;
  const Eigen::Matrix<double, 6, 1> expected = model.elasticity[0].stiffness * strain;
  const StressPoints points = stress_points(part);
  for (const char* path : {"assembled", "matrix_free"}) {
    SolveOptions options;
    options.tolerance = 1e-12;
    options.path = path;
    const Solution solution = solve(model, options)[0];
    EXPECT_LT(greatest_difference(part, solution.displacement,
                                  [&](const Vec& x) -> Vec { return gradient * x; }),
              1e-9);
    const std::vector<double> stress = StressRecovery(model, points).stress(solution);
    double worst = 0;
    for (std::size_t i = 0; i < stress.size(); ++i)
      worst = std::max(worst, std::abs(stress[i] - expected[i % 6]));
    EXPECT_LT(worst, 1e-6 * expected.norm());
    const std::vector<double> error = cell_energy_error(model, points, solution, stress);
    EXPECT_LT(greatest(part, error), 1e-5);
  }
}

TEST(Orthotropic, BothPathsAgreeAndBalance) {
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, curved_box(3));
  const Model model = build_model(case_of(kPush, kOblique), part);
  SolveOptions options;
  options.tolerance = 1e-11;
  options.path = "assembled";
  const Solution reference = solve(model, options)[0];
  options.path = "matrix_free";
  const Solution fast = solve(model, options)[0];
  EXPECT_LT(difference(part, fast.displacement, reference.displacement), 1e-8);
  EXPECT_LT(imbalance(model, model.loads[0], fast), 1e-8);
  EXPECT_LE(fast.iterations, 40);
}

/// The same material said in two ways: deflection, energy error and buckling are the same.
TEST(Orthotropic, IsotropicConstantsAreTheIsotropicMaterial) {
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, curved_box());
  const Model plain =
      build_model(case_of(kPush, "youngs_modulus_mpa: 1000, poisson_ratio: 0.3"), part);
  const Model same = build_model(case_of(kPush, kIsotropic), part);
  SolveOptions options;
  options.tolerance = 1e-12;
  options.path = "matrix_free";
  const auto a = solve(plain, options), b = solve(same, options);
  EXPECT_LT(difference(part, b[0].displacement, a[0].displacement), 1e-9);
  const StressPoints points = stress_points(part);
  const auto of = [&](const Model& model, const Solution& solution) {
    return cell_energy_error(model, points, solution,
                             StressRecovery(model, points).stress(solution));
  };
  EXPECT_LT(difference(part, of(same, b[0]), of(plain, a[0])), 1e-7);
  BucklingOptions modes;
  modes.count = 2;
  modes.tolerance = 1e-5;
  const auto f = find_buckling(plain, a, {"push"}, modes),
             g = find_buckling(same, b, {"push"}, modes);
  ASSERT_EQ(f[0].modes.size(), 2u);
  ASSERT_EQ(g[0].modes.size(), 2u);
  EXPECT_NEAR(g[0].modes[0].factor, f[0].modes[0].factor, 1e-6 * f[0].modes[0].factor);
}

std::string refusal(const v1::Case& value) {
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, small_box());
  try {
    build_model(value, part);
  } catch (const InvalidInput& error) {
    return error.problems().at(0).code;
  }
  return "";
}

TEST(ModulusField, LinearFieldAtTheCentresOfCells) {
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, small_box(3));
  const std::string material = "youngs_modulus_mpa: 1000, poisson_ratio: 0.3";
  const Model model =
      build_model(case_of(kPush, material,
                          ", modulus_field: {value: 500, point_mm: [0, 0, 1], gradient_per_mm: "
                          "[0, 10, 100]}"),
                  part);
  ASSERT_EQ(model.cell_factor.size(), part.cell_body.size());
  for (std::int32_t cell = 0; cell < part.n_cells(); ++cell) {
    Vec at = Vec::Zero();
    for (int v = 0; v < 4; ++v) at += node_point(part, part.cells[10 * cell + v]) / 4;
    const double expected = 0.5 + 0.01 * at[1] + 0.1 * (at[2] - 1);
    EXPECT_NEAR(model.cell_factor[cell], expected, 1e-12);
    EXPECT_NEAR(youngs_modulus(model.material_of(cell), Vec::UnitX()), 1000 * expected, 1e-9);
  }
  EXPECT_TRUE(model.doubts.empty());
  const std::vector<double> u = rough_motion(part, 1);
  std::vector<double> assembled, fast;
  apply_stiffness_assembled(model, u, assembled);
  apply_stiffness_matrix_free(model, u, fast);
  EXPECT_LT(difference(part, fast, assembled), 1e-12);
  SolveOptions options;
  options.tolerance = 1e-11;
  options.path = "assembled";
  const Solution reference = solve(model, options)[0];
  options.path = "matrix_free";
  EXPECT_LT(difference(part, solve(model, options)[0].displacement, reference.displacement), 1e-8);
}

TEST(ModulusField, NearestPointThroughALawWithItsRange) {
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, small_box(3));
  const auto model_of = [&](const char* upper) {
    return build_model(
        case_of(kPush, kOblique,
                std::string(", modulus_field: {points_mm: [1, 1, 1, 1, 1, 3], values: [0.1, ") +
                    upper +
                    "], law: {coefficient_mpa: 4730, exponent: 1.56, constant_mpa: 5, min_density: "
                    "0.09, max_density: 0.35}}"),
        part);
  };
  const Model model = model_of("0.2");
  for (std::int32_t cell = 0; cell < part.n_cells(); ++cell) {
    double z = 0;
    for (int v = 0; v < 4; ++v) z += node_point(part, part.cells[10 * cell + v])[2] / 4;
    if (std::abs(z - 2) < 1e-6) continue;
    const double modulus = 4730 * std::pow(z < 2 ? 0.1 : 0.2, 1.56) + 5;
    // The stiffest axis follows the law.
    EXPECT_NEAR(youngs_modulus(model.material_of(cell), Vec(1, 2, 3).normalized()), modulus,
                1e-9 * modulus);
  }
  EXPECT_TRUE(model.doubts.empty());
  ASSERT_EQ(model_of("0.4").doubts.size(), 1u);
}

TEST(ModulusField, WhatIsNoModulusIsRefused) {
  const std::string material = "youngs_modulus_mpa: 1000, poisson_ratio: 0.3";
  EXPECT_EQ(refusal(case_of(kPush, material,
                            ", modulus_field: {value: 100, gradient_per_mm: [0, 0, -30]}")),
            "MODULUS_NOT_POSITIVE");
  EXPECT_EQ(refusal(case_of(kPush, material,
                            ", modulus_field: {value: -0.1, law: {coefficient_mpa: 4730, exponent: "
                            "1.56}}")),
            "MODULUS_NOT_POSITIVE");
}

}  // namespace
}  // namespace proofload::solver
