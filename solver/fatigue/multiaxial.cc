#include "proofload/fatigue/multiaxial.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace proofload::fatigue {

namespace {

constexpr double kPi = 3.14159265358979323846;

Eigen::Matrix3d tensor(const Stress& s) {
  Eigen::Matrix3d t;
  t << s[0], s[3], s[5], s[3], s[1], s[4], s[5], s[4], s[2];
  return t;
}

Eigen::Vector3d direction(double polar, double azimuth) {
  return {std::sin(polar) * std::cos(azimuth), std::sin(polar) * std::sin(azimuth),
          std::cos(polar)};
}

struct Candidate {
  double value, polar, azimuth;
};

Candidate refined(Candidate best, double step, const Stress& first, const Stress& second,
                  double k) {
  while (step > 1e-5) {
    Candidate next = best;
    for (int i = -1; i <= 1; ++i) {
      for (int j = -1; j <= 1; ++j) {
        const double polar = best.polar + i * step;
        const double azimuth = best.azimuth + j * step / std::max(std::sin(best.polar), 0.05);
        const double value = findley_on_plane(first, second, direction(polar, azimuth), k);
        if (value > next.value) next = {value, polar, azimuth};
      }
    }
    if (next.value > best.value) {
      best = next;
    } else {
      step /= 2;
    }
  }
  return best;
}

}  // namespace

double von_mises(const Stress& s) {
  const double xy = s[0] - s[1], yz = s[1] - s[2], zx = s[2] - s[0];
  const double shear = s[3] * s[3] + s[4] * s[4] + s[5] * s[5];
  return std::sqrt(0.5 * (xy * xy + yz * yz + zx * zx) + 3 * shear);
}

Extremes principal_extremes(const Stress& s) {
  const double mean = (s[0] + s[1] + s[2]) / 3;
  const double x = s[0] - mean, y = s[1] - mean, z = s[2] - mean;
  const double j2 = (x * x + y * y + z * z) / 2 + s[3] * s[3] + s[4] * s[4] + s[5] * s[5];
  if (j2 <= 0) return {mean, mean};
  const double j3 =
      x * (y * z - s[4] * s[4]) - s[3] * (s[3] * z - s[4] * s[5]) + s[5] * (s[3] * s[4] - y * s[5]);
  const double radius = 2 * std::sqrt(j2 / 3);
  const double argument = std::clamp(4 * j3 / (radius * radius * radius), -1.0, 1.0);
  const double angle = std::acos(argument) / 3;
  return {mean + radius * std::cos(angle), mean + radius * std::cos(angle + 2 * kPi / 3)};
}

int stress_sign(const Stress& s) {
  if (s[0] + s[1] + s[2] >= 0) return 1;
  const Extremes e = principal_extremes(s);
  return -e.least > e.greatest ? -1 : 1;
}

double findley_proportional(const Stress& s, double min, double max, double k) {
  const Extremes e = principal_extremes(s);
  const double center = (e.greatest + e.least) / 2;
  const double radius = (e.greatest - e.least) / 2;
  const double half_range = std::abs(max - min) / 2;
  double value = half_range * radius;
  for (const double factor : {min, max}) {
    value = std::max(value, k * factor * center + radius * std::sqrt(half_range * half_range +
                                                                     k * k * factor * factor));
  }
  return value;
}

double findley_on_plane(const Stress& first, const Stress& second, const Eigen::Vector3d& n,
                        double k) {
  const Eigen::Vector3d a = tensor(first) * n;
  const Eigen::Vector3d b = tensor(second) * n;
  const Eigen::Vector3d half = (a - b) / 2;
  const double shear = (half - half.dot(n) * n).norm();
  return shear + k * std::max({a.dot(n), b.dot(n), 0.0});
}

CriticalPlane findley_search(const Stress& first, const Stress& second, double k) {
  constexpr int kRows = 18;  // 5 degrees
  constexpr double kStep = kPi / 2 / kRows;
  std::vector<Candidate> grid;
  for (int i = 0; i <= kRows; ++i) {
    const double polar = i * kStep;
    const int columns = std::max(1, static_cast<int>(std::lround(4 * kRows * std::sin(polar))));
    for (int j = 0; j < columns; ++j) {
      const double azimuth = 2 * kPi * j / columns;
      grid.push_back(
          {findley_on_plane(first, second, direction(polar, azimuth), k), polar, azimuth});
    }
  }
  constexpr std::size_t kStarts = 8;
  std::partial_sort(grid.begin(), grid.begin() + kStarts, grid.end(),
                    [](const Candidate& a, const Candidate& b) { return a.value > b.value; });
  Candidate best = grid.front();
  for (std::size_t i = 0; i < kStarts; ++i) {
    const Candidate found = refined(grid[i], kStep, first, second, k);
    if (found.value > best.value) best = found;
  }
  return {best.value, direction(best.polar, best.azimuth)};
}

double findley_uniaxial(double stress_ratio, double k) {
  const double c = 2 / (1 - stress_ratio);
  return (std::sqrt(1 + k * k * c * c) + k * c) / 2;
}

}  // namespace proofload::fatigue
