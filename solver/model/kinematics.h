#pragma once
/// Supports, prescribed values and rigid faces of one load case.
#include <google/protobuf/repeated_field.h>

#include <string>
#include <vector>

#include "places.h"
#include "proofload/solver/model.h"

namespace proofload::solver {

using Supports = google::protobuf::RepeatedPtrField<v1::Support>;

/// The supports of a load case: its own, else those of the study.
const Supports& supports_of(const v1::Case& value, const v1::LoadCase& load_case);

/// Motions x y z rx ry rz that a remote point holds.
std::array<bool, 6> fixed_motions(const v1::RemotePoint& remote);

/// Equal for load cases with the same kinematics.
std::string kinematics_key(const Supports& supports, const v1::LoadCase& load_case);

/// Supports and rigid faces. Throws InvalidInput (RIGID_OVERLAP, DISTRIBUTED_REDUNDANT,
/// SLIDE_NOT_PLANE, FIX_AXIS) on all ranks. Collective.
KinematicSet build_kinematics(const MeshPart& part, const Places& places, const Supports& supports,
                              const v1::LoadCase& load_case);

/// Prescribed displacements [3 * n_local] mm, empty if there are none. Throws InvalidInput
/// (PRESCRIBED_CONFLICT) where a node is asked to be at two places at once. Collective.
std::vector<double> prescribed_values(const MeshPart& part, const Places& places,
                                      const Supports& supports, const v1::LoadCase& load_case);

/// Places of the rigid groups, in their order.
std::vector<std::string> rigid_places(const Supports& supports, const v1::LoadCase& load_case);

}  // namespace proofload::solver
