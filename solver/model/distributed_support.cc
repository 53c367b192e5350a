#include "distributed_support.h"

#include <Eigen/Dense>
#include <cmath>

#include "kinematics.h"
#include "proofload/core/problem.h"
#include "proofload/core/vec3.h"
#include "proofload/solver/collective.h"

namespace proofload::solver {
namespace {

using Weights = DistributedSupport::Weights;
using Matrix6 = Eigen::Matrix<double, 6, 6>;

/// Eigenvalue of the held motions' correlations below which one of them is held twice.
constexpr double kRedundant = 1e-10;

/// Motion at `arm` (in lengths) of the unit motions.
Weights unit_motions(const Eigen::Vector3d& arm) {
  Weights motions;
  motions.leftCols<3>().setIdentity();
  for (int c = 0; c < 3; ++c) motions.col(3 + c) = Eigen::Vector3d::Unit(c).cross(arm);
  return motions;
}

/// What the motion of the centroid (rows of the inverse of `gram`) makes of the point.
Matrix6 to_point(const Matrix6& gram, const Eigen::Vector3d& arm) {
  Matrix6 shift = Matrix6::Identity();
  shift.topRightCorner<3, 3>() = unit_motions(arm).rightCols<3>();
  return gram.ldlt().solve(shift.transpose());
}

}  // namespace

DistributedSupport make_distributed(const MeshPart& part, const Place& place,
                                    const v1::Support& support) {
  const Eigen::Vector3d centroid = place.facts.centroid;
  DistributedSupport result;
  result.name = support.name();
  result.nodes = place.nodes;
  result.point = vec3(support.distributed().point_mm(), centroid);
  result.length = std::sqrt(place.facts.second_moment.trace() / place.facts.area);
  result.held = fixed_motions(support.distributed());
  result.cells = place.faces->cells;
  std::vector<double> sums(18 * static_cast<std::size_t>(part.n_local()), 0.0);
  Matrix6 gram = Matrix6::Zero();
  for (std::size_t f = 0; f < result.cells.size(); ++f) {
    std::copy_n(&place.faces->faces[6 * f], 6, result.faces.emplace_back().begin());
    for (const FacePoint& p : face_points(part, result.faces[f].data())) {
      const Weights motions = unit_motions((p.x - centroid) / result.length);
      gram += p.area.norm() * motions.transpose() * motions;
      for (int k = 0; k < 6; ++k) {
        Eigen::Map<Weights>(&sums[18 * static_cast<std::size_t>(result.faces[f][k])]) +=
            p.area.norm() * p.shape[k] * motions;
      }
    }
  }
  sum_over_ranks(part.comm, gram.data(), 36);
  add_to_owners(part, sums.data(), 18);
  update_ghosts(part, sums.data(), 18);
  Matrix6 map = to_point(gram, (result.point - centroid) / result.length);
  for (int m = 0; m < 6; ++m) {
    if (!result.held[m]) map.col(m).setZero();
  }
  for (const std::int32_t node : result.nodes) {
    result.weights.push_back(Eigen::Map<const Weights>(&sums[18 * static_cast<std::size_t>(node)]) *
                             map);
  }
  return result;
}

void check_independent(const MeshPart& part, const KinematicSet& set) {
  const Eigen::Index n = 6 * static_cast<Eigen::Index>(set.distributed.size());
  if (n == 0) return;
  std::vector<Eigen::Matrix3d> free(part.n_local(), Eigen::Matrix3d::Identity());
  for (const NodeConstraint& c : set.constraints) free[c.node] = c.free;
  std::vector<Eigen::MatrixXd> rows(part.n_owned);  // of nodes on such faces: [3, n]
  Eigen::VectorXd size = Eigen::VectorXd::Zero(n);
  for (Eigen::Index s = 0; 6 * s < n; ++s) {
    const DistributedSupport& support = set.distributed[s];
    for (std::size_t i = 0; i < support.nodes.size(); ++i) {
      const std::int32_t node = support.nodes[i];
      if (node >= part.n_owned) continue;
      if (rows[node].size() == 0) rows[node] = Eigen::MatrixXd::Zero(3, n);
      rows[node].middleCols<6>(6 * s) += free[node] * support.weights[i];
      size.segment<6>(6 * s) += support.weights[i].colwise().squaredNorm().transpose();
    }
  }
  Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(n, n);
  for (const Eigen::MatrixXd& row : rows) {
    if (row.size() > 0) gram += row.transpose() * row;
  }
  sum_over_ranks(part.comm, gram.data(), static_cast<int>(gram.size()));
  sum_over_ranks(part.comm, size.data(), static_cast<int>(n));
  for (Eigen::Index i = 0; i < n; ++i) {
    if (size[i] == 0) gram(i, i) = size[i] = 1;  // a motion that is free
  }
  const Eigen::VectorXd scale = size.cwiseSqrt().cwiseInverse();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(scale.asDiagonal() * gram *
                                                             scale.asDiagonal());
  if (eigen.eigenvalues()[0] > kRedundant) return;
  Eigen::Index most = 0;
  eigen.eigenvectors().col(0).cwiseAbs().maxCoeff(&most);
  throw InvalidInput(
      {{"DISTRIBUTED_REDUNDANT", "supports." + set.distributed[most / 6].name + ".distributed", 0,
        0, "it holds a motion of its face that other supports hold already",
        "leave that motion out of fix, or give the supports different places"}});
}

}  // namespace proofload::solver
