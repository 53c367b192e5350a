#include "surface_topology.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>
#include <unordered_map>

namespace proofload::meshing {
namespace {

/// Disjoint sets of numbers with path halving.
class Sets {
 public:
  explicit Sets(std::size_t n) : parent_(n) { std::iota(parent_.begin(), parent_.end(), 0); }
  int find(int x) {
    while (parent_[x] != x) x = parent_[x] = parent_[parent_[x]];
    return x;
  }
  /// The smaller number stands for the set.
  void join(int a, int b) {
    a = find(a);
    b = find(b);
    parent_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<int> parent_;
};

/// Points in cubic cells, for looking up neighbours.
class Cells {
 public:
  explicit Cells(double distance) : distance_(distance), size_(8 * distance) {}

  /// A point added before that lies within the distance; -1: none.
  int near(const std::vector<Point>& points, const Point& p) const {
    std::array<std::int64_t, 3> low, high, cell;
    for (int axis = 0; axis < 3; ++axis) {
      low[axis] = index(p[axis] - distance_);
      high[axis] = index(p[axis] + distance_);
    }
    for (cell[0] = low[0]; cell[0] <= high[0]; ++cell[0]) {
      for (cell[1] = low[1]; cell[1] <= high[1]; ++cell[1]) {
        for (cell[2] = low[2]; cell[2] <= high[2]; ++cell[2]) {
          const auto found = cells_.find(key(cell));
          if (found == cells_.end()) continue;
          for (const int i : found->second) {
            if ((to_vec(points[i]) - to_vec(p)).norm() <= distance_) return i;
          }
        }
      }
    }
    return -1;
  }

  void add(const Point& p, int number) {
    cells_[key({index(p[0]), index(p[1]), index(p[2])})].push_back(number);
  }

 private:
  std::int64_t index(double x) const { return static_cast<std::int64_t>(std::floor(x / size_)); }
  static std::uint64_t key(const std::array<std::int64_t, 3>& cell) {
    std::uint64_t hash = 0;
    for (const std::int64_t c : cell) {
      hash = (hash ^ static_cast<std::uint64_t>(c)) * 0x9e3779b97f4a7c15ULL;
      hash ^= hash >> 31;
    }
    return hash;
  }

