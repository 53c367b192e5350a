/// Recovery, quantities and probes on given displacement fields: no solver takes part.
#include "proofload/solver/stress.h"

#include <gtest/gtest.h>

#include <Eigen/LU>
#include <cmath>
#include <functional>
#include <set>

#include "../../solver/stress/patch_basis.h"
#include "proofload/core/vec3.h"
#include "proofload/io/mesh_file.h"
#include "proofload/solver/box_mesh.h"
#include "proofload/solver/collective.h"
#include "proofload/solver/integration.h"
#include "proofload/solver/manufactured.h"

namespace proofload::solver {
namespace {

using Vec = Eigen::Vector3d;
using Field = std::function<Vec(const Vec&)>;
using Six = Eigen::Matrix<double, 6, 1>;

Elasticity lame(double modulus, double ratio) {
  return {modulus * ratio / ((1 + ratio) * (1 - 2 * ratio)), modulus / (2 * (1 + ratio)), 0};
}

/// Moves vertices by a smooth map and puts mid nodes back in the middle: unequal straight cells.
void distort(io::Mesh& mesh, double amount) {
  for (std::size_t i = 0; i < mesh.nodes.size(); i += 3) {
    double* x = &mesh.nodes[i];
    const double wave = amount * std::sin(3 * x[0]) * std::sin(2.5 * x[1]) * std::cos(2 * x[2]);
    x[0] += wave;
    x[1] -= 0.7 * wave;
    x[2] += 0.4 * wave;
  }
  for (std::size_t i = 0; i < mesh.cells.size(); i += 10) {
    for (int e = 0; e < 6; ++e) {
      for (int c = 0; c < 3; ++c) {
        mesh.nodes[3 * mesh.cells[i + 4 + e] + c] =
            0.5 * (mesh.nodes[3 * mesh.cells[i + kTetEdges[e][0]] + c] +
                   mesh.nodes[3 * mesh.cells[i + kTetEdges[e][1]] + c]);
      }
    }
  }
}

/// A model with one load case "pull" and a given motion of every node.
struct Given {
  MeshPart part;
  v1::Case value;
  Model model;
  Solution solution;
  StressPoints points;
  std::vector<double> stress;

  Given(const io::Mesh& mesh, const std::vector<Elasticity>& elasticity, const Field& field)
      : part(make_mesh_part(MPI_COMM_WORLD, mesh)) {
    model.mesh = &part;
    model.elasticity = elasticity;
    model.kinematics.resize(1);
    model.loads.resize(1);
    model.loads[0].name = solution.load_case = "pull";
    model.loads[0].force.assign(part.xyz.size(), 0.0);
    value.add_load_cases()->set_name("pull");
    for (const auto& name : part.body_names) value.add_bodies()->set_name(name);
    for (std::int32_t i = 0; i < part.n_local(); ++i) {
      const Vec u = field(node_point(part, i));
      solution.displacement.insert(solution.displacement.end(), u.data(), u.data() + 3);
    }
    solution.nodal_reaction.assign(part.xyz.size(), 0.0);
    points = stress_points(part);
    stress = StressRecovery(model, points).stress(solution);
  }
  Given(const Given&) = delete;

  std::vector<v1::Quantity> read() const {
    return quantities(value, model, model.loads[0], solution, points, stress);
  }

  double greatest_error(const std::function<Eigen::Matrix3d(const Vec&)>& exact) const {
    double worst = 0;
    for (std::size_t i = 0; i < points.node.size(); ++i) {
      const Eigen::Matrix3d s = exact(node_point(part, points.node[i]));
      Six six;
      six << s(0, 0), s(1, 1), s(2, 2), s(0, 1), s(1, 2), s(0, 2);
      worst = std::max(worst, (six - Eigen::Map<const Six>(&stress[6 * i])).cwiseAbs().maxCoeff());
    }
    return max_over_ranks(part.comm, worst);
  }

