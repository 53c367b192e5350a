#include "surface_steps.h"

#include <CGAL/Polygon_mesh_processing/orientation.h>
#include <CGAL/Polygon_mesh_processing/repair_degeneracies.h>
#include <CGAL/Polygon_mesh_processing/repair_self_intersections.h>
#include <CGAL/Polygon_mesh_processing/stitch_borders.h>

#include <algorithm>
#include <cmath>

#include "proofload/core/problem.h"
#include "surface_arrangement.h"
#include "surface_certificate.h"
#include "surface_cgal.h"
#include "surface_crossings.h"
#include "surface_holes.h"
#include "surface_text.h"
#include "surface_wrap.h"

namespace proofload::meshing {
namespace {

namespace pmp = CGAL::Polygon_mesh_processing;

constexpr double kFlatFraction = 1e-7;    // of the diagonal: triangles less high are none
constexpr double kHoleShare = 0.05;       // of the area: holes together
constexpr double kTinyShare = 1e-3;       // of the volume: a shell this small is a fragment
constexpr double kFragmentsShare = 0.01;  // of the volume: fragments together
constexpr std::size_t kMendedCrossings = 200;

void note(std::string& done, std::int64_t count, const std::string& what) {
  if (count == 0) return;
  done += (done.empty() ? "" : ", ") + show(count) + " " + what;
}

/// Everything that makes the triangles a surface again, without moving any of it.
struct Prepared {
  TriangleSoup soup;
  std::string done;
  HoleFilling holes;
};

double area_of(const TriangleSoup& soup) {
  double area = 0;
  for (const Triangle& t : soup.triangles) area += area_vector(soup.points, t).norm() / 2;
  return area;
}

Prepared prepared(const TriangleSoup& given, double diagonal, double most_hole) {
  Prepared result;
  TriangleSoup& soup = result.soup;
  soup = given;
  note(result.done, merge_points(soup, kMergeFraction * diagonal), "points merged");
  note(result.done, drop_collapsed(soup) + drop_flat(soup, kFlatFraction * diagonal),
       "triangles without area taken out");
  note(result.done, resolve_duplicates(soup), "duplicate triangles taken out");
  for (const double fraction : {2e-6, 1e-5, 5e-5}) {
    if (join_borders(soup, fraction * diagonal)) note(result.done, 1, "set of borders joined");
    note(result.done, join_t_junctions(soup, fraction * diagonal), "T-junctions joined");
  }
  note(result.done, resolve_duplicates(soup), "folds without thickness taken out");
  note(result.done, drop_hanging(soup), "triangles of hanging sheets taken out");
  note(result.done, orient_shells(soup), "triangles turned");
  const double area = area_of(soup);
  result.holes = fill_holes(soup, most_hole);
  note(result.done, result.holes.filled, "holes filled");
  if (result.holes.left > 0) {
    throw NumericalFailure("SURFACE_REPAIR", show(result.holes.left) +
                                                 " holes are wider than the " + show(most_hole) +
                                                 " mm that are filled (the widest " +
                                                 show(result.holes.widest_left_mm) + " mm around " +
                                                 show(result.holes.widest_left) + " mm)");
  }
  if (result.holes.area_mm2 > kHoleShare * area) {
    throw NumericalFailure("SURFACE_REPAIR", "the holes have " +
                                                 show(100 * result.holes.area_mm2 / area) +
                                                 " % of the area; at most " +
                                                 show(100 * kHoleShare) + " % are filled");
  }
  if (result.holes.filled > 0) orient_shells(soup);
  return result;
}

bool is_manifold(const TriangleSoup& soup) {
  const std::vector<Side> sides = sorted_sides(soup.triangles);
  for (std::size_t i = 0; i < sides.size();) {
    const std::size_t end = end_of_edge(sides, i);
    if (end != i + 2 || sides[i].forward == sides[i + 1].forward) return false;
    i = end;
  }
  return true;
}

/// Shells too small to matter, outside all others or inside as bubbles.
std::int64_t drop_fragments(TriangleSoup& soup) {
  int count = 0;
  const std::vector<int> shell = shells_of(soup.triangles, sorted_sides(soup.triangles), count);
  if (count < 2) return 0;
  std::vector<double> volume(count, 0);
  const Eigen::Vector3d origin = to_vec(soup.points[soup.triangles[0][0]]);
  for (std::size_t t = 0; t < shell.size(); ++t) {
    volume[shell[t]] += area_vector(soup.points, soup.triangles[t])
                            .dot(to_vec(soup.points[soup.triangles[t][0]]) - origin) /
                        6;
  }
  double total = 0;
  for (const double v : volume) total += v;
  TriangleSoup kept = soup;
  kept.triangles.clear();
  kept.solids.clear();
  for (std::size_t t = 0; t < shell.size(); ++t) {
    if (std::abs(volume[shell[t]]) < kTinyShare * total) continue;
    kept.triangles.push_back(soup.triangles[t]);
    if (!soup.solids.empty()) kept.solids.push_back(soup.solids[t]);
  }
  std::int64_t gone = 0;
  double lost = 0;
  for (const double v : volume) {
    if (std::abs(v) >= kTinyShare * total) continue;
    ++gone;
    lost += std::abs(v);
  }
  if (lost > kFragmentsShare * total) return 0;
  soup = std::move(kept);
  return gone;
}

/// A closed surface free of crossings from one that is so but for touching sheets and rounding.
TriangleSoup finished(const TriangleSoup& soup, double diagonal) {
  SurfaceMesh mesh = to_mesh(soup);
  pmp::stitch_borders(mesh);
  pmp::remove_degenerate_faces(mesh);
  mesh.collect_garbage();
  if (!CGAL::is_closed(mesh)) {
    throw NumericalFailure("SURFACE_REPAIR", "the surface does not close");
  }
  TriangleSoup result = to_soup(mesh, soup);
  part_touching(result, 2 * kMergeFraction * diagonal);
  const auto crossings = find_crossings(result.points, result.triangles, kMendedCrossings + 1);
  if (crossings.empty()) return result;
  if (crossings.size() > kMendedCrossings) {
    throw NumericalFailure("SURFACE_REPAIR",
                           "triangles still cross at " + show(crossings.front().point) + " mm");
  }
  mesh = to_mesh(result);
  pmp::stitch_borders(mesh);
  pmp::experimental::remove_self_intersections(mesh);
  mesh.collect_garbage();
  result = to_soup(mesh, soup);
  if (!CGAL::is_closed(mesh) || !find_crossings(result.points, result.triangles, 1).empty()) {
    throw NumericalFailure("SURFACE_REPAIR", show(std::int64_t(crossings.size())) +
                                                 " pairs of triangles still cross, first at " +
                                                 show(crossings.front().point) + " mm");
  }
  return result;
}

Step certified(const TriangleSoup& before, bool clean, double diagonal, Step step,
               const HoleFilling& holes, std::size_t given) {
  const std::string name = step.facts.step(), done = step.facts.done();
  step.facts = certify(before, step.surface, {clean, kMergeFraction * diagonal});
  step.facts.set_step(name);
  step.facts.set_done(done);
  step.facts.set_triangles_before_count(double(given));
  step.facts.set_holes_filled_count(double(holes.filled));
  step.facts.set_hole_area_mm2(holes.area_mm2);
  return step;
}

}  // namespace

Step lossless_step(const TriangleSoup& soup, const SurfaceFacts& facts) {
  TriangleSoup clean = soup;
  std::string done;
  note(done, merge_points(clean, kMergeFraction * facts.diagonal_mm), "points merged");
  note(done, drop_collapsed(clean), "triangles without area taken out");
  note(done, drop_duplicates(clean), "duplicate triangles taken out");
  orient_consistently(clean.triangles);
  SurfaceMesh mesh = to_mesh(clean);
  pmp::stitch_borders(mesh);
  pmp::remove_degenerate_faces(mesh);
  mesh.collect_garbage();
  if (CGAL::is_closed(mesh)) pmp::orient_to_bound_a_volume(mesh);
  Step step;
  step.surface = to_soup(mesh, clean);
  note(done, facts.flipped_edges > 0, "orientation made to agree");
  step.facts.set_step("lossless");
  step.facts.set_done(done.empty() ? "nothing" : done);
  orient_shells(clean);  // before is measured as it was meant
  return certified(clean, true, facts.diagonal_mm, std::move(step), {}, soup.triangles.size());
}

Step faithful_step(const TriangleSoup& soup, double diagonal, double most_hole) {
  Prepared ready = prepared(soup, diagonal, most_hole);
  const auto crossings = find_crossings(ready.soup.points, ready.soup.triangles);
  const bool clean = crossings.empty() && is_manifold(ready.soup);
  Step step;
  step.surface = ready.soup;
  if (!clean) {
    note(ready.done, static_cast<std::int64_t>(crossings.size()),
         "pairs of crossing triangles cut, parts united");
    step.surface = outer_boundary(cut_crossings(ready.soup));
    if (step.surface.triangles.empty()) {
      throw NumericalFailure("SURFACE_REPAIR", "nothing is left of the part");
    }
  }
  step.surface = finished(step.surface, diagonal);
  TriangleSoup before = ready.soup;
  if (const std::int64_t gone = drop_fragments(step.surface); gone > 0) {
    note(ready.done, gone, "fragments under 0.1 % of the volume taken out");
    drop_fragments(before);  // they are no damage
  }
  step.facts.set_step("faithful");
  step.facts.set_done(ready.done.empty() ? "nothing" : ready.done);
  return certified(before, clean, diagonal, std::move(step), ready.holes, soup.triangles.size());
}

Step wrap_step(const TriangleSoup& soup, double diagonal, double alpha, double most_hole) {
  Prepared ready = prepared(soup, diagonal, most_hole);
  Step step;
  const double offset = alpha / 10;
  const TriangleSoup skin = wrap_around(ready.soup, alpha, offset);
  step.surface = drawn_back(skin, ready.soup, 2 * offset);
  step.facts.set_step("wrap");
  step.facts.set_done((ready.done.empty() ? "" : ready.done + ", ") +
                      std::string("a skin laid around, openings under ") + show(alpha) +
                      " mm bridged");
  return certified(ready.soup, false, diagonal, std::move(step), ready.holes,
                   soup.triangles.size());
}

}  // namespace proofload::meshing
