#pragma once
/// Repairs on triangle soups that need no geometry kernel.
#include "surface_topology.h"

namespace proofload::meshing {

/// Takes out triangles thinner than `height`; returns how many.
std::int64_t drop_flat(TriangleSoup& soup, double height);

/// Of triangles over the same corners one stays where that makes the edges even, none where they
/// are a fold of no thickness; returns how many went.
std::int64_t resolve_duplicates(TriangleSoup& soup);

/// Splits triangles at border points that lie on their border edges, within `distance`; returns
/// how many points were put in.
std::int64_t join_t_junctions(TriangleSoup& soup, double distance);

/// Border points within `distance` of each other become one where that closes more than it harms.
bool join_borders(TriangleSoup& soup, double distance);

/// Takes out sheets that hang on the surface by an edge of three triangles, have a free border
/// and less than a twentieth of the area; returns the number of triangles.
std::int64_t drop_hanging(TriangleSoup& soup);

/// Turns triangles to agree with their neighbours and with most of their patch; closed shells
/// outwards, those at odd depth inside others inwards (cavities). Shells that cross another do not
/// count as inside it. Returns the number of triangles turned.
std::int64_t orient_shells(TriangleSoup& soup);

/// Border edges run through as closed loops of points, each in the direction that a filling
/// triangle follows. Loops that touch themselves are split. The soup must be oriented.
std::vector<std::vector<int>> hole_loops(const TriangleSoup& soup);

/// Where sheets that are joined in the mesh only touch: moves the copies of a point apart, each by
/// `distance` towards its own neighbours. Returns how many points were moved.
std::int64_t part_touching(TriangleSoup& soup, double distance);

}  // namespace proofload::meshing
