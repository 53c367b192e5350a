#pragma once
/// The exchanges of proofload/solver/mesh_part.h in single precision.
#include "proofload/solver/mesh_part.h"

namespace proofload::solver {

void update_ghosts(const MeshPart& part, float* values, int block);
void add_to_owners(const MeshPart& part, float* values, int block);

}  // namespace proofload::solver
