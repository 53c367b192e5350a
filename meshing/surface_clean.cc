#include "surface_clean.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <numeric>

#include "surface_crossings.h"
#include "surface_winding.h"

namespace proofload::meshing {
namespace {

constexpr std::size_t kMostBorder = 400'000;
constexpr int kMostShells = 400;
constexpr double kHangingShare = 0.05;

void keep_only(TriangleSoup& soup, const std::vector<char>& keep) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < keep.size(); ++i) {
    if (!keep[i]) continue;
    soup.triangles[kept] = soup.triangles[i];
    if (!soup.solids.empty()) soup.solids[kept] = soup.solids[i];
    ++kept;
  }
  soup.triangles.resize(kept);
  if (!soup.solids.empty()) soup.solids.resize(kept);
}

Triangle sorted(Triangle t) {
  std::sort(t.begin(), t.end());
  return t;
}

/// Border sides: edges with one triangle.
std::vector<Side> border_sides(const std::vector<Triangle>& triangles) {
  const std::vector<Side> sides = sorted_sides(triangles);
  std::vector<Side> border;
  for (std::size_t i = 0; i < sides.size();) {
    const std::size_t end = end_of_edge(sides, i);
    if (end == i + 1) border.push_back(sides[i]);
    i = end;
  }
  return border;
}

std::int64_t non_manifold_edges(const std::vector<Triangle>& triangles) {
  const std::vector<Side> sides = sorted_sides(triangles);
  std::int64_t count = 0;
  for (std::size_t i = 0; i < sides.size();) {
    const std::size_t end = end_of_edge(sides, i);
    count += end > i + 2;
    i = end;
  }
  return count;
}

/// Patches connected over edges of exactly two triangles.
std::vector<int> manifold_patches(const std::vector<Triangle>& triangles,
                                  const std::vector<Side>& sides, int& count) {
  std::vector<Side> plain;
  for (std::size_t i = 0; i < sides.size();) {
    const std::size_t end = end_of_edge(sides, i);
    if (end == i + 2) plain.insert(plain.end(), {sides[i], sides[i + 1]});
    i = end;
  }
  return shells_of(triangles, plain, count);
}

/// One pass over the groups of equal triangles: which of them to keep. True if any group changed.
bool drop_folds(TriangleSoup& soup) {
  std::map<Triangle, std::vector<int>> groups;
  for (std::size_t i = 0; i < soup.triangles.size(); ++i) {
    groups[sorted(soup.triangles[i])].push_back(static_cast<int>(i));
  }
  std::map<std::pair<int, int>, int> valence;  // every group counts once
  for (const auto& [corners, members] : groups) {
    for (const auto& [a, b] : {std::pair(0, 1), std::pair(1, 2), std::pair(0, 2)}) {
      ++valence[{corners[a], corners[b]}];
    }
  }
  std::vector<char> keep(soup.triangles.size(), 1);
  bool changed = false;
  for (const auto& [corners, members] : groups) {
    if (members.size() < 2) continue;
    int odd_without = 0;
    for (const auto& [a, b] : {std::pair(0, 1), std::pair(1, 2), std::pair(0, 2)}) {
      odd_without += (valence[{corners[a], corners[b]}] - 1) % 2;
    }
    if (odd_without >= 2) continue;
    for (const int member : members) keep[member] = 0;
    changed = true;
  }
  if (changed) keep_only(soup, keep);
  return changed;
}

/// Border points on border edges: for each such edge (by its side) the points in order.
struct Insertion {
  double at;
  int point;
};

