#include "proofload/io/result_file.h"

#include <algorithm>

#include "hdf5_access.h"

namespace proofload::io {

namespace {

constexpr const char* kSchema = "proofload/result/1";

std::string group_of(const File& file, const std::string& path, const std::string& load_case) {
  const std::vector<std::string> names = file.read_texts("load_cases");
  const auto found = std::find(names.begin(), names.end(), load_case);
  if (found == names.end()) {
    throw std::runtime_error(path + ": there is no load case \"" + load_case + "\"");
  }
  return "load_case_" + std::to_string(found - names.begin());
}

}  // namespace

void write_result_header(const std::string& path, const ResultHeader& header) {
  File file = File::create(path, kSchema);
  file.write("load_cases", header.load_cases);
  file.write("point_node", header.point_node, 1);
  file.write("point_body", header.point_body, 1);
}

void write_load_case(const std::string& path, const std::string& load_case,
                     const LoadCaseResult& result) {
  File file = File::open(path, kSchema, true);
  const std::string group = group_of(file, path, load_case);
  file.make_group(group);
  file.write(group + "/displacement", result.displacement_mm, 3, "mm");
  file.write(group + "/stress", result.stress_mpa, 6, "MPa");
  if (!result.cell_error.empty()) file.write(group + "/cell_error", result.cell_error, 1, "Nmm");
}

ResultHeader read_result_header(const std::string& path) {
  const File file = File::open(path, kSchema, false);
  return {file.read_texts("load_cases"), file.read_ints("point_node", 1),
          file.read_ints("point_body", 1)};
}

LoadCaseResult read_load_case(const std::string& path, const std::string& load_case) {
  const File file = File::open(path, kSchema, false);
  const std::string group = group_of(file, path, load_case);
  if (!file.has(group)) {
    throw std::runtime_error(path + ": load case \"" + load_case + "\" was not written");
  }
  LoadCaseResult result;
  result.displacement_mm = file.read_doubles(group + "/displacement", 3);
  result.stress_mpa = file.read_doubles(group + "/stress", 6);
  if (file.has(group + "/cell_error")) {
    result.cell_error = file.read_doubles(group + "/cell_error", 1);
  }
  return result;
}

namespace {

std::string mode_name(const std::string& group, std::size_t i) {
  return group + "/buckling_mode_" + std::to_string(i + 1);
}

}  // namespace

void write_buckling_modes(const std::string& path, const std::string& load_case,
                          const std::vector<BucklingModeResult>& modes) {
  if (modes.empty()) return;
  File file = File::open(path, kSchema, true);
  const std::string group = group_of(file, path, load_case);
  std::vector<double> factors;
  for (std::size_t i = 0; i < modes.size(); ++i) {
    factors.push_back(modes[i].factor);
    file.write(mode_name(group, i), modes[i].displacement, 3, "1");
  }
  file.write(group + "/buckling_factors", factors, 1, "1");
}

std::vector<BucklingModeResult> read_buckling_modes(const std::string& path,
                                                    const std::string& load_case) {
  const File file = File::open(path, kSchema, false);
  const std::string group = group_of(file, path, load_case);
  std::vector<BucklingModeResult> modes;
  if (!file.has(group) || !file.has(group + "/buckling_factors")) return modes;
  for (const double factor : file.read_doubles(group + "/buckling_factors", 1)) {
    modes.push_back({factor, file.read_doubles(mode_name(group, modes.size()), 3)});
  }
  return modes;
}

}  // namespace proofload::io
