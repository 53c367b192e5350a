/// Drawn or segmented?
#include <algorithm>
#include <cmath>

#include "proofload/meshing/surface.h"
#include "surface_topology.h"

namespace proofload::meshing {
namespace {

constexpr double kFlatCosine = 0.99996;  // normals within 0.5 degrees
constexpr double kRegionShare = 0.005;   // of the whole area
constexpr double kCadShare = 0.2;        // of the area in flat regions

/// Neighbours over edges in almost the same plane, as a soup of their own: numbers of regions.
std::vector<int> flat_regions(const TriangleSoup& soup, int& count) {
  std::vector<Eigen::Vector3d> normals;
  for (const Triangle& t : soup.triangles) {
    normals.push_back(area_vector(soup.points, t).normalized());
  }
  const std::vector<Side> sides = sorted_sides(soup.triangles);
  std::vector<Side> flat;
  for (std::size_t i = 0; i < sides.size();) {
    const std::size_t end = end_of_edge(sides, i);
    if (end == i + 2 &&
        normals[sides[i].triangle].dot(normals[sides[i + 1].triangle]) > kFlatCosine) {
      flat.push_back(sides[i]);
      flat.push_back(sides[i + 1]);
    }
    i = end;
  }
  return shells_of(soup.triangles, flat, count);
}

}  // namespace

bool looks_like_cad(const TriangleSoup& soup) {
  int count = 0;
  const std::vector<int> region = flat_regions(soup, count);
  std::vector<double> area(count, 0);
  double total = 0;
  for (std::size_t i = 0; i < soup.triangles.size(); ++i) {
    const double a = area_vector(soup.points, soup.triangles[i]).norm() / 2;
    area[region[i]] += a;
    total += a;
  }
  double flat = 0;
  for (const double a : area) flat += a >= kRegionShare * total ? a : 0;
  return flat >= kCadShare * total;
}

}  // namespace proofload::meshing
