#include "regions.h"

#include <CGAL/Side_of_triangle_mesh.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <sstream>

#include "proofload/core/regions.h"
#include "proofload/core/vec3.h"
#include "surface_cgal.h"
#include "surface_distance.h"
#include "surface_winding.h"

namespace proofload::meshing {
namespace {

constexpr int kSamples = 20000;           // points in the body's box that must show region and rest
constexpr double kTouchMm = 0.05;         // surfaces nearer than this touch,
constexpr double kTouchOfElement = 0.04;  // or than this part of an element (tessellated curves)
constexpr double kPiecesOfDepth = 8;      // pieces of the interface for each depth

/// Which points a closed surface encloses.
class Inside {
 public:
  explicit Inside(const BodySurface& surface) : mesh_(to_mesh(to_soup(surface))), side_(mesh_) {}
  bool operator()(const Vec3& at) const {
    return side_({at[0], at[1], at[2]}) != CGAL::ON_UNBOUNDED_SIDE;
  }

 private:
  SurfaceMesh mesh_;
  CGAL::Side_of_triangle_mesh<SurfaceMesh, Kernel> side_;
};

/// The triangles of `from` that lie inside `other` or touch it, cut into pieces of at most `size`.
class InterfaceSearch {
 public:
  InterfaceSearch(const BodySurface& other, double touch, double size)
      : inside_(other), distance_(to_soup(other)), touch_(touch), size_(size) {
    bounds(other.points, low_, high_);
  }

  TriangleSoup on(const BodySurface& from) {
    result_ = {};
    for (const auto& t : from.triangles) {
      add(Vec3(from.points[t[0]].data()), Vec3(from.points[t[1]].data()),
          Vec3(from.points[t[2]].data()));
    }
    return std::move(result_);
  }

 private:
  bool far_off(const Vec3& a, const Vec3& b, const Vec3& c) const {
    for (int k = 0; k < 3; ++k) {
      if (std::min({a[k], b[k], c[k]}) > high_[k] + touch_) return true;
      if (std::max({a[k], b[k], c[k]}) < low_[k] - touch_) return true;
    }
    return false;
  }

  void add(const Vec3& a, const Vec3& b, const Vec3& c) {
    if (far_off(a, b, c)) return;
    const double ab = (b - a).norm(), bc = (c - b).norm(), ca = (a - c).norm();
    const double longest = std::max({ab, bc, ca});
    if (longest > size_) {
      if (longest == ab) return halve(a, b, c);
      return longest == bc ? halve(b, c, a) : halve(c, a, b);
    }
    const Vec3 middle = (a + b + c) / 3;
    if (!inside_(middle) && distance_(middle) > touch_) return;
    const int first = static_cast<int>(result_.points.size());
    for (const Vec3& p : {a, b, c}) result_.points.push_back({p[0], p[1], p[2]});
    result_.triangles.push_back({first, first + 1, first + 2});
  }

  void halve(const Vec3& a, const Vec3& b, const Vec3& c) {
    const Vec3 middle = (a + b) / 2;
    add(a, middle, c);
    add(middle, b, c);
  }

  Inside inside_;
  SurfaceDistance distance_;
  double touch_, size_;
  Point low_{}, high_{};
  TriangleSoup result_;
};

/// Which points are no further from a surface than a distance. Exact, and seldom measured: the
/// distance of a point differs from that of the middle of its grid cell by no more than they are
/// apart, so that the middle of a coarse or finer cell decides for all but the points near the
/// limit. Far from the surface a measurement is dear: many triangles are nearly the nearest.
class NearSurface {
 public:
  NearSurface(const TriangleSoup& surface, double distance)
      : measure_(surface), distance_(distance) {}

  bool operator()(const Vec3& at) {
    for (std::size_t level = 0; level < cells_.size(); ++level) {
      const double size = distance_ * kCellsOfDistance[level];
      const double middle = of_cell(cells_[level], (at / size).array().floor(), size);
      const double reach = (0.5 * std::sqrt(3.0) + 1e-9) * size;
      if (middle + reach < distance_) return true;
      if (middle - reach > distance_) return false;
    }
    return measure_(at) <= distance_;
  }

