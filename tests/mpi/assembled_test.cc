/// The reference path against closed forms, and the fast path against the reference path.
#include <gtest/gtest.h>
#include <unistd.h>

#include <Eigen/Dense>

#include "box_case.h"
#include "proofload/core/problem.h"
#include "proofload/solver/balance.h"
#include "proofload/solver/manufactured.h"

namespace proofload::solver {
namespace {

using Vec = Eigen::Vector3d;

const char* const kGround = "supports: [{name: ground, at: z0, fix: [x, y, z]}]\n";

/// A case, its mesh share, model and solutions.
struct Solved {
  v1::Case value;
  MeshPart part;
  Model model;
  std::vector<Solution> solutions;

  Solved(const io::Mesh& mesh, const std::string& text, const std::string& path = "assembled",
         double tolerance = 1e-12, int direct_unknowns = 200000)
      : value(box_case(text)), part(make_mesh_part(MPI_COMM_WORLD, mesh)) {
    model = build_model(value, part);
    SolveOptions options;
    options.tolerance = tolerance;
    options.path = path;
    options.direct_unknowns = direct_unknowns;
    solutions = solve(model, options);
  }
  Solved(const Solved&) = delete;

  const std::vector<double>& u(int i = 0) const { return solutions[i].displacement; }
  double balance(int i = 0) const { return imbalance(model, model.loads[i], solutions[i]); }
};

io::Mesh distorted_box(bool curved, int n = 2) {
  io::Mesh mesh = small_box(n);
  move_nodes(mesh, bulge);
  if (!curved) straighten(mesh);
  add_whole_surface(mesh);
  return mesh;
}

std::string gradient_text(const Eigen::Matrix3d& gradient) {
  std::string text;
  for (int i = 0; i < 9; ++i) {
    text += (i ? ", " : "") + std::to_string(gradient(i / 3, i % 3));
  }
  return "load_cases: [{name: a, loads: [{at: all, prescribed_mm: {gradient: [" + text + "]}}]}]";
}

/// xx, yy, zz, xy, yz, xz of 0.01 each.
Eigen::Matrix3d unit_strain(int state) {
  constexpr int kPairs[6][2] = {{0, 0}, {1, 1}, {2, 2}, {0, 1}, {1, 2}, {0, 2}};
  Eigen::Matrix3d gradient = Eigen::Matrix3d::Zero();
  gradient(kPairs[state][0], kPairs[state][1]) += 0.005;
  gradient(kPairs[state][1], kPairs[state][0]) += 0.005;
  return gradient;
}

/// Exact where cells are straight: then the four-point rule integrates a linear field exactly.
TEST(PatchTest, SixStrainStatesOnDistortedStraightCells) {
  const io::Mesh mesh = distorted_box(false);
  for (int state = 0; state < 6; ++state) {
    const Eigen::Matrix3d gradient = unit_strain(state);
    const Solved solved(mesh, gradient_text(gradient), "assembled", 1e-13);
    const auto exact = [&](const Vec& x) { return Vec(gradient * x); };
    EXPECT_LT(greatest_difference(solved.part, solved.u(), exact), 1e-14) << state;
    EXPECT_LT(solved.solutions[0].residual, 1e-13);
    EXPECT_LT(solved.balance(), 1e-12);
  }
}

/// On curved cells the four-point rule (degree 2) leaves an error of second order in the curvature.
TEST(PatchTest, CurvedCellsFollowToTheErrorOfTheRule) {
  const Eigen::Matrix3d gradient = unit_strain(0);
  const auto exact = [&](const Vec& x) { return Vec(gradient * x); };
  double error[2];
  for (int i = 0; i < 2; ++i) {
    const Solved solved(distorted_box(true, 2 << i), gradient_text(gradient));
    error[i] = greatest_difference(solved.part, solved.u(), exact);
  }
  EXPECT_LT(error[0], 1e-3 * 0.04);
  EXPECT_LT(error[1], error[0] / 4);
}

TEST(RigidModes, GiveNoForce) {
  const io::Mesh mesh = distorted_box(true);
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, mesh);
  const Model model =
      build_model(box_case(std::string(kGround) +
                           "load_cases: [{name: a, loads: [{at: z1, pressure_mpa: 1}]}]"),
                  part);
  for (int mode = 0; mode < 6; ++mode) {
    std::vector<double> u(3 * part.n_local()), y;
    const Vec axis = Vec::Unit(mode % 3);
    for (std::int32_t node = 0; node < part.n_local(); ++node) {
      at_node(u, node) = mode < 3 ? axis : Vec(axis.cross(node_point(part, node)));
    }
    apply_stiffness_assembled(model, u, y);
    EXPECT_LT(greatest_difference(part, y, [](const Vec&) { return Vec::Zero(); }), 1e-9) << mode;
    apply_stiffness_matrix_free(model, u, y);
    EXPECT_LT(greatest_difference(part, y, [](const Vec&) { return Vec::Zero(); }), 1e-9) << mode;
  }
}

/// The free body's stiffness, a column for each unknown, on curved cells: six zeros, no more.
TEST(RigidModes, AreTheOnlyOnesThatCostNothing) {
  if (ranks_of(MPI_COMM_WORLD) > 1) GTEST_SKIP() << "the whole matrix is on one rank";
  io::Mesh mesh = box_mesh({2, 3, 4}, {1, 1, 1});
  move_nodes(mesh, bulge);
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, mesh);
  const Model model =
      build_model(box_case(std::string(kGround) +
                           "load_cases: [{name: a, loads: [{at: z1, pressure_mpa: 1}]}]"),
                  part);
  const Eigen::Index n = 3 * part.n_local();
  for (const auto apply : {apply_stiffness_assembled, apply_stiffness_matrix_free}) {
    Eigen::MatrixXd matrix(n, n);
    for (Eigen::Index i = 0; i < n; ++i) {
      std::vector<double> u(n, 0.0), y;
      u[i] = 1;
      apply(model, u, y);
      matrix.col(i) = Eigen::Map<Eigen::VectorXd>(y.data(), n);
    }
    EXPECT_LT((matrix - matrix.transpose()).norm(), 1e-12 * matrix.norm());
    const Eigen::VectorXd values =
        Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(matrix).eigenvalues();
    EXPECT_LT(values.head(6).cwiseAbs().maxCoeff(), 1e-9 * values[6]);
    EXPECT_GT(values[6], 0);
  }
}

