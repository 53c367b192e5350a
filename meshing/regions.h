#pragma once
/// Regions of bodies on the labelled path: which points belong to them.
#include <vector>

#include "proofload/core/problem.h"
#include "proofload/meshing/mesh_input.h"
#include "proofload/v1/case.pb.h"

namespace proofload::meshing {

/// A region that ends where a distance from a surface is reached: the bodies have to be meshed from
/// their surfaces.
bool has_distance_regions(const v1::Case& value);

/// Fills `surfaces` [bodies] of the regions: name, surface and patches of the body they are a part
/// of, and the condition for the points inside. `measured` are the case's measured_bodies.
/// Problems: REGION_EMPTY, REGION_FILLS_BODY, with what was measured.
void add_region_surfaces(const v1::Case& value, const std::vector<BodySurface>& measured,
                         std::vector<BodySurface>& surfaces, std::vector<Problem>& problems);

/// "bodies[i].regions" of the body that body number `index` is a region of.
std::string region_path(const v1::Case& value, int index);

/// Index of the body that body number `index` is a region of; itself when it is none.
int whole_index(const v1::Case& value, int index);

}  // namespace proofload::meshing
