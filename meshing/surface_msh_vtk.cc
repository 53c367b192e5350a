/// Gmsh MSH (ASCII) and legacy VTK.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <unordered_map>

#include "surface_build.h"
#include "surface_formats.h"
#include "surface_words.h"

namespace proofload::meshing {
namespace {

using Polygons = std::vector<std::vector<std::int64_t>>;

constexpr double kMostPoints = 2147483648.0;

// ---- MSH -------------------------------------------------------------------------------------

/// Corner nodes of Gmsh's element types; the corners come first.
struct MshType {
  int nodes, corners;
  bool solid;
};

const std::map<std::int64_t, MshType> kMshTypes = {
    {1, {2, 0, false}},  {2, {3, 3, false}}, {3, {4, 4, false}},  {4, {4, 4, true}},
    {8, {3, 0, false}},  {9, {6, 3, false}}, {10, {9, 4, false}}, {11, {10, 4, true}},
    {15, {1, 0, false}}, {16, {8, 4, false}}};

class MshReader {
 public:
  MshReader(std::string path, const std::string& text)
      : path_(std::move(path)), words_(path_, text) {}

  TriangleSoup read(double scale) {
    for (std::string word; !words_.at_end();) {
      word = words_.word();
      if (word == "$meshformat") read_format();
      if (word == "$nodes") version4_ ? read_nodes_4() : read_nodes_2();
      if (word == "$elements") version4_ ? read_elements_4() : read_elements_2();
      skip_to_end(word);
    }
    if (surface_.empty()) add_outer_faces();
    return soup_of_polygons(path_, points_, surface_, scale);
  }

 private:
  void read_format() {
    const double version = words_.number();
    version4_ = version >= 4;
    if (version < 2 || version >= 5 || (version > 2.21 && version < 4.05)) {
      words_.fail("MSH version " + std::to_string(version) + " is not read (2.2 and 4.1 are)");
    }
    if (words_.integer() != 0) words_.fail("a binary MSH file: save it as ASCII");
  }

  void skip_to_end(const std::string& section) {
    if (section.empty() || section[0] != '$')
      words_.fail("\"" + section.substr(0, 40) + "\" outside a section");
    const std::string end = "$end" + section.substr(1);
    while (words_.word() != end) {
    }
  }

  void add_node(std::int64_t tag) {
    Point point;
    for (double& x : point) x = words_.number();
    index_[tag] = static_cast<std::int64_t>(points_.size());
    points_.push_back(point);
  }

  void read_nodes_2() {
    const std::int64_t count = words_.count("nodes", 8);
    for (std::int64_t i = 0; i < count; ++i) add_node(words_.integer());
  }

  void read_nodes_4() {
    const std::int64_t blocks = words_.count("node blocks", 8);
    for (int i = 0; i < 3; ++i) words_.integer();
    for (std::int64_t b = 0; b < blocks; ++b) {
      words_.integer(), words_.integer();
      if (words_.integer() != 0) words_.fail("parametric nodes are not read");
      std::vector<std::int64_t> tags(words_.count("nodes", 8));
      for (std::int64_t& tag : tags) tag = words_.integer();
      for (const std::int64_t tag : tags) add_node(tag);
    }
  }

  void read_elements_2() {
    const std::int64_t count = words_.count("elements", 6);
    for (std::int64_t i = 0; i < count; ++i) {
      words_.integer();
      const MshType type = type_of(words_.integer());
      const std::int64_t tags = words_.count("tags", 2);
      for (std::int64_t k = 0; k < tags; ++k) words_.integer();
      add_element(type);
    }
  }

  void read_elements_4() {
    const std::int64_t blocks = words_.count("element blocks", 8);
    for (int i = 0; i < 3; ++i) words_.integer();
    for (std::int64_t b = 0; b < blocks; ++b) {
      words_.integer(), words_.integer();
      const MshType type = type_of(words_.integer());
      const std::int64_t count = words_.count("elements", 4);
      for (std::int64_t i = 0; i < count; ++i) {
        words_.integer();
        add_element(type);
      }
    }
  }

  MshType type_of(std::int64_t type) {
    const auto found = kMshTypes.find(type);
    if (found == kMshTypes.end()) {
      words_.fail("elements of type " + std::to_string(type) + " are not read");
    }
    return found->second;
  }

  void add_element(const MshType& type) {
    std::vector<std::int64_t> corners;
    for (int k = 0; k < type.nodes; ++k) {
      const auto found = index_.find(words_.integer());
      if (found == index_.end()) words_.fail("an element names a node that is not there");
      if (k < type.corners) corners.push_back(found->second);
    }
    if (type.corners == 0) return;
    (type.solid ? tets_ : surface_).push_back(corners);
  }