/// A quadratic displacement is in the space of quadratic elements.
TEST(Manufactured, QuadraticFieldIsExactOnStraightCells) {
  for (const char* held : {"all", "x0"}) {
    const std::string text = std::string("load_cases: [{name: a, loads: [{at: ") + held +
                             ", manufactured: {field: quadratic, amplitude_mm: 0.01, "
                             "length_mm: 4}}]}]";
    const Solved solved(distorted_box(false), text);
    v1::Manufactured field = solved.value.load_cases(0).loads(0).manufactured();
    const auto exact = [&](const Vec& x) { return manufactured_field(field, x).u; };
    EXPECT_LT(greatest_difference(solved.part, solved.u(), exact), 1e-12) << held;
  }
}

/// L2 norm of the error of the displacement.
double l2_error(const Solved& solved, const v1::Manufactured& field) {
  const MeshPart& part = solved.part;
  double sum = 0;
  for (std::int32_t cell = 0; cell < part.n_cells(); ++cell) {
    for (const CellPoint& p : cell_points(part, cell, tetrahedron_rule(4))) {
      Vec error = -manufactured_field(field, p.x).u;
      for (int k = 0; k < 10; ++k) {
        error += p.shape[k] * at_node(solved.u(), part.cells[10 * cell + k]);
      }
      sum += p.volume * error.squaredNorm();
    }
  }
  return std::sqrt(sum_over_ranks(part.comm, sum));
}

TEST(Manufactured, CubicAndTrigonometricConvergeWithAnOrderAbove2Point7) {
  for (const char* name : {"cubic", "trigonometric"}) {
    double error[2];
    for (int i = 0; i < 2; ++i) {
      io::Mesh mesh = box_mesh({2, 2, 2}, {2 << i, 2 << i, 2 << i});
      add_whole_surface(mesh);
      const Solved solved(mesh,
                          std::string("load_cases: [{name: a, loads: [{at: all, manufactured: "
                                      "{field: ") +
                              name + ", amplitude_mm: 0.01, length_mm: 2}}]}]");
      error[i] = l2_error(solved, solved.value.load_cases(0).loads(0).manufactured());
    }
    EXPECT_GT(error[0] / error[1], 6.5) << name << ' ' << error[0] << ' ' << error[1];
  }
}

