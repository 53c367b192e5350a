/// STEP files, read by OpenCASCADE through Gmsh.
#include <gmsh.h>

#include <algorithm>
#include <filesystem>
#include <regex>

#include "cad_bodies.h"
#include "proofload/core/run_folder.h"

namespace proofload::meshing {
namespace {

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

}  // namespace

std::string geometry_kind(const std::string& file) {
  const std::string ending = upper_case(std::filesystem::path(file).extension().string());
  if (ending == ".STEP" || ending == ".STP") return "step";
  for (const char* surface : {".STL", ".OBJ", ".PLY", ".OFF"}) {
    if (ending == surface) return "surface";
  }
  return "";
}

StepContent import_step(const std::string& file, const std::string& path) {
  if (!std::filesystem::is_regular_file(file)) {
    reject("FILE_NOT_FOUND", path, "there is no file " + file, "check the name and the folder");
  }
  const std::string text = upper_case(read_file(file));
  const std::string name = std::filesystem::path(file).filename().string();
  if (text.find("ISO-10303-21") == std::string::npos) {
    reject("STEP_UNREADABLE", path, name + " does not begin as a STEP file (ISO-10303-21)",
           "export the part as STEP AP203, AP214 or AP242");
  }
  gmsh::option::setString("Geometry.OCCTargetUnit", "MM");
  gmsh::vectorpair shapes;
  try {
    gmsh::model::occ::importShapes(file, shapes, true);
    gmsh::model::occ::synchronize();
  } catch (const std::string& reason) {
    reject("STEP_UNREADABLE", path, name + " could not be read: " + reason,
           "export the part again as STEP AP214 or AP242");
  }
  StepContent content;
  for (const auto& [dim, tag] : shapes) {
    if (dim == 3) content.solids.push_back(tag);
  }
  if (content.solids.empty()) {
    reject("STEP_NO_SOLID", path,
           name + " holds " + std::to_string(shapes.size()) + " faces or curves but no solid",
           "close the surfaces to a solid in the CAD program and export that");
  }
  content.unit = declared_unit(text);
  return content;
}

}  // namespace proofload::meshing
