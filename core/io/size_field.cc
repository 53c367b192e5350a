#include "proofload/io/size_field.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include "proofload/core/run_folder.h"

namespace proofload::io {

namespace {

constexpr const char* kSchema = "proofload/size_field/1\n";

}  // namespace

void write_size_field(const std::string& path, const SizeField& field) {
  std::string text = kSchema;
  char line[128];
  for (std::size_t i = 0; i < field.size_mm.size(); ++i) {
    const double* p = &field.points_mm[3 * i];
    std::snprintf(line, sizeof line, "%.9g %.9g %.9g %.9g\n", p[0], p[1], p[2], field.size_mm[i]);
    text += line;
  }
  write_file_atomically(path, text);
}

SizeField read_size_field(const std::string& path) {
  const std::string text = read_file(path);
  const std::string schema = kSchema;
  if (text.compare(0, schema.size(), schema) != 0) {
    throw std::runtime_error(path + ": is no size field of the version this program reads");
  }
  SizeField field;
  const char* at = text.c_str() + schema.size();
  while (*at != '\0') {
    double values[4];
    for (double& value : values) {
      char* end = nullptr;
      value = std::strtod(at, &end);
      if (end == at || !std::isfinite(value)) {
        throw std::runtime_error(path + ": point " + std::to_string(field.size_mm.size() + 1) +
                                 " is not four finite numbers");
      }
      at = end;
    }
    if (!(values[3] > 0)) {
      throw std::runtime_error(path + ": the size of point " +
                               std::to_string(field.size_mm.size() + 1) + " is not greater than 0");
    }
    field.points_mm.insert(field.points_mm.end(), values, values + 3);
    field.size_mm.push_back(values[3]);
    while (*at == '\n') ++at;
  }
  if (field.size_mm.empty()) throw std::runtime_error(path + ": there is no point");
  return field;
}

}  // namespace proofload::io
