#pragma once
/// A conforming straight tetrahedral mesh that remembers the geometry it was made from: what both
/// meshers (CAD, surfaces) hand to the common back end.
#include <algorithm>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "proofload/meshing/mesh_input.h"

namespace proofload::meshing {

/// A face of a body as drawn, before bodies were cut against each other.
struct FaceOrigin {
  int body = 0;      ///< index of the body in the case
  int number = 0;    ///< from 1, as `--inspect` lists them
  std::string name;  ///< name in the STEP or STL file; may be empty
};

/// Corner nodes of a face, sorted.
using FaceKey = std::array<std::int32_t, 3>;

struct FaceKeyHash {
  std::size_t operator()(const FaceKey& key) const {
    std::uint64_t h = 1469598103934665603ull;
    for (const std::int32_t v : key) h = (h ^ static_cast<std::uint64_t>(v)) * 1099511628211ull;
    return static_cast<std::size_t>(h ^ (h >> 29));
  }
};

inline FaceKey face_key(std::int32_t a, std::int32_t b, std::int32_t c) {
  FaceKey key{a, b, c};
  std::sort(key.begin(), key.end());
  return key;
}

inline std::uint64_t edge_key(std::int32_t a, std::int32_t b) {
  return (static_cast<std::uint64_t>(std::min(a, b)) << 32) |
         static_cast<std::uint64_t>(std::max(a, b));
}

struct TetMesh {
  VolumeMesh volume;
  std::vector<std::string> body_names;
  std::vector<double> geometry_volume;  ///< [bodies] mm3 of the geometry itself, overlaps resolved
  std::vector<std::vector<FaceOrigin>> patches;  ///< a patch lies on one face of each body there
  std::unordered_map<FaceKey, std::int32_t, FaceKeyHash> face_patch;  ///< index into patches
  /// Where the middle of an edge lies on the curved geometry; edges that are not listed are straight.
  std::unordered_map<std::uint64_t, Point> curved_middle;
  double element_size_mm = 0;  ///< least target size of a body at this level
};

}  // namespace proofload::meshing