std::map<int, std::pair<Side, std::vector<Insertion>>> points_on_edges(const TriangleSoup& soup,
                                                                       double distance) {
  const std::vector<Side> border = border_sides(soup.triangles);
  std::vector<int> points;
  for (const Side& s : border) points.insert(points.end(), {s.low, s.high});
  std::sort(points.begin(), points.end());
  points.erase(std::unique(points.begin(), points.end()), points.end());
  std::sort(points.begin(), points.end(), [&](int a, int b) {
    return std::make_pair(soup.points[a][0], a) < std::make_pair(soup.points[b][0], b);
  });
  std::map<int, std::pair<Side, std::vector<Insertion>>> result;  // by triangle: one edge each
  for (const Side& s : border) {
    if (result.count(s.triangle) > 0) continue;
    const Eigen::Vector3d a = to_vec(soup.points[s.low]), b = to_vec(soup.points[s.high]);
    const double length = (b - a).norm();
    if (length <= 2 * distance) continue;
    const double from = std::min(a[0], b[0]) - distance, to = std::max(a[0], b[0]) + distance;
    auto p = std::lower_bound(points.begin(), points.end(), from,
                              [&](int i, double x) { return soup.points[i][0] < x; });
    std::vector<Insertion> found;
    for (; p != points.end() && soup.points[*p][0] <= to; ++p) {
      if (*p == s.low || *p == s.high) continue;
      const Eigen::Vector3d q = to_vec(soup.points[*p]);
      const double along = (q - a).dot(b - a) / length;
      if (along <= distance || along >= length - distance) continue;
      if ((q - a - along / length * (b - a)).norm() > distance) continue;
      found.push_back({along, *p});
    }
    if (found.empty()) continue;
    std::sort(found.begin(), found.end(), [](const Insertion& x, const Insertion& y) {
      return std::make_pair(x.at, x.point) < std::make_pair(y.at, y.point);
    });
    result[s.triangle] = {s, found};
  }
  return result;
}

/// The closed shells of a soup with their crossings, for nesting.
struct Closed {
  std::vector<Triangle> triangles;
  int patch = 0;
  double volume = 0;
  Eigen::Vector3d low, high;
};

std::vector<Closed> closed_patches(const TriangleSoup& soup, const std::vector<Side>& sides,
                                   const std::vector<int>& patch, int count) {
  std::vector<char> open(count, 0);
  for (std::size_t i = 0; i < sides.size();) {
    const std::size_t end = end_of_edge(sides, i);
    for (std::size_t k = i; end != i + 2 && k < end; ++k) open[patch[sides[k].triangle]] = 1;
    i = end;
  }
  std::vector<int> number(count, -1);
  std::vector<Closed> result;
  for (std::size_t t = 0; t < soup.triangles.size(); ++t) {
    if (open[patch[t]]) continue;
    if (number[patch[t]] < 0) {
      number[patch[t]] = static_cast<int>(result.size());
      Closed closed;
      closed.patch = patch[t];
      closed.low = closed.high = to_vec(soup.points[soup.triangles[t][0]]);
      result.push_back(closed);
    }
    Closed& shell = result[number[patch[t]]];
    shell.triangles.push_back(soup.triangles[t]);
    const Eigen::Vector3d origin = to_vec(soup.points[shell.triangles[0][0]]);
    shell.volume += area_vector(soup.points, soup.triangles[t])
                        .dot(to_vec(soup.points[soup.triangles[t][0]]) - origin) /
                    6;
    for (const int corner : soup.triangles[t]) {
      shell.low = shell.low.cwiseMin(to_vec(soup.points[corner]));
      shell.high = shell.high.cwiseMax(to_vec(soup.points[corner]));
    }
  }
  return result;
}

/// Number of closed shells around each, those that cross it left out.
std::vector<int> depths_of(const TriangleSoup& soup, const std::vector<Closed>& shells,
                           const std::vector<int>& patch) {
  std::vector<int> depth(shells.size(), 0);
  if (shells.size() < 2 || shells.size() > kMostShells) return depth;
  std::map<std::pair<int, int>, bool> crossing;
  for (const Crossing& c : find_crossings(soup.points, soup.triangles)) {
    crossing[std::minmax(patch[c.first], patch[c.second])] = true;
  }
  for (std::size_t outer = 0; outer < shells.size(); ++outer) {
    std::unique_ptr<Winding> winding;
    for (std::size_t inner = 0; inner < shells.size(); ++inner) {
      if (inner == outer || (shells[inner].low.array() < shells[outer].low.array()).any() ||
          (shells[inner].high.array() > shells[outer].high.array()).any() ||
          crossing.count(std::minmax(shells[inner].patch, shells[outer].patch)) > 0) {
        continue;
      }
      if (!winding) winding = std::make_unique<Winding>(soup.points, shells[outer].triangles);
      const Eigen::Vector3d at = centroid(soup.points, shells[inner].triangles.front());
      if (std::abs((*winding)(at)) > 0.5) ++depth[inner];
    }
  }
  return depth;
}

}  // namespace

