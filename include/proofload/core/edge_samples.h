#pragma once
/// What lies within a distance of edges.
#include <array>
#include <cmath>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "proofload/core/vec3.h"

namespace proofload {

/// Edges as points a fifth of the distance apart, found by boxes. What lies within the distance is
/// always found; up to a tenth beyond it may be found too.
class EdgeSamples {
 public:
  explicit EdgeSamples(double distance) : spacing_(distance / 5), reach_(distance + spacing_ / 2) {}

  /// A straight piece of an edge; both ends may be the same.
  void add(const Vec3& from, const Vec3& to) {
    const int n = static_cast<int>(std::ceil((to - from).norm() / spacing_));
    for (int k = 0; k <= n; ++k) {
      const Vec3 point = n == 0 ? from : Vec3(from + k * (to - from) / n);
      boxes_[key(box_of(point))].push_back(point);
    }
  }

  bool near(const Vec3& x) const {
    const Box at = box_of(x);
    for (int i = 0; i < 27; ++i) {
      const Box box = {at[0] + i / 9 - 1, at[1] + i / 3 % 3 - 1, at[2] + i % 3 - 1};
      const auto found = boxes_.find(key(box));
      if (found == boxes_.end()) continue;
      for (const Vec3& point : found->second) {
        if ((point - x).norm() < reach_) return true;
      }
    }
    return false;
  }

 private:
  using Box = std::array<std::int64_t, 3>;

  Box box_of(const Vec3& x) const {
    Box box;
    for (int c = 0; c < 3; ++c) box[c] = static_cast<std::int64_t>(std::floor(x[c] / reach_));
    return box;
  }
  /// Boxes that share a key cost time only.
  static std::int64_t key(const Box& box) {
    return box[0] * 73856093 ^ box[1] * 19349663 ^ box[2] * 83492791;
  }

  double spacing_, reach_;
  std::unordered_map<std::int64_t, std::vector<Vec3>> boxes_;
};

}  // namespace proofload
