/// Closed surfaces triangulated anew at a target size.
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "gmsh_session.h"
#include "proofload/core/problem.h"
#include "sizing.h"
#include "surface_crossings.h"
#include "surface_detail.h"
#include "surface_edges.h"
#include "surface_remesher.h"
#include "surface_text.h"
#include "surface_topology.h"
#include "volume_from_surface_child.h"

namespace proofload::meshing {
namespace {

using Severity = v1::Finding::Severity;

constexpr std::size_t kMostLocalCrossings = 100, kMostBalls = 200;
constexpr int kCloserRounds = 2;  // times that triangles are made smaller where they moved
constexpr double kFaithfulVolume = 0.01, kLeastFactor = 0.35;
constexpr double kHopelessShare = 0.04;  // crossings over triangles: detail is small everywhere
constexpr double kAttemptSeconds = 30, kAllSeconds = 45;
constexpr double kTriangleLimit = 400'000;
constexpr double kNear = 0.05;     // of a size
constexpr double kSpacing = 0.25;  // of a size: between points that are compared

/// How far the surface may move without a word.
double tolerance(double diagonal) { return std::max(0.1, 0.0005 * diagonal); }

/// The given surface and how far a new one may lie from it.
struct Given {
  GivenSurface surface;
  double limit_mm = 0;

  Given(const TriangleSoup& soup, double sharp_deg, double limit)
      : surface(soup, sharp_deg), limit_mm(limit) {}

  /// How near triangles of a size are wanted: small parts are not finished at 0.1 mm.
  double aim(double size) const { return std::min(limit_mm, kNear * size); }
};

/// One size and what asks for less than it.
class Sizes {
 public:
  Sizes(const Given& given, const RemeshOptions& options, double size,
        const std::vector<SizeAt>& wanted)
      : given_(given), options_(options), balls_(options.balls), wanted_(wanted), size_(size) {}

  void add(const std::vector<SizeAt>& wanted) {
    if (wanted.empty()) return;
    wanted_.insert(wanted_.end(), wanted.begin(), wanted.end());
    grading_.reset();
  }

  void add(const SizeBall& ball) { balls_.push_back(ball); }

  double operator()(const Point& at) const {
    double size = size_from_balls(balls_, at, size_);
    if (options_.size_limit) size = std::min(size, options_.size_limit(at));
    const SizeLimit& graded = grading().size_at;
    return graded ? std::min(size, graded(at)) : size;
  }

  /// More was wanted than may be.
  bool taken_up() const { return grading().taken_up; }

  /// Holds on to this object.
  Triangulation triangulation() const {
    Triangulation asked;
    asked.size_mm = size_;
    if (!wanted_.empty() || !balls_.empty() || options_.size_limit) {
      asked.size_at = [this](const Point& at) { return (*this)(at); };
    }
    asked.shift_limit_mm = given_.limit_mm;
    return asked;
  }

 private:
  const Grading& grading() const {
    if (!grading_) {
      grading_.emplace();
      if (!wanted_.empty()) *grading_ = graded_sizes(wanted_, given_.surface.soup, size_);
    }
    return *grading_;
  }

