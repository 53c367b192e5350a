#include "matrix_free_foundation.h"

#include "matrix_free_kinematics.h"
#include "proofload/solver/integration.h"

namespace proofload::solver {

std::vector<SpringFace> spring_faces(const MeshPart& part,
                                     const std::vector<FoundationFace>& faces) {
  std::vector<SpringFace> springs;
  for (const FoundationFace& face : faces) {
    SpringFace spring;
    spring.nodes = face.nodes;
    spring.stiffness.setZero();
    for (const FacePoint& point : face_points(part, face.nodes.data())) {
      const Eigen::Vector3d n = point.area.normalized();
      const Eigen::Matrix3d nn = n * n.transpose();
      const Eigen::Matrix3d c =
          point.area.norm() * (face.normal_n_per_mm3 * nn +
                               face.tangential_n_per_mm3 * (Eigen::Matrix3d::Identity() - nn));
      for (int a = 0; a < 6; ++a)
        for (int b = 0; b < 6; ++b)
          spring.stiffness.block<3, 3>(3 * a, 3 * b) += point.shape[a] * point.shape[b] * c;
    }
    springs.push_back(spring);
  }
  return springs;
}

template <class Real>
void add_springs(const std::vector<SpringFace>& faces, double factor, const Real* u, Real* y,
                 int columns) {
  const auto at = [columns](const SpringFace& face, int i) {
    return static_cast<long>(face.nodes[i / 3]) * node_width<Real>(columns) + i % 3 * columns;
  };
  for (const SpringFace& face : faces)
    for (int k = 0; k < columns; ++k) {
      Eigen::Matrix<double, 18, 1> motion;
      for (int i = 0; i < 18; ++i) motion[i] = factor * u[at(face, i) + k];
      const Eigen::Matrix<double, 18, 1> force = face.stiffness * motion;
      for (int i = 0; i < 18; ++i) y[at(face, i) + k] += static_cast<Real>(force[i]);
    }
}

template void add_springs(const std::vector<SpringFace>&, double, const double*, double*, int);
template void add_springs(const std::vector<SpringFace>&, double, const float*, float*, int);

void add_spring_diagonal(const std::vector<SpringFace>& faces, double* blocks) {
  for (const SpringFace& face : faces)
    for (int a = 0; a < 6; ++a) {
      const Eigen::Matrix3d c = face.stiffness.block<3, 3>(3 * a, 3 * a);
      double* block = blocks + 6l * face.nodes[a];
      const double add[6] = {c(0, 0), c(1, 1), c(2, 2), c(0, 1), c(1, 2), c(0, 2)};
      for (int i = 0; i < 6; ++i) block[i] += add[i];
    }
}

Eigen::Matrix<double, 9, 9> linear_springs(const SpringFace& face) {
  Eigen::Matrix<double, 18, 9> interpolation = Eigen::Matrix<double, 18, 9>::Zero();
  for (int v = 0; v < 3; ++v) {
    interpolation.block<3, 3>(3 * v, 3 * v).setIdentity();
    for (const int end : {v, (v + 1) % 3})
      interpolation.block<3, 3>(3 * (3 + v), 3 * end).setIdentity();
  }
  interpolation.bottomRows<9>() *= 0.5;
  return interpolation.transpose() * face.stiffness * interpolation;
}

}  // namespace proofload::solver
