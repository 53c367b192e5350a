#pragma once
/// What a solve will take, known once the mesh is read.
#include <cstdint>
#include <string>

#include "proofload/solver/mesh_part.h"

namespace proofload::solver {

struct Forecast {
  double memory_mb = 0;  ///< greatest proportional set size of all ranks together
  double seconds = 0;    ///< from the mesh to the results, each rank on a core of its own
};

/// For all load cases of a mesh on the matrix-free path; from measurements on two cores, good to
/// 25 % from 100,000 unknowns on (docs/performance.md).
Forecast forecast(double unknowns, int loads, int ranks);

/// Throws NumericalFailure (OUT_OF_MEMORY) on all ranks if the part of the forecast that falls on
/// some machine exceeds the memory that is free there. Collective.
void check_memory(const MeshPart& part, const Forecast& forecast);

/// "about 12 s and 1.3 GB".
std::string to_string(const Forecast& forecast);

}  // namespace proofload::solver
