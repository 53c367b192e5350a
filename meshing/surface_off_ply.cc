/// OFF and PLY.
#include <algorithm>
#include <cstring>

#include "surface_build.h"
#include "surface_formats.h"
#include "surface_words.h"

namespace proofload::meshing {
namespace {

constexpr const char* kExportAgain = "export the file again, or as binary STL";
using Polygons = std::vector<std::vector<std::int64_t>>;

enum class Encoding { kAscii, kLittle, kBig };

struct Property {
  bool list = false;
  std::string name, type, count_type;
};

struct Element {
  std::string name;
  std::int64_t count = 0;
  std::vector<Property> properties;
};

int bytes_of(const std::string& type) {
  if (type == "char" || type == "uchar" || type == "int8" || type == "uint8") return 1;
  if (type == "short" || type == "ushort" || type == "int16" || type == "uint16") return 2;
  if (type == "int" || type == "uint" || type == "float" || type == "int32" || type == "uint32" ||
      type == "float32") {
    return 4;
  }
  return type == "double" || type == "float64" ? 8 : 0;
}

template <class T>
double as(const std::string& bytes) {
  T value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return static_cast<double>(value);
}

/// The body of a PLY file, whatever its encoding.
class PlyValues {
 public:
  PlyValues(WordReader& words, Encoding encoding) : words_(words), encoding_(encoding) {}

  double value(const std::string& type) {
    if (encoding_ == Encoding::kAscii) return words_.number();
    std::string bytes(words_.raw(bytes_of(type), "a " + type));
    if (encoding_ == Encoding::kBig) std::reverse(bytes.begin(), bytes.end());
    if (type == "char" || type == "int8") return as<std::int8_t>(bytes);
    if (type == "uchar" || type == "uint8") return as<std::uint8_t>(bytes);
    if (type == "short" || type == "int16") return as<std::int16_t>(bytes);
    if (type == "ushort" || type == "uint16") return as<std::uint16_t>(bytes);
    if (type == "int" || type == "int32") return as<std::int32_t>(bytes);
    if (type == "uint" || type == "uint32") return as<std::uint32_t>(bytes);
    if (type == "float" || type == "float32") return as<float>(bytes);
    return as<double>(bytes);
  }

  std::vector<double> list(const Property& property) {
    const double count = value(property.count_type);
    const int least = encoding_ == Encoding::kAscii ? 1 : bytes_of(property.type);
    if (!(count >= 0) || count > double(words_.bytes_left()) / least + 1) {
      words_.fail("a list announces more entries than the file has bytes");
    }
    std::vector<double> values(static_cast<std::size_t>(count));
    for (double& v : values) v = value(property.type);
    return values;
  }

