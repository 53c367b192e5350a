#include "volume_from_surface_quality.h"

#include <Eigen/Core>
#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>

#include "proofload/core/problem.h"
#include "surface_text.h"

namespace proofload::meshing {
namespace {

using Corners = std::array<Eigen::Vector3d, 4>;

constexpr int kFaces[4][3] = {{1, 2, 3}, {0, 3, 2}, {0, 1, 3}, {0, 2, 1}};

Corners corners_of(const VolumeMesh& mesh, const std::array<int, 4>& tet) {
  Corners corners;
  for (int i = 0; i < 4; ++i) {
    const double* p = &mesh.nodes[3 * tet[i]];
    corners[i] = {p[0], p[1], p[2]};
  }
  return corners;
}

/// Smallest angle between two faces, degrees.
double min_dihedral(const Corners& c) {
  std::array<Eigen::Vector3d, 4> normal;
  for (int f = 0; f < 4; ++f) {
    const auto& v = kFaces[f];
    normal[f] = (c[v[1]] - c[v[0]]).cross(c[v[2]] - c[v[0]]).normalized();
  }
  double least = 180;
  for (int a = 0; a < 4; ++a) {
    for (int b = a + 1; b < 4; ++b) {
      const double cosine = std::clamp(normal[a].dot(normal[b]), -1.0, 1.0);
      least = std::min(least, 180 - std::acos(cosine) * 180 / M_PI);
    }
  }
  return least;
}

}  // namespace

TetQuality measure_quality(const VolumeMesh& mesh, int bodies) {
  TetQuality quality;
  quality.volume.assign(bodies, 0);
  for (std::size_t i = 0; i < mesh.tets.size(); ++i) {
    const Corners c = corners_of(mesh, mesh.tets[i]);
    const double volume = (c[1] - c[0]).cross(c[2] - c[0]).dot(c[3] - c[0]) / 6;
    quality.volume[mesh.tet_body[i]] += volume;
    const double angle = volume > 0 ? min_dihedral(c) : 0;
    if (!(volume > 0)) ++quality.not_positive;
    if (angle < 5) ++quality.below_5_deg;
    if (angle < quality.min_dihedral_deg) {
      quality.min_dihedral_deg = angle;
      const Eigen::Vector3d middle = (c[0] + c[1] + c[2] + c[3]) / 4;
      quality.worst = {middle[0], middle[1], middle[2]};
      quality.worst_body = mesh.tet_body[i];
    }
  }
  return quality;
}

void check_volume(const std::string& body, double mesh_volume, double wanted,
                  std::vector<v1::Finding>& findings, double most) {
  const double change = wanted > 0 ? mesh_volume / wanted - 1 : 1;
  if (std::abs(change) <= 0.01) return;
  const std::string text = body + ": the mesh has " + show(mesh_volume) + " mm3, the geometry " +
                           show(wanted) + " mm3 (" + show(100 * change) + " %)";
  if (!(std::abs(change) <= most)) {
    throw NumericalFailure("BODY_VOLUME", text + "; ask for smaller elements");
  }
  findings.push_back(make_finding("E8", v1::Finding::Severity::WARNING, body, text));
}

std::vector<std::vector<long>> interface_faces(const VolumeMesh& mesh, int bodies) {
  struct Face {
    std::array<int, 3> key;
    int body;
    bool operator<(const Face& other) const { return key < other.key; }
  };
  std::vector<Face> faces;
  faces.reserve(4 * mesh.tets.size());
  for (std::size_t i = 0; i < mesh.tets.size(); ++i) {
    for (const auto& f : kFaces) {
      Face face{{mesh.tets[i][f[0]], mesh.tets[i][f[1]], mesh.tets[i][f[2]]}, mesh.tet_body[i]};
      std::sort(face.key.begin(), face.key.end());
      faces.push_back(face);
    }
  }
  std::sort(faces.begin(), faces.end());
  std::vector<std::vector<long>> count(bodies, std::vector<long>(bodies, 0));
  for (std::size_t i = 0; i + 1 < faces.size(); ++i) {
    if (faces[i].key != faces[i + 1].key) continue;
    if (i + 2 < faces.size() && faces[i].key == faces[i + 2].key) {
      throw NumericalFailure("NOT_CONFORMING", "a face of the mesh has more than two cells");
    }
    const auto [a, b] = std::minmax(faces[i].body, faces[i + 1].body);
    if (a != b) ++count[a][b];
    ++i;
  }
  return count;
}

}  // namespace proofload::meshing
