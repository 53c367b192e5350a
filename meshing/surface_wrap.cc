#include "surface_wrap.h"

#include <CGAL/alpha_wrap_3.h>

#include <algorithm>

#include "surface_cgal.h"
#include "surface_crossings.h"
#include "surface_distance.h"

namespace proofload::meshing {
namespace {

constexpr double kLeastCosine = 0.3;  // between a triangle's normals before and after
constexpr int kRounds = 12;

/// How far each point goes: 1 all the way, 0 it stays.
class Shares {
 public:
  Shares(const TriangleSoup& skin, std::vector<Eigen::Vector3d> goal)
      : skin_(skin), goal_(std::move(goal)), share_(goal_.size(), 1) {}

  TriangleSoup moved() const {
    TriangleSoup result = skin_;
    for (std::size_t i = 0; i < goal_.size(); ++i) {
      const Eigen::Vector3d from = to_vec(skin_.points[i]);
      result.points[i] = to_point(from + share_[i] * (goal_[i] - from));
    }
    return result;
  }

  /// Shortens the ways of the corners of bad triangles; false: there is none.
  bool shorten(const TriangleSoup& now, bool last) {
    std::vector<int> bad;
    for (std::size_t t = 0; t < skin_.triangles.size(); ++t) {
      const Eigen::Vector3d was = area_vector(skin_.points, skin_.triangles[t]);
      const Eigen::Vector3d is = area_vector(now.points, now.triangles[t]);
      if (was.dot(is) < kLeastCosine * was.norm() * is.norm() || is.norm() < 1e-3 * was.norm()) {
        bad.push_back(static_cast<int>(t));
      }
    }
    for (const Crossing& c : find_crossings(now.points, now.triangles)) {
      bad.insert(bad.end(), {c.first, c.second});
    }
    for (const int t : bad) {
      for (const int corner : skin_.triangles[t]) share_[corner] *= last ? 0 : 0.5;
    }
    return !bad.empty();
  }

 private:
  const TriangleSoup& skin_;
  std::vector<Eigen::Vector3d> goal_;
  std::vector<double> share_;
};

}  // namespace

TriangleSoup wrap_around(const TriangleSoup& soup, double alpha, double offset) {
  std::vector<Kernel::Point_3> points;
  for (const Point& p : soup.points) points.push_back(to_cgal(p));
  std::vector<std::array<std::size_t, 3>> triangles;
  for (const Triangle& t : soup.triangles) {
    triangles.push_back({std::size_t(t[0]), std::size_t(t[1]), std::size_t(t[2])});
  }
  SurfaceMesh skin;
  CGAL::alpha_wrap_3(points, triangles, alpha, offset, skin);
  TriangleSoup like;
  like.file = soup.file;
  return to_soup(skin, like);
}

TriangleSoup drawn_back(const TriangleSoup& skin, const TriangleSoup& onto, double reach) {
  const SurfaceDistance surface(onto);
  std::vector<Eigen::Vector3d> goal;
  for (const Point& p : skin.points) {
    const Eigen::Vector3d at = to_vec(p), nearest = surface.nearest(at);
    goal.push_back((nearest - at).norm() <= reach ? nearest : at);
  }
  Shares shares(skin, std::move(goal));
  TriangleSoup now = shares.moved();
  for (int round = 0; round < kRounds && shares.shorten(now, round + 3 >= kRounds); ++round) {
    now = shares.moved();
  }
  return find_crossings(now.points, now.triangles, 1).empty() ? now : skin;
}

}  // namespace proofload::meshing
