#pragma once
/// Where the middles of edges lie on the CAD geometry.
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "proofload/meshing/tet_mesh.h"

namespace proofload::meshing {

/// Two node tags of Gmsh, the lower one first.
using TagPair = std::pair<std::size_t, std::size_t>;

struct CurvedEdges {
  /// Edges whose middle moves by more than 1e-9 of their length.
  std::vector<std::pair<TagPair, Point>> middles;
  /// Curves and surfaces {dimension, tag} with an edge that does not follow them: its middle is
  /// further than half its length away (and stays straight), or it is far off (below).
  std::vector<std::pair<int, int>> lost;
  /// The middle of an edge that cuts across the geometry: more than four times as long as cells are
  /// meant to be there, and its middle further than 0.02 of its length away.
  std::optional<Point> far_off;
};

/// Projects the middle of every mesh edge that lies on a curved CAD curve or surface of the current
/// Gmsh model (meshed in two dimensions at least) onto it. `size` tells the greatest size of cells
/// (mm) meant for a curve or surface {dimension, tag}.
CurvedEdges curved_edges(const std::function<double(int, int)>& size);

}  // namespace proofload::meshing