  /// K u at all nodes by the four-point rule, owners complete.
  std::vector<double> internal_force() const {
    const TetrahedronRule rule = stiffness_rule();
    std::vector<double> force(part.xyz.size(), 0.0);
    for (std::int32_t cell = 0; cell < part.n_cells(); ++cell) {
      Eigen::Matrix<double, 10, 3> x, u;
      for (int k = 0; k < 10; ++k) {
        const std::int32_t node = part.cells[10 * cell + k];
        x.row(k) = node_point(part, node).transpose();
        for (int c = 0; c < 3; ++c) u(k, c) = solution.displacement[3 * node + c];
      }
      for (std::size_t q = 0; q < rule.weights.size(); ++q) {
        const auto reference = tetrahedron_gradient(rule.points[q]);
        const Eigen::Matrix3d jacobian = x.transpose() * reference;
        const Eigen::Matrix<double, 10, 3> gradient = reference * jacobian.inverse();
        const Eigen::Matrix3d s =
            stress_of(model.elasticity[part.cell_body[cell]], u.transpose() * gradient);
        const double volume = rule.weights[q] * jacobian.determinant() / 6;
        for (int k = 0; k < 10; ++k) {
          const Vec f = volume * (s * gradient.row(k).transpose());
          for (int c = 0; c < 3; ++c) force[3 * part.cells[10 * cell + k] + c] += f[c];
        }
      }
    }
    add_to_owners(part, force.data(), 3);
    return force;
  }
};

const v1::Quantity& find(const std::vector<v1::Quantity>& list, const std::string& name,
                         const std::string& body = "", const std::string& method = "") {
  static const v1::Quantity none;
  for (const auto& quantity : list) {
    if (quantity.name() == name && quantity.body() == body &&
        (method.empty() || quantity.method() == method)) {
      return quantity;
    }
  }
  ADD_FAILURE() << "no quantity " << name << " of '" << body << "'";
  return none;
}

void expect_value(const v1::Quantity& quantity, double value, double relative) {
  ASSERT_TRUE(quantity.has_value()) << quantity.name() << ": " << quantity.reason();
  EXPECT_NEAR(quantity.value(), value, relative * std::abs(value)) << quantity.name();
}

/// Cells whose centroid lies below z become body 1 "lower"; the rest is body 0 "upper".
void split(io::Mesh& mesh, double z) {
  mesh.body_names = {"upper", "lower"};
  for (std::int64_t cell = 0; cell < mesh.n_cells(); ++cell) {
    double centre = 0;
    for (int k = 0; k < 4; ++k) centre += mesh.nodes[3 * mesh.cells[10 * cell + k] + 2] / 4;
    mesh.cell_body[cell] = centre < z;
  }
}

/// Bar along z under uniaxial stress: u = (-nu x, -nu y, z) strain.
Field uniaxial(double strain, double ratio) {
  return [=](const Vec& x) {
    return Vec(-ratio * strain * x[0], -ratio * strain * x[1], strain * x[2]);
  };
}

/// Slide at z0, force on z1; reactions from the internal forces.
void hold_and_pull(Given& given, double force) {
  auto* support = given.value.add_supports();
  support->set_name("ground");
  support->set_at("z0");
  support->set_slide(true);
  auto* load = given.value.mutable_load_cases(0)->add_loads();
  load->set_at("z1");
  SupportInfo info{"ground", "z0"};
  for (const auto& place : given.part.places) {
    if (place.name == "z0") info.nodes = place.faces;
  }
  given.model.kinematics[0].supports.push_back(info);
  LoadVector& vector = given.model.loads[0];
  vector.total_force = Vec(0, 0, force);
  vector.load_point = Vec(1, 0.5, 4);
  vector.load_place = "z1";
  const std::vector<double> internal = given.internal_force();
  for (std::int32_t i = 0; i < given.part.n_owned; ++i) {
    if (node_point(given.part, i)[2] == 0) {
      for (int c = 0; c < 3; ++c) given.solution.nodal_reaction[3 * i + c] = internal[3 * i + c];
    } else {
      vector.force[3 * i + 2] = internal[3 * i + 2];
    }
  }
}

v1::Manufactured manufactured(v1::Manufactured::Field::Enum field) {
  v1::Manufactured load;
  load.set_field(field);
  load.set_amplitude_mm(0.01);
  load.set_length_mm(2);
  return load;
}

TEST(StressRecovery, PolynomialsMoveWithTheirOrigin) {
  for (const Vec& s : {Vec(0.3, -1.1, 2.5), Vec(-4, 0.7, 0)}) {
    for (const Vec& d : {Vec(1, 2, 3), Vec(-0.4, 0.9, -1.7)}) {
      EXPECT_LT((fields::basis(d + s) - fields::translation(s) * fields::basis(d)).norm(), 1e-12);
    }
  }
}

TEST(StressRecovery, IsExactForLinearStressOnUnequalCells) {
  io::Mesh mesh = box_mesh({2, 1, 1.5}, {4, 3, 3});
  distort(mesh, 0.05);
  const Elasticity material = lame(1000, 0.3);
  const auto load = manufactured(v1::Manufactured::Field::quadratic);
  const Given given(mesh, {material}, [&](const Vec& x) { return manufactured_field(load, x).u; });
  EXPECT_LT(given.greatest_error([&](const Vec& x) {
    return stress_of(material, manufactured_field(load, x).gradient);
  }),
            1e-10);
  const auto error = cell_energy_error(given.model, given.points, given.solution, given.stress);
  for (const double value : error) EXPECT_LT(value, 1e-8);
}

TEST(StressRecovery, WorksOnSixCells) {
  const Elasticity material = lame(1000, 0.3);
  const auto load = manufactured(v1::Manufactured::Field::quadratic);
  const Given given(box_mesh({1, 1, 1}, {1, 1, 1}), {material},
                    [&](const Vec& x) { return manufactured_field(load, x).u; });
  EXPECT_LT(given.greatest_error([&](const Vec& x) {
    return stress_of(material, manufactured_field(load, x).gradient);
  }),
            1e-10);
}

TEST(StressRecovery, ConvergesWithOrderTwo) {
  const auto load = manufactured(v1::Manufactured::Field::trigonometric);
  double errors[2];
  for (int level = 0; level < 2; ++level) {
    const int n = 3 << level;
    io::Mesh mesh = box_mesh({2, 1, 1.5}, {2 * n, n, n});
    distort(mesh, 0.03);
    Given given(mesh, {lame(1000, 0.3)},
                [&](const Vec& x) { return manufactured_field(load, x).u; });
    *given.value.mutable_load_cases(0)->add_loads()->mutable_manufactured() = load;
    auto* probe = given.value.add_probes();
    probe->set_name("error");
    probe->set_quantity(v1::ProbeQuantity::stress_error);
    errors[level] = find(given.read(), "error").value();
  }
  EXPECT_GT(std::log2(errors[0] / errors[1]), 1.9) << errors[0] << " " << errors[1];
  RecordProperty("order", std::to_string(std::log2(errors[0] / errors[1])));
}

/// Energy norm of exact minus finite-element stress over all cells and ranks.
double true_energy_error(const Given& given, const v1::Manufactured& load) {
  const TetrahedronRule rule = tetrahedron_rule(4);
  double square = 0;
  for (std::int32_t cell = 0; cell < given.part.n_cells(); ++cell) {
    Eigen::Matrix<double, 10, 3> x, u;
    for (int k = 0; k < 10; ++k) {
      const std::int32_t node = given.part.cells[10 * cell + k];
      x.row(k) = node_point(given.part, node).transpose();
      for (int c = 0; c < 3; ++c) u(k, c) = given.solution.displacement[3 * node + c];
    }
    const auto points = cell_points(given.part, cell, rule);
    for (std::size_t q = 0; q < rule.weights.size(); ++q) {
      const auto reference = tetrahedron_gradient(rule.points[q]);
      const Eigen::Matrix<double, 10, 3> gradient =
          reference * Eigen::Matrix3d(x.transpose() * reference).inverse();
      const Elasticity& material = given.model.elasticity[0];
      const Eigen::Matrix3d d =
          stress_of(material, manufactured_field(load, points[q].x).gradient) -
          stress_of(material, u.transpose() * gradient);
      const double spread = material.lambda / (3 * material.lambda + 2 * material.mu);
      square +=
          points[q].volume * (d.squaredNorm() - spread * d.trace() * d.trace()) / (2 * material.mu);
    }
  }
  return std::sqrt(sum_over_ranks(given.part.comm, square));
}

/// The estimate is the true error on a smooth field: effectivity near one.
TEST(EnergyError, IsTheTrueOneOnASmoothField) {
  const auto load = manufactured(v1::Manufactured::Field::trigonometric);
  io::Mesh mesh = box_mesh({2, 1, 1.5}, {10, 5, 5});
  distort(mesh, 0.03);
  const Given given(mesh, {lame(1000, 0.3)},
                    [&](const Vec& x) { return manufactured_field(load, x).u; });
  double square = 0;
  for (const double error :
       cell_energy_error(given.model, given.points, given.solution, given.stress)) {
    square += error * error;
  }
  const double estimate = std::sqrt(sum_over_ranks(given.part.comm, square));
  const double effectivity = estimate / true_energy_error(given, load);
  EXPECT_GT(effectivity, 0.8);
  EXPECT_LT(effectivity, 1.25);
}

TEST(StressRecovery, KeepsBodiesApart) {
  io::Mesh mesh = box_mesh({2, 1, 4}, {2, 2, 4});
  split(mesh, 2.0);
  const Given given(mesh, {lame(1000, 0.3), lame(10, 0.3)}, uniaxial(1e-3, 0.3));
  std::set<std::int32_t> interface;
  for (std::size_t i = 0; i < given.points.node.size(); ++i) {
    const double expected = given.points.body[i] == 0 ? 1.0 : 0.01;
    EXPECT_NEAR(given.stress[6 * i + 2], expected, 1e-12);
    if (node_point(given.part, given.points.node[i])[2] == 2.0) {
      interface.insert(given.points.node[i]);
    }
  }
  double both = 0, owned = 0;
  for (const std::int32_t node : interface) {
    if (node >= given.part.n_owned) continue;
    owned += 1;
    for (std::size_t i = 0; i < given.points.node.size(); ++i) both += given.points.node[i] == node;
  }
  EXPECT_EQ(sum_over_ranks(given.part.comm, both), 2 * sum_over_ranks(given.part.comm, owned));
}

TEST(Quantities, OfAUniformBar) {
  const double modulus = 1000, strain = 1e-3, area = 2, height = 4;
  Given given(box_mesh({2, 1, 4}, {2, 2, 4}), {lame(modulus, 0.3)}, uniaxial(strain, 0.3));
  given.value.mutable_bodies(0)->mutable_material()->set_yield_strength_mpa(5);
  hold_and_pull(given, modulus * strain * area);
  const auto found = given.read();
  expect_value(find(found, "axial_stiffness_n_per_mm"), modulus * area / height, 1e-10);
  expect_value(find(found, "load_point_displacement_mm"), strain * height, 1e-10);
  expect_value(find(found, "max_von_mises_mpa", "box"), 1.0, 1e-9);
  expect_value(find(found, "max_principal_mpa", "box"), 1.0, 1e-9);
  expect_value(find(found, "yield_safety_factor", "box"), 5.0, 1e-9);
  expect_value(find(found, "first_yield_load_n", "box"), 10.0, 1e-9);
  expect_value(find(found, "strain_energy_nmm"), 0.5 * modulus * strain * strain * 8, 1e-10);
  expect_value(find(found, "reaction_n", "", "reaction z"), -2.0, 1e-10);
  expect_value(find(found, "load_share", "box"), 1.0, 1e-12);
  EXPECT_EQ(find(found, "euler_load_ratio").value(), 0);
  // All values tie: the lowest (z, y, x) has the place; the symmetry plane's edge is no
  // singularity.
  const auto& peak = find(found, "max_von_mises_mpa", "box");
  EXPECT_LT(vec3(peak.place().point_mm()).norm(), 1e-12);
  EXPECT_FALSE(peak.unresolved()) << peak.reason();
}

TEST(Quantities, AMovingSupportDoesNotSoftenTheBar) {
  const double modulus = 1000, strain = 1e-3, area = 2, height = 4;
  const Field stretched = uniaxial(strain, 0.3);
  Given given(box_mesh({2, 1, 4}, {2, 2, 4}), {lame(modulus, 0.3)},
              [&](const Vec& x) { return Vec(stretched(x) + Vec(0.1, 0.2, 0.5)); });
  hold_and_pull(given, modulus * strain * area);
  const auto found = given.read();
  expect_value(find(found, "axial_stiffness_n_per_mm"), modulus * area / height, 1e-9);
  expect_value(find(found, "load_point_displacement_mm"), strain * height, 1e-9);
}

TEST(Quantities, OfPureShear) {
  const double modulus = 1000, ratio = 0.3, shear = 1e-3, volume = 8;
  const double stress = modulus / (2 * (1 + ratio)) * shear;
  const Given given(box_mesh({2, 1, 4}, {2, 2, 4}), {lame(modulus, ratio)},
                    [=](const Vec& x) { return Vec(0, 0, shear * x[1]); });
  const auto found = given.read();
  expect_value(find(found, "max_von_mises_mpa", "box"), std::sqrt(3.0) * stress, 1e-9);
  expect_value(find(found, "max_principal_mpa", "box"), stress, 1e-9);
  expect_value(find(found, "strain_energy_nmm"), 0.5 * stress * shear * volume, 1e-10);
}

TEST(Quantities, FlagsAPeakAtAClampedEdge) {
  Given given(box_mesh({2, 1, 4}, {2, 2, 4}), {lame(1000, 0.3)}, uniaxial(1e-3, 0.3));
  hold_and_pull(given, 2);
  given.value.mutable_supports(0)->clear_slide();
  for (const auto axis : {v1::Axis::x, v1::Axis::y, v1::Axis::z}) {
    given.value.mutable_supports(0)->add_fix(axis);
  }
  const auto peak = find(given.read(), "max_von_mises_mpa", "box");
  EXPECT_TRUE(peak.unresolved());
  EXPECT_NE(peak.reason().find("ground"), std::string::npos) << peak.reason();
}

TEST(Quantities, FlagsAPeakAtAHeldEdge) {
  Given given(box_mesh({2, 1, 4}, {2, 2, 4}), {lame(1000, 0.3)}, uniaxial(1e-3, 0.3));
  hold_and_pull(given, 2);
  EXPECT_FALSE(find(given.read(), "max_von_mises_mpa", "box").unresolved());
  v1::Place& corner = (*given.value.mutable_places())["corner"];
  for (const char* name : {"x0", "y0", "z0"}) corner.add_common_to(name);
  auto* pin = given.value.add_supports();
  pin->set_name("pin");
  pin->set_at("corner");
  pin->add_fix(v1::Axis::z);
  const auto peak = find(given.read(), "max_von_mises_mpa", "box");
  EXPECT_TRUE(peak.unresolved());
  EXPECT_NE(peak.reason().find("pin"), std::string::npos) << peak.reason();
}

TEST(Quantities, WithoutYieldStrengthOrForceSayWhy) {
  const Given given(box_mesh({1, 1, 1}, {2, 2, 2}), {lame(1000, 0.3)}, uniaxial(1e-3, 0.3));
  const auto found = given.read();
  for (const char* name : {"yield_safety_factor", "first_yield_load_n"}) {
    EXPECT_FALSE(find(found, name, "box").has_value());
    EXPECT_EQ(find(found, name, "box").reason(), "the material has no yield strength");
  }
  for (const char* name : {"axial_stiffness_n_per_mm", "load_share", "euler_load_ratio"}) {
    EXPECT_FALSE(find(found, name).has_value());
    EXPECT_NE(find(found, name).reason(), "");
  }
}

TEST(Quantities, NeverWriteNotANumber) {
  Given given(box_mesh({1, 1, 1}, {1, 1, 1}), {lame(1000, 0.3)},
              [](const Vec&) { return Vec(std::nan(""), 0, 0); });
  hold_and_pull(given, 1);
  for (const auto& quantity : given.read()) {
    if (quantity.has_value()) {
      EXPECT_TRUE(std::isfinite(quantity.value())) << quantity.name();
    } else {
      EXPECT_NE(quantity.reason(), "") << quantity.name();
    }
  }
}

TEST(Quantities, ShareOfParallelBodiesIsTheirStiffness) {
  io::Mesh mesh = box_mesh({2, 1, 4}, {4, 2, 4});
  mesh.body_names = {"hard", "soft"};
  for (std::int64_t cell = 0; cell < mesh.n_cells(); ++cell) {
    double centre = 0;
    for (int k = 0; k < 4; ++k) centre += mesh.nodes[3 * mesh.cells[10 * cell + k]] / 4;
    mesh.cell_body[cell] = centre > 0.5;
  }
  Given given(mesh, {lame(900, 0.3), lame(100, 0.3)}, uniaxial(-1e-3, 0.3));
  const double force = -1e-3 * (900 * 0.5 + 100 * 1.5);
  hold_and_pull(given, force);
  const auto found = given.read();
  expect_value(find(found, "load_share", "hard"), 0.75, 1e-10);
  expect_value(find(found, "load_share", "soft"), 0.25, 1e-10);
  expect_value(find(found, "axial_stiffness_n_per_mm"), 150, 1e-10);
}

TEST(Quantities, WarnOfSlenderness) {
  // E I of a 2 x 1 section, L 40, K 2: P_cr = pi^2 1000 (2/12) / 80^2.
  Given given(box_mesh({2, 1, 40}, {2, 3, 24}), {lame(1000, 0.3)}, uniaxial(-1e-4, 0.3));
  hold_and_pull(given, -0.1);
  given.model.loads[0].load_point = Vec(1, 0.5, 40);
  const auto found = given.read();
  const double critical = M_PI * M_PI * 1000 * (2. / 12) / 6400;
  expect_value(find(found, "euler_load_ratio"), 0.1 / critical, 0.03);
  ASSERT_EQ(warnings_of(found).size(), 1u);
  EXPECT_NE(warnings_of(found)[0].find("factor"), std::string::npos);
}

TEST(Probes, ReadPointsPlacesAndBodies) {
  const Elasticity material = lame(1000, 0.3);
  const auto load = manufactured(v1::Manufactured::Field::quadratic);
  io::Mesh mesh = box_mesh({2, 1, 1.5}, {4, 3, 3});
  Given given(mesh, {material}, [&](const Vec& x) { return manufactured_field(load, x).u; });
  const auto exact = [&](const Vec& x) {
    return stress_of(material, manufactured_field(load, x).gradient);
  };
  const auto add = [&](const std::string& name, v1::ProbeQuantity::Enum quantity) {
    auto* probe = given.value.add_probes();
    probe->set_name(name);
    probe->set_quantity(quantity);
    return probe;
  };
  const Vec at(0.77, 0.41, 0.93);
  using Kind = v1::ProbeQuantity;
  auto* probe = add("uy", Kind::displacement);
  probe->set_component("y");
  set_vec3(probe->mutable_point_mm(), at);
  probe = add("sxy", Kind::stress);
  probe->set_component("xy");
  set_vec3(probe->mutable_point_mm(), at);
  // Turned by 45 degrees about z: the normal stress along (1, 1, 0).
  probe = add("turned", Kind::stress);
  probe->set_component("xx");
  set_vec3(probe->mutable_axis_x(), Vec(1, 1, 0));
  set_vec3(probe->mutable_axis_y(), Vec(-1, 1, 0));
  set_vec3(probe->mutable_point_mm(), at);
  probe = add("ball", Kind::stress);
  probe->set_component("zz");
  set_vec3(probe->mutable_point_mm(), at);
  probe->set_average_radius_mm(0.3);
  probe = add("mean", Kind::stress);
  probe->set_component("zz");
  probe->set_mean_over("z1");
  probe = add("greatest", Kind::displacement);
  probe->set_component("z");
  probe->set_max_over("z1");
  probe = add("least", Kind::displacement);
  probe->set_component("z");
  probe->set_min_over("z1");
  probe = add("body mean", Kind::stress);
  probe->set_component("zz");
  probe->set_body("box");
  probe->set_over_body(v1::Probe::Over::mean);
  add("volume", Kind::volume);
  add("area", Kind::area)->set_mean_over("z1");
  add("nowhere", Kind::von_mises);
  probe = add("far", Kind::von_mises);
  set_vec3(probe->mutable_point_mm(), Vec(9, 9, 9));

  const auto found = given.read();
  const Vec middle(1, 0.5, 1.5);
  expect_value(find(found, "uy"), manufactured_field(load, at).u[1], 1e-10);
  expect_value(find(found, "sxy"), exact(at)(0, 1), 1e-9);
  const Vec diagonal = Vec(1, 1, 0).normalized();
  expect_value(find(found, "turned"), diagonal.dot(exact(at) * diagonal), 1e-9);
  expect_value(find(found, "ball"), exact(at)(2, 2), 1e-9);
  expect_value(find(found, "mean"), exact(middle)(2, 2), 1e-9);
  expect_value(find(found, "greatest"), manufactured_field(load, Vec(2, 1, 1.5)).u[2], 1e-12);
  expect_value(find(found, "least"), manufactured_field(load, Vec(0, 0, 1.5)).u[2], 1e-12);
  expect_value(find(found, "body mean", "box"), exact(Vec(1, 0.5, 0.75))(2, 2), 1e-9);
  expect_value(find(found, "volume"), 3, 1e-12);
  expect_value(find(found, "area"), 2, 1e-12);
  EXPECT_FALSE(find(found, "nowhere").has_value());
  EXPECT_FALSE(find(found, "far").has_value());
}

/// Stress rises along the bar: the greatest at a distance from the loaded edge is that of the last
/// nodes before it. Half a millimetre from all edges lies the axis at 3.75 (0.56 mm), not at 4.
TEST(Probes, AwayFromEdges) {
  Given given(box_mesh({2, 1, 4}, {4, 2, 8}), {lame(1000, 0)},
              [](const Vec& x) { return Vec(0, 0, 1e-3 * x[2] * x[2]); });
  hold_and_pull(given, 2);
  const auto add = [&](const std::string& name, double distance) {
    auto* probe = given.value.add_probes();
    probe->set_name(name);
    probe->set_quantity(v1::ProbeQuantity::von_mises);
    probe->set_body("box");
    probe->set_over_body(v1::Probe::Over::max);
    if (distance > 0) probe->set_away_from_edges_mm(distance);
  };
  add("anywhere", 0);
  add("near", 0.5);
  add("away", 1.5);
  add("too far", 5);
  const auto found = given.read();
  const auto stress = [](double z) { return 2 * z; };
  expect_value(find(found, "anywhere", "box"), stress(4), 1e-9);
  EXPECT_TRUE(find(found, "anywhere", "box").unresolved());
  expect_value(find(found, "near", "box"), stress(3.75), 1e-9);
  EXPECT_TRUE(find(found, "near", "box").unresolved());  // within two cells
  const auto& away = find(found, "away", "box");
  EXPECT_LE(away.value(), stress(2.5) * (1 + 1e-9));
  EXPECT_GE(away.value(), stress(2.25) * (1 - 1e-9));
  EXPECT_FALSE(away.unresolved()) << away.reason();
  EXPECT_FALSE(find(found, "too far", "box").has_value());
  EXPECT_NE(find(found, "too far", "box").reason(), "");
}

TEST(Probes, RotationOfARigidMotion) {
  const Vec turn(1e-3, -2e-3, 3e-3);
  Given given(box_mesh({2, 1, 1}, {2, 1, 1}), {lame(1000, 0.3)},
              [&](const Vec& x) { return Vec(turn.cross(x) + Vec(1, 2, 3)); });
  auto* probe = given.value.add_probes();
  probe->set_name("turn");
  probe->set_quantity(v1::ProbeQuantity::rotation);
  probe->set_mean_over("z1");
  probe->set_component("y");
  const auto found = given.read();
  expect_value(find(found, "turn"), -2e-3, 1e-9);
  EXPECT_NEAR(find(found, "max_von_mises_mpa", "box").value(), 0, 1e-10);
}

}  // namespace
}  // namespace proofload::solver
