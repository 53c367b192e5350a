#pragma once
/// Mesh and results of one design's finest computed level, points split at material interfaces.
#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "proofload/io/mesh_file.h"
#include "proofload/io/result_file.h"
#include "proofload/v1/report.pb.h"

namespace proofload::report {

/// Six points of a quadratic triangle, normal outwards, and the body it belongs to.
struct SurfaceFace {
  std::array<std::int32_t, 6> points{};
  std::int32_t body = 0;
};

/// A point is a (node, body) pair: at an interface each body keeps its own stress.
struct DesignData {
  std::string name;
  std::string kind;
  int level = 0;
  v1::Case value;  ///< resolved case of this design
  std::string result_path;
  io::Mesh mesh;
  io::ResultHeader header;
  std::vector<std::int32_t> cells;  ///< [10 * n_cells] points of the cells, VTK order
  std::vector<bool> shown;          ///< by body: coloured in stress pictures (implant, not bone)

  std::size_t n_points() const { return header.point_node.size(); }
  /// Undeformed place of a point, mm.
  std::array<double, 3> position(std::int32_t point) const;
};

/// One load case: io's numbers and what is drawn of them.
struct FieldData {
  io::LoadCaseResult result;
  std::vector<double> von_mises;  ///< [n_points] MPa
};

/// Highest level with mesh, result and solve.json; absent when no level was computed. Throws
/// std::runtime_error when the files contradict each other (a cell's point has no stress).
std::optional<DesignData> read_design(const std::string& run_folder, const std::string& name,
                                      const std::string& kind);

/// Throws std::runtime_error when sizes are wrong or a number is not finite.
FieldData read_fields(const DesignData& design, const std::string& load_case);

/// Outer faces of the cells that `keep` accepts.
std::vector<SurfaceFace> outer_faces(const DesignData& design,
                                     const std::function<bool(std::int64_t)>& keep);

double von_mises(const double* stress);

/// Greatest, middle, least principal stress.
std::array<double, 3> principal_stresses(const double* stress);

}  // namespace proofload::report
