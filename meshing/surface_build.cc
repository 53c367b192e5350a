#include "surface_build.h"

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "proofload/core/problem.h"

namespace proofload::meshing {

void throw_problem(const std::string& code, const std::string& path, const std::string& message,
                   const std::string& remedy, int line, int column) {
  Problem problem;
  problem.code = code;
  problem.path = path;
  problem.line = line;
  problem.column = column;
  problem.message = message;
  problem.remedy = remedy;
  throw InvalidInput({problem});
}

std::string read_bytes(const std::string& format, const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  std::ifstream in(path, std::ios::binary);
  if (error || !in) {
    throw_problem("FILE_NOT_READABLE", path, "the file cannot be read",
                  "give the path relative to the case");
  }
  if (size > static_cast<std::uintmax_t>(kMaxFileBytes)) {
    throw_problem(format + "_TOO_LARGE", path,
                  "the file has " + std::to_string(size) + " bytes, at most " +
                      std::to_string(kMaxFileBytes) + " are read",
                  "reduce the number of triangles");
  }
  std::string bytes(size, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(size));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  return bytes;
}

void check_facet_count(const std::string& format, const std::string& path, std::int64_t count) {
  if (count == 0) {
    throw_problem(format + "_EMPTY", path, "the file holds no triangle",
                  "export the part as a solid");
  }
  if (count > kMaxFacets) {
    throw_problem(
        format + "_TOO_LARGE", path,
        std::to_string(count) + " triangles, at most " + std::to_string(kMaxFacets) + " are read",
        "reduce the number of triangles");
  }
}

std::size_t SoupBuilder::Hash::operator()(const Point& p) const {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const double x : p) {
    std::uint64_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    hash = (hash ^ bits ^ (bits >> 32)) * 0x9e3779b97f4a7c15ULL;
  }
  return hash ^ (hash >> 29);
}

SoupBuilder::SoupBuilder(std::string format, std::string path, double scale_to_mm)
    : format_(std::move(format)), path_(std::move(path)), scale_(scale_to_mm) {
  soup_.file = std::filesystem::path(path_).filename().string();
}

void SoupBuilder::begin_solid(const std::string& name) { soup_.solid_names.push_back(name); }

bool SoupBuilder::check(const Point& corner, const std::function<std::string()>& where, int line) {
  Fault* fault = nullptr;
  for (const double x : corner) {
    if (!std::isfinite(x)) {
      fault = &not_finite_;
      break;
    }
    if (std::abs(x * scale_) >= kMaxCoordinateMm) fault = &far_;
  }
  if (fault == nullptr) return true;
  if (fault->count++ == 0) {
    fault->where = where();
    fault->line = line;
  }
  return false;
}

std::int32_t SoupBuilder::index_of(const Point& corner) {
  Point scaled;
  for (int axis = 0; axis < 3; ++axis) scaled[axis] = corner[axis] * scale_ + 0.0;
  const auto [entry, is_new] =
      index_.try_emplace(scaled, static_cast<std::int32_t>(soup_.points.size()));
  if (is_new) soup_.points.push_back(scaled);
  return entry->second;
}

void SoupBuilder::add(const std::array<Point, 3>& corners) {
  soup_.triangles.push_back({index_of(corners[0]), index_of(corners[1]), index_of(corners[2])});
  if (!soup_.solid_names.empty()) {
    soup_.solids.push_back(static_cast<std::int32_t>(soup_.solid_names.size()) - 1);
  }
}

TriangleSoup SoupBuilder::finish() {
  std::vector<Problem> problems;
  const auto report = [&](const Fault& fault, const char* code, const std::string& text,
                          const char* remedy) {
    if (fault.count == 0) return;
    Problem problem;
    problem.code = format_ + code;
    problem.path = path_;
    problem.line = fault.line;
    problem.message = fault.where + " " + text + " (" + std::to_string(fault.count) + " in all)";
    problem.remedy = remedy;
    problems.push_back(problem);
  };
  report(not_finite_, "_NOT_FINITE", "has a coordinate that is not a finite number",
         "export the file again; the program that wrote it failed at this place");
  report(far_, "_COORDINATE_RANGE", "lies 10 m or more from the origin",
         "state the right length_unit, or move the part near the origin");
  if (!problems.empty()) throw InvalidInput(problems);
  check_facet_count(format_, path_, triangle_count());
  return std::move(soup_);
}

}  // namespace proofload::meshing