 private:
  WordReader& words_;
  Encoding encoding_;
};

struct PlyHeader {
  Encoding encoding = Encoding::kAscii;
  std::vector<Element> elements;
};

Property read_property(WordReader& words) {
  Property property;
  property.type = words.word();
  property.list = property.type == "list";
  if (property.list) {
    property.count_type = words.word();
    property.type = words.word();
  }
  property.name = words.word();
  if (bytes_of(property.type) == 0 || (property.list && bytes_of(property.count_type) == 0)) {
    words.fail("the property " + property.name.substr(0, 40) + " has an unknown type");
  }
  return property;
}

PlyHeader read_header(WordReader& words) {
  PlyHeader header;
  if (words.word() != "ply") words.fail("the file does not begin with \"ply\"");
  for (std::string word = words.word(); word != "end_header"; word = words.word()) {
    if (word == "format") {
      const std::string kind = words.word();
      header.encoding = kind == "ascii"                  ? Encoding::kAscii
                        : kind == "binary_little_endian" ? Encoding::kLittle
                        : kind == "binary_big_endian"
                            ? Encoding::kBig
                            : (words.fail("unknown format " + kind), Encoding::kAscii);
      words.number();
    } else if (word == "comment" || word == "obj_info") {
      words.rest_of_line();
    } else if (word == "element") {
      const std::string name = words.word();
      header.elements.push_back({name, words.count("entries of " + name, 1), {}});
    } else if (word == "property" && !header.elements.empty()) {
      header.elements.back().properties.push_back(read_property(words));
    } else {
      words.fail("\"" + word.substr(0, 40) + "\" is not known in a PLY header");
    }
  }
  words.rest_of_line();
  return header;
}

void read_element(const Element& element, PlyValues& values, std::vector<Point>& points,
                  Polygons& polygons) {
  for (std::int64_t i = 0; i < element.count; ++i) {
    Point point{};
    for (const Property& property : element.properties) {
      if (property.list) {
        const std::vector<double> entries = values.list(property);
        const bool corners = property.name == "vertex_indices" || property.name == "vertex_index";
        if (element.name == "face" && corners) {
          polygons.emplace_back(entries.begin(), entries.end());
        }
        continue;
      }
      const double value = values.value(property.type);
      for (int axis = 0; axis < 3; ++axis) {
        if (property.name == std::string(1, static_cast<char>('x' + axis))) point[axis] = value;
      }
    }
    if (element.name == "vertex") points.push_back(point);
  }
}

}  // namespace

TriangleSoup soup_of_polygons(const std::string& path, const std::vector<Point>& points,
                              const Polygons& polygons, double scale) {
  SoupBuilder builder("MESH", path, scale);
  for (std::size_t i = 0; i < points.size(); ++i) {
    builder.check(points[i], [&] { return "vertex " + std::to_string(i + 1); });
  }
  const auto count = static_cast<std::int64_t>(points.size());
  for (std::size_t i = 0; i < polygons.size(); ++i) {
    const auto& polygon = polygons[i];
    const bool known = std::all_of(polygon.begin(), polygon.end(),
                                   [&](std::int64_t k) { return k >= 0 && k < count; });
    if (polygon.size() < 3 || !known) {
      throw_problem("MESH_SYNTAX", path,
                    "face " + std::to_string(i + 1) + " has fewer than 3 corners or names a " +
                        "vertex that is not there (there are " + std::to_string(count) + ")",
                    kExportAgain);
    }
    for (std::size_t k = 2; k < polygon.size(); ++k) {
      builder.add({points[polygon[0]], points[polygon[k - 1]], points[polygon[k]]});
    }
    check_facet_count("MESH", path, builder.triangle_count());
  }
  return builder.finish();
}

TriangleSoup read_off(const std::string& path, double scale) {
  const std::string text = read_bytes("MESH", path);
  WordReader words(path, text);
  const std::string kind = words.word();
  if (kind != "off" && kind != "coff" && kind != "noff") {
    words.fail("the file does not begin with \"OFF\"");
  }
  const std::int64_t extra = kind == "noff" ? 3 : 0;
  const std::int64_t vertices = words.count("vertices", 6), faces = words.count("faces", 2);
  words.integer();  // edges: nobody fills this in
  std::vector<Point> points;
  for (std::int64_t i = 0; i < vertices; ++i) {
    Point point;
    for (double& x : point) x = words.number();
    for (std::int64_t k = 0; k < extra; ++k) words.number();
    if (kind == "coff") words.rest_of_line();
    points.push_back(point);
  }
  Polygons polygons;
  for (std::int64_t i = 0; i < faces; ++i) {
    std::vector<std::int64_t> corners(words.count("corners", 2));
    for (std::int64_t& corner : corners) corner = words.integer();
    words.rest_of_line();  // colours
    polygons.push_back(std::move(corners));
  }
  return soup_of_polygons(path, points, polygons, scale);
}

TriangleSoup read_ply(const std::string& path, double scale) {
  const std::string text = read_bytes("MESH", path);
  WordReader words(path, text);
  const PlyHeader header = read_header(words);
  PlyValues values(words, header.encoding);
  std::vector<Point> points;
  Polygons polygons;
  for (const Element& element : header.elements) {
    if (element.properties.empty() && element.count > 0) {
      words.fail("the element " + element.name.substr(0, 40) + " has no properties");
    }
    read_element(element, values, points, polygons);
  }
  return soup_of_polygons(path, points, polygons, scale);
}

}  // namespace proofload::meshing
