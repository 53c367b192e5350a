#include "labelled_domain.h"

#include <CGAL/Polygon_mesh_processing/detect_features.h>

#include <algorithm>
#include <numeric>

namespace proofload::meshing {
namespace {

constexpr int kSpread = 4;      // points along an edge of a cell, less one
constexpr double kInto = 1e-3;  // of a gap's width: into the body behind it

Kernel::Tetrahedron_3 cell(const VolumeMesh& mesh, std::size_t i) {
  const auto point = [&](int k) {
    const double* p = &mesh.nodes[3 * mesh.tets[i][k]];
    return Kernel::Point_3(p[0], p[1], p[2]);
  };
  return {point(0), point(1), point(2), point(3)};
}

/// Where points within `mm` of both surfaces can be.
CGAL::Bbox_3 box_near_both(const TriangleSoup& a, const TriangleSoup& b, double mm) {
  Point low_a, high_a, low_b, high_b;
  bounds(a.points, low_a, high_a);
  bounds(b.points, low_b, high_b);
  const auto low = [&](int k) { return std::max(low_a[k], low_b[k]) - mm; };
  const auto high = [&](int k) { return std::min(high_a[k], high_b[k]) + mm; };
  return {low(0), low(1), low(2), high(0), high(1), high(2)};
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

/// Share of a cell that lies in a body, by points spread evenly in it where its corners disagree.
double share_inside(const Labels& labels, int body, const Kernel::Tetrahedron_3& tet) {
  int corners = 0;
  for (int k = 0; k < 4; ++k)
    corners += labels.inside(body, tet[k] + 0.01 * (CGAL::centroid(tet) - tet[k]));
  if (corners == 0 || corners == 4) return corners / 4;
  int inside = 0, count = 0;
  for (int i = 0; i <= kSpread; ++i) {
    for (int j = 0; i + j <= kSpread; ++j) {
      for (int k = 0; i + j + k <= kSpread; ++k) {
        const auto at = [&](int n) { return (n + 0.25) / (kSpread + 1); };
        inside += labels.inside(body, tet[0] + at(i) * (tet[1] - tet[0]) +
                                          at(j) * (tet[2] - tet[0]) + at(k) * (tet[3] - tet[0]));
        ++count;
      }
    }
  }
  return double(inside) / count;
}

}  // namespace

Labels::Labels(const std::vector<LabelledBody>& bodies, const std::vector<Closing>& closings)
    : order_(bodies.size()) {
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
  for (const Closing& closing : closings) {
    const TriangleSoup &keeper = bodies[closing.keeper].surface,
                       &giver = bodies[closing.giver].surface;
    gaps_.push_back({closing, std::make_unique<SurfaceDistance>(keeper),
                     std::make_unique<SurfaceDistance>(giver),
                     box_near_both(keeper, giver, closing.mm)});
  }
}

bool Labels::inside(int body, const Kernel::Point_3& at) const {
  if ((*oracles_[whole_[body]])(at) == CGAL::ON_UNBOUNDED_SIDE) return false;
  return !is_region(body) || parts_[body](from_cgal(at));
}

int Labels::operator()(const Kernel::Point_3& at) const {
  const int label = owner(at);
  return label > 0 ? label : owner_of_gap(at);
}

bool Labels::gives_way(int body, const Kernel::Point_3& at) const {
  return std::any_of(gaps_.begin(), gaps_.end(), [&](const OpenGap& gap) {
    return gap.closing.giver == body && (*gap.keeper)(to_vec(from_cgal(at))) <= gap.closing.mm;
  });
}

int Labels::owner_of_gap(const Kernel::Point_3& at) const {
  for (const OpenGap& gap : gaps_) {
    if (!CGAL::do_overlap(gap.box, at.bbox())) continue;
    const Eigen::Vector3d here = to_vec(from_cgal(at));
    const double to_keeper = (*gap.keeper)(here), most = gap.closing.mm;
    if (to_keeper > most) continue;
    const Eigen::Vector3d on_giver = gap.giver->nearest(here), way = on_giver - here;
    if (to_keeper + way.norm() > most) continue;
    const int giver = gap.closing.giver;
    const int region = owner(to_cgal(to_point(on_giver + kInto * most * way.normalized())));
    return region > 0 && whole_[region - 1] == giver ? region : giver + 1;
  }
  return 0;
}

int Labels::owner(const Kernel::Point_3& at) const {
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
      const int owner = static_cast<int>(body);
      const bool hidden = labels.taken_before(owner, a) || labels.taken_before(owner, b) ||
                          labels.gives_way(owner, a) || labels.gives_way(owner, b);
      if (!hidden) segments.push_back({a, b});
    }
  }
  return segments;
}

BodyVolumes measure_bodies(const std::vector<LabelledBody>& bodies,
                           const std::vector<Closing>& closings, const VolumeMesh& mesh) {
  const Labels labels(bodies, closings);
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
      if (other != owner && bodies[other].whole < 0) {
        result.overlap[owner][other] += share_inside(labels, other, tet) * tet.volume();
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
