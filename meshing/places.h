#pragma once
/// Named places: which faces of the mesh each place of the case catches.
#include "back_end.h"

namespace proofload::meshing {

/// Fills ordered.mesh.places and facts.places. A place without faces is a problem (EMPTY_PLACE with
/// what was nearest), one with another area than expected too (UNEXPECTED_AREA). An
/// empty place that no support and no load needs is only a warning where it belongs to the member
/// rig (the end of an implant may be covered by bone in the whole model), or with `forgive_unused`.
void name_places(const v1::Case& value, const TetMesh& straight, bool forgive_unused,
                 OrderedMesh& ordered, v1::MeshFacts& facts, std::vector<Problem>& problems);

/// Point of a triangle nearest to p (Ericson 2005, Real-Time Collision Detection, 5.1.5).
Point nearest_on_triangle(const Point& p, const Point& a, const Point& b, const Point& c);

}  // namespace proofload::meshing
