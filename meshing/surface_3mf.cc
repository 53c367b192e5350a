/// 3MF: a zip archive with one XML model. Limits keep zip and XML bombs out.
#include <minizip/unzip.h>

#include <cmath>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <pugixml.hpp>
#include <sstream>

#include "surface_build.h"
#include "surface_formats.h"

namespace proofload::meshing {
namespace {

constexpr const char* kExportAgain = "export the file again, or as binary STL";
constexpr const char* kModel = "3D/3dmodel.model";
constexpr std::uint64_t kMostBytes = 1'000'000'000;  // of the model, unpacked
constexpr std::uint64_t kMostRatio = 200;            // unpacked over packed
constexpr int kMostDepth = 16;                       // of components in components
constexpr int kMostObjects = 100'000;                // built, components counted each time

[[noreturn]] void refuse(const std::string& path, const std::string& what) {
  throw_problem("MESH_SYNTAX", path, what, kExportAgain);
}

struct CloseArchive {
  void operator()(void* archive) const { unzClose(archive); }
};

/// The model part, unpacked within limits.
std::string unpack_model(const std::string& path) {
  const std::unique_ptr<void, CloseArchive> archive(unzOpen64(path.c_str()));
  if (!archive) refuse(path, "the file is no zip archive");
  if (unzLocateFile(archive.get(), kModel, 2) != UNZ_OK) {
    refuse(path, std::string("the archive has no part ") + kModel);
  }
  unz_file_info64 info{};
  if (unzGetCurrentFileInfo64(archive.get(), &info, nullptr, 0, nullptr, 0, nullptr, 0) != UNZ_OK ||
      unzOpenCurrentFile(archive.get()) != UNZ_OK) {
    refuse(path, "the model in the archive cannot be read");
  }
  std::string text;
  std::vector<char> block(1 << 20);
  while (true) {
    const int count =
        unzReadCurrentFile(archive.get(), block.data(), static_cast<unsigned>(block.size()));
    if (count < 0) refuse(path, "the model in the archive is damaged");
    if (count == 0) break;
    text.append(block.data(), static_cast<std::size_t>(count));
    if (text.size() > kMostBytes || text.size() > kMostRatio * (info.compressed_size + 1000)) {
      throw_problem("MESH_TOO_LARGE", path,
                    "the model unpacks to more than " +
                        std::to_string(text.size() > kMostBytes ? kMostBytes : text.size()) +
                        " bytes from " + std::to_string(info.compressed_size),
                    "export the part as binary STL");
    }
  }
  if (unzCloseCurrentFile(archive.get()) == UNZ_CRCERROR) {
    refuse(path, "the model in the archive is damaged (checksum)");
  }
  return text;
}

/// Twelve numbers: three rows of the linear part, then the shift; applied as row vector times
/// matrix.
using Transform = std::array<double, 12>;
constexpr Transform kIdentity{1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0};

Point placed(const Transform& m, const Point& p) {
  Point q;
  for (int k = 0; k < 3; ++k) q[k] = p[0] * m[k] + p[1] * m[3 + k] + p[2] * m[6 + k] + m[9 + k];
  return q;
}

/// First `inner`, then `outer`.
Transform chain(const Transform& inner, const Transform& outer) {
  Transform result;
  for (int row = 0; row < 4; ++row) {
    Point at{inner[3 * row], inner[3 * row + 1], inner[3 * row + 2]};
    Point moved = placed(outer, at);
    for (int k = 0; k < 3; ++k) result[3 * row + k] = moved[k] - (row < 3 ? outer[9 + k] : 0);
  }
  return result;
}

double unit_mm(const std::string& path, const std::string& unit) {
  static const std::map<std::string, double> kUnits = {
      {"", 1},        {"millimeter", 1}, {"micron", 0.001}, {"centimeter", 10},
      {"inch", 25.4}, {"foot", 304.8},   {"meter", 1000}};
  const auto found = kUnits.find(unit);
  if (found == kUnits.end()) refuse(path, "the unit \"" + unit.substr(0, 40) + "\" is not known");
  return found->second;
}

class ModelReader {
 public:
  ModelReader(const std::string& path, const pugi::xml_node& model, double scale)
      : path_(path), builder_("MESH", path, scale) {
    for (const auto& object : model.child("resources").children("object")) {
      objects_[object.attribute("id").value()] = object;
    }
    for (const auto& item : model.child("build").children("item")) {
      add_object(item.attribute("objectid").value(), transform_of(item), 0);
    }
  }
  TriangleSoup finish() { return builder_.finish(); }

