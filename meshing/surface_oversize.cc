#include <algorithm>
#include <cmath>
#include <map>
#include <sstream>

#include "oversize.h"
#include "proofload/core/vec3.h"
#include "surface_text.h"

namespace proofload::meshing {
namespace {

constexpr double kKinkDeg = 1;       // walls that lean by more are told
constexpr double kCutReach = 0.002;  // of the body's length: the cut may be made this far off,
constexpr int kCutTries = 40;        // where it keeps clear of corners

/// Cuts the triangles of a closed surface at a plane that goes through no corner.
class Cut {
 public:
  Cut(BodySurface& surface, const Vec3& axis, double by, const std::vector<double>& height)
      : surface_(surface), axis_(axis), by_(by), height_(height) {}

  void run(DrawnOut& drawn) {
    const std::vector<std::array<int, 3>> given = surface_.triangles;
    const std::vector<int> patch = surface_.patch;
    surface_.triangles.clear();
    surface_.patch.clear();
    for (std::size_t t = 0; t < given.size(); ++t) {
      patch_ = patch.empty() ? -1 : patch[t];
      triangle(given[t], drawn);
    }
    for (std::size_t i = 0; i < height_.size(); ++i) {
      if (height_[i] > 0) raise(surface_.points[i]);
    }
    drawn.section_mm2 = section_;
  }

 private:
  struct Pair {
    int below = 0, beyond = 0;
  };

  void triangle(const std::array<int, 3>& t, DrawnOut& drawn) {
    const int high = (height_[t[0]] > 0) + (height_[t[1]] > 0) + (height_[t[2]] > 0);
    if (high == 0 || high == 3) return add(t[0], t[1], t[2]);
    int first = 0;  // the corner that is alone on its side
    while ((height_[t[first]] > 0) != (high == 1)) ++first;
    const int a = t[first], b = t[(first + 1) % 3], c = t[(first + 2) % 3];
    measure_lean(a, b, c, drawn);
    const Pair p = on_edge(a, b), q = on_edge(c, a);
    const bool up = high == 1;
    const auto with_a = [&](const Pair& x) { return up ? x.beyond : x.below; };
    const auto with_rest = [&](const Pair& x) { return up ? x.below : x.beyond; };
    add(a, with_a(p), with_a(q));
    add(with_rest(p), b, c);
    add(with_rest(p), c, with_rest(q));
    add(with_rest(p), with_rest(q), with_a(q));  // the wall
    add(with_rest(p), with_a(q), with_a(p));
    const Vec3 from = at(p.below), to = at(q.below);
    section_ += (up ? 0.5 : -0.5) * (from - origin()).cross(to - origin()).dot(axis_);
  }

  void measure_lean(int a, int b, int c, DrawnOut& drawn) const {
    const Vec3 normal = (at(b) - at(a)).cross(at(c) - at(a));
    if (!(normal.norm() > 0)) return;
    const double lean = std::asin(std::min(1.0, std::abs(normal.normalized().dot(axis_))));
    if (lean * 180 / M_PI <= drawn.lean_deg) return;
    drawn.lean_deg = lean * 180 / M_PI;
    drawn.lean_at = surface_.points[a];
  }

  /// The two points an edge gets, one on each side of the gap.
  Pair on_edge(int a, int b) {
    const auto [found, is_new] = cuts_.try_emplace(std::minmax(a, b));
    if (is_new) {
      const auto [low, high] = std::minmax(a, b);
      const double t = height_[low] / (height_[low] - height_[high]);
      const Vec3 point = at(low) + t * (at(high) - at(low));
      found->second.below = static_cast<int>(surface_.points.size());
      surface_.points.push_back({point[0], point[1], point[2]});
      found->second.beyond = static_cast<int>(surface_.points.size());
      surface_.points.push_back(surface_.points.back());
      raise(surface_.points.back());
    }
    return found->second;
  }

