#pragma once
/// Directions held at nodes.
#include <Eigen/Core>
#include <functional>
#include <vector>

#include "kinematics.h"

namespace proofload::solver {

/// One support or prescribed load: directions it holds (a projector) and values, at nodes.
struct Hold {
  std::string name;
  std::vector<std::int32_t> nodes;
  std::vector<Eigen::Matrix3d> directions;  ///< as nodes; for one entry: the same at all
  std::function<Eigen::Vector3d(const Eigen::Vector3d&)> value;  ///< empty: zero

  const Eigen::Matrix3d& at(std::size_t i) const {
    return directions.size() == 1 ? directions[0] : directions[i];
  }
};

/// Holds of supports and prescribed loads. Collective.
std::vector<Hold> holds_of(const MeshPart& part, const Places& places, const Supports& supports,
                           const v1::LoadCase& load_case);

/// Projector onto the range of a symmetric positive semidefinite sum of projectors.
Eigen::Matrix3d range_projector(const Eigen::Matrix3d& sum);

}  // namespace proofload::solver
