#pragma once
/// Small gaps between bodies that are to be bonded.
#include "proofload/meshing/surface.h"

namespace proofload::meshing {

/// What a surface has straight in front of it on another.
struct Gap {
  double area_mm2 = 0, volume_mm3 = 0;
  double widest_mm = 0;
  Point at{};  ///< where it is widest
};

/// The gap between two surfaces as far as it is more than `least_mm` and at most `most_mm` wide, by
/// points of `from` about `spacing_mm` apart. Places where they touch are not counted.
Gap gap_between(const TriangleSoup& from, const TriangleSoup& to, double least_mm, double most_mm,
                double spacing_mm);

/// Where a surface lies in another body, or no further than `near_mm` outside it.
struct Contact {
  double area_mm2 = 0;
  std::vector<Point> points;  ///< about `spacing_mm` apart
};

Contact contact_with(const TriangleSoup& surface, const TriangleSoup& body, double near_mm,
                     double spacing_mm);

}  // namespace proofload::meshing
