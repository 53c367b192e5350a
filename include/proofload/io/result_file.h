#pragma once
/// result.h5: displacement and recovered stress of one design at one level.
#include <cstdint>
#include <string>
#include <vector>

namespace proofload::io {

/// Stress lives on (node, body) pairs: at an interface each body keeps its own value.
struct ResultHeader {
  std::vector<std::string> load_cases;
  std::vector<std::int32_t> point_node;  ///< [n_points] node in mesh.h5
  std::vector<std::int32_t> point_body;  ///< [n_points] body index in mesh.h5
};

struct LoadCaseResult {
  std::vector<double> displacement_mm;  ///< [3 * n_nodes], mesh.h5 order
  std::vector<double> stress_mpa;       ///< [6 * n_points] XX YY ZZ XY YZ XZ
  std::vector<double> cell_error;       ///< [n_cells] estimated energy error of the cell, or empty
};

/// A buckling mode of a load case.
struct BucklingModeResult {
  double factor = 0;                 ///< the load case times it is critical
  std::vector<double> displacement;  ///< [3 * n_nodes], greatest length 1
};

/// Creates the file with its header; then one call for each load case, in any order.
void write_result_header(const std::string& path, const ResultHeader& header);
void write_load_case(const std::string& path, const std::string& load_case,
                     const LoadCaseResult& result);
ResultHeader read_result_header(const std::string& path);
/// Throws std::runtime_error if the load case is not there.
LoadCaseResult read_load_case(const std::string& path, const std::string& load_case);

/// After write_load_case() of that load case, once, lowest factor first.
void write_buckling_modes(const std::string& path, const std::string& load_case,
                          const std::vector<BucklingModeResult>& modes);
/// Empty if none were written.
std::vector<BucklingModeResult> read_buckling_modes(const std::string& path,
                                                    const std::string& load_case);

}  // namespace proofload::io
