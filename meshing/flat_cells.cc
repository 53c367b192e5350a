#include "flat_cells.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "proofload/core/vec3.h"
#include "proofload/meshing/quality.h"
#include "proofload/meshing/topology.h"

namespace proofload::meshing {
namespace {

constexpr int kMostBalls = 300;
constexpr double kFlatDihedral = 6;  // deg: a little above what is asked of a mesh

constexpr int kTetEdges[6][2] = {{0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}};
constexpr double kPeeledDihedral = 5, kFlatWithin = 15;  // deg

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

std::array<int, 3> sorted_face(int a, int b, int c) {
  std::array<int, 3> face{a, b, c};
  std::sort(face.begin(), face.end());
  return face;
}

/// Faces of one cell alone, and their edges.
struct Outside {
  std::set<std::array<int, 3>> faces;
  std::set<std::pair<int, int>> edges;

  explicit Outside(const VolumeMesh& mesh) {
    std::vector<std::array<int, 3>> all;
    for (const auto& t : mesh.tets) {
      for (const auto& f : kTetFaces) all.push_back(sorted_face(t[f[0]], t[f[1]], t[f[2]]));
    }
    std::sort(all.begin(), all.end());
    for (std::size_t i = 0; i < all.size();) {
      const std::size_t end = std::upper_bound(all.begin() + i, all.end(), all[i]) - all.begin();
      if (end == i + 1) add(all[i]);
      i = end;
    }
  }

  void add(const std::array<int, 3>& f) {
    faces.insert(f);
    edges.insert({{f[0], f[1]}, {f[0], f[2]}, {f[1], f[2]}});
  }
};

/// Whether the cell lies flat on the outside with the two faces at the edge of its corners k and l.
bool lies_flat(const VolumeMesh& mesh, const Outside& outside, const std::array<int, 4>& tet, int k,
               int l) {
  std::array<int, 2> rest{};
  for (int i = 0, n = 0; i < 4; ++i) {
    if (i != k && i != l) rest[n++] = i;
  }
  const auto out = [&](int a, int b, int c) {
    return outside.faces.count(sorted_face(tet[a], tet[b], tet[c])) > 0;
  };
  const auto [i, j] = rest;
  if (!out(i, k, l) || !out(j, k, l) || out(i, j, k) || out(i, j, l)) return false;
  const auto at = [&](int n) { return Vec3(&mesh.nodes[3 * tet[n]]); };
  const Vec3 edge = (at(l) - at(k)).normalized();
  const auto away = [&](int n) {
    const Vec3 v = at(n) - at(k);
    return (v - v.dot(edge) * edge).normalized();
  };
  if (away(i).dot(away(j)) > -std::cos(kFlatWithin * M_PI / 180)) return false;
  return outside.edges.count(std::minmax(tet[i], tet[j])) == 0;
}

}  // namespace

int peel_flat_cells(VolumeMesh& mesh) {
  int peeled = 0;
  for (;;) {
    std::vector<std::size_t> flat;
    for (std::size_t c = 0; c < mesh.tets.size(); ++c) {
      if (dihedral(mesh, mesh.tets[c]) < kPeeledDihedral) flat.push_back(c);
    }
    if (flat.empty()) return peeled;
    Outside outside(mesh);
    std::vector<char> gone(mesh.tets.size(), 0);
    const int before = peeled;
    for (const std::size_t c : flat) {
      const std::array<int, 4>& tet = mesh.tets[c];
      for (int edge = 0; edge < 6 && !gone[c]; ++edge) {
        gone[c] = lies_flat(mesh, outside, tet, kTetEdges[edge][0], kTetEdges[edge][1]);
      }
      if (!gone[c]) continue;
      ++peeled;
      for (const auto& f : kTetFaces) outside.add(sorted_face(tet[f[0]], tet[f[1]], tet[f[2]]));
    }
    if (peeled == before) return peeled;
    std::size_t left = 0;
    for (std::size_t c = 0; c < mesh.tets.size(); ++c) {
      if (gone[c]) continue;
      mesh.tets[left] = mesh.tets[c];
      mesh.tet_body[left++] = mesh.tet_body[c];
    }
    mesh.tets.resize(left);
    mesh.tet_body.resize(left);
  }
}

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