std::int64_t drop_flat(TriangleSoup& soup, double height) {
  std::vector<char> keep(soup.triangles.size(), 1);
  std::int64_t gone = 0;
  for (std::size_t i = 0; i < keep.size(); ++i) {
    const Triangle& t = soup.triangles[i];
    double longest = 0;
    for (int k = 0; k < 3; ++k) {
      longest = std::max(longest,
                         (to_vec(soup.points[t[k]]) - to_vec(soup.points[t[(k + 1) % 3]])).norm());
    }
    if (area_vector(soup.points, t).norm() > height * longest) continue;
    keep[i] = 0;
    ++gone;
  }
  if (gone > 0) keep_only(soup, keep);
  return gone;
}

std::int64_t resolve_duplicates(TriangleSoup& soup) {
  const std::size_t before = soup.triangles.size();
  while (drop_folds(soup)) {
  }
  drop_duplicates(soup);
  return static_cast<std::int64_t>(before - soup.triangles.size());
}

std::int64_t join_t_junctions(TriangleSoup& soup, double distance) {
  std::int64_t added = 0;
  for (int pass = 0; pass < 6; ++pass) {
    if (border_sides(soup.triangles).size() > kMostBorder) break;
    const auto on_edges = points_on_edges(soup, distance);
    if (on_edges.empty()) break;
    for (const auto& [triangle, entry] : on_edges) {
      const auto& [side, found] = entry;
      const Triangle old = soup.triangles[triangle];
      int apex = 0;
      while (old[apex] == side.low || old[apex] == side.high) ++apex;
      std::vector<int> chain{side.low};
      for (const Insertion& insertion : found) {
        if (insertion.point != old[apex]) chain.push_back(insertion.point);
      }
      chain.push_back(side.high);
      if (chain.size() == 2) continue;
      if (!side.forward) std::reverse(chain.begin(), chain.end());
      soup.triangles[triangle] = {chain[0], chain[1], old[apex]};
      for (std::size_t k = 1; k + 1 < chain.size(); ++k) {
        soup.triangles.push_back({chain[k], chain[k + 1], old[apex]});
        if (!soup.solids.empty()) soup.solids.push_back(soup.solids[triangle]);
        ++added;
      }
    }
    drop_collapsed(soup);
  }
  return added;
}

bool join_borders(TriangleSoup& soup, double distance) {
  const std::vector<Side> border = border_sides(soup.triangles);
  if (border.empty()) return false;
  TriangleSoup points_only;
  std::vector<int> number(soup.points.size(), -1), original;
  for (const Side& s : border) {
    for (const int p : {s.low, s.high}) {
      if (number[p] >= 0) continue;
      number[p] = static_cast<int>(original.size());
      original.push_back(p);
      points_only.points.push_back(soup.points[p]);
      points_only.triangles.push_back({number[p], number[p], number[p]});
    }
  }
  merge_points(points_only, distance);
  std::vector<int> first(points_only.points.size(), -1);
  TriangleSoup joined = soup;
  std::vector<int> target(soup.points.size());
  std::iota(target.begin(), target.end(), 0);
  for (std::size_t i = 0; i < original.size(); ++i) {
    int& one = first[points_only.triangles[i][0]];
    if (one < 0) one = original[i];
    target[original[i]] = one;
  }
  for (Triangle& t : joined.triangles) {
    for (int& corner : t) corner = target[corner];
  }
  drop_collapsed(joined);
  const bool better = border_sides(joined.triangles).size() < border.size() &&
                      non_manifold_edges(joined.triangles) <= non_manifold_edges(soup.triangles);
  if (better) soup = std::move(joined);
  return better;
}

std::int64_t drop_hanging(TriangleSoup& soup) {
  const std::size_t before = soup.triangles.size();
  for (int pass = 0; pass < 8; ++pass) {
    const std::vector<Side> sides = sorted_sides(soup.triangles);
    int count = 0;
    const std::vector<int> patch = manifold_patches(soup.triangles, sides, count);
    std::vector<char> free_border(count, 0), joint(count, 0);
    std::vector<double> area(count, 0);
    double total = 0;
    for (std::size_t i = 0; i < sides.size();) {
      const std::size_t end = end_of_edge(sides, i);
      if (end == i + 1) free_border[patch[sides[i].triangle]] = 1;
      for (std::size_t k = i; end > i + 2 && k < end; ++k) joint[patch[sides[k].triangle]] = 1;
      i = end;
    }
    for (std::size_t t = 0; t < patch.size(); ++t) {
      const double a = area_vector(soup.points, soup.triangles[t]).norm();
      area[patch[t]] += a;
      total += a;
    }
    std::vector<char> keep(patch.size(), 1);
    bool any = false;
    for (std::size_t t = 0; t < patch.size(); ++t) {
      const int p = patch[t];
      if (!free_border[p] || !joint[p] || area[p] > kHangingShare * total) continue;
      keep[t] = 0;
      any = true;
    }
    if (!any) break;
    keep_only(soup, keep);
  }
  return static_cast<std::int64_t>(before - soup.triangles.size());
}