/// u_z = sigma/k + sigma z / E for a column with nu free to bulge, on springs.
TEST(Foundation, ColumnOnSpringsSinksAsByHand) {
  const Solved solved(small_box(), R"(
supports:
  - {name: a, at: z0, elastic_foundation: {normal_n_per_mm3: 50}}
  - {name: b, at: x0, slide: true}
  - {name: c, at: y0, slide: true}
load_cases: [{name: a, loads: [{at: z1, traction_mpa: [0, 0, -5]}]}]
)");
  const auto exact = [](const Vec& x) {
    const double strain = -5 / kModulus;
    return Vec(-kRatio * strain * x[0], -kRatio * strain * x[1], strain * x[2] - 5.0 / 50);
  };
  EXPECT_LT(greatest_difference(solved.part, solved.u(), exact), 1e-12);
  EXPECT_LT(solved.balance(), 1e-11);
}

TEST(Prescribed, PulledColumnNeedsTheForceOfHooke) {
  const Solved solved(small_box(), R"(
supports:
  - {name: a, at: z0, slide: true}
  - {name: b, at: x0, slide: true}
  - {name: c, at: y0, slide: true}
load_cases: [{name: a, loads: [{at: z1, prescribed_mm: {z: 0.02}}]}]
)");
  const auto exact = [](const Vec& x) {
    return Vec(-kRatio * 0.005 * x[0], -kRatio * 0.005 * x[1], 0.005 * x[2]);
  };
  EXPECT_LT(greatest_difference(solved.part, solved.u(), exact), 1e-14);
  double force = 0;
  for (std::int32_t node = 0; node < solved.part.n_owned; ++node) {
    if (node_point(solved.part, node)[2] < 2) continue;
    force += solved.solutions[0].nodal_reaction[3 * node + 2];
  }
  EXPECT_NEAR(sum_over_ranks(solved.part.comm, force), kModulus * 0.005 * 6, 1e-9);
  EXPECT_LT(solved.balance(), 1e-11);
}

