#include "surface_winding.h"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>

namespace proofload::meshing {
namespace {

double halton(int index, int base) {
  double result = 0, fraction = 1;
  for (; index > 0; index /= base) {
    fraction /= base;
    result += fraction * (index % base);
  }
  return result;
}

}  // namespace

double winding_number(const std::vector<Point>& points, const std::vector<Triangle>& triangles,
                      const Eigen::Vector3d& at) {
  double sum = 0;
  for (const Triangle& t : triangles) {
    const Eigen::Vector3d a = to_vec(points[t[0]]) - at, b = to_vec(points[t[1]]) - at,
                          c = to_vec(points[t[2]]) - at;
    const double la = a.norm(), lb = b.norm(), lc = c.norm();
    const double volume = a.dot(b.cross(c));
    const double cosine = la * lb * lc + a.dot(b) * lc + b.dot(c) * la + c.dot(a) * lb;
    if (volume != 0 || cosine != 0) sum += 2 * std::atan2(volume, cosine);
  }
  return sum / (4 * M_PI);
}

double uncertain_inside(const std::vector<Point>& points, const std::vector<Triangle>& triangles) {
  Point min, max;
  bounds(points, min, max);
  const int samples =
      static_cast<int>(std::clamp<std::size_t>(20'000'000 / (triangles.size() + 1), 32, 256));
  int uncertain = 0;
  for (int i = 1; i <= samples; ++i) {
    const Eigen::Vector3d unit(halton(i, 2), halton(i, 3), halton(i, 5));
    const Eigen::Vector3d at = to_vec(min) + unit.cwiseProduct(to_vec(max) - to_vec(min));
    const double winding = winding_number(points, triangles, at);
    if (std::abs(winding - std::round(winding)) > 0.25) ++uncertain;
  }
  return double(uncertain) / samples;
}

}  // namespace proofload::meshing
