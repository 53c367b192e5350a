#pragma once
/// Places of a case on this rank's mesh.
#include <map>
#include <string>
#include <vector>

#include "proofload/solver/integration.h"
#include "proofload/solver/mesh_part.h"
#include "proofload/v1/case.pb.h"

namespace proofload::solver {

/// A place with what supports and loads ask of it, the same on every rank.
struct Place {
  const FacePart* faces = nullptr;  ///< null for an edge or corner (`common_to`)
  SurfaceFacts facts;               ///< all zero without faces
  std::vector<std::int32_t> nodes;  ///< local nodes on it (owned, ghost), also where the face is on
                                    ///< another rank
};

using Places = std::map<std::string, Place>;

/// Every place that a support or load of the case names. Throws InvalidInput (UNKNOWN_PLACE,
/// EMPTY_PLACE) with all of them. Collective.
Places find_places(const MeshPart& part, const v1::Case& value,
                   const std::vector<std::string>& names);

/// Local nodes of a place: of its faces, or common to the places it names. Empty if there are none.
/// Collective.
std::vector<std::int32_t> nodes_of_place(const MeshPart& part, const v1::Case& value,
                                         const std::string& name);

/// Local nodes of faces of any rank. Collective.
std::vector<std::int32_t> nodes_of_faces(const MeshPart& part, const FacePart& faces);

}  // namespace proofload::solver