  /// Faces of tetrahedra that no second one has.
  void add_outer_faces() {
    std::map<std::array<std::int64_t, 3>, std::vector<std::int64_t>> once;
    constexpr int kFaces[4][3] = {{0, 2, 1}, {0, 1, 3}, {0, 3, 2}, {1, 2, 3}};
    for (const auto& tet : tets_) {
      for (const auto& f : kFaces) {
        std::array<std::int64_t, 3> key{tet[f[0]], tet[f[1]], tet[f[2]]};
        std::sort(key.begin(), key.end());
        if (once.erase(key) == 0) once[key] = {tet[f[0]], tet[f[1]], tet[f[2]]};
      }
    }
    for (const auto& [key, corners] : once) surface_.push_back(corners);
  }

  std::string path_;
  WordReader words_;
  bool version4_ = false;
  std::vector<Point> points_;
  std::unordered_map<std::int64_t, std::int64_t> index_;
  Polygons surface_, tets_;
};

// ---- VTK -------------------------------------------------------------------------------------

class VtkReader {
 public:
  VtkReader(std::string path, const std::string& text)
      : path_(std::move(path)), words_(path_, text) {}

  TriangleSoup read(double scale) {
    read_start();
    while (!words_.at_end()) {
      const std::string word = words_.word();
      if (word == "points") {
        read_points();
      } else if (word == "polygons" || word == "triangle_strips" || word == "cells") {
        read_cells(word);
      } else if (word == "lines" || word == "vertices") {
        Polygons ignored;
        read_lists(ignored);
      } else if (word == "cell_types") {
        for (double type : values("int", words_.count("cell types", 1)))
          types_.push_back(type >= 0 && type < 256 ? int(type) : 0);
      } else if (word == "field") {
        skip_field();
      } else if (word == "metadata") {
        while (!words_.rest_of_line().empty() && !words_.at_end()) {
        }
      } else if (word == "cell_data" || word == "point_data") {
        break;  // colours and results
      } else {
        words_.fail("\"" + word.substr(0, 40) + "\" is not known in a VTK file");
      }
    }
    add_cells();
    return soup_of_polygons(path_, points_, polygons_, scale);
  }

 private:
  void read_start() {
    const std::string_view first = words_.rest_of_line();
    if (first.substr(0, 22) != "# vtk DataFile Version") {
      words_.fail("the file does not begin with \"# vtk DataFile Version\"");
    }
    words_.rest_of_line();
    const std::string encoding = words_.word();
    binary_ = encoding == "binary";
    if (!binary_ && encoding != "ascii") words_.fail("neither ASCII nor BINARY");
    if (words_.word() != "dataset") words_.fail("DATASET is missing");
    const std::string kind = words_.word();
    if (kind != "polydata" && kind != "unstructured_grid") {
      words_.fail("a dataset of kind " + kind.substr(0, 40) +
                  " has no surface (POLYDATA and UNSTRUCTURED_GRID have)");
    }
  }

  static int bytes_of(const std::string& type) {
    if (type == "double" || type == "vtktypeint64" || type == "long" || type == "vtkidtype")
      return 8;
    return type == "float" || type == "int" || type == "vtktypeint32" ? 4 : 0;
  }

  /// `count` numbers of a type; binary ones are big-endian and begin on a line of their own.
  std::vector<double> values(const std::string& type, std::int64_t count, bool on_line = false) {
    const int size = bytes_of(type);
    if (size == 0) words_.fail("numbers of type " + type.substr(0, 40) + " are not read");
    if (count < 0 || count > words_.bytes_left() / (binary_ ? size : 2) + 1) {
      words_.fail("the file announces " + std::to_string(count) + " numbers but has only " +
                  std::to_string(words_.bytes_left()) + " bytes left");
    }
    std::vector<double> result(static_cast<std::size_t>(count));
    if (!binary_) {
      for (double& x : result) x = words_.number();
      return result;
    }
    if (!on_line) words_.rest_of_line();
    const std::string_view bytes = words_.raw(count * size, "numbers");
    for (std::size_t i = 0; i < result.size(); ++i) {
      char one[8];
      std::reverse_copy(bytes.begin() + i * size, bytes.begin() + (i + 1) * size, one);
      result[i] = decode(type, one);
    }
    return result;
  }

  static double decode(const std::string& type, const char* bytes) {
    const auto as = [&](auto value) {
      std::memcpy(&value, bytes, sizeof value);
      return static_cast<double>(value);
    };
    if (type == "double") return as(double{});
    if (type == "float") return as(float{});
    return bytes_of(type) == 8 ? as(std::int64_t{}) : as(std::int32_t{});
  }

