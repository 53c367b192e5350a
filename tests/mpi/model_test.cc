/// Supports and loads of a case on a box: resultants, directions held, and what is refused.
#include "proofload/solver/model.h"

#include <gtest/gtest.h>

#include <Eigen/Geometry>

#include "box_case.h"
#include "proofload/core/problem.h"

namespace proofload::solver {
namespace {

using Vec = Eigen::Vector3d;

const char* const kGround = "supports: [{name: ground, at: z0, fix: [x, y, z]}]\n";

/// Force and moment about the origin of the first load case's nodal forces.
struct Resultant {
  Vec force = Vec::Zero();
  Vec moment = Vec::Zero();
};

Resultant resultant_of(const MeshPart& part, const std::vector<double>& forces) {
  double sum[6] = {};
  for (std::int32_t node = 0; node < part.n_owned; ++node) {
    const Vec f = at_node(forces, node), m = node_point(part, node).cross(f);
    for (int i = 0; i < 3; ++i) {
      sum[i] += f[i];
      sum[3 + i] += m[i];
    }
  }
  sum_over_ranks(part.comm, sum, 6);
  return {Vec(sum), Vec(sum + 3)};
}

Resultant resultant_of_load(const io::Mesh& mesh, const std::string& load) {
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, mesh);
  const Model model =
      build_model(box_case(kGround + ("load_cases: [{name: a, loads: [" + load + "]}]")), part);
  return resultant_of(part, model.loads[0].force);
}

/// Code of the first problem that build_model finds; empty: none.
std::string refusal(const io::Mesh& mesh, const std::string& text, std::string* message = nullptr) {
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, mesh);
  try {
    build_model(box_case(text), part);
  } catch (const InvalidInput& error) {
    if (message) *message = error.problems()[0].message;
    return error.problems()[0].code;
  }
  return "";
}

io::Mesh bulged_box() {
  io::Mesh mesh = small_box();
  move_nodes(mesh, bulge);
  return mesh;
}

TEST(Loads, DistributedLoadHasItsForceAndMomentOnACurvedFace) {
  const Resultant r = resultant_of_load(
      bulged_box(),
      "{at: z1, distributed: {point_mm: [5, -2, 9], force_n: [1, 2, -3], moment_nmm: [7, 8, 9]}}");
  const Vec force(1, 2, -3);
  EXPECT_LT((r.force - force).norm(), 1e-11);
  EXPECT_LT((r.moment - Vec(7, 8, 9) - Vec(5, -2, 9).cross(force)).norm(), 1e-10);
}

TEST(Loads, ForceMayActThroughAnotherPoint) {
  const Resultant r = resultant_of_load(small_box(),
                                        "{at: z1, distributed: {point_mm: [1, 1.5, 4], acts_at_mm: "
                                        "[9, 1.5, 4], force_n: [0, 0, 2]}}");
  EXPECT_LT((r.moment - Vec(9, 1.5, 4).cross(Vec(0, 0, 2))).norm(), 1e-10);
}

TEST(Loads, PressurePushesInAndFollowsTheCurvedNormal) {
  const Resultant flat = resultant_of_load(small_box(), "{at: x1, pressure_mpa: 5}");
  EXPECT_LT((flat.force - Vec(-60, 0, 0)).norm(), 1e-11);
  EXPECT_LT((flat.moment - Vec(2, 1.5, 2).cross(Vec(-60, 0, 0))).norm(), 1e-10);
  io::Mesh closed = bulged_box();
  add_whole_surface(closed);
  const Resultant zero = resultant_of_load(closed, "{at: all, pressure_mpa: 5}");
  EXPECT_LT(zero.force.norm(), 1e-11);
  EXPECT_LT(zero.moment.norm(), 1e-10);
}

TEST(Loads, TractionIsForcePerArea) {
  const Resultant r = resultant_of_load(small_box(), "{at: y1, traction_mpa: [1, -2, 3]}");
  EXPECT_LT((r.force - 8 * Vec(1, -2, 3)).norm(), 1e-11);
  EXPECT_LT((r.moment - Vec(1, 3, 2).cross(8 * Vec(1, -2, 3))).norm(), 1e-10);
}

