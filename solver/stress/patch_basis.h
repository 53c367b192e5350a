#pragma once
/// The quadratic polynomials that stress is fitted with, and how they move with their origin.
#include <Eigen/Core>

namespace proofload::solver::fields {

inline constexpr int kTerms = 10;
using Basis = Eigen::Matrix<double, kTerms, 1>;
using Normal = Eigen::Matrix<double, kTerms, kTerms>;

/// 1, x, y, z, x2, y2, z2, xy, yz, zx.
inline Basis basis(const Eigen::Vector3d& d) {
  Basis p;
  p << 1, d, d.cwiseAbs2(), d[0] * d[1], d[1] * d[2], d[2] * d[0];
  return p;
}

/// T with basis(d + s) = T basis(d).
inline Normal translation(const Eigen::Vector3d& s) {
  Normal t = Normal::Identity();
  t.col(0) = basis(s);
  constexpr int kProducts[3][2] = {{0, 1}, {1, 2}, {2, 0}};
  for (int i = 0; i < 3; ++i) {
    t(4 + i, 1 + i) = 2 * s[i];
    t(7 + i, 1 + kProducts[i][0]) = s[kProducts[i][1]];
    t(7 + i, 1 + kProducts[i][1]) = s[kProducts[i][0]];
  }
  return t;
}

}  // namespace proofload::solver::fields
