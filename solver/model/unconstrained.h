#pragma once
/// Finds parts that can move without strain.
#include "proofload/solver/model.h"

namespace proofload::solver {

/// Throws InvalidInput (UNCONSTRAINED) on all ranks, one problem for each connected part (cells
/// joined by nodes) that a kinematic set leaves free to move rigidly: its bodies, centroid and free
/// motions. Collective.
void check_constrained(const MeshPart& part, const KinematicSet& set, const std::string& load_case);

/// Number of the connected part of each local node, the same on every rank, from 0 in the order of
/// the least node. Collective.
std::vector<int> connected_parts(const MeshPart& part, int& count);

}  // namespace proofload::solver
