#pragma once
/// What a solve will take, known once the mesh is read.
#include <cstdint>
#include <string>

#include "proofload/solver/model.h"

namespace proofload::solver {

struct Forecast {
  double memory_mb = 0;  ///< greatest proportional set size of all ranks together
  double seconds = 0;    ///< from the mesh to the results, each rank on a core of its own
};

/// For all load cases of a model on the matrix-free path, by what a sample of work takes on this
/// machine now. From 100,000 unknowns on memory is good to 10 %, time to a third: the number of
/// iterations is not known yet (docs/performance.md). Collective.
Forecast forecast(const Model& model);

/// Throws NumericalFailure (OUT_OF_MEMORY) on all ranks if the part of the forecast that falls on
/// some machine exceeds the memory that is free there. Collective.
void check_memory(const MeshPart& part, const Forecast& forecast);

/// "about 12 s and 1.3 GB".
std::string to_string(const Forecast& forecast);

}  // namespace proofload::solver
