/// Exact cutting of crossing triangles: constrained triangulation of each with the segments it
/// shares with others (Zhou, Grinspun, Zorin, Jacobson 2016, section 4.1).
#include "surface_arrangement.h"

#include <CGAL/Constrained_Delaunay_triangulation_2.h>
#include <CGAL/Exact_predicates_exact_constructions_kernel.h>
#include <CGAL/intersections.h>

#include <map>

#include "surface_crossings.h"
#include "surface_topology.h"

namespace proofload::meshing {
namespace {

using Exact = CGAL::Exact_predicates_exact_constructions_kernel;
using Point3 = Exact::Point_3;
using Point2 = Exact::Point_2;
using Triangle3 = Exact::Triangle_3;
using Flat =
    CGAL::Constrained_Delaunay_triangulation_2<Exact, CGAL::Default, CGAL::Exact_intersections_tag>;

constexpr double kSame = 1e-8;  // of the diagonal: rounded points this close are one

/// A triangle seen along the axis nearest to its normal, and back.
class View {
 public:
  explicit View(const Triangle3& t) : plane_(t.supporting_plane()) {
    const auto size = [](const Exact::FT& x) { return std::abs(CGAL::to_double(x)); };
    const double a = size(plane_.a()), b = size(plane_.b()), c = size(plane_.c());
    axis_ = a >= b && a >= c ? 0 : b >= c ? 1 : 2;
  }
  Point2 flat(const Point3& p) const { return {p[(axis_ + 1) % 3], p[(axis_ + 2) % 3]}; }
  Point3 lifted(const Point2& p) const {
    const Exact::FT n[3] = {plane_.a(), plane_.b(), plane_.c()};
    Exact::FT x[3];
    x[(axis_ + 1) % 3] = p.x();
    x[(axis_ + 2) % 3] = p.y();
    x[axis_] = -(n[(axis_ + 1) % 3] * p.x() + n[(axis_ + 2) % 3] * p.y() + plane_.d()) / n[axis_];
    return {x[0], x[1], x[2]};
  }
  /// Triangles of the view turn as the triangle does.
  bool keeps_turn() const {
    return (axis_ == 0 ? plane_.a() : axis_ == 1 ? plane_.b() : plane_.c()) > 0;
  }

 private:
  Exact::Plane_3 plane_;
  int axis_;
};

/// Adds what two triangles share to a triangulation of the first.
struct AddShared : boost::static_visitor<void> {
  AddShared(Flat& flat_in, const View& view_in) : flat(flat_in), view(view_in) {}
  void operator()(const Point3& p) const { flat.insert(view.flat(p)); }
  void operator()(const Exact::Segment_3& s) const {
    flat.insert_constraint(view.flat(s.source()), view.flat(s.target()));
  }
  void operator()(const Triangle3& t) const { ring({t[0], t[1], t[2]}); }
  void operator()(const std::vector<Point3>& polygon) const { ring(polygon); }
  void ring(const std::vector<Point3>& corners) const {
    for (std::size_t i = 0; i < corners.size(); ++i) {
      flat.insert_constraint(view.flat(corners[i]), view.flat(corners[(i + 1) % corners.size()]));
    }
  }
  Flat& flat;
  const View& view;
};

class Cutter {
 public:
  explicit Cutter(const TriangleSoup& soup) : soup_(soup) {
    result_.file = soup.file;
    result_.points = soup.points;
    result_.solid_names = soup.solid_names;
  }

  TriangleSoup run(const std::vector<Crossing>& crossings) {
    std::vector<std::vector<int>> partners(soup_.triangles.size());
    for (const Crossing& c : crossings) {
      partners[c.first].push_back(c.second);
      partners[c.second].push_back(c.first);
    }
    for (std::size_t t = 0; t < partners.size(); ++t) {
      if (partners[t].empty()) continue;
      for (const int corner : soup_.triangles[t]) number_.try_emplace(exact(corner), corner);
    }
    for (std::size_t t = 0; t < partners.size(); ++t) {
      if (partners[t].empty()) {
        keep(soup_.triangles[t], t);
      } else {
        cut(static_cast<int>(t), partners[t]);
      }
    }
    return std::move(result_);
  }

 private:
  Point3 exact(int i) const { return {soup_.points[i][0], soup_.points[i][1], soup_.points[i][2]}; }
  Triangle3 triangle(int t) const {
    const Triangle& c = soup_.triangles[t];
    return {exact(c[0]), exact(c[1]), exact(c[2])};
  }

  void keep(const Triangle& corners, std::size_t parent) {
    result_.triangles.push_back(corners);
    if (!soup_.solids.empty()) result_.solids.push_back(soup_.solids[parent]);
  }

  int index_of(const Point3& p) {
    const auto [entry, is_new] = number_.try_emplace(p, static_cast<int>(result_.points.size()));
    if (is_new) {
      result_.points.push_back(
          {CGAL::to_double(p.x()), CGAL::to_double(p.y()), CGAL::to_double(p.z())});
    }
    return entry->second;
  }

  void cut(int t, const std::vector<int>& partners) {
    const Triangle3 own = triangle(t);
    const View view(own);
    Flat flat;
    for (int k = 0; k < 3; ++k) flat.insert(view.flat(own[k]));
    for (const int other : partners) {
      if (const auto shared = CGAL::intersection(own, triangle(other))) {
        boost::apply_visitor(AddShared(flat, view), *shared);
      }
    }
    std::map<Flat::Vertex_handle, int> index;
    for (auto v = flat.finite_vertices_begin(); v != flat.finite_vertices_end(); ++v) {
      index[v] = index_of(view.lifted(v->point()));
    }
    for (auto f = flat.finite_faces_begin(); f != flat.finite_faces_end(); ++f) {
      Triangle corners{index[f->vertex(0)], index[f->vertex(1)], index[f->vertex(2)]};
      if (!view.keeps_turn()) std::swap(corners[1], corners[2]);
      keep(corners, static_cast<std::size_t>(t));
    }
  }

  const TriangleSoup& soup_;
  TriangleSoup result_;
  std::map<Point3, int> number_;
};

}  // namespace

TriangleSoup cut_crossings(const TriangleSoup& soup, int rounds) {
  TriangleSoup now = soup;
  Point min, max;
  bounds(soup.points, min, max);
  const double same = kSame * (to_vec(max) - to_vec(min)).norm();
  for (int round = 0; round < rounds; ++round) {
    const std::vector<Crossing> crossings = find_crossings(now.points, now.triangles);
    if (crossings.empty()) break;
    now = Cutter(now).run(crossings);
    merge_points(now, same);
    drop_collapsed(now);
  }
  return now;
}

}  // namespace proofload::meshing
