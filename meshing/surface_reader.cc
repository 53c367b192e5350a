/// Surface files by their endings; OBJ behind the same strict checks as STL.
#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "proofload/meshing/surface.h"
#include "surface_build.h"
#include "surface_formats.h"

namespace proofload::meshing {
namespace {

constexpr const char* kExportAgain = "export the file again, or as binary STL";

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  std::size_t at = 0;
  while ((at = line.find_first_not_of(" \t\r", at)) != std::string_view::npos) {
    const std::size_t end = std::min(line.find_first_of(" \t\r", at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

/// Reads the `v` and `f` lines of Wavefront OBJ; everything else is passed over.
class ObjReader {
 public:
  ObjReader(const std::string& path, double scale) : path_(path), builder_("MESH", path, scale) {}

  TriangleSoup read(std::string_view text) {
    while (!text.empty()) {
      ++line_;
      const std::size_t end = std::min(text.find('\n'), text.size());
      read_line(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return builder_.finish();
  }

 private:
  void read_line(std::string_view line) {
    const auto words = words_of(line);
    if (words.empty()) return;
    if (words[0] == "v") read_vertex(words);
    if (words[0] == "f") read_face(words);
  }

  void read_vertex(const std::vector<std::string_view>& words) {
    if (words.size() < 4) fail("a vertex with fewer than 3 coordinates");
    Point point;
    for (int axis = 0; axis < 3; ++axis) {
      const std::string_view word = words[axis + 1];
      const auto [stop, error] =
          std::from_chars(word.data(), word.data() + word.size(), point[axis]);
      if (stop != word.data() + word.size()) fail("\"" + std::string(word) + "\" is no number");
      if (error == std::errc::result_out_of_range) {
        point[axis] = std::strtod(std::string(word).c_str(), nullptr);
      }
    }
    points_.push_back(point);
    builder_.check(
        point, [&] { return "vertex " + std::to_string(points_.size()); }, line_);
  }

  void read_face(const std::vector<std::string_view>& words) {
    if (words.size() < 4) fail("a face with fewer than 3 corners");
    std::vector<std::size_t> corners;
    for (std::size_t i = 1; i < words.size(); ++i) corners.push_back(index_of(words[i]));
    for (std::size_t i = 2; i < corners.size(); ++i) {
      builder_.add({points_[corners[0]], points_[corners[i - 1]], points_[corners[i]]});
    }
    check_facet_count("MESH", path_, builder_.triangle_count());
  }

  /// "7", "7/1/3" or "-2" (counted back from the last vertex).
  std::size_t index_of(std::string_view word) const {
    long index = 0;
    const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), index);
    const bool whole = stop == word.data() + word.size() || *stop == '/';
    const long count = static_cast<long>(points_.size());
    if (index < 0) index += count + 1;
    if (error != std::errc() || !whole || index < 1 || index > count) {
      fail("the face names vertex " + std::string(word) + ", there are " + std::to_string(count));
    }
    return static_cast<std::size_t>(index - 1);
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw_problem("MESH_SYNTAX", path_, what, kExportAgain, line_);
  }

  std::string path_;
  SoupBuilder builder_;
  std::vector<Point> points_;
  int line_ = 0;
};

}  // namespace

TriangleSoup read_surface(const std::string& path, double scale_to_mm) {
  std::string ending = std::filesystem::path(path).extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (ending == ".stl") return read_stl(path, scale_to_mm);
  if (ending == ".obj") return ObjReader(path, scale_to_mm).read(read_bytes("MESH", path));
  if (ending == ".off") return read_off(path, scale_to_mm);
  if (ending == ".ply") return read_ply(path, scale_to_mm);
  if (ending == ".msh") return read_msh(path, scale_to_mm);
  if (ending == ".vtk") return read_vtk(path, scale_to_mm);
  if (ending == ".vtp") return read_vtp(path, scale_to_mm);
  if (ending == ".3mf") return read_3mf(path, scale_to_mm);
  throw_problem("MESH_FORMAT", path, "files of type \"" + ending + "\" are not read",
                "give STEP, IGES, BREP, STL, OBJ, PLY, OFF, MSH, VTK, VTP or 3MF");
}

}  // namespace proofload::meshing
