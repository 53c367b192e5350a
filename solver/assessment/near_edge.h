#pragma once
/// Nodes where a peak stress cannot converge.
#include <string>
#include <vector>

#include "proofload/io/mesh_file.h"
#include "proofload/v1/case.pb.h"

namespace proofload::assessment {

/// A free edge of one support, load or interface face set.
struct EdgeZone {
  std::string name;                 ///< "support ground", "load at head", "interface a|b"
  std::vector<char> near;           ///< [n_nodes] within two cells of it
  std::vector<std::int32_t> nodes;  ///< its nodes, pairs that bound a piece one after the other; a
                                    ///< corner: the same node twice
};

/// Zones of the supports and loads of the load cases named, and of all interfaces. A support that
/// only holds the normal motion of a plane face is a mirror: its edges count only where the surface
/// beside it leans outwards.
std::vector<EdgeZone> edge_zones(const io::Mesh& mesh, const v1::Case& value,
                                 const std::vector<std::string>& load_cases);

/// [n_nodes] Nodes at least `distance` mm from all edges of the zones. Pieces of edges are
/// straight; up to a tenth beyond the distance may be left out too.
std::vector<char> away_from(const io::Mesh& mesh, const std::vector<EdgeZone>& zones,
                            double distance);

}  // namespace proofload::assessment
