#pragma once
/// E1: are the extents those of such a body, or is the unit wrong?
#include <optional>

#include "proofload/core/problem.h"
#include "proofload/meshing/mesh_input.h"
#include "proofload/v1/case.pb.h"

namespace proofload::meshing {

/// mm in one of the unit. 1 for unspecified.
double millimetres(v1::LengthUnit::Enum unit);

/// UNIT_SUSPECT when the largest extent (mm) is outside the range of the body's role, naming the
/// units that would bring it inside; nothing when plausible. `path` is the body's field path.
std::optional<Problem> judge_unit(const v1::Body& body, const std::string& path, const Point& low,
                                  const Point& high);

}  // namespace proofload::meshing
