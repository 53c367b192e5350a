#include "proofload/solver/manufactured.h"

#include <cmath>

namespace proofload::solver {
namespace {

const double kPi = std::acos(-1.0);

/// u_a = x_a² + x_b x_c in X = x / L.
FieldValue quadratic(const Eigen::Vector3d& x) {
  FieldValue f;
  for (int a = 0; a < 3; ++a) {
    const int b = (a + 1) % 3, c = (a + 2) % 3;
    f.u[a] = x[a] * x[a] + x[b] * x[c];
    f.gradient(a, a) = 2 * x[a];
    f.gradient(a, b) = x[c];
    f.gradient(a, c) = x[b];
    f.hessian[a](a, a) = 2;
    f.hessian[a](b, c) = f.hessian[a](c, b) = 1;
  }
  return f;
}

/// u_a = x_a³ + x_b² x_c.
FieldValue cubic(const Eigen::Vector3d& x) {
  FieldValue f;
  for (int a = 0; a < 3; ++a) {
    const int b = (a + 1) % 3, c = (a + 2) % 3;
    f.u[a] = x[a] * x[a] * x[a] + x[b] * x[b] * x[c];
    f.gradient(a, a) = 3 * x[a] * x[a];
    f.gradient(a, b) = 2 * x[b] * x[c];
    f.gradient(a, c) = x[b] * x[b];
    f.hessian[a](a, a) = 6 * x[a];
    f.hessian[a](b, b) = 2 * x[c];
    f.hessian[a](b, c) = f.hessian[a](c, b) = 2 * x[b];
  }
  return f;
}

/// Products of one sine or cosine for each direction, with first and second derivatives.
FieldValue trigonometric(const Eigen::Vector3d& x) {
  constexpr bool kSine[3][3] = {{true, false, true}, {false, true, false}, {true, true, true}};
  FieldValue f;
  for (int a = 0; a < 3; ++a) {
    double d[3][3];  // [derivative][direction]
    for (int i = 0; i < 3; ++i) {
      const double s = std::sin(kPi * x[i]), c = std::cos(kPi * x[i]);
      d[0][i] = kSine[a][i] ? s : c;
      d[1][i] = kPi * (kSine[a][i] ? c : -s);
      d[2][i] = -kPi * kPi * d[0][i];
    }
    const auto product = [&](int i, int j) {
      int order[3] = {0, 0, 0};
      if (i >= 0) ++order[i];
      if (j >= 0) ++order[j];
      return d[order[0]][0] * d[order[1]][1] * d[order[2]][2];
    };
    f.u[a] = product(-1, -1);
    for (int i = 0; i < 3; ++i) {
      f.gradient(a, i) = product(i, -1);
      for (int j = 0; j < 3; ++j) f.hessian[a](i, j) = product(i, j);
    }
  }
  return f;
}

}  // namespace

FieldValue manufactured_field(const v1::Manufactured& load, const Eigen::Vector3d& x) {
  const double length = load.length_mm();
  const Eigen::Vector3d scaled = x / length;
  FieldValue f;
  switch (load.field()) {
    case v1::Manufactured::Field::quadratic:
      f = quadratic(scaled);
      break;
    case v1::Manufactured::Field::cubic:
      f = cubic(scaled);
      break;
    default:
      f = trigonometric(scaled);
  }
  f.u *= load.amplitude_mm();
  f.gradient *= load.amplitude_mm() / length;
  for (auto& hessian : f.hessian) hessian *= load.amplitude_mm() / (length * length);
  return f;
}

Eigen::Matrix3d stress_of(const Elasticity& material, const Eigen::Matrix3d& gradient) {
  return material.lambda * gradient.trace() * Eigen::Matrix3d::Identity() +
         material.mu * (gradient + gradient.transpose());
}

Eigen::Vector3d body_force_of(const Elasticity& material, const FieldValue& field) {
  Eigen::Vector3d force;
  for (int i = 0; i < 3; ++i) {
    double of_divergence = 0;
    for (int j = 0; j < 3; ++j) of_divergence += field.hessian[j](i, j);
    force[i] =
        -(material.lambda + material.mu) * of_divergence - material.mu * field.hessian[i].trace();
  }
  return force;
}

}  // namespace proofload::solver