/// Slides on three planes of a box turned by an odd angle and moved by a metre.
TEST(Slide, RotatedBoxFollows) {
  const Eigen::Matrix3d turn = Eigen::AngleAxisd(0.7, Vec(1, 2, 3).normalized()).toRotationMatrix();
  const Vec shift(1000, -200, 300), pull = 5 * turn.col(2);
  io::Mesh mesh = small_box();
  move_nodes(mesh, [&](const Vec& x) { return Vec(turn * x + shift); });
  char traction[200];
  std::snprintf(traction, sizeof traction, "[%.17g, %.17g, %.17g]", pull[0], pull[1], pull[2]);
  const Solved solved(mesh, std::string(R"(
supports:
  - {name: a, at: z0, slide: true}
  - {name: b, at: x0, slide: true}
  - {name: c, at: y0, slide: true}
load_cases: [{name: a, loads: [{at: z1, traction_mpa: )") +
                                traction + "}]}]");
  const auto exact = [&](const Vec& x) {
    const Vec local = turn.transpose() * (x - shift);
    return Vec(turn *
               Vec(-kRatio * 0.005 * local[0], -kRatio * 0.005 * local[1], 0.005 * local[2]));
  };
  EXPECT_LT(greatest_difference(solved.part, solved.u(), exact), 1e-11);
}

/// K of the whole mesh, dense, on one rank.
Eigen::MatrixXd dense_stiffness(const Model& model) {
  const std::size_t n = model.mesh->xyz.size();
  Eigen::MatrixXd k(n, n);
  std::vector<double> unit(n, 0.0), column;
  for (std::size_t i = 0; i < n; ++i) {
    unit[i] = 1;
    apply_stiffness_assembled(model, unit, column);
    unit[i] = 0;
    k.col(i) = Eigen::Map<Eigen::VectorXd>(column.data(), n);
  }
  return k;
}

/// [K Cᵀ; C 0] with u = t + theta x (x - p) on z1 as constraints, q = (t, theta) loaded.
Eigen::VectorXd with_multipliers(const Solved& solved, const Vec& point) {
  const MeshPart& part = solved.part;
  const auto& nodes = solved.model.kinematics[0].rigid_groups[0].nodes;
  const Eigen::Index n = 3 * part.n_local();
  const auto moved = static_cast<Eigen::Index>(3 * nodes.size());
  const auto held = static_cast<Eigen::Index>(3 * solved.model.kinematics[0].constraints.size());
  Eigen::MatrixXd system = Eigen::MatrixXd::Zero(n + 6 + moved + held, n + 6 + moved + held);
  Eigen::VectorXd right = Eigen::VectorXd::Zero(system.rows());
  system.topLeftCorner(n, n) = dense_stiffness(solved.model);
  Eigen::Index row = n + 6;
  for (const std::int32_t node : nodes) {
    const Vec r = node_point(part, node) - point;
    Eigen::Matrix<double, 3, 6> motion = Eigen::Matrix<double, 3, 6>::Zero();
    for (int i = 0; i < 3; ++i) {
      motion.col(i) = Vec::Unit(i);
      motion.col(3 + i) = Vec::Unit(i).cross(r);
    }
    system.block<3, 3>(row, 3 * node).setIdentity();
    system.block<3, 6>(row, n) = -motion;
    row += 3;
  }
  for (const NodeConstraint& c : solved.model.kinematics[0].constraints) {
    system.block<3, 3>(row, 3 * c.node).setIdentity();
    row += 3;
  }
  system.topRightCorner(n + 6, moved + held) =
      system.bottomLeftCorner(moved + held, n + 6).transpose();
  for (int i = 0; i < 6; ++i) right[n + i] = solved.model.loads[0].rigid[0][i];
  return system.fullPivLu().solve(right).head(n + 6);
}

const char* const kRigidLoad = R"(
supports: [{name: ground, at: z0, fix: [x, y, z]}]
load_cases:
  - name: a
    loads:
      - {at: z1, rigid: {point_mm: [3, 1, 6], force_n: [3, -4, 5], moment_nmm: [10, 20, -30]}}
)";

TEST(RigidFace, EliminationEqualsLagrangeMultipliers) {
  if (ranks_of(MPI_COMM_WORLD) > 1) GTEST_SKIP() << "dense, on one rank";
  const Solved solved(distorted_box(true, 1), kRigidLoad);
  const Eigen::VectorXd expected = with_multipliers(solved, Vec(3, 1, 6));
  const Eigen::Index n = 3 * solved.part.n_local();
  const double scale = expected.head(n).cwiseAbs().maxCoeff();
  EXPECT_LT((expected.head(n) - Eigen::Map<const Eigen::VectorXd>(solved.u().data(), n))
                .cwiseAbs()
                .maxCoeff(),
            1e-9 * scale);
  for (int i = 0; i < 6; ++i) {
    EXPECT_NEAR(solved.solutions[0].rigid[0][i], expected[n + i], 1e-9 * scale);
  }
}

TEST(RigidFace, MovesAsABodyAndBalances) {
  const Solved solved(distorted_box(true), kRigidLoad);
  const auto& q = solved.solutions[0].rigid[0];
  double worst = 0, size = 0;
  for (const std::int32_t node : solved.model.kinematics[0].rigid_groups[0].nodes) {
    const Vec u = at_node(solved.u(), node);
    const Vec expected = Vec(q[0], q[1], q[2]) +
                         Vec(q[3], q[4], q[5]).cross(node_point(solved.part, node) - Vec(3, 1, 6));
    worst = std::max(worst, (u - expected).norm());
    size = std::max(size, u.norm());
  }
  EXPECT_LE(worst, 1e-14);
  EXPECT_GT(max_over_ranks(solved.part.comm, size), 1e-3);
  EXPECT_LT(solved.balance(), 1e-10);
}

/// The work of loads is the energy: a rigid support that fixes all equals clamped nodes.
TEST(RigidFace, FixedRigidSupportEqualsClampedNodes) {
  const std::string load = "load_cases: [{name: a, loads: [{at: z1, traction_mpa: [1, 2, 3]}]}]";
  const Solved rigid(distorted_box(true), "supports: [{name: a, at: z0, rigid: {}}]\n" + load);
  const Solved clamped(distorted_box(true), kGround + load);
  double worst = 0;
  for (std::size_t i = 0; i < rigid.u().size(); ++i) {
    worst = std::max(worst, std::abs(rigid.u()[i] - clamped.u()[i]));
  }
  EXPECT_LT(worst, 1e-13);
  EXPECT_LT(rigid.balance(), 1e-11);
}

/// Every kind of support and load at once, two kinematic sets.
const char* const kMixed = R"(
supports:
  - {name: ground, at: z0, elastic_foundation: {normal_n_per_mm3: 30, tangential_n_per_mm3: 7}}
load_cases:
  - name: a
    loads:
      - {at: z1, rigid: {force_n: [3, -4, 5], moment_nmm: [10, 20, -30]}}
      - {gravity_mm_per_s2: [0, 1e9, 0]}
  - name: b
    supports: [{name: ground, at: z0, fix: [x, z]}, {name: ground, at: x0, fix: [x, y]}]
    loads:
      - {at: x1, pressure_mpa: 2}
      - {at: z1, distributed: {force_n: [0, 3, 0], moment_nmm: [1, 2, 3]}}
  - name: c
    supports: [{name: ground, at: z0, fix: [x, y, z]},
               {name: bed, at: x0, elastic_foundation: {normal_n_per_mm3: 100}}]
    loads:
      - {at: z1, prescribed_mm: {x: 0.1}}
)";

TEST(TwoPaths, AgreeOnEverything) {
  const io::Mesh mesh = distorted_box(true, 4);
  const Solved reference(mesh, kMixed, "assembled", 1e-12);
  const Solved fast(mesh, kMixed, "matrix_free", 1e-12);
  const MeshPart& part = reference.part;
  const auto zero = [](const Vec&) { return Vec::Zero(); };
  for (int i = 0; i < 3; ++i) {
    std::vector<double> u = fast.u(i), r = fast.solutions[i].nodal_reaction;
    for (std::size_t k = 0; k < u.size(); ++k) u[k] -= reference.u(i)[k];
    for (std::size_t k = 0; k < r.size(); ++k) r[k] -= reference.solutions[i].nodal_reaction[k];
    EXPECT_LT(greatest_difference(part, u, zero),
              1e-9 * greatest_difference(part, reference.u(i), zero));
    EXPECT_LT(greatest_difference(part, r, zero),
              1e-8 * (1 + greatest_difference(part, reference.solutions[i].nodal_reaction, zero)));
    EXPECT_LT(reference.balance(i), 1e-10) << i;
    EXPECT_LT(fast.balance(i), 1e-8) << i;
    EXPECT_LT(reference.solutions[i].residual, 1e-11);
  }
}

TEST(Multigrid, AssembledIterationAgreesWithTheFactorisation) {
  const io::Mesh mesh = distorted_box(true, 3);
  const Solved direct(mesh, kMixed, "assembled", 1e-12);
  const Solved iterated(mesh, kMixed, "assembled", 1e-10, 0);
  const auto zero = [](const Vec&) { return Vec::Zero(); };
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(direct.solutions[i].path, "assembled_direct");
    EXPECT_EQ(iterated.solutions[i].path, "assembled_gamg");
    EXPECT_LT(iterated.solutions[i].residual, 1e-10);
    EXPECT_LT(iterated.solutions[i].iterations, 100);
    std::vector<double> u = iterated.u(i);
    for (std::size_t k = 0; k < u.size(); ++k) u[k] -= direct.u(i)[k];
    EXPECT_LT(greatest_difference(direct.part, u, zero),
              1e-7 * greatest_difference(direct.part, direct.u(i), zero));
  }
}

TEST(TwoPaths, SmallModelsAreFactorisedByThemselves) {
  const Solved solved(
      small_box(),
      std::string(kGround) + "load_cases: [{name: a, loads: [{at: z1, pressure_mpa: 1}]}]", "auto");
  EXPECT_EQ(solved.solutions[0].path, "assembled_direct");
  EXPECT_EQ(solved.solutions[0].note, "");
}

/// Above 30,000 unknowns the iteration is tried first; where it fails the factorisation answers,
/// and says so.
TEST(Failures, FailedIterationFallsBackToTheFactorisation) {
  SolveOptions options;
  options.max_iterations = 2;
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, box_mesh({1, 1, 8}, {4, 4, 64}));
  const Model model = build_model(
      box_case(std::string(kGround) + "load_cases: [{name: a, loads: [{at: z1, distributed: "
                                      "{force_n: [1, 0, 0]}}]}]"),
      part);
  const std::vector<Solution> solutions = solve(model, options);
  EXPECT_EQ(solutions[0].path, "assembled_direct");
  EXPECT_NE(solutions[0].note.find("matrix-free path failed"), std::string::npos);
  EXPECT_LT(solutions[0].residual, 1e-8);
  EXPECT_LT(imbalance(model, model.loads[0], solutions[0]), 1e-8);
}

