#include "flat_cells.h"

#include <algorithm>

#include "proofload/core/vec3.h"
#include "proofload/meshing/quality.h"

namespace proofload::meshing {
namespace {

constexpr int kMostBalls = 300;
constexpr double kFlatDihedral = 6;  // deg: a little above what is asked of a mesh

double dihedral(const VolumeMesh& mesh, const std::array<int, 4>& tet) {
  const auto at = [&](int k) { return &mesh.nodes[3 * tet[k]]; };
  return cell_shape(at(0), at(1), at(2), at(3)).min_dihedral_deg;
}

SizeBall ball_around(const VolumeMesh& mesh, const std::array<int, 4>& tet,
                     const std::function<double(double, double)>& size) {
  Vec3 centre = Vec3::Zero();
  double longest = 0, shortest = 1e300;
  for (int i = 0; i < 4; ++i) {
    const Vec3 p(&mesh.nodes[3 * tet[i]]);
    centre += p / 4;
    for (int j = 0; j < i; ++j) {
      const double length = (p - Vec3(&mesh.nodes[3 * tet[j]])).norm();
      longest = std::max(longest, length);
      shortest = std::min(shortest, length);
    }
  }
  return {{centre[0], centre[1], centre[2]}, 0.75 * longest, size(shortest, longest)};
}

}  // namespace

double least_dihedral(const VolumeMesh& mesh) {
  double least = 180;
  for (const auto& tet : mesh.tets) least = std::min(least, dihedral(mesh, tet));
  return least;
}

std::vector<SizeBall> balls_at_flat_cells(const VolumeMesh& mesh, double dihedral_deg,
                                          const std::function<double(double, double)>& size) {
  std::vector<SizeBall> balls;
  for (const auto& tet : mesh.tets) {
    if (static_cast<int>(balls.size()) >= kMostBalls) break;
    if (dihedral(mesh, tet) < dihedral_deg) balls.push_back(ball_around(mesh, tet, size));
  }
  return balls;
}

std::vector<SizeBall> balls_at_flat_cells(const VolumeMesh& mesh) {
  return balls_at_flat_cells(mesh, kFlatDihedral, [](double shortest, double longest) {
    return std::clamp(5 * shortest, 0.1 * longest, 0.5 * longest);
  });
}

}  // namespace proofload::meshing
