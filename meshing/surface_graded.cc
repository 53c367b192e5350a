#include "surface_graded.h"

#include <CGAL/AABB_segment_primitive.h>
#include <CGAL/AABB_traits.h>
#include <CGAL/AABB_tree.h>
#include <CGAL/Polygon_mesh_processing/detect_features.h>
#include <CGAL/boost/graph/Euler_operations.h>

#include <Eigen/Geometry>
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <vector>

#include "surface_topology.h"

namespace proofload::meshing {
namespace {

using Eigen::Vector3d;
using Vertex = SurfaceMesh::Vertex_index;
using Edge = SurfaceMesh::Edge_index;
using Half = SurfaceMesh::Halfedge_index;

constexpr char kSharp[] = "e:sharp";
constexpr int kRelaxations = 3, kPasses = 12;
constexpr double kLong = 4.0 / 3, kShort = 4.0 / 5;
constexpr double kTurned = 0.5;          // cosine: no triangle turns by more than 60 degrees
constexpr double kLeastArea = 1e-3;      // twice the area over the longest side squared
constexpr double kOtherSide = 0.3;       // cosine: a nearest point there lies on another wall
constexpr double kFlatEdge = 0.9;        // cosine across an edge that may be flipped
constexpr double kCornerCosine = -0.64;  // between the two edges at a vertex that is no corner
constexpr int kEvenValence = 6;
constexpr double kWorse = 0.8;  // of the least angle, that a flip may leave

Vector3d vec(const Kernel::Point_3& p) { return to_vec(from_cgal(p)); }
Kernel::Point_3 point(const Vector3d& v) { return to_cgal(to_point(v)); }

enum class Kind { free, along, corner };

class Graded {
 public:
  Graded(SurfaceMesh& mesh, const GivenSurface& given, const SizeLimit& size_at)
      : mesh_(mesh),
        sharp_(GivenSurface::sharp_edges(mesh)),
        size_at_(size_at),
        given_(given),
        size_(mesh.add_property_map<Vertex, double>("v:size", 0).first) {
    for (const Vertex v : mesh.vertices()) measure(v);
  }
  ~Graded() { mesh_.remove_property_map(size_); }
  Graded(const Graded&) = delete;
  Graded& operator=(const Graded&) = delete;

  void run(int iterations) {
    for (int i = 0; i < iterations; ++i) {
      split_long();
      collapse_short();
      even_valences();
      for (int k = 0; k < kRelaxations; ++k) relax();
      for (const Vertex v : mesh_.vertices()) measure(v);
    }
    even_valences();
    mesh_.collect_garbage();
  }

 private:
  Vector3d at(Vertex v) const { return vec(mesh_.point(v)); }
  void measure(Vertex v) { size_[v] = size_at_(from_cgal(mesh_.point(v))); }
  double length(Edge e) const { return (at(mesh_.vertex(e, 0)) - at(mesh_.vertex(e, 1))).norm(); }
  double wanted(Vertex a, Vertex b) const { return (size_[a] + size_[b]) / 2; }
  /// Length over the length wanted.
  double ratio(Edge e) const { return length(e) / wanted(mesh_.vertex(e, 0), mesh_.vertex(e, 1)); }

  Kind kind(Vertex v) const {
    std::array<Vertex, 2> ends{};
    int count = 0;
    for (const Half h : mesh_.halfedges_around_target(mesh_.halfedge(v))) {
      if (!sharp_[mesh_.edge(h)]) continue;
      if (count < 2) ends[count] = mesh_.source(h);
      ++count;
    }
    if (count == 0) return Kind::free;
    if (count != 2) return Kind::corner;
    const Vector3d a = (at(ends[0]) - at(v)).normalized(), b = (at(ends[1]) - at(v)).normalized();
    return a.dot(b) > kCornerCosine ? Kind::corner : Kind::along;
  }

