#include "proofload/io/size_field.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "hdf5_access.h"

namespace proofload::io {

namespace {

constexpr const char* kSchema = "proofload/size_field/1";

}  // namespace

void write_size_field(const std::string& path, const SizeField& field) {
  File file = File::create(path, kSchema);
  file.write("points", field.points_mm, 3, "mm");
  file.write("size", field.size_mm, 1, "mm");
}

SizeField read_size_field(const std::string& path) {
  const File file = File::open(path, kSchema, false);
  SizeField field{file.read_doubles("points", 3), file.read_doubles("size", 1)};
  const auto finite = [](double value) { return std::isfinite(value); };
  const auto size = [](double value) { return std::isfinite(value) && value > 0; };
  if (field.points_mm.size() != 3 * field.size_mm.size() || field.size_mm.empty() ||
      !std::all_of(field.points_mm.begin(), field.points_mm.end(), finite) ||
      !std::all_of(field.size_mm.begin(), field.size_mm.end(), size)) {
    throw std::runtime_error(path + ": points and sizes are not finite, positive and as many");
  }
  return field;
}

}  // namespace proofload::io
