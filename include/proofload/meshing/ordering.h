#pragma once
/// Order of nodes and cells along a space-filling curve.
#include <cstdint>
#include <vector>

namespace proofload::meshing {

/// Place of a point on the Hilbert curve of 2^20 cells a side; x, y, z in 0 … 2^20 - 1
/// (Skilling 2004, doi 10.1063/1.1751381).
std::uint64_t hilbert_index(std::uint32_t x, std::uint32_t y, std::uint32_t z);

/// Points in the order of the curve through their bounding box: result[i] is the point that comes
/// i-th. `xyz` has 3 numbers for each point. Ties keep their order.
std::vector<std::int32_t> hilbert_order(const std::vector<double>& xyz);

}  // namespace proofload::meshing