  const Given& given_;
  const RemeshOptions& options_;
  std::vector<SizeBall> balls_;
  std::vector<SizeAt> wanted_;
  mutable std::optional<Grading> grading_;  // made when it is asked for
  double size_;
};

struct Attempt {
  TriangleSoup soup;
  SurfaceChange change;
  double size = 0;
  std::vector<Crossing> crossings;
  std::vector<MovedPlace> moved;  ///< further than aimed at
  std::vector<SizeAt> nearer;     ///< what a draft asked for, with which the triangles were made
  std::size_t needles = 0;        ///< triangles with an angle under 12 degrees
  bool closed = false, taken_up = false;
  bool usable() const { return closed && crossings.empty() && !soup.triangles.empty(); }
};

SurfaceChange change_of(const Given& given, const TriangleSoup& fresh, double size,
                        std::vector<MovedPlace>& moved) {
  const GivenSurface& surface = given.surface;
  return compare_surfaces(surface.soup, surface.distance, fresh, kSpacing * size, given.aim(size),
                          moved);
}

/// With a draft, where that moves too far, triangles are made smaller there and at its needles.
Attempt attempt_here(const Given& given, Sizes& sizes, double size, bool draft) {
  const GivenSurface& surface = given.surface;
  Attempt result;
  SurfaceMesh mesh = surface.mesh;
  int iterations = kIterations;
  if (draft) {
    iterate(mesh, surface, sizes.triangulation(), kDraftIterations);
    std::vector<MovedPlace> moved;
    const TriangleSoup rough = to_soup(mesh, {});
    change_of(given, rough, size, moved);
    result.nearer =
        sizes_where_moved(moved, given.aim(size), [&](const Point& at) { return sizes(at); });
    if (result.nearer.empty()) {
      iterations -= kDraftIterations;
    } else {
      const std::vector<SizeAt> needles = sizes_at_needles(rough, size);
      result.nearer.insert(result.nearer.end(), needles.begin(), needles.end());
      sizes.add(result.nearer);
      mesh = surface.mesh;
    }
  }
  const Triangulation asked = sizes.triangulation();
  iterate(mesh, surface, asked, iterations);
  finish(mesh, asked);
  result.closed = CGAL::is_closed(mesh);
  result.taken_up = sizes.taken_up();
  result.soup = to_soup(mesh, surface.soup);
  result.crossings = find_crossings(result.soup.points, result.soup.triangles);
  if (result.usable()) result.change = change_of(given, result.soup, size, result.moved);
  return result;
}

/// The attempt in a process of its own; `sizes` gets what its draft asked for.
Attempt attempt_once(const Given& given, Sizes& sizes, double size, bool draft) {
  const std::string what = "triangles of " + show(size) + " mm";
  const std::string answer = answer_in_child("SURFACE_REMESH", what, kAttemptSeconds, [&] {
    std::string bytes;
    guarded("SURFACE_REMESH", given.surface.soup.file, [&] {
      const Attempt made = attempt_here(given, sizes, size, draft);
      append(bytes, made.soup.points);
      append(bytes, made.soup.triangles);
      append(bytes, made.soup.solids);
      append(bytes, made.crossings);
      append(bytes, made.moved);
      append(bytes, made.nearer);
      append(bytes, std::vector<SurfaceChange>{made.change});
      append(bytes, std::vector<char>{char(made.closed), char(made.taken_up)});
    });
    return bytes;
  });
  std::string_view bytes(answer);
  Attempt result;
  std::vector<SurfaceChange> change;
  std::vector<char> flags;
  if (!take(bytes, result.soup.points) || !take(bytes, result.soup.triangles) ||
      !take(bytes, result.soup.solids) || !take(bytes, result.crossings) ||
      !take(bytes, result.moved) || !take(bytes, result.nearer) || !take(bytes, change) ||
      !take(bytes, flags) || change.size() != 1 || flags.size() != 2) {
    throw NumericalFailure("SURFACE_REMESH", what + ": ended without an answer");
  }
  result.soup.file = given.surface.soup.file;
  result.soup.solid_names = given.surface.soup.solid_names;
  result.size = size;
  result.change = change[0];
  result.closed = flags[0] != 0;
  result.taken_up = flags[1] != 0;
  result.needles = sizes_at_needles(result.soup, size).size();
  sizes.add(result.nearer);
  return result;
}

/// Where triangles cross, the detail there is too small for the size: twice again with smaller
/// triangles at the crossings.
Attempt attempt_without_crossings(const Given& given, Sizes& sizes, double size, bool draft) {
  Attempt result = attempt_once(given, sizes, size, draft);
  for (const double factor : {0.4, 0.16}) {
    const std::size_t count = result.crossings.size();
    if (!result.closed || count == 0 || count > kMostLocalCrossings) break;
    const std::size_t step = count / kMostBalls + 1;
    for (std::size_t i = 0; i < count; i += step) {
      sizes.add({result.crossings[i].point, size, factor * size});
    }
    result = attempt_once(given, sizes, size, false);
  }
  return result;
}

bool faithful(const Attempt& a) { return std::abs(a.change.relative_volume()) <= kFaithfulVolume; }

/// Neither further away nor with another volume, and nearer or with less needles; a volume that has
/// changed too much comes before both.
bool better(const Attempt& next, const Attempt& than, double aim) {
  if (!next.usable() || !std::isfinite(next.change.relative_volume() + next.change.hausdorff_mm)) {
    return false;
  }
  const auto volume = [](const Attempt& a) {
    return std::max(kFaithfulVolume, std::abs(a.change.relative_volume()));
  };
  const auto distance = [&](const Attempt& a) { return std::max(aim, a.change.hausdorff_mm); };
  if (!faithful(than)) return volume(next) < volume(than);
  if (volume(next) > volume(than) || distance(next) > distance(than)) return false;
  return distance(next) < distance(than) || next.needles < than.needles;
}

/// One size; smaller where the new triangles lie further from the surface than they may and where
/// they are needles.
Attempt attempt(const Given& given, const RemeshOptions& options, double size,
                const std::vector<SizeAt>& wanted) {
  Sizes sizes(given, options, size, wanted);
  Attempt best = attempt_without_crossings(given, sizes, size, true);
  for (int round = 0; round < kCloserRounds && best.usable(); ++round) {
    if (best.taken_up && faithful(best)) break;
    std::vector<SizeAt> smaller = sizes_at_needles(best.soup, size);
    const std::vector<SizeAt> nearer =
        sizes_where_moved(best.moved, given.aim(size), [&](const Point& at) { return sizes(at); });
    smaller.insert(smaller.end(), nearer.begin(), nearer.end());
    if (smaller.empty()) break;
    sizes.add(smaller);
    try {
      Attempt next = attempt_without_crossings(given, sizes, size, false);
      if (!better(next, best, given.aim(size))) break;
      best = std::move(next);
    } catch (const NumericalFailure&) {
      break;
    }
  }
  return best;
}

/// Seconds that ended children have computed.
double children_seconds() {
  rusage used{};
  getrusage(RUSAGE_CHILDREN, &used);
  return double(used.ru_utime.tv_sec) + 1e-6 * double(used.ru_utime.tv_usec);
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
  auto [walls, wanted] = thin_detail(soup, asked);
  if (options.keep_edges) {
    const std::vector<SizeAt> edges = sizes_at_edges(soup, options.sharp_deg, asked);
    wanted.insert(wanted.end(), edges.begin(), edges.end());
  }
  Attempt best;
  std::string tried;
  const double start = children_seconds();
  std::optional<Given> prepared;
  guarded("SURFACE_REMESH", soup.file,
          [&] { prepared.emplace(soup, options.keep_edges ? options.sharp_deg : 0, limit); });
  const Given& given = *prepared;
  double needed = 1;  // factor at which the volume should be kept
  for (const double factor : {1.0, 0.7, 0.5, kLeastFactor}) {
    const double size = factor * asked;
    if (factor < 1 && area / (0.43 * size * size) > kTriangleLimit) break;
    if (children_seconds() - start > kAllSeconds) break;
    if (best.usable() && factor > std::max(kLeastFactor, 1.05 * needed)) continue;
    Attempt next;
    try {
      next = attempt(given, options, size, wanted);
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
  const Sizes made(given, options, best.size, wanted);
  tell_thin(
      walls, asked, [&](const Point& at) { return made(at); }, owner.body, findings);
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
