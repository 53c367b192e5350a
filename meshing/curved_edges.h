#pragma once
/// Where the middles of edges lie on the CAD geometry.
#include <array>
#include <cstdint>
#include <functional>
#include <map>
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

/// A value of each curve, surface and volume of a model. [dimension][tag]
using EntitySizes = std::array<std::map<int, double>, 4>;

double value_at(const EntitySizes& entities, int dim, int tag, double fallback);

/// Meshes the surfaces of the current Gmsh model and projects the middle of every edge on a curved
/// CAD curve or surface onto it. Where edges do not follow the geometry, `shrinks` is halved and
/// all is meshed anew; `set_sizes` tells Gmsh the sizes, times `shrinks`. `size` tells the greatest
/// size of cells (mm) meant for a curve or surface {dimension, tag}. Throws NumericalFailure
/// (MESH_FAILED, E8 with the place) if edges stay far off.
CurvedEdges mesh_surfaces(const std::function<void()>& set_sizes,
                          const std::function<double(int, int)>& size, EntitySizes& shrinks);

}  // namespace proofload::meshing