  void skip_field() {
    words_.word();
    const std::int64_t arrays = words_.count("arrays", 4);
    for (std::int64_t i = 0; i < arrays; ++i) {
      words_.word();
      const std::int64_t components = words_.count("components", 1);
      const std::int64_t tuples = words_.count("tuples", 1);
      values(words_.word(), components * tuples);
    }
  }

  void read_points() {
    const std::int64_t count = words_.count("points", 3);
    const std::string type = words_.word();
    if (type != "float" && type != "double") words_.fail("points of type " + type.substr(0, 40));
    const std::vector<double> x = values(type, 3 * count);
    for (std::int64_t i = 0; i < count; ++i) {
      points_.push_back({x[3 * i], x[3 * i + 1], x[3 * i + 2]});
    }
  }

  /// Old form "n size" and lists with their lengths; new form (5.1) OFFSETS and CONNECTIVITY.
  void read_lists(Polygons& lists) {
    const std::int64_t count = words_.count("cells", 1), size = words_.integer();
    const std::string rest(words_.rest_of_line());
    if (!rest.empty()) words_.fail("\"" + rest.substr(0, 40) + "\" behind the counts");
    if (starts_with_offsets()) {
      read_offsets(lists, count, size);
      return;
    }
    const std::vector<double> flat = values("int", size, true);
    std::size_t at = 0;
    for (std::int64_t i = 0; i < count; ++i) {
      const double length = at < flat.size() ? flat[at++] : -1;
      if (!(length >= 0) || length > double(flat.size() - at)) {
        words_.fail("cell " + std::to_string(i + 1) + " is longer than the list of cells");
      }
      lists.push_back(corners(flat, at, at + std::size_t(length)));
      at += std::size_t(length);
    }
  }

  /// Numbers of points from a list of numbers; whether the points are there is seen later.
  std::vector<std::int64_t> corners(const std::vector<double>& flat, std::size_t from,
                                    std::size_t to) {
    std::vector<std::int64_t> result;
    for (std::size_t i = from; i < to; ++i) {
      if (!(flat[i] >= 0 && flat[i] < kMostPoints && flat[i] == std::floor(flat[i]))) {
        words_.fail("entry " + std::to_string(i + 1) + " of the list of cells is no point");
      }
      result.push_back(static_cast<std::int64_t>(flat[i]));
    }
    return result;
  }

  bool starts_with_offsets() {
    WordReader ahead = words_;
    return ahead.next().substr(0, 7) == "OFFSETS";
  }

  void read_offsets(Polygons& lists, std::int64_t count, std::int64_t size) {
    words_.word();
    const std::vector<double> offsets = values(words_.word(), count);
    if (words_.word() != "connectivity") words_.fail("CONNECTIVITY is missing");
    const std::vector<double> flat = values(words_.word(), size);
    for (std::size_t i = 0; i + 1 < offsets.size(); ++i) {
      if (!(offsets[i] >= 0 && offsets[i + 1] >= offsets[i] && offsets[i + 1] <= double(size))) {
        words_.fail("offset " + std::to_string(i + 2) + " is outside the connectivity");
      }
      lists.push_back(corners(flat, std::size_t(offsets[i]), std::size_t(offsets[i + 1])));
    }
  }

  void read_cells(const std::string& kind) {
    if (kind == "polygons") read_lists(polygons_);
    if (kind == "cells") read_lists(cells_);
    if (kind != "triangle_strips") return;
    Polygons strips;
    read_lists(strips);
    for (const auto& strip : strips) add_strip(strip, polygons_);
  }

  /// Surface cells of an unstructured grid: triangle 5, strip 6, polygon 7, quadrangle 9.
  void add_cells() {
    if (cells_.size() != types_.size()) {
      words_.fail("there are " + std::to_string(cells_.size()) + " cells but " +
                  std::to_string(types_.size()) + " types");
    }
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      if (types_[i] == 6) add_strip(cells_[i], polygons_);
      if (types_[i] == 5 || types_[i] == 7 || types_[i] == 9) polygons_.push_back(cells_[i]);
    }
  }

  std::string path_;
  WordReader words_;
  bool binary_ = false;
  std::vector<Point> points_;
  Polygons polygons_, cells_;
  std::vector<int> types_;
};

}  // namespace

void add_strip(const std::vector<std::int64_t>& strip, Polygons& polygons) {
  for (std::size_t k = 2; k < strip.size(); ++k) {
    const std::size_t odd = k % 2;
    polygons.push_back({strip[k - 2 + odd], strip[k - 1 - odd], strip[k]});
  }
}

TriangleSoup read_msh(const std::string& path, double scale) {
  const std::string text = read_bytes("MESH", path);
  return MshReader(path, text).read(scale);
}

TriangleSoup read_vtk(const std::string& path, double scale) {
  const std::string text = read_bytes("MESH", path);
  return VtkReader(path, text).read(scale);
}

}  // namespace proofload::meshing