  void raise(Point& point) const {
    for (int k = 0; k < 3; ++k) point[k] += by_ * axis_[k];
  }
  void add(int a, int b, int c) {
    surface_.triangles.push_back({a, b, c});
    if (patch_ >= 0) surface_.patch.push_back(patch_);
  }
  Vec3 at(int i) const { return Vec3(surface_.points[i].data()); }
  Vec3 origin() const { return at(0); }

  BodySurface& surface_;
  const Vec3 axis_;
  const double by_;
  const std::vector<double>& height_;  ///< [points given] over the cut
  std::map<std::pair<int, int>, Pair> cuts_;
  int patch_ = -1;
  double section_ = 0;
};

/// Height of a cut within `reach` of 0 that goes through the surface as far from corners as can be.
double clear_of_corners(const std::vector<double>& height, double reach) {
  const auto [least, most] = std::minmax_element(height.begin(), height.end());
  double best = 0, clearance = -1;
  for (int i = -kCutTries; i <= kCutTries; ++i) {
    const double cut = reach * i / kCutTries;
    double nearest = reach;
    for (const double h : height) nearest = std::min(nearest, std::abs(h - cut));
    if (cut <= *least || cut >= *most || nearest < clearance) continue;
    if (nearest == clearance && std::abs(cut) >= std::abs(best)) continue;
    best = cut;
    clearance = nearest;
  }
  return best;
}

}  // namespace

void check_may_be_cut(const v1::Body& body, const std::string& path) {
  if (body.role() != v1::Role::bone && body.role() != v1::Role::screw) return;
  throw InvalidInput({{"OVERSIZE_CUTS_BODY", path, 0, 0,
                       "the cut of oversize goes through the " + v1::Role::Enum_Name(body.role()) +
                           " " + body.name(),
                       "move oversize.point_mm to where only the implant is cut"}});
}

void add_oversize_finding(const v1::Body& body, const DrawnOut& drawn,
                          std::vector<v1::Finding>& findings) {
  using Severity = v1::Finding::Severity;
  if (!(drawn.section_mm2 > 0)) return;
  std::ostringstream text;
  text.precision(4);
  text << "drawn out by " << drawn.by_mm << " mm: its section of " << drawn.section_mm2
       << " mm2 at the cut adds " << drawn.section_mm2 * drawn.by_mm << " mm3";
  const bool kink = drawn.lean_deg > kKinkDeg;
  if (kink) {
    text << "; the walls lean by up to " << drawn.lean_deg << " degrees there, at ("
         << drawn.lean_at[0] << ", " << drawn.lean_at[1] << ", " << drawn.lean_at[2]
         << "), which makes a kink: cut where they are along the axis";
  }
  findings.push_back(
      make_finding("OVERSIZE", kink ? Severity::WARNING : Severity::NOTE, body.name(), text.str()));
}

void oversize_surface(const v1::Body& body, const std::string& path, BodySurface& surface,
                      DrawnOut& drawn) {
  if (!body.has_oversize()) return;
  const Vec3 axis = vec3(body.oversize().direction()).normalized();
  const Vec3 cut = vec3(body.oversize().point_mm());
  std::vector<double> height;
  for (const Point& point : surface.points) height.push_back((Vec3(point.data()) - cut).dot(axis));
  const auto [least, most] = std::minmax_element(height.begin(), height.end());
  if (least == height.end()) return;
  drawn.by_mm = body.oversize().by_mm();
  if (*least >= 0) {
    for (Point& point : surface.points) {
      for (int k = 0; k < 3; ++k) point[k] += drawn.by_mm * axis[k];
    }
  }
  if (*least >= 0 || *most <= 0) return;
  check_may_be_cut(body, path);
  const double off = clear_of_corners(height, kCutReach * (*most - *least));
  for (double& h : height) h -= off;
  Cut(surface, axis, drawn.by_mm, height).run(drawn);
}

}  // namespace proofload::meshing
