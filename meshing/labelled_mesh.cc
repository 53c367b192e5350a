/// Mesh_3, alone in its translation unit: it takes a minute and gigabytes to compile.
#include "labelled_mesh.h"

#include <CGAL/Labeled_mesh_domain_3.h>
#include <CGAL/Mesh_3/polylines_to_protect.h>
#include <CGAL/Mesh_complex_3_in_triangulation_3.h>
#include <CGAL/Mesh_criteria_3.h>
#include <CGAL/Mesh_domain_with_polyline_features_3.h>
#include <CGAL/Mesh_triangulation_3.h>
#include <CGAL/Random.h>
#include <CGAL/make_mesh_3.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <unordered_map>

#include "labelled_domain.h"
#include "proofload/core/problem.h"
#include "sizing.h"
#include "surface_topology.h"
#include "surface_winding.h"

namespace proofload::meshing {
namespace {

namespace params = CGAL::parameters;
using Domain = CGAL::Mesh_domain_with_polyline_features_3<CGAL::Labeled_mesh_domain_3<Kernel>>;
using Triangulation = CGAL::Mesh_triangulation_3<Domain, CGAL::Default, CGAL::Sequential_tag>::type;
using Complex = CGAL::Mesh_complex_3_in_triangulation_3<Triangulation, Domain::Corner_index,
                                                        Domain::Curve_index>;
using Criteria = CGAL::Mesh_criteria_3<Triangulation>;

constexpr double kFacetAngleDeg = 25;
constexpr double kRadiusEdgeRatio = 2;
constexpr double kFacetRadius = 0.72;  // bound on the circumradius over the wanted edge length
constexpr double kCellRadius = 0.85;
constexpr double kSliverDeg = 10;
constexpr int kSeedsPerShell = 60;
constexpr int kRegionPoints = 2000;

/// A number of mm at a place: per body, reduced by balls.
struct SizeField {
  using FT = double;
  using Point_3 = Kernel::Point_3;
  using Index = Domain::Index;

  double operator()(const Point_3& at, int dimension, const Index& index) const {
    double value;
    if (dimension == 2) {
      const auto patch = domain->surface_patch_index(index);
      value = std::min(of_label(patch.first), of_label(patch.second));
    } else {
      value = of_label(dimension == 3 ? int(domain->subdomain_index(index)) : (*labels)(at));
    }
    if (balls == nullptr) return factor * value;
    value = size_from_balls(*balls, from_cgal(at), value);
    return factor * (*limit ? std::min(value, (*limit)(from_cgal(at))) : value);
  }

  double of_label(int label) const {
    if (label > 0) return body_values[label - 1];
    return *std::max_element(body_values.begin(), body_values.end());
  }

  const Domain* domain = nullptr;
  const Labels* labels = nullptr;
  std::vector<double> body_values;
  double factor = 1;
  const std::vector<SizeBall>* balls = nullptr;  ///< null: neither balls nor limit count
  const SizeLimit* limit = nullptr;
};

std::pair<Point, Point> box_of(const std::vector<Point>& points) {
  CGAL::Bbox_3 box;
  for (const Point& p : points) box += to_cgal(p).bbox();
  return {{box.xmin(), box.ymin(), box.zmin()}, {box.xmax(), box.ymax(), box.zmax()}};
}

CGAL::Bbox_3 box_around(const std::vector<LabelledBody>& bodies) {
  CGAL::Bbox_3 box;
  double margin = 0;
  for (const LabelledBody& body : bodies) {
    for (const Point& p : body.surface.points) box += to_cgal(p).bbox();
    margin = std::max(margin, body.size_mm);
  }
  return {box.xmin() - margin, box.ymin() - margin, box.zmin() - margin,
          box.xmax() + margin, box.ymax() + margin, box.zmax() + margin};
}

Criteria criteria_of(const std::vector<LabelledBody>& bodies, const LabelledOptions& options,
                     const Domain& domain, const Labels& labels) {
  SizeField size;
  size.domain = &domain;
  size.labels = &labels;
  size.balls = &options.balls;
  size.limit = &options.size_limit;
  SizeField deviation = size;
  deviation.balls = nullptr;
  for (const LabelledBody& body : bodies) {
    size.body_values.push_back(body.size_mm);
    deviation.body_values.push_back(body.deviation_mm);
  }
  SizeField facet = size, cell = size;
  facet.factor = kFacetRadius;
  cell.factor = kCellRadius;
  return Criteria(Criteria::Edge_criteria(size),
                  Criteria::Facet_criteria(kFacetAngleDeg, facet, deviation),
                  Criteria::Cell_criteria(kRadiusEdgeRatio, cell));
}

/// Surface points of every shell, so that no part of a body is missed by the first triangulation.
class Seeds {
 public:
  Seeds(const Domain& domain, const Labels& labels, Complex& complex)
      : domain_(domain), labels_(labels), complex_(complex) {}

