/// Supports that hold the mean motion of a face: closed forms, projection against multipliers.
#include <gtest/gtest.h>

#include <Eigen/Dense>

#include "box_case.h"
#include "proofload/core/problem.h"
#include "proofload/solver/balance.h"
#include "proofload/solver/buckling.h"

namespace proofload::solver {
namespace {

using Vec = Eigen::Vector3d;

/// A case, its mesh share, model and solutions.
struct Solved {
  MeshPart part;
  Model model;
  std::vector<Solution> solutions;

  Solved(const io::Mesh& mesh, const std::string& text, const std::string& path)
      : part(make_mesh_part(MPI_COMM_WORLD, mesh)) {
    model = build_model(box_case(text), part);
    SolveOptions options;
    options.tolerance = 1e-12;
    options.path = path;
    solutions = solve(model, options);
  }
  Solved(const Solved&) = delete;

  double balance(int i) const { return imbalance(model, model.loads[i], solutions[i]); }
};

io::Mesh bulged_box(int n = 3) {
  io::Mesh mesh = small_box(n);
  move_nodes(mesh, bulge);
  return mesh;
}

std::string refusal(const std::string& text) {
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, small_box());
  try {
    build_model(box_case(text), part);
  } catch (const InvalidInput& error) {
    return error.problems().at(0).code + ": " + error.problems().at(0).message;
  }
  return "";
}

/// Area-weighted least-squares rigid motion of a place about a point: t, theta.
Eigen::Matrix<double, 6, 1> mean_motion(const Solved& solved, const std::vector<double>& u,
                                        const std::string& name, const Vec& point) {
  Eigen::Matrix<double, 6, 6> normal = Eigen::Matrix<double, 6, 6>::Zero();
  Eigen::Matrix<double, 6, 1> right = Eigen::Matrix<double, 6, 1>::Zero();
  for (const FacePart& place : solved.part.places) {
    if (place.name != name) continue;
    for (std::size_t f = 0; f < place.cells.size(); ++f) {
      for (const FacePoint& p : face_points(solved.part, &place.faces[6 * f])) {
        Eigen::Matrix<double, 3, 6> motions;
        motions.leftCols<3>().setIdentity();
        for (int c = 0; c < 3; ++c) motions.col(3 + c) = Vec::Unit(c).cross(p.x - point);
        Vec value = Vec::Zero();
        for (int k = 0; k < 6; ++k) value += p.shape[k] * at_node(u, place.faces[6 * f + k]);
        normal += p.area.norm() * motions.transpose() * motions;
        right += p.area.norm() * motions.transpose() * value;
      }
    }
  }
  sum_over_ranks(solved.part.comm, normal.data(), 36);
  sum_over_ranks(solved.part.comm, right.data(), 6);
  return normal.ldlt().solve(right);
}

/// A uniform pull goes through the held face as it is: the face shrinks as freely as any section.
TEST(DistributedSupport, PulledBarIsUniform) {
  const std::string text =
      "supports: [{name: a, at: z0, distributed: {}}]\n"
      "load_cases: [{name: pull, loads: [{at: z1, traction_mpa: [0, 0, 5]}]}]";
  const double stretch = 5 / kModulus;
  for (const char* path : {"assembled", "matrix_free"}) {
    const Solved solved(small_box(), text, path);
    EXPECT_LT(greatest_difference(solved.part, solved.solutions[0].displacement,
                                  [&](const Vec& x) -> Vec {
                                    return stretch *
                                           Vec(-kRatio * (x[0] - 1), -kRatio * (x[1] - 1.5), x[2]);
                                  }),
              1e-11)
        << path;
    const auto& force = solved.solutions[0].distributed.at(0);
    const double expected[6] = {0, 0, -30, 0, 0, 0};
    for (int i = 0; i < 6; ++i) EXPECT_NEAR(force[i], expected[i], 1e-8) << path << i;
    EXPECT_LT(solved.balance(0), 1e-9);
  }
}

/// Force and moment about a remote point, and the motion that is held, on curved cells.
TEST(DistributedSupport, HoldsTheMeanMotionAndTakesTheWholeLoad) {
  const std::string text =
      "supports: [{name: a, at: z0, distributed: {point_mm: [3, -1, -2]}}]\n"
      "load_cases: [{name: push, loads: [{at: z1, distributed: {point_mm: [1, 2, 5], force_n: [3, "
      "-4, 5], moment_nmm: [10, 20, -30]}}]}]";
  const Vec force(3, -4, 5), moment = Vec(10, 20, -30) + Vec(-2, 3, 7).cross(force);
  for (const char* path : {"assembled", "matrix_free"}) {
    const Solved solved(bulged_box(), text, path);
    const auto held = mean_motion(solved, solved.solutions[0].displacement, "z0", Vec(3, -1, -2));
    EXPECT_LT(held.cwiseAbs().maxCoeff(), 1e-12) << path;
    const auto& found = solved.solutions[0].distributed.at(0);
    for (int i = 0; i < 3; ++i) {
      EXPECT_NEAR(found[i], -force[i], 1e-8) << path << i;
      EXPECT_NEAR(found[3 + i], -moment[i], 1e-7) << path << i;
    }
    for (const double value : solved.solutions[0].nodal_reaction) EXPECT_EQ(value, 0);
    EXPECT_LT(solved.balance(0), 1e-9);
    EXPECT_LT(solved.solutions[0].residual, 1e-11);
  }
}

/// Two supports, some motions free, a plane of symmetry across one face, springs, prescribed motion
/// beside the face, a load that goes straight into the support; several loads of one set.
const char* const kMixed = R"(
supports:
  - {name: foot, at: z0, distributed: {point_mm: [1, 1, -2], fix: [y, z, rx, rz]}}
  - {name: head, at: z1, distributed: {point_mm: [2, 1, 7], fix: [x, y]}}
  - {name: side, at: x0, slide: true}
load_cases:
  - name: push
    loads: [{at: z1, distributed: {force_n: [3, -4, 5], moment_nmm: [10, 20, -30]}}]
  - name: squeeze
    loads: [{at: x1, pressure_mpa: 2}, {at: y0, traction_mpa: [0, 1, 0]}]
  - name: sideways
    loads: [{at: y1, traction_mpa: [1, 2, 3]}]
  - name: moved
    supports: [{name: foot, at: z0, distributed: {fix: [x, y, z, rx, ry, rz]}},
               {name: bed, at: y0, elastic_foundation: {normal_n_per_mm3: 30}}]
    loads: [{at: x1, prescribed_mm: {x: 0.1}}]
  - name: straight_in
    supports: [{name: foot, at: z0, distributed: {}}]
    loads: [{at: z0, distributed: {force_n: [3, -4, 5]}}]
)";