TEST(Loads, GravityIsMassTimesAcceleration) {
  const Resultant r = resultant_of_load(small_box(), "{gravity_mm_per_s2: [0, 0, -9810]}");
  const Vec weight(0, 0, -24 * 2e-9 * 9810);
  EXPECT_LT((r.force - weight).norm(), 1e-12 * weight.norm());
  EXPECT_LT((r.moment - Vec(1, 1.5, 2).cross(weight)).norm(), 1e-11 * weight.norm());
}

TEST(Loads, ManufacturedForcesAreInEquilibrium) {
  for (const char* field : {"quadratic", "cubic", "trigonometric"}) {
    const Resultant r =
        resultant_of_load(small_box(3), std::string("{manufactured: {field: ") + field +
                                            ", amplitude_mm: 0.01, length_mm: 6}}");
    EXPECT_LT(r.force.norm(), 1e-6) << field;
    EXPECT_LT(r.moment.norm(), 1e-6) << field;
  }
}

TEST(Loads, RigidLoadIsShiftedToThePointOfItsGroup) {
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, small_box());
  const Model model = build_model(box_case(std::string(kGround) + R"(
load_cases:
  - name: a
    loads:
      - {at: z1, rigid: {point_mm: [1, 1.5, 4], force_n: [1, 0, 0]}}
      - {at: z1, rigid: {point_mm: [1, 1.5, 6], force_n: [0, 10, 0], moment_nmm: [0, 0, 3]}}
)"),
                                  part);
  ASSERT_EQ(model.kinematics[0].rigid_groups.size(), 1u);
  const std::array<double, 6> expected = {1, 10, 0, -20, 0, 3};
  for (int i = 0; i < 6; ++i) EXPECT_NEAR(model.loads[0].rigid[0][i], expected[i], 1e-12);
  EXPECT_LT((model.loads[0].total_force - Vec(1, 10, 0)).norm(), 1e-12);
  EXPECT_EQ(model.loads[0].load_place, "z1");
  EXPECT_LT((model.loads[0].load_point - Vec(1, 1.5, 4)).norm(), 1e-12);
}

TEST(Kinematics, LoadCasesWithTheSameSupportsShareASet) {
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, small_box());
  const Model model = build_model(box_case(std::string(kGround) + R"(
load_cases:
  - {name: a, loads: [{at: z1, traction_mpa: [0, 0, 1]}]}
  - {name: b, loads: [{at: x1, pressure_mpa: 1}]}
  - {name: c, supports: [{name: side, at: x0, fix: [x, y, z]}], loads: [{at: x1, pressure_mpa: 1}]}
  - {name: d, loads: [{at: z1, prescribed_mm: {x: 1}}]}
)"),
                                  part);
  ASSERT_EQ(model.kinematics.size(), 3u);
  EXPECT_EQ(model.loads[1].kinematic_set, 0);
  EXPECT_EQ(model.loads[2].kinematic_set, 1);
  EXPECT_EQ(model.loads[3].kinematic_set, 2);
  EXPECT_EQ(model.kinematics[1].supports[0].name, "side");
}

/// Counts nodes by the number of directions left free.
std::array<std::int64_t, 3> free_counts(const MeshPart& part, const KinematicSet& set) {
  std::array<std::int64_t, 3> counts{};
  for (const NodeConstraint& c : set.constraints) {
    EXPECT_LT((c.free * c.free - c.free).norm(), 1e-12);
    if (c.node < part.n_owned) ++counts[static_cast<int>(std::lround(c.free.trace()))];
  }
  for (auto& count : counts) count = sum_over_ranks(part.comm, count);
  return counts;
}

