/// Which triangles of a cut surface bound the solid.
#include <algorithm>
#include <map>

#include "surface_arrangement.h"
#include "surface_topology.h"
#include "surface_winding.h"

namespace proofload::meshing {
namespace {

/// Triangles over the same corners as one, with the sum of their directions.
struct Distinct {
  TriangleSoup soup;
  std::vector<double> weights;
};

/// True if the order of the corners is an odd permutation of the sorted one.
bool odd(const Triangle& t) { return (t[0] > t[1]) != ((t[1] > t[2]) != (t[0] > t[2])); }

Distinct distinct_triangles(const TriangleSoup& soup) {
  Distinct result;
  result.soup = soup;
  result.soup.triangles.clear();
  result.soup.solids.clear();
  std::map<Triangle, std::size_t> number;
  for (std::size_t i = 0; i < soup.triangles.size(); ++i) {
    Triangle key = soup.triangles[i];
    std::sort(key.begin(), key.end());
    const auto [entry, is_new] = number.try_emplace(key, result.weights.size());
    if (is_new) {
      result.soup.triangles.push_back(soup.triangles[i]);
      if (!soup.solids.empty()) result.soup.solids.push_back(soup.solids[i]);
      result.weights.push_back(0);
    }
    const bool same = odd(soup.triangles[i]) == odd(result.soup.triangles[entry->second]);
    result.weights[entry->second] += same ? 1 : -1;
  }
  return result;
}

/// Patches over edges of exactly two triangles whose weights agree.
std::vector<int> patches_of(const Distinct& given, int& count) {
  const std::vector<Side> sides = sorted_sides(given.soup.triangles);
  std::vector<Side> plain;
  for (std::size_t i = 0; i < sides.size();) {
    const std::size_t end = end_of_edge(sides, i);
    if (end == i + 2 && sides[i].forward != sides[i + 1].forward &&
        given.weights[sides[i].triangle] == given.weights[sides[i + 1].triangle]) {
      plain.push_back(sides[i]);
      plain.push_back(sides[i + 1]);
    }
    i = end;
  }
  return shells_of(given.soup.triangles, plain, count);
}

/// The largest triangle of each patch.
std::vector<int> samples_of(const Distinct& given, const std::vector<int>& patch, int count) {
  std::vector<int> sample(count, -1);
  std::vector<double> area(count, -1);
  for (std::size_t t = 0; t < patch.size(); ++t) {
    const double a = area_vector(given.soup.points, given.soup.triangles[t]).norm();
    if (a <= area[patch[t]]) continue;
    area[patch[t]] = a;
    sample[patch[t]] = static_cast<int>(t);
  }
  return sample;
}

}  // namespace

TriangleSoup outer_boundary(const TriangleSoup& soup) {
  const Distinct given = distinct_triangles(soup);
  int count = 0;
  const std::vector<int> patch = patches_of(given, count);
  const std::vector<int> sample = samples_of(given, patch, count);
  const Winding winding(given.soup.points, given.soup.triangles, given.weights);
  std::vector<int> kept(count, 0);  // 1: as it is, -1: turned, 0: not part of the boundary
  for (int p = 0; p < count; ++p) {
    const int t = sample[p];
    const double middle = winding(centroid(given.soup.points, given.soup.triangles[t]), t);
    const bool inside_behind = middle + given.weights[t] / 2 > 0.5;
    const bool inside_before = middle - given.weights[t] / 2 > 0.5;
    kept[p] = int(inside_behind) - int(inside_before);
  }
  TriangleSoup result = given.soup;
  result.triangles.clear();
  result.solids.clear();
  for (std::size_t t = 0; t < patch.size(); ++t) {
    if (kept[patch[t]] == 0) continue;
    Triangle corners = given.soup.triangles[t];
    if (kept[patch[t]] < 0) std::swap(corners[1], corners[2]);
    result.triangles.push_back(corners);
    if (!given.soup.solids.empty()) result.solids.push_back(given.soup.solids[t]);
  }
  return result;
}

}  // namespace proofload::meshing
