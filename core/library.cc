#include "proofload/core/library.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "proofload/core/run_folder.h"
#include "proofload/core/validate.h"

namespace proofload {

namespace fs = std::filesystem;

namespace {

std::vector<fs::path> yaml_files(const fs::path& folder) {
  std::vector<fs::path> files;
  if (!fs::is_directory(folder)) return files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// Every number of a library material must say where it comes from.
void check_sources(const v1::Material& material, const std::string& file,
                   const std::map<std::string, Position>& positions,
                   std::vector<Problem>& problems) {
  const auto* reflection = material.GetReflection();
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  reflection->ListFields(material, &fields);
  for (const auto* field : fields) {
    if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_DOUBLE) continue;
    if (material.sources().count(field->name())) continue;
    const auto found = positions.find(field->name());
    const Position at = found == positions.end() ? Position{} : found->second;
    problems.push_back({"SOURCE_MISSING", file + ": " + field->name(), at.line, at.column,
                        "the number has no source",
                        "add sources: {" + field->name() + ": {citation: …, confirmed: …}}"});
  }
}

void check_sources(const google::protobuf::Message&, const std::string&,
                   const std::map<std::string, Position>&, std::vector<Problem>&) {}

template <typename Entry>
void read_folder(const fs::path& folder, std::map<std::string, Entry>& entries,
                 std::vector<Problem>& problems) {
  for (const fs::path& file : yaml_files(folder)) {
    Entry entry;
    std::map<std::string, Position> positions;
    try {
      parse_message(read_file(file.string()), file.string(), entry, &positions);
    } catch (const InvalidInput& invalid) {
      for (Problem problem : invalid.problems()) {
        problem.path = file.string() + ": " + problem.path;
        problems.push_back(problem);
      }
      continue;
    }
    std::vector<Problem> found;
    check_field_rules(entry, "", positions, found);
    for (Problem& problem : found) {
      problem.path = file.string() + ": " + problem.path;
      problems.push_back(problem);
    }
    check_sources(entry, file.string(), positions, problems);
    if (entry.name() != file.stem().string()) {
      problems.push_back({"NAME_DIFFERS", file.string() + ": name", 1, 1,
                          "the name \"" + entry.name() + "\" differs from the file's",
                          "write name: " + file.stem().string()});
    }
    entries[file.stem().string()] = entry;
  }
}

}  // namespace

Library read_library(const std::string& folder) {
  Library library;
  std::vector<Problem> problems;
  const fs::path root(folder);
  read_folder(root / "materials", library.materials, problems);
  read_folder(root / "sn_curves", library.sn_curves, problems);
  read_folder(root / "rods", library.rods, problems);
  read_folder(root / "loads", library.loads, problems);
  read_folder(root / "density_laws", library.density_laws, problems);
  if (!problems.empty()) throw InvalidInput(std::move(problems));
  return library;
}

std::string to_text(v1::Confidence::Enum confidence) {
  switch (confidence) {
    case v1::Confidence::high:
      return "high";
    case v1::Confidence::medium:
      return "medium";
    case v1::Confidence::low_medium:
      return "low to medium";
    case v1::Confidence::low:
      return "low";
    default:
      return "not stated";
  }
}

std::string library_folder() {
  std::vector<fs::path> places;
  if (const char* given = std::getenv("PROOFLOAD_LIBRARY")) places.emplace_back(given);
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) places.push_back(program.parent_path().parent_path() / "share/proofload/library");
  places.emplace_back(PROOFLOAD_SOURCE_LIBRARY);
  for (const fs::path& place : places) {
    if (fs::is_directory(place / "materials")) return place.string();
  }
  throw InvalidInput({{"LIBRARY_NOT_FOUND", "", 0, 0, "the material library was not found",
                       "set PROOFLOAD_LIBRARY to the folder that holds materials/"}});
}

}  // namespace proofload
