#pragma once
/// Supports that hold the mean motion of a face.
#include "places.h"
#include "proofload/solver/model.h"

namespace proofload::solver {

/// Collective.
DistributedSupport make_distributed(const MeshPart& part, const Place& place,
                                    const v1::Support& support);

/// Throws InvalidInput (DISTRIBUTED_REDUNDANT) on all ranks if motions that distributed supports
/// hold are held already, by nodes that do not move or by each other. Collective.
void check_independent(const MeshPart& part, const KinematicSet& set);

}  // namespace proofload::solver
