#include "labelled_domain.h"

#include <CGAL/Polygon_mesh_processing/detect_features.h>

#include <algorithm>
#include <numeric>

namespace proofload::meshing {

Labels::Labels(const std::vector<LabelledBody>& bodies) : order_(bodies.size()) {
  meshes_.reserve(bodies.size());
  for (const LabelledBody& body : bodies) {
    meshes_.push_back(to_mesh(body.surface));
    oracles_.push_back(std::make_unique<Oracle>(meshes_.back()));
  }
  std::iota(order_.begin(), order_.end(), 0);
  std::stable_sort(order_.begin(), order_.end(),
                   [&](int a, int b) { return bodies[a].priority > bodies[b].priority; });
}

bool Labels::inside(int body, const Kernel::Point_3& at) const {
  return (*oracles_[body])(at) != CGAL::ON_UNBOUNDED_SIDE;
}

int Labels::operator()(const Kernel::Point_3& at) const {
  for (const int body : order_) {
    if (inside(body, at)) return body + 1;
  }
  return 0;
}

bool Labels::taken_before(int body, const Kernel::Point_3& at) const {
  for (const int other : order_) {
    if (other == body) return false;
    if (inside(other, at)) return true;
  }
  return false;
}

std::vector<std::vector<Kernel::Point_3>> sharp_segments(const std::vector<LabelledBody>& bodies,
                                                         Labels& labels, double sharp_deg) {
  std::vector<std::vector<Kernel::Point_3>> segments;
  for (std::size_t body = 0; body < bodies.size(); ++body) {
    if (!bodies[body].keep_edges) continue;
    SurfaceMesh& mesh = labels.mesh(static_cast<int>(body));
    auto sharp = mesh.add_property_map<SurfaceMesh::Edge_index, bool>("e:sharp", false).first;
    CGAL::Polygon_mesh_processing::detect_sharp_edges(mesh, sharp_deg, sharp);
    for (const auto edge : mesh.edges()) {
      if (!sharp[edge]) continue;
      const auto a = mesh.point(mesh.vertex(edge, 0)), b = mesh.point(mesh.vertex(edge, 1));
      const bool hidden = labels.taken_before(body, a) || labels.taken_before(body, b);
      if (!hidden) segments.push_back({a, b});
    }
  }
  return segments;
}

std::vector<std::vector<double>> overlap_volumes(const std::vector<LabelledBody>& bodies,
                                                 const VolumeMesh& mesh) {
  const Labels labels(bodies);
  std::vector<std::vector<double>> overlap(bodies.size(), std::vector<double>(bodies.size(), 0));
  for (std::size_t i = 0; i < mesh.tets.size(); ++i) {
    const auto point = [&](int k) {
      const double* p = &mesh.nodes[3 * mesh.tets[i][k]];
      return Kernel::Point_3(p[0], p[1], p[2]);
    };
    const Kernel::Tetrahedron_3 tet(point(0), point(1), point(2), point(3));
    const auto middle = CGAL::centroid(tet);
    for (int other = 0; other < static_cast<int>(bodies.size()); ++other) {
      const int owner = mesh.tet_body[i];
      if (other != owner && labels.inside(other, middle)) overlap[owner][other] += tet.volume();
    }
  }
  return overlap;
}

}  // namespace proofload::meshing
