#include "lattice.h"

#include <algorithm>
#include <cmath>

#include "proofload/core/problem.h"
#include "surface_text.h"
#include "surface_thickness.h"
#include "surface_topology.h"
#include "surface_wrap.h"
#include "volume_from_surface_child.h"

namespace proofload::meshing {
namespace {

constexpr std::int64_t kLeastHandles = 8;
constexpr double kLeastFacing = 0.5, kLeastPorosity = 0.2;
constexpr int kRays = 2000;
constexpr double kHullSeconds = 120;
constexpr double kOffset = 1.0 / 20;     // of the opening: how far outside the wrap lies at first
constexpr double kUnknownsPerCube = 50;  // 8.5 cells, 2 nodes each, 3 unknowns each
constexpr double kElementsPerStrut = 2;

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
  return values[values.size() / 2];
}

std::vector<double> ways_of(const std::vector<ThinPlace>& places) {
  std::vector<double> ways;
  for (const ThinPlace& place : places) ways.push_back(place.thickness);
  return ways;
}

/// Handles of a closed surface: 1 - (V - E + F)/2 for each shell.
std::int64_t handles_of(const TriangleSoup& surface) {
  int shells = 0;
  shells_of(surface.triangles, sorted_sides(surface.triangles), shells);
  std::vector<char> used(surface.points.size(), 0);
  for (const Triangle& t : surface.triangles) {
    for (const int corner : t) used[corner] = 1;
  }
  const auto points = std::count(used.begin(), used.end(), 1);
  const auto triangles = static_cast<std::int64_t>(surface.triangles.size());
  return shells - (points - triangles / 2) / 2;
}

double volume_of(const TriangleSoup& surface) {
  double volume = 0;
  for (const Triangle& t : surface.triangles) {
    volume += area_vector(surface.points, t).dot(to_vec(surface.points[t[0]])) / 6;
  }
  return volume;
}

TriangleSoup hull_in_child(const TriangleSoup& surface, double opening) {
  const std::string answer =
      answer_in_child("LATTICE_HULL", "hull of the lattice", kHullSeconds, [&] {
        const double offset = kOffset * opening;
        const TriangleSoup hull =
            drawn_back(wrap_around(surface, opening, offset), surface, 2 * offset);
        std::string bytes;
        append(bytes, hull.points);
        append(bytes, hull.triangles);
        return bytes;
      });
  std::string_view bytes(answer);
  TriangleSoup hull;
  hull.file = surface.file;
  if (!take(bytes, hull.points) || !take(bytes, hull.triangles)) {
    throw NumericalFailure("LATTICE_HULL", "the hull of the lattice ended without an answer");
  }
  return hull;
}

}  // namespace

std::optional<Lattice> find_lattice(const TriangleSoup& surface, double opening_mm) {
  Lattice lattice;
  LatticeMeasures& m = lattice.measures;
  m.handles = handles_of(surface);
  if (m.handles < kLeastHandles) return std::nullopt;
  Point low{}, high{};
  bounds(surface.points, low, high);
  const double diagonal = (to_vec(high) - to_vec(low)).norm();
  m.strut_mm = median(ways_of(thin_places(surface, diagonal, kRays)));
  const std::vector<double> pores = ways_of(thin_places(turned(surface), diagonal, kRays));
  m.pore_mm = median(pores);
  const auto rays = std::min<std::size_t>(surface.triangles.size(), kRays);
  m.facing = double(pores.size()) / double(rays);
  if (m.facing < kLeastFacing) return std::nullopt;
  m.opening_mm = opening_mm > 0 ? opening_mm : 2 * m.pore_mm;
  lattice.hull = hull_in_child(surface, m.opening_mm);
  m.solid_mm3 = volume_of(surface);
  m.hull_mm3 = volume_of(lattice.hull);
  if (m.porosity() < kLeastPorosity) return std::nullopt;
  return lattice;
}

std::string in_words(const LatticeMeasures& m) {
  return "struts of " + show(m.strut_mm) + " mm, pores of " + show(m.pore_mm) + " mm, porosity " +
         show(m.porosity()) + " (" + show(m.solid_mm3) + " mm3 of material in a hull of " +
         show(m.hull_mm3) + " mm3, openings under " + show(m.opening_mm) + " mm bridged), " +
         show(m.handles) + " handles";
}

double unknowns_as_it_is(const LatticeMeasures& m) {
  return kUnknownsPerCube * m.solid_mm3 / std::pow(m.strut_mm / kElementsPerStrut, 3);
}

TriangleSoup treat_lattice(const TriangleSoup& surface, const v1::Body& body,
                           const std::string& path, double max_unknowns,
                           std::vector<v1::Finding>& findings) {
  const v1::LatticeReplacement& replace = body.lattice().replace();
  std::optional<Lattice> lattice = find_lattice(surface, replace.opening_mm());
  if (!lattice) {
    if (!body.lattice().has_replace()) return surface;
    throw InvalidInput({{"LATTICE_NOT_FOUND", path + ".lattice", 0, 0,
                         body.file() + " is no lattice: it has fewer than 8 handles, or faces "
                                       "itself on less than half of its surface, or is less than "
                                       "a fifth pores",
                         "remove lattice"}});
  }
  const LatticeMeasures& measures = lattice->measures;
  const std::string what = body.name() + " is a lattice: " + in_words(measures);
  if (body.lattice().has_replace()) {
    findings.push_back(make_finding("E13", v1::Finding::Severity::WARNING, body.name(),
                                    what + "; replaced by a solid of the homogenised material in "
                                           "its hull"));
    return lattice->hull;
  }
  const double unknowns = unknowns_as_it_is(measures);
  if (unknowns > max_unknowns) {
    throw InvalidInput(
        {{"LATTICE_TOO_FINE", path + ".file", 0, 0,
          what + "; with two elements through a strut it takes about " + show(unknowns) +
              " unknowns, more than the " + show(max_unknowns) + " of accuracy.max_unknowns",
          "add lattice: {replace: {material: …}} with a material of that porosity, or raise "
          "accuracy.max_unknowns"}});
  }
  findings.push_back(make_finding("E13", v1::Finding::Severity::NOTE, body.name(),
                                  what + "; meshed as it is, about " + show(unknowns) +
                                      " unknowns with two elements through a strut"));
  return surface;
}

}  // namespace proofload::meshing
