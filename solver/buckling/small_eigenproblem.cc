#include "small_eigenproblem.h"

#include <Eigen/Eigenvalues>
#include <cmath>

namespace proofload::solver {

SmallEigen small_eigenproblem(const Eigen::MatrixXd& gram, const Eigen::MatrixXd& h) {
  constexpr double kDependent = 1e-11;
  const Eigen::Index n = gram.rows();
  Eigen::VectorXd scale(n);
  for (Eigen::Index i = 0; i < n; ++i)
    scale[i] = gram(i, i) > 0 && std::isfinite(gram(i, i)) ? 1 / std::sqrt(gram(i, i)) : 0.0;
  const Eigen::MatrixXd scaled = scale.asDiagonal() * gram * scale.asDiagonal();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> whole(0.5 * (scaled + scaled.transpose()));
  SmallEigen result;
  if (n == 0 || whole.info() != Eigen::Success) return result;
  const double limit = kDependent * whole.eigenvalues()[n - 1];
  Eigen::Index dropped = 0;
  while (dropped < n && !(whole.eigenvalues()[dropped] > limit)) ++dropped;
  const Eigen::Index rank = n - dropped;
  if (rank == 0) return result;
  const Eigen::MatrixXd basis =
      scale.asDiagonal() * whole.eigenvectors().rightCols(rank) *
      whole.eigenvalues().tail(rank).cwiseSqrt().cwiseInverse().asDiagonal();
  const Eigen::MatrixXd reduced = basis.transpose() * h * basis;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> ritz(0.5 * (reduced + reduced.transpose()));
  if (ritz.info() != Eigen::Success) return result;
  result.values = ritz.eigenvalues().reverse();
  result.vectors = basis * ritz.eigenvectors().rowwise().reverse();
  return result;
}

}  // namespace proofload::solver
