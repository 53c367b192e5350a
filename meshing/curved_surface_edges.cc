#include "curved_surface_edges.h"

#include <algorithm>
#include <memory>

#include "proofload/meshing/surface.h"
#include "surface_distance.h"

namespace proofload::meshing {
namespace {

constexpr double kOnSurface = 2e-3;         // of the edge: ends this near lie on the surface
constexpr double kFlat = 1e-5;              // of the edge: middles this near need not move
constexpr double kMostDisplacement = 0.25;  // of the edge

class Curving {
 public:
  Curving(const std::vector<BodySurface>& surfaces, TetMesh& mesh)
      : surfaces_(surfaces), distance_(surfaces.size()), mesh_(mesh) {}

  void face(const CellFace& side, std::vector<int> bodies) {
    std::sort(bodies.begin(), bodies.end(),
              [&](int a, int b) { return surfaces_[a].priority > surfaces_[b].priority; });
    const auto& tet = mesh_.volume.tets[side.cell];
    const int* f = kTetFaces[side.local];
    for (int k = 0; k < 3; ++k) edge(tet[f[k]], tet[f[(k + 1) % 3]], bodies);
  }

 private:
  Eigen::Vector3d node(int i) const {
    return Eigen::Map<const Eigen::Vector3d>(&mesh_.volume.nodes[3 * i]);
  }

  void edge(int a, int b, const std::vector<int>& bodies) {
    if (mesh_.curved_middle.count(edge_key(a, b)) != 0) return;
    const Eigen::Vector3d middle = (node(a) + node(b)) / 2;
    const double length = (node(a) - node(b)).norm();
    for (const int body : bodies) {
      const SurfaceDistance* surface = surface_of(body);
      if (surface == nullptr || (*surface)(node(a)) > kOnSurface * length ||
          (*surface)(node(b)) > kOnSurface * length) {
        continue;
      }
      const Eigen::Vector3d goal = surface->nearest(middle);
      const double way = (goal - middle).norm();
      if (way > kFlat * length && way < kMostDisplacement * length) {
        mesh_.curved_middle[edge_key(a, b)] = to_point(goal);
      }
      return;
    }
  }

  /// Null for bodies that are not CAD.
  const SurfaceDistance* surface_of(int body) {
    const int whole = surfaces_[body].whole >= 0 ? surfaces_[body].whole : body;
    if (!surfaces_[whole].cad) return nullptr;
    if (!distance_[whole]) {
      distance_[whole] = std::make_unique<SurfaceDistance>(to_soup(surfaces_[whole]));
    }
    return distance_[whole].get();
  }

  const std::vector<BodySurface>& surfaces_;
  std::vector<std::unique_ptr<SurfaceDistance>> distance_;
  TetMesh& mesh_;
};

}  // namespace

void curve_surface_edges(const std::vector<BodySurface>& surfaces, const Topology& topology,
                         TetMesh& mesh) {
  Curving curving(surfaces, mesh);
  const auto body_of = [&](const CellFace& face) { return mesh.volume.tet_body[face.cell]; };
  for (const CellFace& face : topology.exterior) curving.face(face, {body_of(face)});
  for (const BodyFace& face : topology.between) {
    curving.face(face.first, {body_of(face.first), body_of(face.second)});
  }
}

}  // namespace proofload::meshing
