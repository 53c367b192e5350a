#include "volume_from_surface_regions.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <tuple>

#include "proofload/core/problem.h"
#include "surface_topology.h"
#include "surface_winding.h"

namespace proofload::meshing {
namespace {

constexpr std::size_t kCrumbTriangles = 8;
constexpr double kCrumbShare = 1e-4;  // of the volume

/// A triangle of the complex with its sides.
struct Wall {
  Triangle triangle;
  int inner, outer;
};

/// Splits the walls into patches: connected over edges, same bodies on both sides.
std::vector<Patch> make_patches(const std::vector<Wall>& walls) {
  std::map<std::pair<int, int>, std::vector<Triangle>> by_bodies;
  for (const Wall& wall : walls) by_bodies[{wall.inner, wall.outer}].push_back(wall.triangle);
  std::vector<Patch> patches;
  for (const auto& [bodies, triangles] : by_bodies) {
    int count = 0;
    const auto shell = shells_of(triangles, sorted_sides(triangles), count);
    const std::size_t first = patches.size();
    patches.resize(first + count);
    for (std::size_t i = 0; i < triangles.size(); ++i) {
      Patch& patch = patches[first + shell[i]];
      patch.triangles.push_back(triangles[i]);
      patch.inner = bodies.first;
      patch.outer = bodies.second;
    }
  }
  return patches;
}

/// A closed piece of a body's boundary, normals out of the body.
struct Boundary {
  std::vector<int> patches;
  std::vector<Triangle> triangles;
  double volume = 0;
};

std::vector<Boundary> boundaries_of(const Regions& regions, int body) {
  std::vector<Triangle> triangles;
  std::vector<int> patch_of;
  for (std::size_t p = 0; p < regions.patches.size(); ++p) {
    const Patch& patch = regions.patches[p];
    if (patch.inner != body && patch.outer != body) continue;
    for (Triangle t : patch.triangles) {
      if (patch.outer == body) std::swap(t[1], t[2]);
      triangles.push_back(t);
      patch_of.push_back(static_cast<int>(p));
    }
  }
  int count = 0;
  const auto shell = shells_of(triangles, sorted_sides(triangles), count);
  std::vector<Boundary> boundaries(count);
  for (std::size_t i = 0; i < triangles.size(); ++i) {
    Boundary& boundary = boundaries[shell[i]];
    boundary.triangles.push_back(triangles[i]);
    if (boundary.patches.empty() || boundary.patches.back() != patch_of[i]) {
      boundary.patches.push_back(patch_of[i]);
    }
    boundary.volume +=
        area_vector(regions.points, triangles[i]).dot(to_vec(regions.points[triangles[i][0]])) / 6;
  }
  for (Boundary& boundary : boundaries) {
    std::sort(boundary.patches.begin(), boundary.patches.end());
    boundary.patches.erase(std::unique(boundary.patches.begin(), boundary.patches.end()),
                           boundary.patches.end());
  }
  return boundaries;
}

/// Takes out boundaries of a few triangles around next to nothing; returns how many.
int drop_crumbs(std::vector<Boundary>& boundaries) {
  double total = 0;
  for (const Boundary& boundary : boundaries) total += std::max(0.0, boundary.volume);
  const auto crumb = [&](const Boundary& boundary) {
    return boundary.triangles.size() <= kCrumbTriangles &&
           std::abs(boundary.volume) < kCrumbShare * total;
  };
  const auto end = std::remove_if(boundaries.begin(), boundaries.end(), crumb);
  const int count = static_cast<int>(boundaries.end() - end);
  boundaries.erase(end, boundaries.end());
  return count;
}

/// Outer boundaries become regions, cavities go to the smallest region around them.
void add_regions(Regions& regions, int body, bool crumbs) {
  std::vector<Boundary> boundaries = boundaries_of(regions, body);
  if (!crumbs) regions.crumbs += drop_crumbs(boundaries);
  std::vector<std::pair<const Boundary*, std::size_t>> outer;
  for (const Boundary& boundary : boundaries) {
    if (boundary.volume <= 0) continue;
    outer.push_back({&boundary, regions.regions.size()});
    regions.regions.push_back({body, {boundary.patches}});
  }
  for (const Boundary& cavity : boundaries) {
    if (cavity.volume > 0) continue;
    const Eigen::Vector3d at = to_vec(regions.points[cavity.triangles.front()[0]]);
    const std::pair<const Boundary*, std::size_t>* around = nullptr;
    for (const auto& candidate : outer) {
      const bool inside =
          std::abs(winding_number(regions.points, candidate.first->triangles, at)) > 0.5;
      if (inside && (around == nullptr || candidate.first->volume < around->first->volume)) {
        around = &candidate;
      }
    }
    if (around == nullptr) {
      throw NumericalFailure("VOLUME_MESH", "a cavity lies in no solid part of its body");
    }
    regions.regions[around->second].shells.push_back(cavity.patches);
  }
}

/// Takes out patches that bound no region.
void drop_unused(Regions& regions) {
  std::vector<int> number(regions.patches.size(), -1);
  std::vector<Patch> kept;
  for (Region& region : regions.regions) {
    for (std::vector<int>& shell : region.shells) {
      for (int& patch : shell) {
        if (number[patch] < 0) {
          number[patch] = static_cast<int>(kept.size());
          kept.push_back(regions.patches[patch]);
        }
        patch = number[patch];
      }
    }
  }
  regions.patches = std::move(kept);
}

/// A face of a tetrahedron, looking outwards.
struct CellFace {
  Triangle key, face;
  int body;
};

std::vector<CellFace> faces_of(const VolumeMesh& mesh) {
  constexpr int kFaces[4][3] = {{1, 2, 3}, {0, 3, 2}, {0, 1, 3}, {0, 2, 1}};
  std::vector<CellFace> faces;
  faces.reserve(4 * mesh.tets.size());
  for (std::size_t i = 0; i < mesh.tets.size(); ++i) {
    for (const auto& f : kFaces) {
      const Triangle face{mesh.tets[i][f[0]], mesh.tets[i][f[1]], mesh.tets[i][f[2]]};
      Triangle key = face;
      std::sort(key.begin(), key.end());
      faces.push_back({key, face, mesh.tet_body[i]});
    }
  }
  std::sort(faces.begin(), faces.end(), [](const CellFace& a, const CellFace& b) {
    return std::tie(a.key, a.body) < std::tie(b.key, b.body);
  });
  return faces;
}

}  // namespace

Regions regions_of(const TriangleSoup& surface) {
  Regions regions;
  regions.points = surface.points;
  std::vector<Wall> walls;
  for (const Triangle& t : surface.triangles) walls.push_back({t, 0, -1});
  regions.patches = make_patches(walls);
  add_regions(regions, 0, true);
  return regions;
}

Regions regions_of(const VolumeMesh& mesh) {
  const std::vector<CellFace> faces = faces_of(mesh);
  std::vector<Wall> walls;
  for (std::size_t i = 0; i < faces.size(); ++i) {
    const bool shared = i + 1 < faces.size() && faces[i].key == faces[i + 1].key;
    if (!shared) {
      walls.push_back({faces[i].face, faces[i].body, -1});
    } else {
      if (faces[i].body != faces[i + 1].body) {
        walls.push_back({faces[i].face, faces[i].body, faces[i + 1].body});
      }
      ++i;
    }
  }
  Regions regions;
  std::vector<int> number(mesh.nodes.size() / 3, -1);
  for (Wall& wall : walls) {
    for (int& corner : wall.triangle) {
      if (number[corner] < 0) {
        number[corner] = static_cast<int>(regions.points.size());
        const double* at = &mesh.nodes[3 * corner];
        regions.points.push_back({at[0], at[1], at[2]});
      }
      corner = number[corner];
    }
  }
  regions.patches = make_patches(walls);
  const int bodies = 1 + *std::max_element(mesh.tet_body.begin(), mesh.tet_body.end());
  for (int body = 0; body < bodies; ++body) add_regions(regions, body, bodies > 1);
  if (regions.crumbs > 0) drop_unused(regions);
  return regions;
}

}  // namespace proofload::meshing
