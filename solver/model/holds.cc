#include "holds.h"

#include <Eigen/Eigenvalues>
#include <cmath>

#include "proofload/core/problem.h"
#include "proofload/core/vec3.h"
#include "proofload/solver/collective.h"
#include "proofload/solver/manufactured.h"

namespace proofload::solver {
namespace {

/// Greatest angle in radians between the normals of a face that counts as plane.
constexpr double kPlaneAngle = 1e-3;
/// Eigenvalue of a sum of unit projectors, relative to the greatest, below which nothing is held.
constexpr double kHeldShare = 1e-6;

Eigen::Matrix3d axes_of(const v1::Support& support) {
  Eigen::Matrix3d held = Eigen::Matrix3d::Zero();
  for (const int axis : support.fix()) {
    if (axis < v1::Axis::x || axis > v1::Axis::z) {
      throw InvalidInput(
          {{"FIX_AXIS", "supports." + support.name() + ".fix", 0, 0,
            "nodes of a solid have no rotations", "fix x, y, z here, or use a rigid support"}});
    }
    held(axis - v1::Axis::x, axis - v1::Axis::x) = 1;
  }
  return held;
}

/// Sum over the faces at each node of n nT, or of I - n nT where `tangential`, with the unit normal
/// n [9 * n_local]; owners are not complete.
std::vector<double> direction_sums(const MeshPart& part, const FacePart& faces, bool tangential,
                                   const std::string& path) {
  std::vector<double> sums(9 * static_cast<std::size_t>(part.n_local()), 0.0);
  double worst = 0;
  for (std::size_t f = 0; f < faces.cells.size(); ++f) {
    const auto points = face_points(part, &faces.faces[6 * f]);
    Eigen::Vector3d mean = Eigen::Vector3d::Zero();
    for (const FacePoint& p : points) mean += p.area;
    mean.normalize();
    for (const FacePoint& p : points) {
      worst = std::max(worst, mean.cross(p.area.normalized()).norm());
    }
    const Eigen::Matrix3d normal = mean * mean.transpose();
    for (int k = 0; k < 6; ++k) {
      Eigen::Map<Eigen::Matrix3d>(&sums[9 * static_cast<std::size_t>(faces.faces[6 * f + k])]) +=
          tangential ? Eigen::Matrix3d::Identity() - normal : normal;
    }
  }
  if (max_over_ranks(part.comm, worst) > kPlaneAngle) {
    throw InvalidInput({{"SLIDE_NOT_PLANE", path, 0, 0, "the place has curved faces",
                         "planes of symmetry and antisymmetry are plane faces only"}});
  }
  return sums;
}

/// A plane of symmetry holds its normal, one of antisymmetry the directions across it.
Hold mirror(const MeshPart& part, const Place& place, const v1::Support& support) {
  const std::string path =
      "supports." + support.name() + (support.antisymmetric() ? ".antisymmetric" : ".slide");
  std::vector<double> sums = direction_sums(part, *place.faces, support.antisymmetric(), path);
  add_to_owners(part, sums.data(), 9);
  update_ghosts(part, sums.data(), 9);
  Hold hold;
  hold.nodes = place.nodes;
  for (const std::int32_t node : place.nodes) {
    hold.directions.push_back(range_projector(
        Eigen::Map<const Eigen::Matrix3d>(&sums[9 * static_cast<std::size_t>(node)])));
  }
  return hold;
}

Hold prescribed(const Place& place, const v1::Prescribed& load) {
  Hold hold;
  hold.nodes = place.nodes;
  if (load.gradient_size() == 9) {
    const Eigen::Matrix3d gradient =
        Eigen::Map<const Eigen::Matrix<double, 3, 3, Eigen::RowMajor>>(load.gradient().data());
    const Vec3 origin = vec3(load.point_mm());
    hold.directions = {Eigen::Matrix3d::Identity()};
    hold.value = [=](const Eigen::Vector3d& x) { return Eigen::Vector3d(gradient * (x - origin)); };
    return hold;
  }
  const Eigen::Vector3d held(load.has_x(), load.has_y(), load.has_z());
  const Eigen::Vector3d value(load.x(), load.y(), load.z());
  hold.directions = {held.asDiagonal()};
  hold.value = [=](const Eigen::Vector3d&) { return value; };
  return hold;
}

}  // namespace

Eigen::Matrix3d range_projector(const Eigen::Matrix3d& sum) {
  if (sum.isDiagonal(0.0)) {
    return Eigen::Vector3d((sum.diagonal().array() > 0).cast<double>()).asDiagonal();
  }
  const Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d> eigen(sum);
  Eigen::Matrix3d projector = Eigen::Matrix3d::Zero();
  for (int i = 0; i < 3; ++i) {
    if (eigen.eigenvalues()[i] <= kHeldShare * eigen.eigenvalues()[2]) continue;
    projector += eigen.eigenvectors().col(i) * eigen.eigenvectors().col(i).transpose();
  }
  return projector;
}

std::vector<Hold> holds_of(const MeshPart& part, const Places& places, const Supports& supports,
                           const v1::LoadCase& load_case) {
  std::vector<Hold> holds;
  for (const v1::Support& support : supports) {
    if (support.slide() || support.antisymmetric()) {
      holds.push_back(mirror(part, places.at(support.at()), support));
    } else if (support.fix_size() > 0) {
      holds.push_back({"", places.at(support.at()).nodes, {axes_of(support)}, {}});
    } else {
      continue;
    }
    holds.back().name = support.name();
  }
  for (const v1::Load& load : load_case.loads()) {
    if (load.has_prescribed_mm()) {
      holds.push_back(prescribed(places.at(load.at()), load.prescribed_mm()));
    } else if (load.has_manufactured() && !load.at().empty()) {
      const v1::Manufactured field = load.manufactured();
      holds.push_back(
          {"",
           places.at(load.at()).nodes,
           {Eigen::Matrix3d::Identity()},
           [field](const Eigen::Vector3d& x) { return manufactured_field(field, x).u; }});
    } else {
      continue;
    }
    holds.back().name = load.at();
  }
  return holds;
}

}  // namespace proofload::solver
