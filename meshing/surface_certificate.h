#pragma once
/// What a repair did to a surface, in numbers.
#include "surface_topology.h"

namespace proofload::meshing {

/// How `before` is to be measured.
struct CertificateOptions {
  bool before_is_clean = false;  ///< closed, oriented, free of crossings: volume is exact
  double fine_mm = 0;            ///< distances below this need no closer look
};

/// Fills volume, area, distance, shells and genus. Where `before` crosses itself its volume is that
/// of the region with winding number above 1/2 (compared with `after` at 20,000 points), and only
/// its outer side counts for the distance. `after` must be closed and oriented.
v1::RepairFacts certify(const TriangleSoup& before, const TriangleSoup& after,
                        const CertificateOptions& options);

/// Number of shells; their handles together (negative: not closed).
struct Topology2d {
  int shells = 0;
  int genus = 0;
};
Topology2d shells_and_genus(const TriangleSoup& soup);

}  // namespace proofload::meshing
