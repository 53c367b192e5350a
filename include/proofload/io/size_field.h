#pragma once
/// size_field.h5: the element size asked of the next level, at points of the level before.
#include <string>
#include <vector>

namespace proofload::io {

/// Between the points a size grows by at most `kSizeGrowth` of the distance.
struct SizeField {
  std::vector<double> points_mm;  ///< [3 * n]
  std::vector<double> size_mm;    ///< [n] edge of a regular tetrahedron of the cell's volume
};

constexpr double kSizeGrowth = 0.3;

/// Throws std::runtime_error naming file and dataset; reading also throws if a value is not finite,
/// a size not greater than 0, or the lengths do not belong together.
void write_size_field(const std::string& path, const SizeField& field);
SizeField read_size_field(const std::string& path);

}  // namespace proofload::io