std::int64_t orient_shells(TriangleSoup& soup) {
  const std::vector<Triangle> given = soup.triangles;
  orient_consistently(soup.triangles);
  const std::vector<Side> sides = sorted_sides(soup.triangles);
  int count = 0;
  const std::vector<int> patch = manifold_patches(soup.triangles, sides, count);
  std::vector<double> kept(count, 0), turned(count, 0);
  for (std::size_t t = 0; t < given.size(); ++t) {
    (given[t] == soup.triangles[t] ? kept : turned)[patch[t]] +=
        area_vector(soup.points, given[t]).norm();
  }
  std::vector<char> turn(count, 0);
  for (int p = 0; p < count; ++p) turn[p] = turned[p] > kept[p];
  const std::vector<Closed> shells = closed_patches(soup, sides, patch, count);
  const std::vector<int> depth = depths_of(soup, shells, patch);
  for (std::size_t s = 0; s < shells.size(); ++s) {
    turn[shells[s].patch] = (shells[s].volume < 0) != (depth[s] % 2 == 1);
  }
  for (std::size_t t = 0; t < given.size(); ++t) {
    if (turn[patch[t]]) std::swap(soup.triangles[t][1], soup.triangles[t][2]);
  }
  std::int64_t changed = 0;
  for (std::size_t t = 0; t < given.size(); ++t) {
    const Triangle &a = given[t], &b = soup.triangles[t];
    changed += !(a == b || (a[0] == b[1] && a[1] == b[2]) || (a[0] == b[2] && a[1] == b[0]));
  }
  return changed;
}

std::vector<std::vector<int>> hole_loops(const TriangleSoup& soup) {
  std::multimap<int, int> next;
  for (const Side& s : border_sides(soup.triangles)) {
    if (s.forward) {
      next.emplace(s.high, s.low);
    } else {
      next.emplace(s.low, s.high);
    }
  }
  std::vector<std::vector<int>> loops;
  while (!next.empty()) {
    std::vector<int> path{next.begin()->first};
    while (true) {
      const auto step = next.find(path.back());
      if (step == next.end()) break;  // no way on: the border is not closed here
      const int to = step->second;
      next.erase(step);
      const auto seen = std::find(path.begin(), path.end(), to);
      if (seen == path.end()) {
        path.push_back(to);
        continue;
      }
      loops.emplace_back(seen, path.end());
      path.erase(seen + 1, path.end());
      if (path.size() == 1 && next.find(path.back()) == next.end()) break;
    }
  }
  return loops;
}

std::int64_t part_touching(TriangleSoup& soup, double distance) {
  std::map<Point, std::vector<int>> same;
  std::vector<char> used(soup.points.size(), 0);
  for (const Triangle& t : soup.triangles) {
    for (const int corner : t) used[corner] = 1;
  }
  for (std::size_t i = 0; i < soup.points.size(); ++i) {
    if (used[i]) same[soup.points[i]].push_back(static_cast<int>(i));
  }
  std::vector<Eigen::Vector3d> pull(soup.points.size(), Eigen::Vector3d::Zero());
  for (const Triangle& t : soup.triangles) {
    for (int k = 0; k < 3; ++k) {
      const Eigen::Vector3d at = to_vec(soup.points[t[k]]);
      pull[t[k]] +=
          to_vec(soup.points[t[(k + 1) % 3]]) - at + to_vec(soup.points[t[(k + 2) % 3]]) - at;
    }
  }
  std::int64_t moved = 0;
  for (const auto& [at, copies] : same) {
    if (copies.size() < 2) continue;
    for (const int i : copies) {
      if (!(pull[i].norm() > 0)) continue;
      soup.points[i] = to_point(to_vec(at) + distance * pull[i].normalized());
      ++moved;
    }
  }
  return moved;
}

}  // namespace proofload::meshing