TEST(Failures, UnreachableToleranceIsAnErrorNotAResult) {
  SolveOptions options;
  options.path = "assembled";
  options.direct_unknowns = 0;
  options.max_iterations = 2;
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, distorted_box(true, 3));
  const Model model =
      build_model(box_case(std::string(kGround) +
                           "load_cases: [{name: a, loads: [{at: z1, pressure_mpa: 1}]}]"),
                  part);
  try {
    solve(model, options);
    ADD_FAILURE() << "two iterations cannot suffice";
  } catch (const NumericalFailure& error) {
    EXPECT_EQ(error.code(), "SOLVER_DIVERGED");
  }
}

/// Stiffness times motion is 1e8 times the force: what rounding leaves is told, and no failure.
TEST(Failures, RoundingOfASlenderBeamIsNoDivergence) {
  const io::Mesh mesh = box_mesh({2, 3, 1200}, {1, 1, 200});
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, mesh);
  v1::Case value =
      box_case(std::string(kGround) +
               "load_cases: [{name: a, loads: [{at: z1, traction_mpa: [1e-6, 0, 0]}]}]");
  (*value.mutable_places())["z1"].mutable_plane()->set_offset_mm(1200);
  const Model model = build_model(value, part);
  SolveOptions options;
  options.path = "assembled";
  const Solution solution = solve(model, options)[0];
  const double inertia = 3 * 8 / 12.0, length = 1200;
  double greatest = 0;
  for (std::int32_t node = 0; node < part.n_owned; ++node) {
    greatest = std::max(greatest, at_node(solution.displacement, node)[0]);
  }
  EXPECT_NEAR(max_over_ranks(part.comm, greatest),
              6e-6 * std::pow(length, 3) / (3 * kModulus * inertia), 0.02 * 1.728);
  EXPECT_GT(solution.residual, 1e-8);
  EXPECT_NE(solution.note, "");
}

