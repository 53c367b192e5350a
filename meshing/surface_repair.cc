/// The lossless steps of the repair ladder. Steps that change the shape (filling, cutting,
/// wrapping) would stand behind these, each with its own certificate.
#include <CGAL/Polygon_mesh_processing/orientation.h>
#include <CGAL/Polygon_mesh_processing/repair_degeneracies.h>
#include <CGAL/Polygon_mesh_processing/stitch_borders.h>

#include <cmath>

#include "gmsh_session.h"
#include "surface_cgal.h"
#include "surface_text.h"
#include "surface_topology.h"

namespace proofload::meshing {
namespace {

namespace pmp = CGAL::Polygon_mesh_processing;
using Severity = v1::Finding::Severity;

constexpr double kMergeFraction = 1e-6;

TriangleSoup cleaned(TriangleSoup soup, double merge_distance) {
  merge_points(soup, merge_distance);
  drop_collapsed(soup);
  drop_duplicates(soup);
  orient_consistently(soup.triangles);
  SurfaceMesh mesh = to_mesh(soup);
  pmp::stitch_borders(mesh);
  pmp::remove_degenerate_faces(mesh);
  mesh.collect_garbage();
  if (CGAL::is_closed(mesh)) pmp::orient_to_bound_a_volume(mesh);
  return to_soup(mesh, soup);
}

/// Finding E8 when the repair was not lossless after all.
void certify(const SurfaceFacts& before, const TriangleSoup& given, const TriangleSoup& repaired,
             const SurfaceOwner& owner, std::vector<v1::Finding>& findings) {
  TriangleSoup distinct = given;
  merge_points(distinct, kMergeFraction * before.diagonal_mm);
  drop_collapsed(distinct);
  drop_duplicates(distinct);
  const SurfaceChange change = compare_surfaces(distinct, repaired);
  const bool was_oriented = before.flipped_edges == 0 && before.shells.size() == 1;
  const double volume =
      was_oriented
          ? std::abs(std::abs(change.volume_after_mm3) - std::abs(change.volume_before_mm3)) /
                std::abs(change.volume_after_mm3)
          : 0;
  const bool kept = volume <= 1e-4 && std::abs(change.relative_area()) <= 1e-3 &&
                    change.hausdorff_mm <= 10 * kMergeFraction * before.diagonal_mm &&
                    change.volume_after_mm3 > 0;
  if (kept) return;
  findings.push_back(
      make_finding("E8", Severity::ERROR, owner.body,
                   "repair would change the part: volume " + show(change.volume_before_mm3) +
                       " to " + show(change.volume_after_mm3) + " mm3, area " +
                       show(change.area_before_mm2) + " to " + show(change.area_after_mm2) +
                       " mm2, moved by up to " + show(change.hausdorff_mm) + " mm"));
}

}  // namespace

TriangleSoup repair_surface(const TriangleSoup& soup, const SurfaceOwner& owner,
                            std::vector<v1::Finding>& findings) {
  const SurfaceFacts facts = examine_surface(soup);
  std::vector<v1::Finding> found = diagnose(facts, owner);
  judge_surface(soup.file, found);
  TriangleSoup repaired;
  guarded("SURFACE_REPAIR", soup.file, [&] {
    repaired = cleaned(soup, kMergeFraction * facts.diagonal_mm);
    certify(facts, soup, repaired, owner, found);
  });
  judge_surface(soup.file, found);
  findings.insert(findings.end(), found.begin(), found.end());
  return repaired;
}

}  // namespace proofload::meshing
