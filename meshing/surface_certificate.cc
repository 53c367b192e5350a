#include "surface_certificate.h"

#include <algorithm>
#include <cmath>

#include "surface_distance.h"
#include "surface_winding.h"

namespace proofload::meshing {
namespace {

constexpr int kVolumeSamples = 20'000;

/// Middle and three points near the corners.
std::array<Eigen::Vector3d, 4> samples_of(const TriangleSoup& soup, const Triangle& t) {
  const Eigen::Vector3d middle = centroid(soup.points, t);
  std::array<Eigen::Vector3d, 4> result{middle};
  for (int k = 0; k < 3; ++k) result[k + 1] = 0.8 * to_vec(soup.points[t[k]]) + 0.2 * middle;
  return result;
}

/// Greatest distance to `after` of points of `before` that have the outside on one side.
double outer_distance(const TriangleSoup& before, const Winding& inside,
                      const SurfaceDistance& to_after, double fine) {
  double greatest = 0;
  for (std::size_t t = 0; t < before.triangles.size(); ++t) {
    for (const Eigen::Vector3d& at : samples_of(before, before.triangles[t])) {
      const double distance = to_after(at);
      if (distance <= std::max(fine, greatest)) {
        continue;
      }
      const double middle = inside(at, static_cast<int>(t));
      const bool outer = (middle + 0.5 > 0.5) != (middle - 0.5 > 0.5);
      if (outer) greatest = distance;
    }
  }
  return greatest;
}

/// Volume that `before` has and `after` has not, less the converse.
double volume_lost(const TriangleSoup& before, const TriangleSoup& after, const Winding& inside) {
  Point low, high;
  bounds(before.points, low, high);
  const Winding inside_after(after.points, after.triangles);
  int lost = 0, gained = 0;
  for (int i = 1; i <= kVolumeSamples; ++i) {
    const Eigen::Vector3d at = spread_point(i, low, high);
    const bool was = inside(at) > 0.5, is = inside_after(at) > 0.5;
    lost += was && !is;
    gained += is && !was;
  }
  const double box = (to_vec(high) - to_vec(low)).prod();
  return box * (lost - gained) / kVolumeSamples;
}

}  // namespace

Topology2d shells_and_genus(const TriangleSoup& soup) {
  Topology2d result;
  const std::vector<Side> sides = sorted_sides(soup.triangles);
  std::int64_t edges = 0;
  bool closed = true;
  for (std::size_t i = 0; i < sides.size();) {
    const std::size_t end = end_of_edge(sides, i);
    closed = closed && end == i + 2;
    ++edges;
    i = end;
  }
  std::vector<char> used(soup.points.size(), 0);
  for (const Triangle& t : soup.triangles) {
    for (const int corner : t) used[corner] = 1;
  }
  shells_of(soup.triangles, sides, result.shells);
  const std::int64_t euler = std::count(used.begin(), used.end(), 1) - edges +
                             static_cast<std::int64_t>(soup.triangles.size());
  result.genus = closed ? static_cast<int>(result.shells - euler / 2) : -1;
  return result;
}

v1::RepairFacts certify(const TriangleSoup& before, const TriangleSoup& after,
                        const CertificateOptions& options) {
  const SurfaceChange change = compare_surfaces(before, after);
  double volume_before = change.volume_before_mm3, distance = change.hausdorff_mm;
  if (!options.before_is_clean) {
    const Winding inside(before.points, before.triangles);
    volume_before = change.volume_after_mm3 + volume_lost(before, after, inside);
    distance = std::max(change.after_to_before_mm,
                        outer_distance(before, inside, SurfaceDistance(after), options.fine_mm));
  }
  v1::RepairFacts facts;
  facts.set_volume_before_mm3(volume_before);
  facts.set_volume_after_mm3(change.volume_after_mm3);
  facts.set_volume_change(volume_before > 0 ? change.volume_after_mm3 / volume_before - 1 : -1);
  facts.set_area_before_mm2(change.area_before_mm2);
  facts.set_area_after_mm2(change.area_after_mm2);
  facts.set_hausdorff_mm(distance);
  const Topology2d was = shells_and_genus(before), is = shells_and_genus(after);
  facts.set_shells_before_count(was.shells);
  facts.set_shells_after_count(is.shells);
  if (was.genus >= 0) facts.set_genus_before_count(was.genus);
  if (is.genus >= 0) facts.set_genus_after_count(is.genus);
  facts.set_triangles_before_count(double(before.triangles.size()));
  facts.set_triangles_after_count(double(after.triangles.size()));
  return facts;
}

}  // namespace proofload::meshing