  double distance_, size_;
  std::unordered_map<std::uint64_t, std::vector<int>> cells_;
};

/// Keeps the triangles for which `keep` is true; returns how many went.
template <class Keep>
std::int64_t filter(TriangleSoup& soup, Keep keep) {
  std::size_t kept = 0;
  const std::size_t before = soup.triangles.size();
  for (std::size_t i = 0; i < before; ++i) {
    if (!keep(i)) continue;
    soup.triangles[kept] = soup.triangles[i];
    if (!soup.solids.empty()) soup.solids[kept] = soup.solids[i];
    ++kept;
  }
  soup.triangles.resize(kept);
  if (!soup.solids.empty()) soup.solids.resize(kept);
  return static_cast<std::int64_t>(before - kept);
}

bool same_edge(const Side& a, const Side& b) { return a.low == b.low && a.high == b.high; }

}  // namespace

void bounds(const std::vector<Point>& points, Point& min, Point& max) {
  min.fill(std::numeric_limits<double>::infinity());
  max.fill(-std::numeric_limits<double>::infinity());
  for (const Point& p : points) {
    for (int axis = 0; axis < 3; ++axis) {
      min[axis] = std::min(min[axis], p[axis]);
      max[axis] = std::max(max[axis], p[axis]);
    }
  }
}

std::int64_t merge_points(TriangleSoup& soup, double distance) {
  Cells cells(distance);
  std::vector<Point> kept;
  std::vector<int> number(soup.points.size());
  for (std::size_t i = 0; i < soup.points.size(); ++i) {
    number[i] = cells.near(kept, soup.points[i]);
    if (number[i] >= 0) continue;
    number[i] = static_cast<int>(kept.size());
    cells.add(soup.points[i], number[i]);
    kept.push_back(soup.points[i]);
  }
  const auto gone = static_cast<std::int64_t>(soup.points.size() - kept.size());
  if (gone > 0) {
    for (Triangle& t : soup.triangles) {
      for (int& corner : t) corner = number[corner];
    }
    soup.points = std::move(kept);
  }
  return gone;
}

std::int64_t drop_collapsed(TriangleSoup& soup) {
  return filter(soup, [&](std::size_t i) {
    const Triangle& t = soup.triangles[i];
    return t[0] != t[1] && t[1] != t[2] && t[2] != t[0];
  });
}

std::int64_t drop_duplicates(TriangleSoup& soup) {
  using Keyed = std::pair<Triangle, int>;
  std::vector<Keyed> keys(soup.triangles.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    keys[i] = {soup.triangles[i], static_cast<int>(i)};
    std::sort(keys[i].first.begin(), keys[i].first.end());
  }
  std::sort(keys.begin(), keys.end());
  std::vector<char> again(keys.size(), 0);
  for (std::size_t i = 1; i < keys.size(); ++i) {
    if (keys[i].first == keys[i - 1].first) again[keys[i].second] = 1;
  }
  return filter(soup, [&](std::size_t i) { return !again[i]; });
}

std::vector<Side> sorted_sides(const std::vector<Triangle>& triangles) {
  std::vector<Side> sides;
  sides.reserve(3 * triangles.size());
  for (std::size_t i = 0; i < triangles.size(); ++i) {
    for (int k = 0; k < 3; ++k) {
      const int a = triangles[i][k], b = triangles[i][(k + 1) % 3];
      sides.push_back({std::min(a, b), std::max(a, b), static_cast<int>(i), a < b});
    }
  }
  std::sort(sides.begin(), sides.end(), [](const Side& a, const Side& b) {
    return std::tie(a.low, a.high, a.triangle) < std::tie(b.low, b.high, b.triangle);
  });
  return sides;
}

std::vector<int> shells_of(const std::vector<Triangle>& triangles, const std::vector<Side>& sides,
                           int& count) {
  Sets sets(triangles.size());
  for (std::size_t i = 1; i < sides.size(); ++i) {
    if (same_edge(sides[i], sides[i - 1])) sets.join(sides[i].triangle, sides[i - 1].triangle);
  }
  std::vector<int> shell(triangles.size(), -1);
  count = 0;
  for (std::size_t i = 0; i < triangles.size(); ++i) {
    const int first = sets.find(static_cast<int>(i));
    if (shell[first] < 0) shell[first] = count++;
    shell[i] = shell[first];
  }
  return shell;
}

std::vector<BorderLoop> border_loops(const TriangleSoup& soup, const std::vector<Side>& sides) {
  std::vector<Side> border;
  for (std::size_t i = 0; i < sides.size(); ++i) {
    const bool before = i > 0 && same_edge(sides[i], sides[i - 1]);
    const bool after = i + 1 < sides.size() && same_edge(sides[i], sides[i + 1]);
    if (!before && !after) border.push_back(sides[i]);
  }
  Sets sets(soup.points.size());
  for (const Side& side : border) sets.join(side.low, side.high);
  std::unordered_map<int, std::size_t> number;
  std::vector<BorderLoop> loops;
  for (const Side& side : border) {
    const auto [entry, is_new] = number.try_emplace(sets.find(side.low), loops.size());
    if (is_new) loops.emplace_back();
    BorderLoop& loop = loops[entry->second];
    const Eigen::Vector3d a = to_vec(soup.points[side.low]), b = to_vec(soup.points[side.high]);
    const double length = (b - a).norm();
    loop.centre = to_point(to_vec(loop.centre) + 0.5 * length * (a + b));
    loop.length_mm += length;
    ++loop.edges;
  }
  for (BorderLoop& loop : loops) {
    if (loop.length_mm > 0) loop.centre = to_point(to_vec(loop.centre) / loop.length_mm);
  }
  std::stable_sort(loops.begin(), loops.end(), [](const BorderLoop& a, const BorderLoop& b) {
    return a.length_mm > b.length_mm;
  });
  return loops;
}

bool orient_consistently(std::vector<Triangle>& triangles) {
  const std::vector<Side> sides = sorted_sides(triangles);
  struct Link {
    int other;
    bool agree;
  };
  std::vector<std::vector<Link>> links(triangles.size());
  for (std::size_t i = 0; i < sides.size();) {
    const std::size_t end = end_of_edge(sides, i);
    if (end == i + 2) {
      const bool agree = sides[i].forward != sides[i + 1].forward;
      links[sides[i].triangle].push_back({sides[i + 1].triangle, agree});
      links[sides[i + 1].triangle].push_back({sides[i].triangle, agree});
    }
    i = end;
  }
  std::vector<signed char> turn(triangles.size(), 0);  // 0: not seen, 1: keep, -1: turn
  bool consistent = true;
  std::vector<int> queue;
  for (std::size_t first = 0; first < triangles.size(); ++first) {
    if (turn[first] != 0) continue;
    turn[first] = 1;
    queue.assign(1, static_cast<int>(first));
    while (!queue.empty()) {
      const int t = queue.back();
      queue.pop_back();
      for (const Link& link : links[t]) {
        const signed char wanted = link.agree ? turn[t] : -turn[t];
        if (turn[link.other] == 0) {
          turn[link.other] = wanted;
          queue.push_back(link.other);
        } else if (turn[link.other] != wanted) {
          consistent = false;
        }
      }
    }
  }
  for (std::size_t i = 0; i < triangles.size(); ++i) {
    if (turn[i] < 0) std::swap(triangles[i][1], triangles[i][2]);
  }
  return consistent;
}

}  // namespace proofload::meshing