  void add(const TriangleSoup& surface, double size) {
    int count = 0;
    const auto shell = shells_of(surface.triangles, sorted_sides(surface.triangles), count);
    std::vector<std::vector<int>> members(count);
    for (std::size_t i = 0; i < shell.size(); ++i) members[shell[i]].push_back(int(i));
    for (const std::vector<int>& triangles : members) {
      const std::size_t step = std::max<std::size_t>(1, triangles.size() / kSeedsPerShell);
      for (std::size_t i = 0; i < triangles.size(); i += step) {
        add(surface, surface.triangles[triangles[i]], size);
      }
    }
  }

  /// Points on the walls of a region, between neighbours of a spread of points in its body's box.
  void add_region(const TriangleSoup& surface, int label, double size) {
    const auto [low, high] = box_of(surface.points);
    std::vector<Kernel::Point_3> inside, outside;
    for (int i = 1; i <= kRegionPoints; ++i) {
      const Kernel::Point_3 at = to_cgal(to_point(spread_point(i, low, high)));
      (labels_(at) == label ? inside : outside).push_back(at);
    }
    const std::size_t step = std::max<std::size_t>(1, inside.size() / kSeedsPerShell);
    for (std::size_t i = 0; i < inside.size() && !outside.empty(); i += step) {
      const auto nearer = [&](const Kernel::Point_3& a, const Kernel::Point_3& b) {
        return CGAL::compare_distance_to_point(inside[i], a, b) == CGAL::SMALLER;
      };
      add_between(inside[i], *std::min_element(outside.begin(), outside.end(), nearer), size);
    }
  }

 private:
  void add(const TriangleSoup& surface, const Triangle& t, double size) {
    const Eigen::Vector3d normal = area_vector(surface.points, t);
    if (normal.norm() == 0) return;
    const Eigen::Vector3d at = centroid(surface.points, t);
    const Eigen::Vector3d step = normal.normalized() * 0.01 * size;
    add_between(to_cgal(to_point(at - step)), to_cgal(to_point(at + step)), size);
  }

  void add_between(const Kernel::Point_3& inner, const Kernel::Point_3& outer, double size) {
    if (labels_(inner) == labels_(outer)) return;
    const auto crossing = domain_.construct_intersection_object()(Kernel::Segment_3(inner, outer));
    if (std::get<2>(crossing) != 2 || near_vertex(std::get<0>(crossing), 0.7 * size)) return;
    Triangulation& tr = complex_.triangulation();
    const auto vertex =
        tr.insert(tr.geom_traits().construct_weighted_point_3_object()(std::get<0>(crossing)));
    if (vertex == Triangulation::Vertex_handle()) return;
    complex_.set_dimension(vertex, 2);
    complex_.set_index(vertex, std::get<1>(crossing));
  }

