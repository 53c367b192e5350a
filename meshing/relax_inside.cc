#include "relax_inside.h"

#include <Eigen/Geometry>
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <unordered_map>
#include <vector>

#include "proofload/core/vec3.h"
#include "proofload/meshing/topology.h"

namespace proofload::meshing {
namespace {

constexpr double kRoundEnough = 0.76;  // mean gamma
constexpr int kPasses = 4;

/// Six volumes, the sphere around a cell and its gamma.
struct Ball {
  double six_volumes = 0, gamma = 0;
  Vec3 centre = Vec3::Zero();
};

Ball ball_of(const std::array<Vec3, 4>& p) {
  const Vec3 a = p[1] - p[0], b = p[2] - p[0], c = p[3] - p[0];
  const Vec3 bc = b.cross(c), ca = c.cross(a), ab = a.cross(b);
  Ball ball;
  ball.six_volumes = a.dot(bc);
  if (!(ball.six_volumes > 0)) return {ball.six_volumes, -1, p[0]};
  const Vec3 to_centre =
      (a.squaredNorm() * bc + b.squaredNorm() * ca + c.squaredNorm() * ab) / (2 * ball.six_volumes);
  ball.centre = p[0] + to_centre;
  const double area = (ab.norm() + bc.norm() + ca.norm() + (b - a).cross(c - a).norm()) / 2;
  ball.gamma = 3 * (ball.six_volumes / 2 / area) / to_centre.norm();  // r_in = 3 V / area
  return ball;
}

class Relaxer {
 public:
  explicit Relaxer(VolumeMesh& mesh) : mesh_(mesh), fixed_(mesh.nodes.size() / 3, 0) {
    fix_walls();
    find_cells();
  }

  void run() {
    for (int pass = 0; pass < kPasses; ++pass) {
      for (std::size_t node = 0; node < fixed_.size(); ++node) {
        if (fixed_[node] == 0) improve(static_cast<int>(node));
      }
    }
  }

 private:
  struct Around {
    double mean = 0, least = 1;
  };

  Vec3 at(int node) const { return Vec3(&mesh_.nodes[3 * node]); }

  std::array<Vec3, 4> corners(int cell) const {
    const auto& t = mesh_.tets[cell];
    return {at(t[0]), at(t[1]), at(t[2]), at(t[3])};
  }

  /// Points of faces that no two cells of one body share.
  void fix_walls() {
    std::unordered_map<FaceKey, int, FaceKeyHash> open;  // body of the one cell seen so far
    open.reserve(2 * mesh_.tets.size());
    const auto fix = [&](const FaceKey& key) {
      for (const int node : key) fixed_[node] = 1;
    };
    for (std::size_t c = 0; c < mesh_.tets.size(); ++c) {
      const auto& t = mesh_.tets[c];
      for (const auto& f : kTetFaces) {
        const FaceKey key = face_key(t[f[0]], t[f[1]], t[f[2]]);
        const auto [entry, fresh] = open.try_emplace(key, mesh_.tet_body[c]);
        if (fresh) continue;
        if (entry->second != mesh_.tet_body[c]) fix(key);
        open.erase(entry);
      }
    }
    for (const auto& [key, body] : open) fix(key);
  }

  void find_cells() {
    first_.assign(fixed_.size() + 1, 0);
    for (const auto& t : mesh_.tets) {
      for (const int node : t) ++first_[node + 1];
    }
    std::partial_sum(first_.begin(), first_.end(), first_.begin());
    cells_.resize(4 * mesh_.tets.size());
    std::vector<int> next(first_.begin(), first_.end() - 1);
    for (std::size_t c = 0; c < mesh_.tets.size(); ++c) {
      for (const int node : mesh_.tets[c]) cells_[next[node]++] = static_cast<int>(c);
    }
  }

  Around around(int node) const {
    Around result;
    for (int i = first_[node]; i < first_[node + 1]; ++i) {
      const double gamma = ball_of(corners(cells_[i])).gamma;
      result.mean += gamma;
      result.least = std::min(result.least, gamma);
    }
    result.mean /= first_[node + 1] - first_[node];
    return result;
  }

  /// Middle of the cells around by their circumcentres and by their centroids.
  std::array<Vec3, 2> middles(int node) const {
    Vec3 balls = Vec3::Zero(), cells = Vec3::Zero();
    double volume = 0;
    for (int i = first_[node]; i < first_[node + 1]; ++i) {
      const std::array<Vec3, 4> p = corners(cells_[i]);
      const Ball ball = ball_of(p);
      volume += ball.six_volumes;
      balls += ball.six_volumes * ball.centre;
      cells += ball.six_volumes * (p[0] + p[1] + p[2] + p[3]) / 4;
    }
    return {balls / volume, cells / volume};
  }

  void improve(int node) {
    const Vec3 start = at(node);
    const Around before = around(node);
    Vec3 best = start;
    double best_mean = before.mean;
    for (const Vec3& middle : middles(node)) {
      for (const double share : {1.0, 0.5}) {
        put(node, start + share * (middle - start));
        const Around now = around(node);
        if (!(now.mean > best_mean && now.least >= before.least)) continue;
        best_mean = now.mean;
        best = at(node);
        break;
      }
    }
    put(node, best);
  }

  void put(int node, const Vec3& to) {
    for (int k = 0; k < 3; ++k) mesh_.nodes[3 * node + k] = to[k];
  }

  VolumeMesh& mesh_;
  std::vector<char> fixed_;         ///< [nodes]
  std::vector<int> first_, cells_;  ///< cells around nodes: [nodes + 1], [4 * cells]
};

}  // namespace

double mean_gamma(const VolumeMesh& mesh) {
  double sum = 0;
  for (const auto& t : mesh.tets) {
    const auto at = [&](int k) { return Vec3(&mesh.nodes[3 * t[k]]); };
    sum += ball_of({at(0), at(1), at(2), at(3)}).gamma;
  }
  return mesh.tets.empty() ? 0 : sum / double(mesh.tets.size());
}

void relax_inside(VolumeMesh& mesh) {
  if (mean_gamma(mesh) < kRoundEnough) Relaxer(mesh).run();
}

}  // namespace proofload::meshing
