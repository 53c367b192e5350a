/// STL, binary and ASCII, read strictly: nothing is guessed, every fault has its place.
#include <algorithm>
#include <cstring>

#include "proofload/meshing/surface.h"
#include "stl_text.h"
#include "surface_build.h"

namespace proofload::meshing {
namespace {

constexpr std::size_t kHeader = 84;
constexpr std::size_t kRecord = 50;

std::uint32_t little_endian_count(const std::string& bytes) {
  const auto* b = reinterpret_cast<const unsigned char*>(bytes.data()) + 80;
  return b[0] | b[1] << 8 | b[2] << 16 | static_cast<std::uint32_t>(b[3]) << 24;
}

float little_endian_float(const char* at) {
  const auto* b = reinterpret_cast<const unsigned char*>(at);
  const std::uint32_t bits = b[0] | b[1] << 8 | b[2] << 16 | static_cast<std::uint32_t>(b[3]) << 24;
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

bool is_binary_by_size(const std::string& bytes) {
  return bytes.size() >= kHeader &&
         bytes.size() == kHeader + kRecord * std::size_t{little_endian_count(bytes)};
}

/// A text has no zero byte, a binary STL of fewer than 16 M facets has one in its count.
bool is_text(const std::string& bytes) {
  const std::size_t looked_at = std::min<std::size_t>(bytes.size(), 4096);
  return std::memchr(bytes.data(), '\0', looked_at) == nullptr;
}

/// The name in a binary header: its printable part without "solid".
std::string binary_name(const std::string& bytes) {
  std::string name;
  for (std::size_t i = 0; i < 80 && bytes[i] >= ' ' && bytes[i] <= '~'; ++i) name += bytes[i];
  // Some programs overwrite the first letters of "solid" so that nobody takes the file for text.
  if (name.rfind("solid", 0) == 0) {
    name.erase(0, 5);
  } else if (name.size() > 6 && name.compare(2, 4, "lid ") == 0) {
    name.erase(0, 6);
  }
  const auto first = name.find_first_not_of(' ');
  if (first == std::string::npos) return "";
  return name.substr(first, name.find_last_not_of(' ') - first + 1);
}

[[noreturn]] void throw_size_mismatch(const std::string& path, const std::string& bytes) {
  if (bytes.size() < kHeader) {
    throw_problem("STL_TRUNCATED", path,
                  "the file has " + std::to_string(bytes.size()) +
                      " bytes; the header of a binary STL alone has 84",
                  "export the file again");
  }
  const std::size_t count = little_endian_count(bytes);
  const std::size_t whole = (bytes.size() - kHeader) / kRecord;
  const std::string sizes = "a binary STL of " + std::to_string(count) + " facets has " +
                            std::to_string(kHeader + kRecord * count) + " bytes, this file has " +
                            std::to_string(bytes.size());
  if (count > whole) {
    throw_problem("STL_TRUNCATED", path,
                  sizes + ": it ends within facet " + std::to_string(whole + 1),
                  "copy or export the file again");
  }
  throw_problem("STL_TRAILING_BYTES", path, sizes, "export the file again as plain binary STL");
}

TriangleSoup read_binary(const std::string& path, const std::string& bytes, double scale) {
  const std::int64_t count = little_endian_count(bytes);
  check_facet_count("STL", path, count);
  SoupBuilder builder("STL", path, scale);
  builder.begin_solid(binary_name(bytes));
  for (std::int64_t facet = 0; facet < count; ++facet) {
    std::array<Point, 3> corners;
    for (int corner = 0; corner < 3; ++corner) {
      const std::size_t offset = kHeader + kRecord * facet + 12 + 12 * corner;
      for (int axis = 0; axis < 3; ++axis) {
        corners[corner][axis] = little_endian_float(bytes.data() + offset + 4 * axis);
      }
      builder.check(corners[corner], [&] {
        return "vertex " + std::to_string(corner + 1) + " of facet " + std::to_string(facet + 1) +
               " (byte offset " + std::to_string(offset) + ")";
      });
    }
    builder.add(corners);
  }
  return builder.finish();
}

}  // namespace

TriangleSoup read_stl(const std::string& path, double scale_to_mm) {
  const std::string bytes = read_bytes("STL", path);
  if (bytes.empty()) {
    throw_problem("STL_EMPTY", path, "the file has no bytes", "export the file again");
  }
  if (is_binary_by_size(bytes)) return read_binary(path, bytes, scale_to_mm);
  if (is_text(bytes)) return read_stl_text(path, bytes, scale_to_mm);
  throw_size_mismatch(path, bytes);
}

}  // namespace proofload::meshing
