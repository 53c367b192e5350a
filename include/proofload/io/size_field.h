#pragma once
/// size_field.txt: the element size asked of the next level, at points of the level before. Text, a
/// line "x y z size" for each point: the mesher reads it before it meshes, and HDF5 would lay out
/// its memory by the length of the folder's name, on which the order of Gmsh's work depends.
#include <string>
#include <vector>

namespace proofload::io {

/// Between the points a size grows by at most `kSizeGrowth` of the distance.
struct SizeField {
  std::vector<double> points_mm;  ///< [3 * n]
  std::vector<double> size_mm;    ///< [n] edge of a regular tetrahedron of the cell's volume
};

constexpr double kSizeGrowth = 0.3;

/// Throws std::runtime_error naming file and point: a value that is not finite, a size that is not
/// greater than 0, no point at all.
void write_size_field(const std::string& path, const SizeField& field);
SizeField read_size_field(const std::string& path);

}  // namespace proofload::io
