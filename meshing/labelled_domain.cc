#include "labelled_domain.h"

#include <CGAL/Polygon_mesh_processing/detect_features.h>

#include <algorithm>
#include <numeric>

namespace proofload::meshing {
namespace {

Kernel::Tetrahedron_3 cell(const VolumeMesh& mesh, std::size_t i) {
  const auto point = [&](int k) {
    const double* p = &mesh.nodes[3 * mesh.tets[i][k]];
    return Kernel::Point_3(p[0], p[1], p[2]);
  };
  return {point(0), point(1), point(2), point(3)};
}

/// [nodes] 1: cells of more than one body meet there.
std::vector<char> nodes_of_several(const VolumeMesh& mesh) {
  std::vector<int> first(mesh.nodes.size() / 3, -1);
  std::vector<char> several(first.size(), 0);
  for (std::size_t i = 0; i < mesh.tets.size(); ++i) {
    for (const int node : mesh.tets[i]) {
      if (first[node] < 0) first[node] = mesh.tet_body[i];
      if (first[node] != mesh.tet_body[i]) several[node] = 1;
    }
  }
  return several;
}

}  // namespace

Labels::Labels(const std::vector<LabelledBody>& bodies) : order_(bodies.size()) {
  meshes_.reserve(bodies.size());
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    const bool region = bodies[i].whole >= 0;
    whole_.push_back(region ? bodies[i].whole : static_cast<int>(i));
    parts_.push_back(bodies[i].part);
    meshes_.push_back(region ? SurfaceMesh() : to_mesh(bodies[i].surface));
    oracles_.push_back(region ? nullptr : std::make_unique<Oracle>(meshes_.back()));
  }
  std::iota(order_.begin(), order_.end(), 0);
  std::stable_sort(order_.begin(), order_.end(),
                   [&](int a, int b) { return bodies[a].priority > bodies[b].priority; });
}

bool Labels::inside(int body, const Kernel::Point_3& at) const {
  if ((*oracles_[whole_[body]])(at) == CGAL::ON_UNBOUNDED_SIDE) return false;
  return !is_region(body) || parts_[body](from_cgal(at));
}

int Labels::operator()(const Kernel::Point_3& at) const {
  seen_.assign(oracles_.size(), -1);
  for (const int body : order_) {
    char& in_whole = seen_[whole_[body]];
    if (in_whole < 0) in_whole = (*oracles_[whole_[body]])(at) != CGAL::ON_UNBOUNDED_SIDE;
    if (in_whole && (!is_region(body) || parts_[body](from_cgal(at)))) return body + 1;
  }
  return 0;
}

bool Labels::taken_before(int body, const Kernel::Point_3& at) const {
  for (const int other : order_) {
    if (other == body) return false;
    if (whole_[other] != body && inside(other, at)) return true;
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

BodyVolumes measure_bodies(const std::vector<LabelledBody>& bodies, const VolumeMesh& mesh) {
  const Labels labels(bodies);
  const std::size_t count = bodies.size();
  BodyVolumes result;
  result.overlap.assign(count, std::vector<double>(count, 0));
  result.region.assign(count, 0);
  const std::vector<char> mixed = nodes_of_several(mesh);
  for (std::size_t i = 0; i < mesh.tets.size(); ++i) {
    const Kernel::Tetrahedron_3 tet = cell(mesh, i);
    const auto middle = CGAL::centroid(tet);
    const int owner = mesh.tet_body[i];
    for (int other = 0; other < static_cast<int>(count); ++other) {
      if (other != owner && bodies[other].whole < 0 && labels.inside(other, middle)) {
        result.overlap[owner][other] += tet.volume();
      }
    }
    const bool inner = std::none_of(mesh.tets[i].begin(), mesh.tets[i].end(),
                                    [&](int node) { return mixed[node] != 0; });
    for (int k = 0; k < 4; ++k) {
      const auto at = middle + 0.5 * (tet[k] - middle);
      const int label = inner ? owner + 1 : labels(at);
      if (label > 0) result.region[label - 1] += tet.volume() / 4;
    }
  }
  return result;
}

}  // namespace proofload::meshing
