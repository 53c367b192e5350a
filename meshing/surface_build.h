#pragma once
/// What every surface reader shares: bytes within limits, and triangles with checked coordinates.
#include <functional>
#include <string>
#include <unordered_map>

#include "proofload/meshing/surface.h"

namespace proofload::meshing {

/// Throws InvalidInput with one problem.
[[noreturn]] void throw_problem(const std::string& code, const std::string& path,
                                const std::string& message, const std::string& remedy, int line = 0,
                                int column = 0);

/// The whole file. Throws FILE_NOT_READABLE, <format>_TOO_LARGE.
std::string read_bytes(const std::string& format, const std::string& path);

/// Throws <format>_EMPTY for none, <format>_TOO_LARGE above kMaxFacets.
void check_facet_count(const std::string& format, const std::string& path, std::int64_t count);

/// Collects triangles; equal corners become one point. Not-finite and far coordinates are
/// collected and thrown together by finish().
class SoupBuilder {
 public:
  SoupBuilder(std::string format, std::string path, double scale_to_mm);

  void begin_solid(const std::string& name);
  /// Checks a corner in file units; `where` is called only for faults. False: not usable.
  bool check(const Point& corner, const std::function<std::string()>& where, int line = 0);
  /// Adds a triangle given in file units.
  void add(const std::array<Point, 3>& corners);
  std::int64_t triangle_count() const { return static_cast<std::int64_t>(soup_.triangles.size()); }
  /// The surface in mm. Throws <format>_EMPTY, <format>_NOT_FINITE, <format>_COORDINATE_RANGE.
  TriangleSoup finish();

 private:
  struct Hash {
    std::size_t operator()(const Point& p) const;
  };
  struct Fault {
    std::int64_t count = 0;
    std::string where;
    int line = 0;
  };
  std::int32_t index_of(const Point& corner);

  std::string format_, path_;
  double scale_;
  TriangleSoup soup_;
  std::unordered_map<Point, std::int32_t, Hash> index_;
  Fault not_finite_, far_;
};

}  // namespace proofload::meshing
