#include "round_cells.h"

#include <Eigen/Geometry>
#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>
#include <vector>

#include "proofload/core/vec3.h"
#include "proofload/meshing/quality.h"
#include "proofload/meshing/topology.h"

namespace proofload::meshing {
namespace {

constexpr double kFlat = 7, kGain = 0.05;  // deg
constexpr int kRounds = 20;
constexpr double kSameWall = 30;  // deg between the normals of faces of one wall
constexpr std::array<double, 4> kSteps{0.3, 0.15, 0.07, 0.03};  // of the mean edge
constexpr double kMostOnWall = 0.15;

/// Ways a corner may go.
struct Freedom {
  std::vector<Vec3> directions;
  bool wall = false;
};

class Rounder {
 public:
  explicit Rounder(VolumeMesh& mesh) : mesh_(mesh) {}

  int run() {
    int moves = 0;
    for (int round = 0; round < kRounds; ++round) {
      std::vector<int> corners = flat_corners();
      if (corners.empty()) return moves;
      if (round == 0) find_walls();
      find_cells(corners);
      int now = 0;
      for (const int corner : corners) now += improve(corner);
      moves += now;
      if (now == 0) return moves;
    }
    return moves;
  }

 private:
  Vec3 at(int node) const { return Vec3(&mesh_.nodes[3 * node]); }

  double angle(std::size_t cell) const {
    const auto& t = mesh_.tets[cell];
    const auto p = [&](int k) { return &mesh_.nodes[3 * t[k]]; };
    const Vec3 a = at(t[0]);
    if ((at(t[1]) - a).cross(at(t[2]) - a).dot(at(t[3]) - a) <= 0) return -1;
    return cell_shape(p(0), p(1), p(2), p(3)).min_dihedral_deg;
  }

  /// Corners of flat cells, in their order.
  std::vector<int> flat_corners() const {
    std::vector<int> corners;
    for (std::size_t c = 0; c < mesh_.tets.size(); ++c) {
      if (angle(c) < kFlat)
        corners.insert(corners.end(), mesh_.tets[c].begin(), mesh_.tets[c].end());
    }
    std::sort(corners.begin(), corners.end());
    corners.erase(std::unique(corners.begin(), corners.end()), corners.end());
    return corners;
  }

  /// Faces of one cell alone and faces between two bodies.
  void find_walls() {
    std::unordered_map<FaceKey, std::pair<int, int>, FaceKeyHash> seen;  // cells, last body
    std::unordered_map<int, char> wanted;
    for (const int corner : flat_corners()) wanted[corner] = 1;
    for (std::size_t c = 0; c < mesh_.tets.size(); ++c) {
      const auto& t = mesh_.tets[c];
      for (const auto& f : kTetFaces) {
        const FaceKey key = face_key(t[f[0]], t[f[1]], t[f[2]]);
        if (std::none_of(key.begin(), key.end(), [&](int n) { return wanted.count(n) > 0; }))
          continue;
        auto& [count, body] = seen[key];
        if (++count == 2 && body == mesh_.tet_body[c]) count = 3;  // inside of a body
        body = mesh_.tet_body[c];
      }
    }
    for (const auto& [key, entry] : seen) {
      if (entry.first == 3) continue;
      for (const int node : key) walls_[node].push_back(key);
    }
  }

  void find_cells(const std::vector<int>& corners) {
    cells_.clear();
    for (const int corner : corners) cells_[corner] = {};
    for (std::size_t c = 0; c < mesh_.tets.size(); ++c) {
      for (const int node : mesh_.tets[c]) {
        const auto entry = cells_.find(node);
        if (entry != cells_.end()) entry->second.push_back(c);
      }
    }
  }

  Freedom freedom(int corner) const {
    Freedom result;
    const auto entry = walls_.find(corner);
    std::vector<Vec3> walls;
    if (entry != walls_.end()) {
      result.wall = true;
      for (const auto& f : entry->second) add_normal(f, walls);
    }
    if (walls.size() > 2) return result;
    if (walls.size() == 2) {
      const Vec3 along = walls[0].cross(walls[1]).normalized();
      result.directions = {along, -along};
      return result;
    }
    for (int x = -1; x <= 1; ++x) {
      for (int y = -1; y <= 1; ++y) {
        for (int z = -1; z <= 1; ++z) {
          Vec3 way(x, y, z);
          if (!walls.empty()) way -= way.dot(walls[0]) * walls[0];
          if (way.norm() > 0.1) result.directions.push_back(way.normalized());
        }
      }
    }
    return result;
  }

  void add_normal(const FaceKey& face, std::vector<Vec3>& walls) const {
    const Vec3 a = at(face[0]);
    const Vec3 n = (at(face[1]) - a).cross(at(face[2]) - a).normalized();
    for (Vec3& wall : walls) {
      const double along = wall.dot(n);
      if (std::abs(along) < std::cos(kSameWall * M_PI / 180)) continue;
      wall = (wall + (along > 0 ? n : Vec3(-n))).normalized();
      return;
    }
    walls.push_back(n);
  }

  double least_around(int corner) const {
    double least = 180;
    for (const std::size_t c : cells_.at(corner)) least = std::min(least, angle(c));
    return least;
  }

  double mean_edge(int corner) const {
    double sum = 0;
    int count = 0;
    for (const std::size_t c : cells_.at(corner)) {
      for (const int node : mesh_.tets[c]) {
        if (node == corner) continue;
        sum += (at(node) - at(corner)).norm();
        ++count;
      }
    }
    return sum / count;
  }

  /// One move to the best of the places around, if it is better.
  bool improve(int corner) {
    const double before = least_around(corner);
    if (before >= kFlat) return false;
    const Freedom freedom = this->freedom(corner);
    const Vec3 start = at(corner);
    const double edge = mean_edge(corner);
    Vec3 best = start;
    double best_angle = before + kGain;
    for (const double step : kSteps) {
      if (freedom.wall && (moved_[corner] + step) > kMostOnWall) continue;
      for (const Vec3& way : freedom.directions) {
        put(corner, start + step * edge * way);
        const double angle = least_around(corner);
        if (angle <= best_angle) continue;
        best_angle = angle;
        best = at(corner);
      }
    }
    put(corner, best);
    const double far = (best - start).norm();
    moved_[corner] += far / edge;
    return far > 0;
  }

  void put(int node, const Vec3& to) {
    for (int k = 0; k < 3; ++k) mesh_.nodes[3 * node + k] = to[k];
  }

  VolumeMesh& mesh_;
  std::unordered_map<int, std::vector<FaceKey>> walls_;
  std::unordered_map<int, std::vector<std::size_t>> cells_;
  std::unordered_map<int, double> moved_;  ///< of their edge length
};

}  // namespace

int round_flat_cells(VolumeMesh& mesh) { return Rounder(mesh).run(); }

}  // namespace proofload::meshing
