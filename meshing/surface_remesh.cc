/// Closed surfaces triangulated anew at a target size.
#include <CGAL/Polygon_mesh_processing/detect_features.h>
#include <CGAL/Polygon_mesh_processing/remesh.h>
#include <CGAL/Polygon_mesh_processing/repair_degeneracies.h>
#include <CGAL/Polygon_mesh_processing/repair_self_intersections.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>

#include "gmsh_session.h"
#include "proofload/core/problem.h"
#include "sizing.h"
#include "surface_cgal.h"
#include "surface_crossings.h"
#include "surface_text.h"
#include "surface_thickness.h"
#include "surface_topology.h"
#include "volume_from_surface_child.h"

namespace proofload::meshing {
namespace {

namespace pmp = CGAL::Polygon_mesh_processing;
namespace params = CGAL::parameters;
using Severity = v1::Finding::Severity;
using Face = SurfaceMesh::Face_index;
using Edge = SurfaceMesh::Edge_index;

constexpr double kCapCosine = -0.9396926;  // of 160 degrees
constexpr double kNeedleRatio = 4;
constexpr std::size_t kMendedCrossings = 40;
constexpr std::size_t kMostLocalCrossings = 100, kMostBalls = 200;
constexpr double kFaithfulVolume = 0.01, kLeastFactor = 0.35;
constexpr double kHopelessShare = 0.04;  // crossings over triangles: detail is small everywhere
constexpr double kAttemptSeconds = 30, kAllSeconds = 45;
constexpr double kTriangleLimit = 400'000;
constexpr int kThinSamples = 3000;

/// How far the surface may move without a word.
double tolerance(double diagonal) { return std::max(0.1, 0.0005 * diagonal); }

class Remesher {
 public:
  Remesher(SurfaceMesh mesh, const RemeshOptions& options)
      : options_(options), mesh_(std::move(mesh)) {
    sharp_ = mesh_.add_property_map<Edge, bool>("e:sharp", false).first;
    if (options.keep_edges) pmp::detect_sharp_edges(mesh_, options.sharp_deg, sharp_);
  }

  SurfaceMesh run(double size, double shift_limit) {
    collapse_needles(std::min(0.1 * size, shift_limit));
    remesh(mesh_.faces(), size);
    refine(size);
    collapse_needles(std::min(0.1 * size, shift_limit));
    release_slivers(std::min(0.15 * size, 2 * shift_limit));
    remove_crossings();
    return std::move(mesh_);
  }

 private:
  /// Edges below the length are collapsed, caps flipped.
  void collapse_needles(double length) {
    pmp::experimental::remove_almost_degenerate_faces(mesh_, kCapCosine, kNeedleRatio, length,
                                                      params::edge_is_constrained_map(sharp_));
    mesh_.collect_garbage();
  }

  /// What is still thin is held by kept edges close to each other: let go of those.
  void release_slivers(double length) {
    pmp::experimental::remove_almost_degenerate_faces(mesh_, kCapCosine, kNeedleRatio, length);
    mesh_.collect_garbage();
  }

  /// Remeshing itself makes a few triangles cross now and then; more than a few is another fault.
  void remove_crossings() {
    const TriangleSoup now = to_soup(mesh_, {});
    const std::size_t count =
        find_crossings(now.points, now.triangles, kMendedCrossings + 1).size();
    if (count == 0 || count > kMendedCrossings) return;
    pmp::experimental::remove_self_intersections(mesh_);
    mesh_.collect_garbage();
  }

  template <class Faces>
  void remesh(const Faces& faces, double size) {
    pmp::isotropic_remeshing(std::vector<Face>(faces.begin(), faces.end()), size, mesh_,
                             params::number_of_iterations(5)
                                 .number_of_relaxation_steps(2)
                                 .edge_is_constrained_map(sharp_)
                                 .protect_constraints(false));
    mesh_.collect_garbage();
  }

  double size_at(Face face, double size) const {
    const Point at = middle(face);
    const double by_balls = size_from_balls(options_.balls, at, size);
    return options_.size_limit ? std::min(by_balls, options_.size_limit(at)) : by_balls;
  }

  /// Smaller sizes stepwise towards the smallest that is asked for anywhere.
  void refine(double size) {
    if (options_.balls.empty() && !options_.size_limit) return;
    double least = size;
    for (const Face face : mesh_.faces()) least = std::min(least, size_at(face, size));
    for (double step = size / 1.4; step > least / 1.2; step /= 1.4) {
      std::vector<Face> chosen;
      for (const Face face : mesh_.faces()) {
        if (size_at(face, size) <= 1.1 * step) chosen.push_back(face);
      }
      if (!chosen.empty()) remesh(chosen, step);
    }
  }