/// Whoever is late: reports of two runs on as many ranks are the same to the last bit.
TEST(TwoPaths, FactorRepeatsBitByBit) {
  const io::Mesh mesh = distorted_box(true, 4);
  const std::string text = std::string(kGround) +
                           "load_cases: [{name: a, loads: [{at: z1, traction_mpa: [1, 0.3, -2]}]}]";
  const Solved first(mesh, text);
  for (int turn = 0; turn < 3; ++turn) {
    usleep(2000 * ((turn + rank_of(first.part.comm)) % 3));
    const Solved again(mesh, text);
    EXPECT_EQ(first.u(), again.u()) << turn;
    EXPECT_EQ(first.solutions[0].residual, again.solutions[0].residual);
  }
}

TEST(TwoPaths, StiffnessTimesAVectorAgreesToRounding) {
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, distorted_box(true));
  const Model model =
      build_model(box_case(std::string(kGround) +
                           "load_cases: [{name: a, loads: [{at: z1, pressure_mpa: 1}]}]"),
                  part);
  std::vector<double> u(3 * part.n_local()), first, second;
  for (std::int32_t node = 0; node < part.n_local(); ++node) {
    const Vec x = node_point(part, node);
    at_node(u, node) = Vec(std::sin(9 * x[0] + x[1]), std::cos(8 * x[1] * x[2]), x[0] * x[2]);
  }
  apply_stiffness_assembled(model, u, first);
  apply_stiffness_matrix_free(model, u, second);
  const auto zero = [](const Vec&) { return Vec::Zero(); };
  const double size = greatest_difference(part, first, zero);
  for (std::size_t i = 0; i < first.size(); ++i) first[i] -= second[i];
  EXPECT_LT(greatest_difference(part, first, zero), 1e-12 * size);
}

TEST(Failures, CellInsideOutIsNamedOnAllRanks) {
  io::Mesh mesh = small_box();
  for (int i = 0; i < 3; ++i) mesh.nodes[3 * mesh.cells[4] + i] += 5;
  try {
    const Solved solved(
        mesh, std::string(kGround) + "load_cases: [{name: a, loads: [{at: z1, pressure_mpa: 1}]}]");
    ADD_FAILURE() << "a mesh turned inside out was solved";
  } catch (const NumericalFailure& error) {
    EXPECT_EQ(error.code(), "NEGATIVE_JACOBIAN");
  }
}

}  // namespace
}  // namespace proofload::solver