  /// Edges by their ratio; `descending`: longest first.
  std::vector<Edge> sorted(bool descending, double limit) const {
    std::vector<std::pair<double, Edge>> found;
    for (const Edge e : mesh_.edges()) {
      const double r = ratio(e);
      if (descending ? r > limit : r < limit) found.emplace_back(descending ? -r : r, e);
    }
    std::sort(found.begin(), found.end());
    std::vector<Edge> edges;
    for (const auto& entry : found) edges.push_back(entry.second);
    return edges;
  }

  void split_long() {
    for (int pass = 0; pass < kPasses; ++pass) {
      const std::vector<Edge> edges = sorted(true, kLong);
      if (edges.empty()) return;
      for (const Edge e : edges) split(e);
    }
  }

  void split(Edge e) {
    const Half h = mesh_.halfedge(e);
    const bool sharp = sharp_[e];
    const Vector3d middle = (at(mesh_.source(h)) + at(mesh_.target(h))) / 2;
    const Half fresh = CGAL::Euler::split_edge(h, mesh_);
    const Vertex v = mesh_.target(fresh);
    mesh_.point(v) = point(middle);
    measure(v);
    sharp_[mesh_.edge(fresh)] = sharp_[mesh_.edge(h)] = sharp;
    const Half one = CGAL::Euler::split_face(fresh, mesh_.next(h), mesh_);
    const Half other =
        CGAL::Euler::split_face(mesh_.opposite(h), mesh_.next(mesh_.opposite(fresh)), mesh_);
    sharp_[mesh_.edge(one)] = sharp_[mesh_.edge(other)] = false;
  }

  void collapse_short() {
    for (int pass = 0; pass < kPasses; ++pass) {
      std::size_t count = 0;
      for (const Edge e : sorted(false, kShort)) {
        if (mesh_.is_removed(e) || ratio(e) >= kShort) continue;
        const Half h = mesh_.halfedge(e);
        count += collapse(h) || collapse(mesh_.opposite(h));
      }
      mesh_.collect_garbage();
      if (count < mesh_.number_of_edges() / 200) return;
    }
  }

  /// Collapses the source of the halfedge into its target, if that is allowed.
  bool collapse(Half h) {
    const Vertex gone = mesh_.source(h), kept = mesh_.target(h);
    const Kind from = kind(gone);
    if (from == Kind::corner || (from == Kind::along && !sharp_[mesh_.edge(h)])) return false;
    if (!CGAL::Euler::does_satisfy_link_condition(mesh_.edge(h), mesh_)) return false;
    const Vector3d to = at(kept);
    for (const Half around : mesh_.halfedges_around_target(mesh_.halfedge(gone))) {
      const Vertex other = mesh_.source(around);
      if (other != kept && (at(other) - to).norm() > kLong * wanted(other, kept)) return false;
    }
    if (turns(gone, to, kept)) return false;
    // The edges to the two opposite corners become one each.
    const std::array<Half, 2> sides{h, mesh_.opposite(h)};
    std::array<Vertex, 2> opposite{};
    std::array<bool, 2> sharp{};
    for (int k = 0; k < 2; ++k) {
      opposite[k] = mesh_.target(mesh_.next(sides[k]));
      const bool first = sharp_[mesh_.edge(mesh_.next(sides[k]))];
      const bool second = sharp_[mesh_.edge(mesh_.prev(sides[k]))];
      if (first && second) return false;
      sharp[k] = first || second;
    }
    const double size = size_[kept];
    const Vertex left = CGAL::Euler::collapse_edge(mesh_.edge(h), mesh_);
    mesh_.point(left) = point(to);
    size_[left] = size;
    for (int k = 0; k < 2; ++k) {
      const Half side = mesh_.halfedge(left, opposite[k]);
      if (side != SurfaceMesh::null_halfedge()) sharp_[mesh_.edge(side)] = sharp[k];
    }
    return true;
  }

