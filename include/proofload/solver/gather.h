#pragma once
/// Distributed values to rank 0 in the order of mesh.h5.
#include "proofload/io/result_file.h"
#include "proofload/solver/stress.h"

namespace proofload::solver {

/// Owned nodes' values[block * n_local] on rank 0 as [block * n_nodes]; empty elsewhere. Collective.
std::vector<double> gather_nodes(const MeshPart& part, const std::vector<double>& values,
                                 int block);

/// One value for each cell; empty on ranks above 0. Collective.
std::vector<double> gather_cells(const MeshPart& part, const std::vector<double>& values);

/// Points of owned nodes of all ranks, by rank; on rank 0. Collective.
io::ResultHeader gather_points(const MeshPart& part, const StressPoints& points,
                               const std::vector<std::string>& load_cases);

/// values[6 * n] of the points in the order of gather_points(); on rank 0. Collective.
std::vector<double> gather_stress(const MeshPart& part, const StressPoints& points,
                                  const std::vector<double>& values);

}  // namespace proofload::solver
