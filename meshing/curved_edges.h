#pragma once
/// Where the middles of edges lie on the CAD geometry.
#include <cstdint>
#include <unordered_map>

#include "proofload/meshing/tet_mesh.h"

namespace proofload::meshing {

/// Projects the middle of every mesh edge that lies on a curved CAD curve or surface of the current
/// Gmsh model onto it. `node_index` turns Gmsh node tags into indices of `nodes` (-1: not used).
/// The result lists only edges whose middle moves by more than 1e-9 of their length.
std::unordered_map<std::uint64_t, Point> curved_edge_middles(
    const std::vector<std::int32_t>& node_index, const std::vector<double>& nodes);

}  // namespace proofload::meshing