  Point middle(Face face) const {
    const auto h = mesh_.halfedge(face);
    return from_cgal(CGAL::centroid(mesh_.point(mesh_.source(h)), mesh_.point(mesh_.target(h)),
                                    mesh_.point(mesh_.target(mesh_.next(h)))));
  }

  const RemeshOptions& options_;
  SurfaceMesh mesh_;
  SurfaceMesh::Property_map<Edge, bool> sharp_;
};

struct Attempt {
  TriangleSoup soup;
  SurfaceChange change;
  double size = 0;
  std::vector<Crossing> crossings;
  bool closed = false;
  bool usable() const { return closed && crossings.empty() && !soup.triangles.empty(); }
};

/// The given surface both ways.
struct Given {
  const TriangleSoup& soup;
  SurfaceMesh mesh;
};

Attempt attempt_here(const Given& given, const RemeshOptions& options, double size,
                     double shift_limit) {
  Attempt result;
  SurfaceMesh mesh;
  guarded("SURFACE_REMESH", given.soup.file,
          [&] { mesh = Remesher(given.mesh, options).run(size, shift_limit); });
  result.closed = CGAL::is_closed(mesh);
  result.soup = to_soup(mesh, given.soup);
  result.crossings = find_crossings(result.soup.points, result.soup.triangles);
  if (result.usable()) result.change = compare_surfaces(given.soup, result.soup);
  return result;
}

/// The attempt in a process of its own.
Attempt attempt_once(const Given& given, const RemeshOptions& options, double size,
                     double shift_limit) {
  const std::string what = "triangles of " + show(size) + " mm";
  const std::string answer = answer_in_child("SURFACE_REMESH", what, kAttemptSeconds, [&] {
    const Attempt made = attempt_here(given, options, size, shift_limit);
    std::string bytes;
    append(bytes, made.soup.points);
    append(bytes, made.soup.triangles);
    append(bytes, made.soup.solids);
    append(bytes, made.crossings);
    append(bytes, std::vector<SurfaceChange>{made.change});
    append(bytes, std::vector<char>{static_cast<char>(made.closed)});
    return bytes;
  });
  std::string_view bytes(answer);
  Attempt result;
  std::vector<SurfaceChange> change;
  std::vector<char> closed;
  if (!take(bytes, result.soup.points) || !take(bytes, result.soup.triangles) ||
      !take(bytes, result.soup.solids) || !take(bytes, result.crossings) || !take(bytes, change) ||
      !take(bytes, closed) || change.size() != 1 || closed.size() != 1) {
    throw NumericalFailure("SURFACE_REMESH", what + ": ended without an answer");
  }
  result.soup.file = given.soup.file;
  result.soup.solid_names = given.soup.solid_names;
  result.size = size;
  result.change = change[0];
  result.closed = closed[0] != 0;
  return result;
}

/// One size; where its triangles cross, the detail there is too small for it: twice again with
/// smaller triangles at the crossings.
Attempt attempt(const Given& given, const RemeshOptions& asked, double size, double shift_limit) {
  RemeshOptions options = asked;
  Attempt result = attempt_once(given, options, size, shift_limit);
  for (const double factor : {0.4, 0.16}) {
    const std::size_t count = result.crossings.size();
    if (!result.closed || count == 0 || count > kMostLocalCrossings) break;
    const std::size_t step = count / kMostBalls + 1;
    for (std::size_t i = 0; i < count; i += step) {
      options.balls.push_back({result.crossings[i].point, size, factor * size});
    }
    result = attempt_once(given, options, size, shift_limit);
  }
  return result;
}

/// Seconds that ended children have computed.
double children_seconds() {
  rusage used{};
  getrusage(RUSAGE_CHILDREN, &used);
  return double(used.ru_utime.tv_sec) + 1e-6 * double(used.ru_utime.tv_usec);
}

/// Tells of walls thinner than the elements.
void tell_thin(const TriangleSoup& soup, double size, const SurfaceOwner& owner,
               std::vector<v1::Finding>& findings) {
  const auto thin = thin_places(soup, size, kThinSamples);
  if (thin.empty()) return;
  v1::Finding finding =
      make_finding("E7", Severity::WARNING, owner.body,
                   "walls down to " + show(thin.front().thickness) +
                       " mm are thinner than the elements of " + show(size) + " mm; elements of " +
                       show(thin.front().thickness / 2) + " mm would give two through the wall");
  finding.set_count(double(thin.size()));
  for (std::size_t i = 0; i < std::min<std::size_t>(10, thin.size()); ++i) {
    add_place(finding, to_point(thin[i].at));
  }
  findings.push_back(finding);
}

std::string fault_of(const Attempt& a) {
  if (!a.closed) return "not closed";
  if (a.crossings.empty()) return "nothing left";
  return std::to_string(a.crossings.size()) + " pairs of triangles cross, first at " +
         show(a.crossings.front().point) + " mm";
}

std::string in_words(const Attempt& a, double limit) {
  const double volume = 100 * a.change.relative_volume();
  return "triangulated anew with " + std::to_string(a.soup.triangles.size()) + " triangles of " +
         show(a.size) + " mm: volume " + show(std::abs(volume) < 1e-9 ? 0 : volume) +
         " %, moved by up to " + show(a.change.hausdorff_mm) + " mm (" + show(limit) +
         " mm wanted)";
}

void report(const Attempt& best, const std::string& file, double asked, double limit,
            const SurfaceOwner& owner, std::vector<v1::Finding>& findings) {
  const double volume = std::abs(best.change.relative_volume());
  const bool faithful =
      volume <= kFaithfulVolume && best.change.hausdorff_mm <= limit && best.size == asked;
  const auto severity = !(volume <= 0.03) ? Severity::ERROR
                        : faithful        ? Severity::NOTE
                                          : Severity::WARNING;
  std::string message = in_words(best, limit);
  if (best.size != asked) message += "; the " + show(asked) + " mm asked for are too coarse for it";
  findings.push_back(make_finding("E8", severity, owner.body, message));
  if (severity == Severity::ERROR) judge_surface(file, {findings.back()});
}

}  // namespace

TriangleSoup remesh_surface(const TriangleSoup& soup, const RemeshOptions& options,
                            const SurfaceOwner& owner, std::vector<v1::Finding>& findings) {
  Point min, max;
  bounds(soup.points, min, max);
  const double limit = tolerance((to_vec(max) - to_vec(min)).norm());
  double area = 0;
  for (const Triangle& t : soup.triangles) area += area_vector(soup.points, t).norm() / 2;
  const double asked = options.element_size_mm;
  tell_thin(soup, asked, owner, findings);
  Attempt best;
  std::string tried;
  const double start = children_seconds();
  Given given{soup, {}};
  guarded("SURFACE_REMESH", soup.file, [&] { given.mesh = to_mesh(soup); });
  double needed = 1;  // factor at which the volume should be kept
  for (const double factor : {1.0, 0.7, 0.5, kLeastFactor}) {
    const double size = factor * asked;
    if (factor < 1 && area / (0.43 * size * size) > kTriangleLimit) break;
    if (children_seconds() - start > kAllSeconds) break;
    if (best.usable() && factor > std::max(kLeastFactor, 1.05 * needed)) continue;
    Attempt next;
    try {
      next = attempt(given, options, size, limit);
      if (!next.usable()) tried += " " + show(next.size) + " mm: " + fault_of(next) + ";";
    } catch (const NumericalFailure& failure) {
      tried += std::string(" ") + failure.what() + ";";
    }
    if (next.closed && next.crossings.size() > kHopelessShare * next.soup.triangles.size()) break;
    if (!next.usable()) continue;
    const bool better = !best.usable() || std::abs(next.change.relative_volume()) <
                                              std::abs(best.change.relative_volume());
    if (better) best = std::move(next);
    const double change = std::abs(best.change.relative_volume());
    if (change <= kFaithfulVolume) break;
    needed = best.size / asked * std::sqrt(kFaithfulVolume / change);  // it goes by size squared
  }
  if (!tried.empty()) {
    findings.push_back(make_finding("E10", Severity::NOTE, owner.body,
                                    "triangulations that were not usable:" + tried));
  }
  if (!best.usable()) {
    throw NumericalFailure("SURFACE_REMESH",
                           soup.file + ": no usable triangulation came out:" + tried);
  }
  report(best, soup.file, asked, limit, owner, findings);
  return std::move(best.soup);
}

BodySurface to_body_surface(const TriangleSoup& soup, const std::string& name) {
  BodySurface surface;
  surface.name = name;
  surface.points = soup.points;
  surface.triangles = soup.triangles;
  surface.patch = soup.solids;
  surface.patch_names = soup.solid_names;
  if (surface.patch.empty()) {
    surface.patch.assign(soup.triangles.size(), 0);
    surface.patch_names.assign(1, "");
  }
  return surface;
}

TriangleSoup to_soup(const BodySurface& surface) {
  TriangleSoup soup;
  soup.file = surface.name;
  soup.points = surface.points;
  soup.triangles = surface.triangles;
  return soup;
}

}  // namespace proofload::meshing