 private:
  static constexpr std::array<double, 3> kCellsOfDistance = {4, 1, 0.25};
  using Cells = std::map<std::array<double, 3>, double>;

  double of_cell(Cells& cells, const Vec3& corner, double size) const {
    const auto [entry, is_new] = cells.try_emplace({corner[0], corner[1], corner[2]}, 0);
    if (is_new) entry->second = measure_(size * (corner + Vec3::Constant(0.5)));
    return entry->second;
  }

  SurfaceDistance measure_;
  double distance_;
  std::array<Cells, 3> cells_;
};

InRegion within(const TriangleSoup& surface, double distance) {
  const auto near = std::make_shared<NearSurface>(surface, distance);
  return [=](const Point& at) { return (*near)(to_vec(at)); };
}

/// Everything about one region while it is built.
struct Work {
  const v1::Case& value;
  const std::vector<BodySurface>& measured;
  const std::vector<BodySurface>& surfaces;
  int index;          ///< of the region
  int whole;          ///< of its body
  std::string about;  ///< what was measured, for messages
};

InRegion plane_part(const v1::PlanePlace& plane, Work& work) {
  const Vec3 normal = vec3(plane.normal()).normalized();
  const double offset = plane.offset_mm();
  double least = 1e300, most = -1e300;
  for (const Point& p : work.surfaces[work.whole].points) {
    least = std::min(least, normal.dot(Vec3(p.data())));
    most = std::max(most, normal.dot(Vec3(p.data())));
  }
  std::ostringstream text;
  text << "along the normal it reaches from " << least << " to " << most
       << " mm, the plane lies at " << offset << " mm";
  work.about = text.str();
  return [=](const Point& at) { return normal.dot(Vec3(at.data())) >= offset; };
}

InRegion box_part(const v1::BoxPlace& box, Work& work) {
  const Vec3 low = vec3(box.min_mm()), high = vec3(box.max_mm());
  Point least{}, most{};
  bounds(work.surfaces[work.whole].points, least, most);
  std::ostringstream text;
  text << "it reaches from (" << least[0] << ", " << least[1] << ", " << least[2] << ") to ("
       << most[0] << ", " << most[1] << ", " << most[2] << ") mm";
  work.about = text.str();
  return [=](const Point& at) {
    const Vec3 p(at.data());
    return (p - low).minCoeff() >= 0 && (high - p).minCoeff() >= 0;
  };
}

InRegion depth_part(const v1::DepthFrom& from, Work& work) {
  const v1::Case& value = work.value;
  const BodySurface& own = work.surfaces[work.whole];
  const BodySurface* other = nullptr;
  bool own_wins = true;
  for (int i = 0; i < value.bodies_size(); ++i) {
    if (value.bodies(i).name() != from.body()) continue;
    other = &work.surfaces[i];
    own_wins = keeps_shared_space(value, work.whole, i);
  }
  for (int i = 0; other == nullptr && i < value.measured_bodies_size(); ++i) {
    if (value.measured_bodies(i).name() != from.body()) continue;
    other = &work.measured[i];
    own_wins = value.bodies(work.whole).priority() >= value.measured_bodies(i).priority();
  }
  if (other == nullptr) {
    throw InvalidInput({{"UNKNOWN_NAME", region_path(value, work.index), 0, 0,
                         "there is no body named \"" + from.body() + "\"", "define it"}});
  }
  const double touch = std::max(kTouchMm, kTouchOfElement * own.element_size_mm);
  InterfaceSearch search(own_wins ? *other : own, touch, from.depth_mm() / kPiecesOfDepth);
  const TriangleSoup interface = search.on(own_wins ? own : *other);
  if (interface.triangles.empty()) {
    work.about = from.body() + " does not touch it";
    return [](const Point&) { return false; };
  }
  double area = 0;
  for (const Triangle& t : interface.triangles) area += area_vector(interface.points, t).norm() / 2;
  std::ostringstream text;
  text << "its interface with " << from.body() << " has about " << area << " mm2";
  work.about = text.str();
  return within(interface, from.depth_mm());
}

InRegion part_of(const v1::Region& region, Work& work) {
  if (region.has_plane()) return plane_part(region.plane(), work);
  if (region.has_box()) return box_part(region.box(), work);
  if (region.has_depth_from()) return depth_part(region.depth_from(), work);
  work.about = "the shell is measured from its surface";
  return within(to_soup(work.surfaces[work.whole]), region.shell().thickness_mm());
}

/// Counts points of a body: those of each region not taken by an earlier one, and what is left.
void check_shares(const v1::Case& value, int whole, const std::vector<Work>& works,
                  const std::vector<BodySurface>& surfaces, std::vector<Problem>& problems) {
  const Inside inside(surfaces[whole]);
  Point low{}, high{};
  bounds(surfaces[whole].points, low, high);
  std::vector<int> count(works.size(), 0);
  int rest = 0;
  for (int i = 1; i <= kSamples; ++i) {
    const Eigen::Vector3d at = spread_point(i, low, high);
    if (!inside(at)) continue;
    const auto owner = std::find_if(works.begin(), works.end(), [&](const Work& work) {
      return surfaces[work.index].part(to_point(at));
    });
    owner == works.end() ? ++rest : ++count[owner - works.begin()];
  }
  const std::string& name = value.bodies(whole).name();
  for (std::size_t k = 0; k < works.size(); ++k) {
    if (count[k] > 0) continue;
    problems.push_back({"REGION_EMPTY", region_path(value, works[k].index), 0, 0,
                        "region " + value.bodies(works[k].index).name() + " takes nothing of " +
                            name + ": " + works[k].about,
                        "move or enlarge the region, list it before those that cover it, or "
                        "remove it"});
  }
  if (rest > 0 || works.empty()) return;
  std::string about;
  for (const Work& work : works) {
    about += (about.empty() ? "" : "; ") + value.bodies(work.index).name() + ": " + work.about;
  }
  problems.push_back({"REGION_FILLS_BODY", region_path(value, works.front().index), 0, 0,
                      "nothing is left of " + name + " outside its regions (" + about + ")",
                      "make the regions smaller, or give " + name + " itself that material"});
}

}  // namespace

bool has_distance_regions(const v1::Case& value) {
  return std::any_of(value.bodies().begin(), value.bodies().end(), [](const v1::Body& body) {
    const v1::Region& region = body.part_of().region();
    return region.has_depth_from() || region.has_shell();
  });
}

std::string region_path(const v1::Case& value, int index) {
  return "bodies[" + std::to_string(whole_index(value, index)) + "].regions";
}

int whole_index(const v1::Case& value, int index) {
  if (!value.bodies(index).has_part_of()) return index;
  for (int i = 0; i < value.bodies_size(); ++i) {
    if (value.bodies(i).name() == value.bodies(index).part_of().body()) return i;
  }
  throw InvalidInput({{"UNKNOWN_NAME", "bodies[" + std::to_string(index) + "].part_of", 0, 0,
                       "the body of region " + value.bodies(index).name() + " is not there",
                       "list the part under `regions` of the body it lies in"}});
}

void add_region_surfaces(const v1::Case& value, const std::vector<BodySurface>& measured,
                         std::vector<BodySurface>& surfaces, std::vector<Problem>& problems) {
  std::vector<std::vector<Work>> works(value.bodies_size());
  for (int i = 0; i < value.bodies_size(); ++i) {
    if (!value.bodies(i).has_part_of()) continue;
    const int whole = whole_index(value, i);
    surfaces[i] = surfaces[whole];
    surfaces[i].name = value.bodies(i).name();
    surfaces[i].repair.Clear();
    surfaces[i].whole = whole;
    Work work{value, measured, surfaces, i, whole, ""};
    surfaces[i].part = part_of(value.bodies(i).part_of().region(), work);
    works[whole].push_back(work);
  }
  for (int i = 0; i < value.bodies_size(); ++i) {
    if (!works[i].empty()) check_shares(value, i, works[i], surfaces, problems);
  }
}

}  // namespace proofload::meshing