TEST(Kinematics, SlidesOnRotatedPlanesCombineAtEdges) {
  io::Mesh mesh = small_box(2);
  const Eigen::Matrix3d turn =
      (Eigen::AngleAxisd(0.7, Vec(1, 2, 3).normalized())).toRotationMatrix();
  move_nodes(mesh, [&](const Vec& x) { return Vec(turn * x + Vec(1000, 0, 0)); });
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, mesh);
  const Model model = build_model(box_case(R"(
supports:
  - {name: a, at: x0, slide: true}
  - {name: b, at: y0, slide: true}
  - {name: c, at: z0, slide: true}
load_cases: [{name: a, loads: [{at: z1, traction_mpa: [0, 0, 1]}]}]
)"),
                                  part);
  // 5 x 5 x 7 nodes: one corner, edges of 4 + 4 + 6, faces of 4*4 + 4*6 + 4*6
  const auto counts = free_counts(part, model.kinematics[0]);
  EXPECT_EQ(counts[0], 1);
  EXPECT_EQ(counts[1], 14);
  EXPECT_EQ(counts[2], 64);
  for (const NodeConstraint& c : model.kinematics[0].constraints) {
    const Vec place = turn.transpose() * (node_point(part, c.node) - Vec(1000, 0, 0));
    for (int i = 0; i < 3; ++i) {
      if (place[i] < 1e-9) {
        EXPECT_LT((c.free * turn.col(i)).norm(), 1e-9);
      }
    }
  }
}

TEST(Kinematics, SupportsOnOneNodeIntersect) {
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, small_box(2));
  const Model model = build_model(box_case(R"(
supports:
  - {name: a, at: z0, fix: [z]}
  - {name: b, at: x0, fix: [x, y]}
load_cases: [{name: a, loads: [{at: z1, traction_mpa: [0, 0, 1]}]}]
)"),
                                  part);
  const auto counts = free_counts(part, model.kinematics[0]);
  EXPECT_EQ(counts[0], 5);   // the common edge
  EXPECT_EQ(counts[1], 30);  // x0
  EXPECT_EQ(counts[2], 20);  // z0
}

/// Number of owned nodes that are held at all, over all ranks.
int held_nodes(const MeshPart& part, const KinematicSet& set) {
  double count = 0;
  for (const NodeConstraint& c : set.constraints) count += c.node < part.n_owned;
  return static_cast<int>(sum_over_ranks(part.comm, count));
}

TEST(Kinematics, AntisymmetricHoldsWhatASlideLeavesFree) {
  io::Mesh mesh = small_box(2);
  const Eigen::Matrix3d turn =
      (Eigen::AngleAxisd(0.7, Vec(1, 2, 3).normalized())).toRotationMatrix();
  move_nodes(mesh, [&](const Vec& x) { return Vec(turn * x + Vec(1000, 0, 0)); });
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, mesh);
  const Model model = build_model(box_case(R"(
supports:
  - {name: a, at: x0, antisymmetric: true}
  - {name: b, at: z1, fix: [x, y, z]}
load_cases: [{name: a, loads: [{at: z0, traction_mpa: [0, 0, 1]}]}]
)"),
                                  part);
  for (const NodeConstraint& c : model.kinematics[0].constraints) {
    const Vec place = turn.transpose() * (node_point(part, c.node) - Vec(1000, 0, 0));
    if (place[2] > 4 - 1e-9) continue;
    EXPECT_LT((c.free - turn.col(0) * turn.col(0).transpose()).norm(), 1e-9);
  }
}

TEST(Kinematics, CommonPlacesAreEdgesAndCorners) {
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, small_box(2));
  v1::Case value = box_case(R"(
supports: [{name: a, at: edge, fix: [x, y, z]}]
load_cases: [{name: a, loads: [{at: z1, traction_mpa: [0, 0, 1]}, {at: x1, prescribed_mm: {x: 0, y: 0, z: 0}}]}]
)");
  v1::Place& edge = (*value.mutable_places())["edge"];
  for (const char* name : {"x0", "y0"}) edge.add_common_to(name);
  EXPECT_EQ(held_nodes(part, build_model(value, part).kinematics[0]), 7 + 5 * 7);
  edge.add_common_to("z0");
  EXPECT_EQ(held_nodes(part, build_model(value, part).kinematics[0]), 1 + 5 * 7);
}

