/// STEP, IGES and BREP files, read by OpenCASCADE through Gmsh.
#include <gmsh.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <regex>

#include "cad_bodies.h"
#include "cad_text.h"
#include "gmsh_session.h"
#include "proofload/core/run_folder.h"
#include "volume_from_surface_child.h"

namespace proofload::meshing {
namespace {

constexpr double kImportSeconds = 40, kImportSecondsPerByte = 1e-5;
constexpr double kSewingTolerance = 1e-3;  // mm between edges of faces that close a solid
constexpr std::size_t kMostSewn = 20'000;
constexpr std::uint64_t kImportMemoryBytes = 3ULL << 30;  // beyond what is in use

std::string upper_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

/// The length unit written in the file. A conversion-based unit (inch) names its SI base as well,
/// so it is looked for first.
std::string declared_unit(const std::string& text) {
  const auto has = [&](const char* pattern) {
    return std::regex_search(text, std::regex(pattern));
  };
  if (has(R"(CONVERSION_BASED_UNIT\s*\(\s*'(INCH|IN)')")) return "inch";
  if (has(R"(SI_UNIT\s*\(\s*\.MILLI\.\s*,\s*\.METRE\.)")) return "mm";
  if (has(R"(SI_UNIT\s*\(\s*\.CENTI\.\s*,\s*\.METRE\.)")) return "cm";
  if (has(R"(SI_UNIT\s*\(\s*\.MICRO\.\s*,\s*\.METRE\.)")) return "um";
  if (has(R"(SI_UNIT\s*\(\s*\$\s*,\s*\.METRE\.)")) return "m";
  return "";
}

[[noreturn]] void reject(const std::string& code, const std::string& path,
                         const std::string& message, const std::string& remedy) {
  throw InvalidInput({{code, path, 0, 0, message, remedy}});
}

/// STEP, IGES or BREP.
std::string drawn_format(const std::string& file) {
  const std::string ending = upper_case(std::filesystem::path(file).extension().string());
  return ending == ".BREP" ? "BREP" : ending == ".IGES" || ending == ".IGS" ? "IGES" : "STEP";
}

/// Looks at the text; returns the unit it declares.
std::string check_text(const std::string& text, const std::string& format, const std::string& path,
                       const std::string& name) {
  if (format == "BREP") {
    check_brep_text(text, path, name);
    return "";
  }
  if (format == "IGES") {
    check_iges_text(text, path, name);
    return iges_unit(text);
  }
  const std::string upper = upper_case(text);
  check_step_text(upper, path, name);
  return declared_unit(upper);
}

/// What a file holds; faces that close a solid are sewn to it.
struct Shapes {
  gmsh::vectorpair drawn;
  std::vector<int> solids;
  bool sewn = false;
};

std::vector<int> solids_of(const gmsh::vectorpair& shapes) {
  std::vector<int> solids;
  for (const auto& [dim, tag] : shapes) {
    if (dim == 3) solids.push_back(tag);
  }
  return solids;
}

Shapes import_shapes(const std::string& file, const std::string& format) {
  Shapes shapes;
  // Without a STEP reader OpenCASCADE does not know the option and Gmsh stops; mm is its default.
  gmsh::option::setString("Geometry.OCCTargetUnit", format == "STEP" ? "MM" : "");
  gmsh::model::occ::importShapes(file, shapes.drawn, true, format == "IGES" ? "iges" : "");
  gmsh::model::occ::synchronize();
  shapes.solids = solids_of(shapes.drawn);
  if (!shapes.solids.empty() || shapes.drawn.empty() || shapes.drawn.size() > kMostSewn) {
    return shapes;
  }
  gmsh::vectorpair healed;
  gmsh::model::occ::healShapes(healed, shapes.drawn, kSewingTolerance, false, false, false, true,
                               true);
  gmsh::model::occ::remove(shapes.drawn, true);
  gmsh::model::occ::synchronize();
  shapes.solids = solids_of(healed);
  shapes.sewn = !shapes.solids.empty();
  return shapes;
}

/// Reads the file once in a child that may crash, hang or run out of memory.
void try_import(const std::string& file, const std::string& format, const std::string& path,
                const std::string& name) {
  try {
    const double size = double(std::filesystem::file_size(file));
    const double seconds = kImportSeconds + kImportSecondsPerByte * size;
    answer_in_child(format + "_UNREADABLE", name, seconds, [&] {
      limit_memory(kImportMemoryBytes);
      guarded(format + "_UNREADABLE", "", [&] { import_shapes(file, format); });
      return std::string();
    });
  } catch (const NumericalFailure& reason) {
    reject(format + "_UNREADABLE", path, "E10: " + name + " could not be read: " + reason.what(),
           "export the part again as STEP AP214 or AP242");
  }
}

}  // namespace

std::string geometry_kind(const std::string& file) {
  const std::string ending = upper_case(std::filesystem::path(file).extension().string());
  for (const char* drawn : {".STEP", ".STP", ".IGES", ".IGS", ".BREP"}) {
    if (ending == drawn) return "step";
  }
  for (const char* surface : {".STL", ".OBJ", ".PLY", ".OFF", ".MSH", ".VTK", ".VTP", ".3MF"}) {
    if (ending == surface) return "surface";
  }
  return "";
}

StepContent import_step(const std::string& file, const std::string& path) {
  if (!std::filesystem::is_regular_file(file)) {
    reject("FILE_NOT_FOUND", path, "there is no file " + file, "check the name and the folder");
  }
  const std::string name = std::filesystem::path(file).filename().string();
  const std::string format = drawn_format(file);
  const std::string unit = check_text(read_file(file), format, path, name);
  try_import(file, format, path, name);
  const Shapes shapes = import_shapes(file, format);
  StepContent content;
  content.solids = shapes.solids;
  content.sewn_faces = shapes.sewn ? static_cast<int>(shapes.drawn.size()) : 0;
  if (content.solids.empty()) {
    reject("STEP_NO_SOLID", path,
           name + " holds " + std::to_string(shapes.drawn.size()) + " faces or curves but no solid",
           "close the surfaces to a solid in the CAD program and export that");
  }
  content.unit = unit;
  return content;
}

}  // namespace proofload::meshing
