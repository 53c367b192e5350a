/// Counts on a surface: what the judgement rests on.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "proofload/meshing/surface.h"
#include "surface_clean.h"
#include "surface_crossings.h"
#include "surface_topology.h"
#include "surface_winding.h"

namespace proofload::meshing {
namespace {

constexpr std::size_t kPlaces = 10;
constexpr double kMergeFraction = 1e-6;
constexpr double kNeedleDeg = 1.0;
constexpr int kMaxNestedShells = 200;

/// Smallest angle of a triangle in degrees; 0 without area.
double smallest_angle(const std::vector<Point>& points, const Triangle& t) {
  double least = 180;
  for (int k = 0; k < 3; ++k) {
    const Eigen::Vector3d apex = to_vec(points[t[k]]);
    const Eigen::Vector3d u = to_vec(points[t[(k + 1) % 3]]) - apex;
    const Eigen::Vector3d v = to_vec(points[t[(k + 2) % 3]]) - apex;
    least = std::min(least, std::atan2(u.cross(v).norm(), u.dot(v)) * 180 / M_PI);
  }
  return least;
}

void count_shapes(const TriangleSoup& soup, SurfaceFacts& facts) {
  std::vector<double> lengths;
  facts.min_angle_deg = 180;
  const double no_area = std::pow(kMergeFraction * facts.diagonal_mm, 2);
  for (const Triangle& t : soup.triangles) {
    const double twice_area = area_vector(soup.points, t).norm();
    facts.area_mm2 += twice_area / 2;
    for (int k = 0; k < 3; ++k) {
      lengths.push_back((to_vec(soup.points[t[k]]) - to_vec(soup.points[t[(k + 1) % 3]])).norm());
    }
    if (twice_area <= no_area * 1e-3) {
      ++facts.degenerate;
      continue;
    }
    const double angle = smallest_angle(soup.points, t);
    facts.min_angle_deg = std::min(facts.min_angle_deg, angle);
    if (angle < kNeedleDeg) ++facts.needles;
  }
  std::nth_element(lengths.begin(), lengths.begin() + lengths.size() / 2, lengths.end());
  facts.median_edge_mm = lengths[lengths.size() / 2];
}

void count_edges(const TriangleSoup& soup, const std::vector<Side>& sides, SurfaceFacts& facts) {
  std::vector<char> has_neighbour(soup.triangles.size(), 0);
  const auto middle = [&](const Side& s) {
    return to_point((to_vec(soup.points[s.low]) + to_vec(soup.points[s.high])) / 2);
  };
  for (std::size_t i = 0; i < sides.size();) {
    const std::size_t end = end_of_edge(sides, i);
    if (end == i + 1) ++facts.border_edges;
    if (end > i + 2) {
      ++facts.non_manifold_edges;
      if (facts.non_manifold_points.size() < kPlaces) {
        facts.non_manifold_points.push_back(middle(sides[i]));
      }
    }
    if (end == i + 2 && sides[i].forward == sides[i + 1].forward) {
      ++facts.flipped_edges;
      if (facts.flipped_points.size() < kPlaces) facts.flipped_points.push_back(middle(sides[i]));
    }
    for (std::size_t k = i; end > i + 1 && k < end; ++k) has_neighbour[sides[k].triangle] = 1;
    i = end;
  }
  facts.isolated_triangles = std::count(has_neighbour.begin(), has_neighbour.end(), 0);
}

std::int64_t count_border_edges(const std::vector<Triangle>& triangles) {
  const std::vector<Side> sides = sorted_sides(triangles);
  std::int64_t border = 0;
  for (std::size_t i = 0; i < sides.size();) {
    const std::size_t end = end_of_edge(sides, i);
    border += end == i + 1;
    i = end;
  }
  return border;
}

void measure_shells(const TriangleSoup& soup, const std::vector<Side>& sides, SurfaceFacts& facts,
                    std::vector<std::vector<Triangle>>& members) {
  int count = 0;
  const std::vector<int> shell = shells_of(soup.triangles, sides, count);
  facts.shells.assign(count, Shell());
  members.assign(count, {});
  for (std::size_t i = 0; i < soup.triangles.size(); ++i) {
    const Triangle& t = soup.triangles[i];
    Shell& s = facts.shells[shell[i]];
    if (s.triangles++ == 0) s.min = s.max = soup.points[t[0]];
    members[shell[i]].push_back(t);
    const Eigen::Vector3d area = area_vector(soup.points, t) / 2;
    s.area_mm2 += area.norm();
    s.signed_volume_mm3 += area.dot(to_vec(soup.points[t[0]]) - to_vec(facts.min)) / 3;
    s.closed = true;
    for (const int corner : t) {
      for (int axis = 0; axis < 3; ++axis) {
        s.min[axis] = std::min(s.min[axis], soup.points[corner][axis]);
        s.max[axis] = std::max(s.max[axis], soup.points[corner][axis]);
      }
    }
  }
  for (std::size_t i = 0; i < sides.size();) {
    const std::size_t end = end_of_edge(sides, i);
    if (end != i + 2) facts.shells[shell[sides[i].triangle]].closed = false;
    i = end;
  }
}

bool box_within(const Shell& inner, const Shell& outer) {
  for (int axis = 0; axis < 3; ++axis) {
    if (inner.min[axis] < outer.min[axis] || inner.max[axis] > outer.max[axis]) return false;
  }
  return true;
}

/// Depth of each shell, by the winding number of the shells around one of its points.
void nest_shells(const TriangleSoup& soup, const std::vector<std::vector<Triangle>>& members,
                 SurfaceFacts& facts) {
  if (facts.shells.size() > kMaxNestedShells) return;
  for (std::size_t i = 0; i < facts.shells.size(); ++i) {
    const Eigen::Vector3d at = centroid(soup.points, members[i].front());
    for (std::size_t k = 0; k < facts.shells.size(); ++k) {
      if (k == i || !facts.shells[k].closed || !box_within(facts.shells[i], facts.shells[k])) {
        continue;
      }
      if (std::abs(winding_number(soup.points, members[k], at)) > 0.5) ++facts.shells[i].depth;
    }
  }
}

/// Every hole closed by triangles around its middle: what is then inside is inside.
void close_with_fans(TriangleSoup& soup) {
  for (const std::vector<int>& loop : hole_loops(soup)) {
    Eigen::Vector3d middle = Eigen::Vector3d::Zero();
    for (const int p : loop) middle += to_vec(soup.points[p]) / double(loop.size());
    const int centre = static_cast<int>(soup.points.size());
    soup.points.push_back(to_point(middle));
    for (std::size_t i = 0; i < loop.size(); ++i) {
      soup.triangles.push_back({loop[i], loop[(i + 1) % loop.size()], centre});
    }
  }
}

void pick_crossings(const std::vector<Crossing>& all, SurfaceFacts& facts) {
  facts.self_intersections = static_cast<std::int64_t>(all.size());
  const std::size_t shown = std::min(kPlaces, all.size());
  for (std::size_t i = 0; i < shown; ++i) facts.crossings.push_back(all[i * all.size() / shown]);
}

}  // namespace

SurfaceFacts examine_surface(const TriangleSoup& given) {
  SurfaceFacts facts;
  TriangleSoup soup = given;
  facts.triangles = static_cast<std::int64_t>(soup.triangles.size());
  bounds(soup.points, facts.min, facts.max);
  facts.diagonal_mm = (to_vec(facts.max) - to_vec(facts.min)).norm();
  facts.unmerged_border_edges = count_border_edges(soup.triangles);
  facts.merged_points = merge_points(soup, kMergeFraction * facts.diagonal_mm);
  facts.degenerate = drop_collapsed(soup);
  facts.duplicate = drop_duplicates(soup);
  if (soup.triangles.empty()) return facts;
  count_shapes(soup, facts);
  const std::vector<Side> sides = sorted_sides(soup.triangles);
  count_edges(soup, sides, facts);
  std::vector<BorderLoop> loops = border_loops(soup, sides);
  facts.loop_count = static_cast<std::int64_t>(loops.size());
  loops.resize(std::min(loops.size(), kPlaces));
  facts.loops = std::move(loops);
  std::vector<std::vector<Triangle>> members;
  measure_shells(soup, sides, facts, members);
  for (const Shell& shell : facts.shells) facts.signed_volume_mm3 += shell.signed_volume_mm3;
  nest_shells(soup, members, facts);
  std::stable_sort(facts.shells.begin(), facts.shells.end(), [](const Shell& a, const Shell& b) {
    return std::abs(a.signed_volume_mm3) > std::abs(b.signed_volume_mm3);
  });
  pick_crossings(find_crossings(soup.points, soup.triangles), facts);
  facts.orientable = orient_consistently(soup.triangles);
  if (!facts.closed()) {
    close_with_fans(soup);
    facts.uncertain_inside = uncertain_inside(soup.points, soup.triangles);
  }
  return facts;
}

}  // namespace proofload::meshing