TEST(Refused, EdgesThatCarryForceOrAreNone) {
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, small_box());
  const auto code = [&](const char* other, const char* text) -> std::string {
    v1::Case value = box_case(std::string(kGround) + text);
    v1::Place& edge = (*value.mutable_places())["edge"];
    for (const char* name : {"x0", other}) edge.add_common_to(name);
    try {
      build_model(value, part);
    } catch (const InvalidInput& error) {
      return error.problems()[0].code;
    }
    return "";
  };
  EXPECT_EQ(code("y0", "load_cases: [{name: a, loads: [{at: edge, traction_mpa: [0, 0, 1]}]}]"),
            "PLACE_WITHOUT_AREA");
  EXPECT_EQ(code("x1", "load_cases: [{name: a, loads: [{at: edge, prescribed_mm: {z: 1}}]}]"),
            "EMPTY_PLACE");
}

const char* const kPull =
    "load_cases: [{name: pull, loads: [{at: z1, traction_mpa: [0, 0, 1]}]}]\n";

TEST(Unconstrained, NamesTheFreeMotions) {
  std::string message;
  const std::string slide = "supports: [{name: a, at: z0, slide: true}]\n";
  EXPECT_EQ(refusal(small_box(), slide + kPull, &message), "UNCONSTRAINED");
  EXPECT_NE(message.find("translation x, translation y, rotation about z"), std::string::npos)
      << message;
  EXPECT_EQ(message.find("translation z"), std::string::npos) << message;
  EXPECT_NE(message.find("box"), std::string::npos) << message;
}

TEST(Unconstrained, NothingHeldIsRefusedAndAllHeldIsNot) {
  EXPECT_EQ(refusal(small_box(), kPull), "UNCONSTRAINED");
  EXPECT_EQ(refusal(small_box(), kGround + std::string(kPull)), "");
}

TEST(Unconstrained, FoundationWithoutTangentialStiffnessIsNotEnough) {
  const auto text = [](const char* kt) {
    return "supports: [{name: a, at: z0, elastic_foundation: {normal_n_per_mm3: 10, "
           "tangential_n_per_mm3: " +
           std::string(kt) + "}}]\n" + kPull;
  };
  EXPECT_EQ(refusal(small_box(), text("0")), "UNCONSTRAINED");
  EXPECT_EQ(refusal(small_box(), text("0.1")), "");
}

TEST(Unconstrained, RigidSupportHoldsWhatItFixes) {
  const std::string part = "supports: [{name: a, at: z0, rigid: {fix: [x, y, z, rx, ry]}}]\n";
  std::string message;
  EXPECT_EQ(refusal(small_box(), part + kPull, &message), "UNCONSTRAINED");
  EXPECT_NE(message.find("can move freely: rotation about z"), std::string::npos) << message;
  EXPECT_EQ(refusal(small_box(), "supports: [{name: a, at: z0, rigid: {}}]\n" + std::string(kPull)),
            "");
}

/// Two boxes that share no node.
io::Mesh two_boxes() {
  io::Mesh mesh = small_box(), other = small_box();
  const auto nodes = static_cast<std::int32_t>(mesh.n_nodes());
  const auto cells = static_cast<std::int32_t>(mesh.n_cells());
  for (std::size_t i = 0; i < other.nodes.size(); ++i) {
    mesh.nodes.push_back(other.nodes[i] + (i % 3 == 0 ? 10 : 0));
  }
  for (const std::int32_t node : other.cells) mesh.cells.push_back(node + nodes);
  for (std::size_t i = 0; i < other.cell_body.size(); ++i) mesh.cell_body.push_back(1);
  mesh.body_names.push_back("loose");
  const auto append = [&](io::FaceSet& to, const io::FaceSet& from, const char* name) {
    for (const std::int32_t node : from.faces) to.faces.push_back(node + nodes);
    for (const std::int32_t cell : from.cells) to.cells.push_back(cell + cells);
    to.name = name;
  };
  append(mesh.exterior, other.exterior, "");
  for (const io::FaceSet& place : other.places) {
    if (place.name != "z1") continue;
    mesh.places.emplace_back();
    append(mesh.places.back(), place, "far");
    mesh.places.emplace_back(mesh.places.back());
    for (io::FaceSet& near : mesh.places) {
      if (near.name != "z1") continue;
      io::FaceSet& both = mesh.places.back();
      both.name = "both";
      both.faces.insert(both.faces.end(), near.faces.begin(), near.faces.end());
      both.cells.insert(both.cells.end(), near.cells.begin(), near.cells.end());
      break;
    }
  }
  return mesh;
}

