#pragma once
/// Surfaces of struts or sheets with open pores: told apart from solid parts, measured, replaced.
#include <optional>

#include "proofload/meshing/surface.h"

namespace proofload::meshing {

struct LatticeMeasures {
  double strut_mm = 0;  ///< median way straight inwards to the far side
  double pore_mm = 0;   ///< median way straight outwards to the next wall
  double facing = 0;    ///< share of the surface that faces another part of it
  std::int64_t handles = 0;
  double opening_mm = 0;  ///< widest opening the hull bridges
  double hull_mm3 = 0, solid_mm3 = 0;
  double porosity() const { return 1 - solid_mm3 / hull_mm3; }
};

struct Lattice {
  LatticeMeasures measures;
  TriangleSoup hull;  ///< closed, around everything, drawn onto the outermost struts
};

/// Nothing for a solid part: fewer than 8 handles, or half of the surface faces nothing, or less
/// than a fifth of the hull is pores. `opening_mm` 0: twice the pore size. The hull is an alpha
/// wrap (Portaneri et al. 2022) made in a child process. Throws NumericalFailure (LATTICE_HULL).
std::optional<Lattice> find_lattice(const TriangleSoup& surface, double opening_mm);

/// "struts of 0.5 mm, pores of 1.2 mm, porosity 0.7 (… of … mm3), 120 handles".
std::string in_words(const LatticeMeasures& measures);

/// Unknowns of a quadratic mesh with two elements through a strut, by the solid volume.
double unknowns_as_it_is(const LatticeMeasures& measures);

/// What the case asks of a body: the surface to be meshed, the hull where `replace` is given. Adds
/// finding E13. Problems: LATTICE_NOT_FOUND (asked to replace a solid part), LATTICE_TOO_FINE (as
/// it is it would take more than the case's unknowns).
TriangleSoup treat_lattice(const TriangleSoup& surface, const v1::Body& body,
                           const std::string& path, double max_unknowns,
                           std::vector<v1::Finding>& findings);

}  // namespace proofload::meshing