 private:
  Transform transform_of(const pugi::xml_node& node) const {
    const pugi::xml_attribute text = node.attribute("transform");
    if (!text) return kIdentity;
    std::istringstream numbers(text.value());
    Transform result;
    for (double& x : result) {
      if (!(numbers >> x)) refuse(path_, "a transform has fewer than 12 numbers");
    }
    return result;
  }

  double number(const pugi::xml_node& node, const char* name) const {
    const pugi::xml_attribute text = node.attribute(name);
    char* end = nullptr;
    const double value = std::strtod(text.value(), &end);
    if (!text || end == text.value()) {
      refuse(path_, std::string("a ") + node.name() + " has no number " + name);
    }
    return value;
  }

  std::size_t corner(const pugi::xml_node& node, const char* name, std::size_t count) const {
    const double value = number(node, name);
    if (!(value >= 0 && value < double(count)) || value != std::floor(value)) {
      refuse(path_, "a triangle names vertex " + std::string(node.attribute(name).value()) +
                        ", there are " + std::to_string(count));
    }
    return static_cast<std::size_t>(value);
  }

  void add_object(const std::string& id, const Transform& where, int depth) {
    const auto found = objects_.find(id);
    if (found == objects_.end()) refuse(path_, "there is no object " + id.substr(0, 40));
    if (++added_ > kMostObjects) refuse(path_, "more than 100,000 objects are built");
    if (depth > kMostDepth) refuse(path_, "components are nested in a circle or too deep");
    const pugi::xml_node mesh = found->second.child("mesh");
    if (mesh) add_mesh(mesh, where, found->second.attribute("name").value());
    for (const auto& part : found->second.child("components").children("component")) {
      add_object(part.attribute("objectid").value(), chain(transform_of(part), where), depth + 1);
    }
  }

  void add_mesh(const pugi::xml_node& mesh, const Transform& where, const std::string& name) {
    builder_.begin_solid(name);
    std::vector<Point> points;
    for (const auto& v : mesh.child("vertices").children("vertex")) {
      points.push_back(placed(where, {number(v, "x"), number(v, "y"), number(v, "z")}));
      builder_.check(points.back(), [&] { return "vertex " + std::to_string(points.size()); });
    }
    for (const auto& t : mesh.child("triangles").children("triangle")) {
      builder_.add({points[corner(t, "v1", points.size())], points[corner(t, "v2", points.size())],
                    points[corner(t, "v3", points.size())]});
      if (builder_.triangle_count() > kMaxFacets) {
        check_facet_count("MESH", path_, builder_.triangle_count());
      }
    }
  }

  const std::string& path_;
  SoupBuilder builder_;
  std::map<std::string, pugi::xml_node> objects_;
  int added_ = 0;
};

}  // namespace

TriangleSoup read_3mf(const std::string& path, double scale) {
  if (read_bytes("MESH", path).substr(0, 2) != "PK") refuse(path, "the file is no zip archive");
  std::string text = unpack_model(path);
  if (text.find("<!DOCTYPE") != std::string::npos) {
    refuse(path, "the model has a document type declaration, which 3MF forbids");
  }
  pugi::xml_document document;
  const pugi::xml_parse_result parsed =
      document.load_buffer_inplace(text.data(), text.size(), pugi::parse_default);
  const pugi::xml_node model = document.child("model");
  if (!parsed || !model) {
    refuse(path, std::string("the model is no XML (") + parsed.description() + " at byte " +
                     std::to_string(parsed.offset) + ")");
  }
  const std::string unit = model.attribute("unit").value();
  const double own = unit_mm(path, unit);
  if (std::abs(own / scale - 1) > 1e-9) {
    throw_problem("UNIT_SUSPECT", path,
                  "the file says that its unit is the " + (unit.empty() ? "millimeter" : unit) +
                      ", the case says otherwise",
                  own == 25.4   ? "write length_unit: inch"
                  : own == 1000 ? "write length_unit: m"
                  : own == 10   ? "write length_unit: cm"
                  : own == 1    ? "write length_unit: mm"
                  : own < 1     ? "write length_unit: um"
                                : "export the part in millimetres");
  }
  return ModelReader(path, model, scale).finish();
}

}  // namespace proofload::meshing