v1::Case two_box_case(const std::string& text) {
  v1::Case value = box_case(text);
  *value.add_bodies() = value.bodies(0);
  value.mutable_bodies(1)->set_name("loose");
  return value;
}

TEST(Unconstrained, LooseBodyIsNamedUnlessARigidFaceJoinsIt) {
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, two_boxes());
  try {
    build_model(two_box_case(std::string(kGround) + kPull), part);
    ADD_FAILURE() << "the loose body was not noticed";
  } catch (const InvalidInput& error) {
    ASSERT_EQ(error.problems().size(), 1u);
    EXPECT_EQ(error.problems()[0].code, "UNCONSTRAINED");
    EXPECT_NE(error.problems()[0].message.find("made of loose"), std::string::npos);
  }
  EXPECT_NO_THROW(build_model(
      two_box_case(std::string(kGround) +
                   "load_cases: [{name: a, loads: [{at: both, rigid: {force_n: [0, 0, 1]}}]}]"),
      part));
}

TEST(Refused, OverlapsAndConflicts) {
  EXPECT_EQ(refusal(small_box(), std::string("supports: [{name: a, at: z0, rigid: {}}, {name: b, "
                                             "at: x0, rigid: {}}]\n") +
                                     kPull),
            "RIGID_OVERLAP");
  EXPECT_EQ(refusal(small_box(), std::string("supports: [{name: a, at: z0, rigid: {}}, {name: b, "
                                             "at: x0, fix: [x]}]\n") +
                                     kPull),
            "RIGID_OVERLAP");
  EXPECT_EQ(refusal(small_box(), std::string(kGround) +
                                     "load_cases: [{name: a, loads: [{at: x1, prescribed_mm: {x: "
                                     "1}}]}]"),
            "PRESCRIBED_CONFLICT");
  EXPECT_EQ(
      refusal(bulged_box(), std::string("supports: [{name: a, at: z0, slide: true}]\n") + kPull),
      "SLIDE_NOT_PLANE");
}

TEST(Refused, GravityWithoutDensity) {
  const MeshPart part = make_mesh_part(MPI_COMM_WORLD, small_box());
  v1::Case value = box_case(std::string(kGround) +
                            "load_cases: [{name: a, loads: [{gravity_mm_per_s2: [0, 0, 1]}]}]");
  value.mutable_bodies(0)->mutable_material()->clear_density_g_per_cm3();
  try {
    build_model(value, part);
    ADD_FAILURE() << "a body without density weighed something";
  } catch (const InvalidInput& error) {
    EXPECT_EQ(error.problems()[0].code, "MISSING_DENSITY");
  }
}

TEST(Refused, UnknownAndEmptyPlaces) {
  EXPECT_EQ(
      refusal(small_box(), std::string("supports: [{name: a, at: nowhere, fix: [x]}]\n") + kPull),
      "UNKNOWN_PLACE");
  io::Mesh mesh = small_box();
  mesh.places.push_back({"empty", {}, {}});
  EXPECT_EQ(refusal(mesh, std::string("supports: [{name: a, at: empty, fix: [x]}]\n") + kPull),
            "EMPTY_PLACE");
}

}  // namespace
}  // namespace proofload::solver