  /// Near enough to a point already there (also one that protects an edge) to do harm.
  bool near_vertex(const Kernel::Point_3& at, double distance) const {
    const Triangulation& tr = complex_.triangulation();
    if (tr.number_of_vertices() == 0) return false;
    const auto vertex = tr.nearest_power_vertex(at);
    const auto& point = tr.point(vertex);
    const double gap = std::sqrt(CGAL::squared_distance(at, point.point()));
    return gap < std::max(distance, 2 * std::sqrt(std::max(0.0, double(point.weight()))));
  }

  const Domain& domain_;
  const Labels& labels_;
  Complex& complex_;
};

VolumeMesh collect(const Complex& complex) {
  VolumeMesh mesh;
  std::unordered_map<Complex::Vertex_handle, int> number;
  for (auto cell = complex.cells_in_complex_begin(); cell != complex.cells_in_complex_end();
       ++cell) {
    std::array<int, 4> tet;
    for (int i = 0; i < 4; ++i) {
      const auto vertex = cell->vertex(i);
      const auto [entry, is_new] =
          number.try_emplace(vertex, static_cast<int>(mesh.nodes.size() / 3));
      if (is_new) {
        const auto& p = complex.triangulation().point(vertex).point();
        mesh.nodes.insert(mesh.nodes.end(), {p.x(), p.y(), p.z()});
      }
      tet[i] = entry->second;
    }
    mesh.tets.push_back(tet);
    mesh.tet_body.push_back(int(complex.subdomain_index(cell)) - 1);
  }
  return mesh;
}

void check_all_bodies_meshed(const VolumeMesh& mesh, std::size_t bodies) {
  for (std::size_t body = 0; body < bodies; ++body) {
    if (std::count(mesh.tet_body.begin(), mesh.tet_body.end(), int(body)) == 0) {
      throw NumericalFailure("LABELLED_MESH", "body " + std::to_string(body + 1) +
                                                  " came out empty: too thin for the size, or "
                                                  "inside bodies of higher priority");
    }
  }
}

}  // namespace

VolumeMesh mesh_labelled(const std::vector<LabelledBody>& bodies, const LabelledOptions& options) {
  CGAL::get_default_random() = CGAL::Random(0);
  Labels labels(bodies, options.closings);
  const std::function<int(const Kernel::Point_3&)> label = [&](const Kernel::Point_3& p) {
    return labels(p);
  };
  Domain domain(params::function = label, params::bounding_object = box_around(bodies),
                params::relative_error_bound = 1e-6);
  Complex complex;
  const Criteria criteria = criteria_of(bodies, options, domain, labels);
  if (options.protect_edges) {
    const auto segments = sharp_segments(bodies, labels, options.sharp_deg);
    std::vector<std::vector<Kernel::Point_3>> lines;
    CGAL::polylines_to_protect(lines, segments.begin(), segments.end());
    domain.add_features(lines.begin(), lines.end());
    if (!lines.empty()) {
      CGAL::Mesh_3::internal::init_c3t3_with_features(complex, domain, criteria);
    }
  }
  Seeds seeds(domain, labels, complex);
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    if (bodies[i].whole < 0)
      seeds.add(bodies[i].surface, bodies[i].size_mm);
    else
      seeds.add_region(bodies[i].surface, static_cast<int>(i) + 1, bodies[i].size_mm);
  }
  CGAL::refine_mesh_3(complex, domain, criteria, params::no_perturb(), params::no_exude(),
                      params::no_reset_c3t3(),
                      bodies.size() == 1 ? params::manifold() : params::non_manifold());
  if (options.optimise) {
    CGAL::perturb_mesh_3(complex, domain, params::sliver_bound = kSliverDeg);
    CGAL::exude_mesh_3(complex, params::sliver_bound = kSliverDeg);
  }
  VolumeMesh mesh = collect(complex);
  check_all_bodies_meshed(mesh, bodies.size());
  mesh.method = "CGAL Mesh_3";
  return mesh;
}

}  // namespace proofload::meshing
