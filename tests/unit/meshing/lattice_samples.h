#pragma once
/// Cubic lattices of square beams, made of voxels.
#include "surface_samples.h"

namespace proofload::meshing::testing {

/// A lattice of `cells` cubes each way; beams `strut`, pores `pore` voxels wide.
struct Beams {
  int cells = 3, strut = 1, pore = 2;

  int side() const { return cells * (strut + pore) + strut; }
  /// A beam runs where two of the three coordinates lie in a band.
  bool filled(int x, int y, int z) const {
    const auto band = [&](int i) { return i % (strut + pore) < strut; };
    const auto in = [&](int i) { return i >= 0 && i < side(); };
    return in(x) && in(y) && in(z) && band(x) + band(y) + band(z) >= 2;
  }
  double volume() const {
    double count = 0;
    for (int i = 0; i < side() * side() * side(); ++i) {
      count += filled(i % side(), i / side() % side(), i / side() / side());
    }
    return count;
  }
  /// Edges less nodes plus one of the graph of beams.
  int handles() const {
    const int n = cells + 1;
    return 3 * cells * n * n - n * n * n + 1;
  }

  /// The squares between filled and empty voxels, two triangles each.
  TriangleSoup surface() const {
    TriangleSoup soup;
    soup.file = "beams";
    const int n = side() + 1;
    std::vector<int> number(n * n * n, -1);
    const auto corner = [&](std::array<int, 3> p) {
      int& index = number[(p[2] * n + p[1]) * n + p[0]];
      if (index < 0) {
        index = static_cast<int>(soup.points.size());
        soup.points.push_back({double(p[0]), double(p[1]), double(p[2])});
      }
      return index;
    };
    for (int i = 0; i < side() * side() * side(); ++i) {
      const std::array<int, 3> at{i % side(), i / side() % side(), i / side() / side()};
      if (!filled(at[0], at[1], at[2])) continue;
      for (int axis = 0; axis < 3; ++axis) {
        for (const int step : {0, 1}) {
          std::array<int, 3> next = at;
          next[axis] += step == 1 ? 1 : -1;
          if (filled(next[0], next[1], next[2])) continue;
          std::array<int, 3> p[4];
          for (int k = 0; k < 4; ++k) {
            p[k] = at;
            p[k][axis] += step;
            p[k][(axis + 1) % 3] += k == 1 || k == 2;
            p[k][(axis + 2) % 3] += k >= 2;
          }
          int c[4];
          for (int k = 0; k < 4; ++k) c[k] = corner(p[step == 1 ? k : 3 - k]);
          soup.triangles.push_back({c[0], c[1], c[2]});
          soup.triangles.push_back({c[0], c[2], c[3]});
        }
      }
    }
    return soup;
  }
};

}  // namespace proofload::meshing::testing
