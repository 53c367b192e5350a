#include "surface_detail.h"

#include <CGAL/Orthogonal_k_neighbor_search.h>
#include <CGAL/Search_traits_3.h>
#include <CGAL/Simple_cartesian.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <set>

#include "sizing.h"
#include "surface_text.h"

namespace proofload::meshing {
namespace {

using Plain = CGAL::Simple_cartesian<double>;
using Search = CGAL::Orthogonal_k_neighbor_search<CGAL::Search_traits_3<Plain>>;

constexpr double kLeastAcross = 1.0 / 3, kLeastMoved = 0.25;  // of the size
constexpr double kShrink = 0.9;         // further than the square of the size says
constexpr double kMostTriangles = 2.5;  // of those of one size
constexpr double kNeedleDeg = 12, kLeastNeedle = 1.0 / 12;
constexpr int kThinSamples = 12'000;  // rays
constexpr double kRounding = 1.001;   // of sizes that are taken down to steps
constexpr std::size_t kMostPlaces = 10;
constexpr std::size_t kCountedTriangles = 4000;
constexpr double kTakeUp = 1.15;
constexpr double kGrowth = 0.2;     // of sizes, per distance
constexpr double kClassStep = 1.3;  // sizes are taken down to one of these steps
constexpr double kSpacing = 0.4;    // of points of one class, of their size

/// Sizes by class, the points of each thinned out.
class Field {
 public:
  Field(const std::vector<SizeAt>& wanted, double size) : size_(size) {
    std::map<int, std::vector<Plain::Point_3>> classes;
    std::set<std::array<long, 4>> taken;
    for (const SizeAt& entry : wanted) {
      if (!(entry.size > 0 && entry.size < size)) continue;
      const int number = static_cast<int>(std::floor(std::log(entry.size / size) / kStep));
      const double cube = kSpacing * size_of(number);
      std::array<long, 4> key{number};
      for (int k = 0; k < 3; ++k) key[k + 1] = std::lround(std::floor(entry.at[k] / cube));
      if (taken.insert(key).second) {
        classes[number].emplace_back(entry.at[0], entry.at[1], entry.at[2]);
      }
    }
    for (const auto& [number, points] : classes) {
      auto tree = std::make_unique<Search::Tree>(points.begin(), points.end());
      tree->build();
      trees_.emplace_back(size_of(number), std::move(tree));
    }
  }

  double operator()(const Point& at) const {
    double size = size_;
    for (const auto& [least, tree] : trees_) {
      if (least >= size) break;
      const Search search(*tree, Plain::Point_3(at[0], at[1], at[2]), 1);
      size = std::min(size, least + kGrowth * std::sqrt(search.begin()->second));
    }
    return size;
  }

 private:
  static inline const double kStep = std::log(kClassStep);
  double size_of(int number) const { return size_ * std::exp(number * kStep); }

  double size_;
  std::vector<std::pair<double, std::unique_ptr<Search::Tree>>> trees_;
};

/// Triangles of a field's sizes over those of one size, by some of the surface's triangles.
double triangles_ratio(const Field& field, const TriangleSoup& surface, double size) {
  double graded = 0, even = 0;
  const std::size_t step = surface.triangles.size() / kCountedTriangles + 1;
  for (std::size_t i = 0; i < surface.triangles.size(); i += step) {
    const Triangle& t = surface.triangles[i];
    const std::vector<Point> middles = points_on(surface, t, size);
    const double area = area_vector(surface.points, t).norm() / double(middles.size());
    for (const Point& at : middles) {
      even += area / (size * size);
      graded += area / std::pow(field(at), 2);
    }
  }
  return even > 0 ? graded / even : 1;
}

}  // namespace

ThinDetail thin_detail(const TriangleSoup& surface, double size) {
  ThinDetail detail{thin_places(surface, size, kThinSamples), {}};
  detail.wanted = sizes_across(detail.walls, 2, size);
  const std::vector<SizeAt> gaps =
      sizes_across(thin_places(turned(surface), size, kThinSamples), 1, size);
  detail.wanted.insert(detail.wanted.end(), gaps.begin(), gaps.end());
  return detail;
}

void tell_thin(const std::vector<ThinPlace>& walls, double size, const SizeLimit& size_at,
               const std::string& body, std::vector<v1::Finding>& findings) {
  if (walls.empty()) return;
  const double wall = walls.front().thickness;
  const double here = size_at ? size_at(to_point(walls.front().at)) : size;
  const bool two = here <= kRounding * wall / 2;
  std::string message = "walls down to " + show(wall) + " mm are thinner than the elements of " +
                        show(size) + " mm; ";
  if (size_at) message += "those there are made " + show(here) + " mm, ";
  message += two ? "two through the wall"
                 : "elements of " + show(wall / 2) + " mm would give two through the wall";
  v1::Finding finding = make_finding(
      "E7", two ? v1::Finding::Severity::NOTE : v1::Finding::Severity::WARNING, body, message);
  finding.set_count(double(walls.size()));
  for (std::size_t i = 0; i < std::min(kMostPlaces, walls.size()); ++i) {
    add_place(finding, to_point(walls[i].at));
  }
  findings.push_back(finding);
}

std::vector<SizeAt> sizes_across(const std::vector<ThinPlace>& thin, double elements, double size) {
  std::vector<SizeAt> sizes;
  for (const ThinPlace& place : thin) {
    sizes.push_back(
        {to_point(place.at), std::max(kLeastAcross * size, place.thickness / elements)});
  }
  return sizes;
}

std::vector<SizeAt> sizes_where_moved(const std::vector<MovedPlace>& moved, double tolerance,
                                      const SizeLimit& size_at) {
  std::vector<SizeAt> sizes;
  for (const MovedPlace& place : moved) {
    const double share = kShrink * std::sqrt(tolerance / place.distance_mm);
    sizes.push_back({place.at, std::clamp(share, kLeastMoved, 1.0) * size_at(place.at)});
  }
  return sizes;
}

std::vector<SizeAt> sizes_at_needles(const TriangleSoup& triangles, double size) {
  std::vector<SizeAt> sizes;
  for (const Triangle& t : triangles.triangles) {
    const auto at = [&](int k) { return to_vec(triangles.points[t[k % 3]]); };
    int shortest = 0;
    for (int k = 1; k < 3; ++k) {
      if ((at(k + 1) - at(k)).norm() < (at(shortest + 1) - at(shortest)).norm()) shortest = k;
    }
    const Eigen::Vector3d a = at(shortest), b = at(shortest + 1), c = at(shortest + 2);
    const double angle = std::atan2((a - c).cross(b - c).norm(), (a - c).dot(b - c));
    if (angle > kNeedleDeg * M_PI / 180) continue;
    sizes.push_back(
        {to_point((a + b) / 2), std::max(kLeastNeedle * size, 2 * (a - b).norm()), true});
  }
  return sizes;
}

Grading graded_sizes(std::vector<SizeAt> wanted, const TriangleSoup& surface, double size) {
  Grading grading;
  for (;;) {
    const auto field = std::make_shared<const Field>(wanted, size);
    if (triangles_ratio(*field, surface, size) <= kMostTriangles) {
      grading.size_at = [field](const Point& at) { return (*field)(at); };
      return grading;
    }
    grading.taken_up = true;
    const bool all = std::none_of(wanted.begin(), wanted.end(), [&](const SizeAt& entry) {
      return !entry.must && entry.size < size;
    });
    for (SizeAt& entry : wanted) {
      if (all || !entry.must) entry.size *= kTakeUp;
    }
  }
}

}  // namespace proofload::meshing