  /// Whether a triangle at the vertex turns over or loses its area when it is moved; triangles with
  /// `but` are not looked at.
  bool turns(Vertex v, const Vector3d& to, Vertex but = SurfaceMesh::null_vertex()) const {
    for (const Half h : mesh_.halfedges_around_target(mesh_.halfedge(v))) {
      const Vertex a = mesh_.target(mesh_.next(h)), b = mesh_.source(h);
      if (a == but || b == but) continue;
      const Vector3d before = (at(a) - at(v)).cross(at(b) - at(v));
      const Vector3d after = (at(a) - to).cross(at(b) - to);
      const double longest = std::max((at(a) - to).squaredNorm(), (at(b) - to).squaredNorm());
      if (after.norm() < kLeastArea * longest) return true;
      if (before.norm() > kLeastArea * longest &&
          before.dot(after) < kTurned * before.norm() * after.norm()) {
        return true;
      }
    }
    return false;
  }

  void even_valences() {
    for (const Edge e : mesh_.edges()) {
      if (!sharp_[e]) flip(mesh_.halfedge(e));
    }
  }

  void flip(Half h) {
    const Half back = mesh_.opposite(h);
    const Vertex a = mesh_.source(h), b = mesh_.target(h);
    const Vertex c = mesh_.target(mesh_.next(h)), d = mesh_.target(mesh_.next(back));
    if (c == d || mesh_.halfedge(c, d) != SurfaceMesh::null_halfedge()) return;
    const auto off = [&](Vertex v, int more) {
      return std::abs(static_cast<int>(mesh_.degree(v)) + more - kEvenValence);
    };
    const int before = off(a, 0) + off(b, 0) + off(c, 0) + off(d, 0);
    const int after = off(a, -1) + off(b, -1) + off(c, 1) + off(d, 1);
    if (mesh_.degree(a) <= 3 || mesh_.degree(b) <= 3) return;
    const double angle_before = std::min(least_angle(a, b, c), least_angle(b, a, d));
    const double angle_after = std::min(least_angle(c, d, b), least_angle(d, c, a));
    const bool rounder = angle_after > angle_before && after <= before;
    if (!rounder && !(after < before && angle_after > kWorse * angle_before)) return;
    const Vector3d n1 = normal(a, b, c), n2 = normal(b, a, d);
    const Vector3d m1 = normal(c, d, b), m2 = normal(d, c, a);
    if (n1.dot(n2) < kFlatEdge || m1.dot(n1) < kFlatEdge || m1.dot(n2) < kFlatEdge ||
        m2.dot(n1) < kFlatEdge || m2.dot(n2) < kFlatEdge) {
      return;
    }
    CGAL::Euler::flip_edge(h, mesh_);
  }

  Vector3d normal(Vertex a, Vertex b, Vertex c) const {
    return (at(b) - at(a)).cross(at(c) - at(a)).normalized();
  }

  double least_angle(Vertex a, Vertex b, Vertex c) const {
    const std::array<Vector3d, 3> p{at(a), at(b), at(c)};
    double least = M_PI;
    for (int k = 0; k < 3; ++k) {
      const Vector3d u = p[(k + 1) % 3] - p[k], v = p[(k + 2) % 3] - p[k];
      least = std::min(least, std::atan2(u.cross(v).norm(), u.dot(v)));
    }
    return least;
  }

  void relax() {
    for (const Vertex v : mesh_.vertices()) {
      const Kind what = kind(v);
      if (what == Kind::corner) continue;
      const auto to = what == Kind::free ? middle_of_faces(v) : std::optional(middle_along(v));
      if (!to) continue;
      for (const double share : {1.0, 0.5}) {
        const auto there =
            what == Kind::free
                ? given_.distance.nearest_facing(at(v) + share * (*to - at(v)), normal_at(v),
                                                 kOtherSide)
                : std::optional(given_.nearest_on_sharp_edges(at(v) + share * (*to - at(v))));
        if (!there || turns(v, *there)) continue;
        mesh_.point(v) = point(*there);
        break;
      }
    }
  }

