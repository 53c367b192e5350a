#include "surface_edges.h"

#include <Eigen/Geometry>
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <queue>
#include <unordered_map>

#include "surface_topology.h"

namespace proofload::meshing {
namespace {

using Eigen::Vector3d;

constexpr double kDetour = 3;        // way along edges over distance, from which a strip counts
constexpr double kSidesPerTurn = 8;  // of a bent edge
constexpr double kCornerDeg = 50;    // a sharper bend is a corner
constexpr double kLeast = 1.0 / 12;  // of the size
constexpr double kPiece = 0.25;      // of the size: long edges are cut into such

/// The sharp edges as a graph; long ones in pieces.
class EdgeGraph {
 public:
  EdgeGraph(const TriangleSoup& soup, double sharp_deg, double piece) {
    std::vector<int> number(soup.points.size(), -1);
    const auto node = [&](int point) {
      if (number[point] < 0) number[point] = add(to_vec(soup.points[point]));
      return number[point];
    };
    const double cosine = std::cos(sharp_deg * M_PI / 180);
    const std::vector<Side> sides = sorted_sides(soup.triangles);
    for (std::size_t i = 0; i < sides.size();) {
      const std::size_t end = end_of_edge(sides, i);
      if (end == i + 2) {
        const Vector3d a = area_vector(soup.points, soup.triangles[sides[i].triangle]);
        const Vector3d b = area_vector(soup.points, soup.triangles[sides[i + 1].triangle]);
        if (a.dot(b) < cosine * a.norm() * b.norm()) {
          link_in_pieces(node(sides[i].low), node(sides[i].high), piece);
        }
      }
      i = end;
    }
  }

  std::size_t size() const { return at_.size(); }
  const Vector3d& at(int node) const { return at_[node]; }
  const std::vector<int>& next(int node) const { return next_[node]; }

 private:
  int add(const Vector3d& at) {
    at_.push_back(at);
    next_.emplace_back();
    return static_cast<int>(at_.size()) - 1;
  }

  void link_in_pieces(int from, int to, double piece) {
    const Vector3d a = at_[from], b = at_[to];
    const int count = static_cast<int>(std::ceil((b - a).norm() / piece));
    int last = from;
    for (int k = 1; k <= std::max(1, count); ++k) {
      const int here = k >= count ? to : add(a + double(k) / count * (b - a));
      next_[last].push_back(here);
      next_[here].push_back(last);
      last = here;
    }
  }

  std::vector<Vector3d> at_;
  std::vector<std::vector<int>> next_;
};

/// Nodes by cubes of space.
class Grid {
 public:
  Grid(const EdgeGraph& graph, double cube) : graph_(graph), cube_(cube) {
    for (std::size_t i = 0; i < graph.size(); ++i) cubes_[key(graph.at(i))].push_back(int(i));
  }

  /// Nodes within a cube's length, by distance.
  std::vector<std::pair<double, int>> near(int node) const {
    std::vector<std::pair<double, int>> found;
    const std::array<int, 3> middle = key(graph_.at(node));
    for (int x = -1; x <= 1; ++x) {
      for (int y = -1; y <= 1; ++y) {
        for (int z = -1; z <= 1; ++z) {
          const auto entry = cubes_.find({middle[0] + x, middle[1] + y, middle[2] + z});
          if (entry == cubes_.end()) continue;
          for (const int other : entry->second) {
            const double distance = (graph_.at(other) - graph_.at(node)).norm();
            if (other != node && distance < cube_) found.emplace_back(distance, other);
          }
        }
      }
    }
    std::sort(found.begin(), found.end());
    return found;
  }

 private:
  std::array<int, 3> key(const Vector3d& at) const {
    return {int(std::floor(at[0] / cube_)), int(std::floor(at[1] / cube_)),
            int(std::floor(at[2] / cube_))};
  }

  const EdgeGraph& graph_;
  double cube_;
  std::map<std::array<int, 3>, std::vector<int>> cubes_;
};

/// Length of the way along edges to every node nearer than `most`.
std::unordered_map<int, double> ways(const EdgeGraph& graph, int from, double most) {
  std::unordered_map<int, double> way;
  using Entry = std::pair<double, int>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> open;
  open.emplace(0, from);
  while (!open.empty()) {
    const auto [length, node] = open.top();
    open.pop();
    if (!way.emplace(node, length).second) continue;
    for (const int next : graph.next(node)) {
      const double further = length + (graph.at(next) - graph.at(node)).norm();
      if (further < most && way.count(next) == 0) open.emplace(further, next);
    }
  }
  return way;
}

/// Distance to the nearest edge that is no neighbour along edges; `limit` when there is none.
double strip_width(const EdgeGraph& graph, const Grid& grid, int node, double limit) {
  const auto near = grid.near(node);
  if (near.empty()) return limit;
  const auto way = ways(graph, node, kDetour * near.back().first);
  for (const auto& [distance, other] : near) {
    const auto along = way.find(other);
    if (along == way.end() || along->second > kDetour * distance) return distance;
  }
  return limit;
}

/// Angle by which the edge turns at a node of two, radians.
double turn_at(const EdgeGraph& graph, int node) {
  const Vector3d in = graph.at(node) - graph.at(graph.next(node)[0]);
  const Vector3d out = graph.at(graph.next(node)[1]) - graph.at(node);
  return std::atan2(in.cross(out).norm(), in.dot(out));
}

bool is_corner(const EdgeGraph& graph, int node) {
  return graph.next(node).size() != 2 || turn_at(graph, node) > kCornerDeg * M_PI / 180;
}

/// Length that `kSidesPerTurn` sides have where an edge bends, `limit` at corners and ends.
double bend_size(const EdgeGraph& graph, int node, double limit) {
  if (is_corner(graph, node)) return limit;
  const double turn = turn_at(graph, node);
  if (turn < 1e-3) return limit;
  double length = 0;
  for (const int next : graph.next(node)) length += (graph.at(next) - graph.at(node)).norm() / 2;
  return std::min(limit, length / turn * 2 * M_PI / kSidesPerTurn);
}

/// Length of the shortest edge from a corner to the next, `limit` when it is longer.
double edge_length(const EdgeGraph& graph, int corner, double limit) {
  double shortest = limit;
  for (const int first : graph.next(corner)) {
    int before = corner, here = first;
    double length = (graph.at(here) - graph.at(corner)).norm();
    while (length < shortest && !is_corner(graph, here)) {
      const std::vector<int>& next = graph.next(here);
      const int further = next[0] == before ? next[1] : next[0];
      length += (graph.at(further) - graph.at(here)).norm();
      before = here;
      here = further;
    }
    shortest = std::min(shortest, length);
  }
  return shortest;
}

}  // namespace

std::vector<SizeAt> sizes_at_edges(const TriangleSoup& soup, double sharp_deg, double size) {
  const EdgeGraph graph(soup, sharp_deg, kPiece * size);
  const Grid grid(graph, size);
  std::vector<SizeAt> result;
  const auto add = [&](int node, double wanted, bool must) {
    if (wanted < size) {
      result.push_back({to_point(graph.at(node)), std::max(kLeast * size, wanted), must});
    }
  };
  for (int node = 0; node < static_cast<int>(graph.size()); ++node) {
    add(node, std::min(strip_width(graph, grid, node, size), bend_size(graph, node, size)), false);
    if (is_corner(graph, node)) add(node, edge_length(graph, node, size), true);
  }
  return result;
}

}  // namespace proofload::meshing
