#pragma once
/// mesh.h5: the conforming mesh of one design at one level. Units mm.
#include <cstdint>
#include <string>
#include <vector>

namespace proofload::io {

/// Faces of one name. Quadratic triangles in VTK order: v0 v1 v2, mid 01, mid 12, mid 20; the
/// normal (v1-v0)x(v2-v0) points out of `cells[i]`.
struct FaceSet {
  std::string name;
  std::vector<std::int32_t> faces;  ///< [6 * n]
  std::vector<std::int32_t> cells;  ///< [n] cell the face belongs to
};

struct Mesh {
  std::vector<double> nodes;             ///< [3 * n_nodes]
  std::vector<std::int32_t> cells;       ///< [10 * n_cells] VTK quadratic tet order: vertices 0-3,
                                         ///< mids 01 12 02 03 13 23; positive volume
  std::vector<std::int32_t> cell_body;   ///< [n_cells] index into body_names
  std::vector<std::string> body_names;
  FaceSet exterior;                      ///< all faces with one cell (separate bodies included)
  std::vector<FaceSet> places;           ///< by name of the case; interior faces (shared_with)
                                         ///< belong to the cell of the place's body
  std::vector<FaceSet> interfaces;       ///< bonded faces, named "a|b", cell of body a

  std::int64_t n_nodes() const { return static_cast<std::int64_t>(nodes.size() / 3); }
  std::int64_t n_cells() const { return static_cast<std::int64_t>(cell_body.size()); }
};

/// Nodes and cells lie along a space-filling curve in the file, so a contiguous range is a part.
/// Throws std::runtime_error naming file and dataset.
void write_mesh(const std::string& path, const Mesh& mesh);
Mesh read_mesh(const std::string& path);

}  // namespace proofload::io