  Vector3d normal_at(Vertex v) const {
    Vector3d sum = Vector3d::Zero();
    for (const Half h : mesh_.halfedges_around_target(mesh_.halfedge(v))) {
      const Vertex a = mesh_.target(mesh_.next(h)), b = mesh_.source(h);
      sum += (at(a) - at(v)).cross(at(b) - at(v));
    }
    return sum.normalized();
  }

  /// Along the surface, in the middle of the faces around, each by its area over the area wanted.
  std::optional<Vector3d> middle_of_faces(Vertex v) const {
    Vector3d sum = Vector3d::Zero();
    double weights = 0;
    for (const Half h : mesh_.halfedges_around_target(mesh_.halfedge(v))) {
      const Vertex a = mesh_.target(mesh_.next(h)), b = mesh_.source(h);
      const double size = (size_[a] + size_[b] + size_[v]) / 3;
      const double weight = (at(a) - at(v)).cross(at(b) - at(v)).norm() / (size * size);
      sum += weight * (at(a) + at(b) + at(v)) / 3;
      weights += weight;
    }
    if (!(weights > 0)) return std::nullopt;
    const Vector3d way = sum / weights - at(v), n = normal_at(v);
    return at(v) + way - way.dot(n) * n;
  }

  /// Between the two neighbours along the sharp edge, by the lengths wanted.
  Vector3d middle_along(Vertex v) const {
    Vector3d sum = Vector3d::Zero();
    double weights = 0;
    for (const Half h : mesh_.halfedges_around_target(mesh_.halfedge(v))) {
      if (!sharp_[mesh_.edge(h)]) continue;
      const double weight = 1 / wanted(mesh_.source(h), v);
      sum += weight * at(mesh_.source(h));
      weights += weight;
    }
    return sum / weights;
  }

  SurfaceMesh& mesh_;
  GivenSurface::SharpEdges sharp_;
  const SizeLimit& size_at_;
  const GivenSurface& given_;
  SurfaceMesh::Property_map<Vertex, double> size_;
};

}  // namespace

struct GivenSurface::Lines {
  using Segments = std::vector<Kernel::Segment_3>;
  using Primitive = CGAL::AABB_segment_primitive<Kernel, Segments::const_iterator>;
  Segments segments;
  CGAL::AABB_tree<CGAL::AABB_traits<Kernel, Primitive>> tree;
};

GivenSurface::GivenSurface(const TriangleSoup& given, double sharp_deg)
    : soup(given), mesh(to_mesh(given)), distance(given), lines_(new Lines) {
  const SharpEdges sharp = mesh.add_property_map<Edge, bool>(kSharp, false).first;
  if (sharp_deg > 0) CGAL::Polygon_mesh_processing::detect_sharp_edges(mesh, sharp_deg, sharp);
  for (const Edge e : mesh.edges()) {
    const Kernel::Segment_3 s(mesh.point(mesh.vertex(e, 0)), mesh.point(mesh.vertex(e, 1)));
    if (sharp[e] && !s.is_degenerate()) lines_->segments.push_back(s);
  }
  lines_->tree.rebuild(lines_->segments.cbegin(), lines_->segments.cend());
  if (!lines_->segments.empty()) lines_->tree.accelerate_distance_queries();
}

GivenSurface::~GivenSurface() = default;

GivenSurface::SharpEdges GivenSurface::sharp_edges(const SurfaceMesh& mesh) {
  return mesh.property_map<Edge, bool>(kSharp).first;
}

Vector3d GivenSurface::nearest_on_sharp_edges(const Vector3d& at) const {
  return vec(lines_->tree.closest_point(point(at)));
}

void remesh_graded(SurfaceMesh& mesh, const GivenSurface& given, const SizeLimit& size_at,
                   int iterations) {
  Graded(mesh, given, size_at).run(iterations);
}

}  // namespace proofload::meshing
