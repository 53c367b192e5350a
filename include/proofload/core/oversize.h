#pragma once
/// Oversized variants: a design drawn out at a plane.
#include "proofload/core/vec3.h"
#include "proofload/v1/case.pb.h"

namespace proofload {

/// Where a point of the design comes to lie: beyond the cut it moves by `by_mm`.
Vec3 oversized(const v1::Oversize& oversize, const Vec3& point);

/// Moves everything the case tells by coordinates (fields marked `points`, planes) and hands the
/// geometry of bodies to the mesher (`Body.oversize`). A plane moves if it meets the axis through
/// `point_mm` beyond the cut. Nothing is left to do the second time.
void apply_oversize(v1::Case& value);

}  // namespace proofload
