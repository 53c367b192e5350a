#pragma once
/// A study has designs; each is a Case of its own and goes through the same stages.
#include <string>
#include <vector>

#include "proofload/core/library.h"
#include "proofload/v1/case.pb.h"
#include "proofload/v1/report.pb.h"

namespace proofload {

enum class DesignKind { kImplant, kMember, kRodMember, kRodConstruct };

struct Design {
  std::string name;         ///< folder name: implant, implant_member, ti_5_5_straight_member, …
  DesignKind kind = DesignKind::kImplant;
  std::string rod;          ///< rod library name, for rods
  v1::Case value;           ///< resolved case of this design alone
};

std::string to_string(DesignKind kind);
DesignKind design_kind_from_string(const std::string& text);

/// Designs that need no mesh of another: the implant as given, the implant alone in the member rig,
/// rods in the construct fixation. `resolved` comes from resolve().
std::vector<Design> expand_designs(const v1::Case& resolved, const Library& library);

/// Rods of the member comparison: they run between the centroids of the member rig's places (or
/// along the centreline), known from the mesh of "implant_member".
std::vector<Design> expand_rod_members(const v1::Case& resolved, const Library& library,
                                       const v1::MeshFacts& member_mesh);

}  // namespace proofload