TEST(DistributedSupport, ProjectionAgreesWithMultipliers) {
  const io::Mesh mesh = small_box(3);
  const Solved reference(mesh, kMixed, "assembled");
  const Solved fast(mesh, kMixed, "matrix_free");
  const auto zero = [](const Vec&) { return Vec::Zero(); };
  for (int i = 0; i < 5; ++i) {
    SCOPED_TRACE(reference.solutions[i].load_case);
    const Solution &a = reference.solutions[i], &b = fast.solutions[i];
    std::vector<double> u = b.displacement, r = b.nodal_reaction;
    for (std::size_t k = 0; k < u.size(); ++k) u[k] -= a.displacement[k];
    for (std::size_t k = 0; k < r.size(); ++k) r[k] -= a.nodal_reaction[k];
    const MeshPart& part = reference.part;
    EXPECT_LT(greatest_difference(part, u, zero),
              1e-12 + 1e-8 * greatest_difference(part, a.displacement, zero));
    EXPECT_LT(greatest_difference(part, r, zero),
              1e-8 * (1 + greatest_difference(part, a.nodal_reaction, zero)));
    ASSERT_EQ(a.distributed.size(), b.distributed.size());
    for (std::size_t s = 0; s < a.distributed.size(); ++s) {
      for (int m = 0; m < 6; ++m) {
        EXPECT_NEAR(a.distributed[s][m], b.distributed[s][m], 1e-6) << s << m;
      }
    }
    EXPECT_LT(reference.balance(i), 1e-9);
    EXPECT_LT(fast.balance(i), 1e-8);
    EXPECT_LE(b.iterations, 60);
  }
  EXPECT_EQ(fast.solutions[0].distributed[0][0], 0);  // x of the foot is free
  EXPECT_NE(fast.solutions[0].distributed[0][1], 0);
  for (int m = 0; m < 3; ++m) {
    const double through[3] = {-3, 4, -5};
    EXPECT_NEAR(fast.solutions[4].distributed[0][m], through[m], 1e-9);
  }
}

TEST(DistributedSupport, WhatItLeavesFreeIsNamed) {
  const std::string pull = "load_cases: [{name: pull, loads: [{at: z1, traction_mpa: [0, 0, 5]}]}]";
  const std::string loose =
      refusal("supports: [{name: a, at: z0, distributed: {fix: [x, y, z, rx, ry]}}]\n" + pull);
  EXPECT_NE(loose.find("UNCONSTRAINED"), std::string::npos) << loose;
  EXPECT_NE(loose.find("can move freely: rotation about z"), std::string::npos) << loose;
  EXPECT_EQ(refusal("supports: [{name: a, at: z0, distributed: {}}]\n" + pull), "");
}

TEST(DistributedSupport, HoldingTwiceIsRefused) {
  const std::string pull = "load_cases: [{name: pull, loads: [{at: z1, traction_mpa: [0, 0, 5]}]}]";
  const std::string twice = refusal(
      "supports: [{name: a, at: z0, distributed: {}}, {name: b, at: z0, fix: [z]}]\n" + pull);
  EXPECT_NE(twice.find("DISTRIBUTED_REDUNDANT"), std::string::npos) << twice;
  const std::string rigid = refusal(
      "supports: [{name: a, at: z0, distributed: {}}, {name: b, at: x0, rigid: {}}]\n" + pull);
  EXPECT_NE(rigid.find("RIGID_OVERLAP"), std::string::npos) << rigid;
}

TEST(DistributedSupport, BucklingIsRefusedWithTheReason) {
  const Solved solved(small_box(),
                      "supports: [{name: a, at: z0, distributed: {}}]\n"
                      "load_cases: [{name: push, loads: [{at: z1, traction_mpa: [0, 0, -5]}]}]",
                      "assembled");
  const auto found = find_buckling(solved.model, solved.solutions, {"push"}, {});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(found[0].modes.empty());
  EXPECT_NE(found[0].failure.find("distributed support"), std::string::npos);
}

}  // namespace
}  // namespace proofload::solver
