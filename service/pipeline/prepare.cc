#include <algorithm>
#include <filesystem>

#include "proofload/core/validate.h"
#include "proofload/pipeline/pipeline.h"

namespace fs = std::filesystem;

namespace proofload::pipeline {

namespace {

/// "bodies[0].file" -> "bodies[0]" -> "bodies"; empty at the end.
std::string parent_path(const std::string& path) {
  const std::size_t cut = path.find_last_of(".[");
  return cut == std::string::npos ? "" : path.substr(0, cut);
}

/// The field a problem is about; the mesher names geometry by its file.
std::string field_of(const Problem& problem, const v1::Case& value) {
  for (const auto& [path, body] : bodies_with_files(value)) {
    if (body->file() == problem.path) return path;
  }
  return problem.path;
}

/// Where the content of a geometry file of the case comes from.
std::string source_of(const v1::Body& body, const fs::path& case_folder,
                      const std::map<std::string, std::string>& files) {
  for (const std::string& key : {body.name(), body.file()}) {
    const auto found = files.find(key);
    if (found != files.end()) return found->second;
  }
  return (case_folder / body.file()).string();
}

void check_names(const std::map<std::string, std::string>& files, const v1::Case& value,
                 std::vector<Problem>& problems) {
  const auto bodies = bodies_with_files(value);
  for (const auto& [name, path] : files) {
    const bool known = std::any_of(bodies.begin(), bodies.end(), [&key = name](const auto& one) {
      return one.second->name() == key || one.second->file() == key;
    });
    if (!known) {
      problems.push_back({"UNKNOWN_FILE", "--file " + name, 0, 0,
                          "the case has no body of this name that takes a geometry file",
                          "give the name of a body whose `file` is to be replaced"});
    }
  }
}

}  // namespace

PreparedCase prepare_case(const std::string& yaml, const std::string& file_name,
                          const std::string& inputs) {
  PreparedCase out;
  out.text = parse_case(yaml, file_name);
  out.library = read_library(library_folder());
  std::vector<Problem> problems = validate(out.text, out.library, inputs);
  if (!problems.empty()) throw InvalidInput(problems);
  out.resolved = resolve(out.text.value, out.library);
  return out;
}

std::vector<std::pair<std::string, const v1::Body*>> bodies_with_files(const v1::Case& value) {
  std::vector<std::pair<std::string, const v1::Body*>> out;
  const auto collect = [&](const auto& bodies, const std::string& path) {
    for (int i = 0; i < bodies.size(); ++i) {
      if (bodies[i].file().empty()) continue;
      out.emplace_back(path + "[" + std::to_string(i) + "].file", &bodies[i]);
    }
  };
  collect(value.bodies(), "bodies");
  collect(value.designs().construct().bodies(), "designs.construct.bodies");
  return out;
}

std::map<std::string, std::string> geometry_sources(
    const CaseText& text, const std::string& case_path,
    const std::map<std::string, std::string>& files) {
  std::vector<Problem> problems;
  check_names(files, text.value, problems);
  const fs::path case_folder = fs::absolute(case_path).parent_path();
  std::map<std::string, std::string> out;
  for (const auto& [path, body] : bodies_with_files(text.value)) {
    (void)path;
    const std::string source = source_of(*body, case_folder, files);
    std::error_code error;
    // What is left out here is missing later: validate() says so with all else that is wrong.
    if (is_safe_relative_path(body->file()) && fs::is_regular_file(source, error)) {
      out[body->file()] = source;
    }
  }
  locate_problems(problems, text);
  if (!problems.empty()) throw InvalidInput(problems);
  return out;
}

bool is_safe_relative_path(const std::string& name) {
  if (name.empty() || name.size() > 255) return false;
  for (const char c : name) {
    if (static_cast<unsigned char>(c) < 32 || c == 127 || c == '\\') return false;
  }
  const fs::path path(name);
  if (path.is_absolute() || !path.has_filename()) return false;
  return std::none_of(path.begin(), path.end(),
                      [](const fs::path& part) { return part == ".." || part == "."; });
}

void fill_run_folder(const RunFolder& folder, const std::string& case_path,
                     const std::map<std::string, std::string>& files) {
  const std::string yaml = read_file(case_path);
  const CaseText text = parse_case(yaml, fs::path(case_path).filename().string());
  const auto sources = geometry_sources(text, case_path, files);
  fs::create_directories(folder.inputs());
  if (fs::exists(folder.case_yaml()) && read_file(folder.case_yaml()) != yaml) {
    fs::remove_all(folder.designs());
    fs::remove_all(folder.report());
  }
  fs::remove(folder.progress());
  write_file_atomically(folder.case_yaml(), yaml);
  for (const auto& [name, source] : sources) {
    const fs::path target = fs::path(folder.inputs()) / name;
    fs::create_directories(target.parent_path());
    if (fs::exists(target) && sha256_of_file(target.string()) == sha256_of_file(source)) continue;
    fs::copy_file(source, target, fs::copy_options::overwrite_existing);
  }
}

void locate_problems(std::vector<Problem>& problems, const CaseText& text) {
  for (Problem& problem : problems) {
    if (problem.line > 0) continue;
    for (std::string path = field_of(problem, text.value); !path.empty();
         path = parent_path(path)) {
      const auto found = text.positions.find(path);
      if (found == text.positions.end()) continue;
      problem.line = found->second.line;
      problem.column = found->second.column;
      break;
    }
  }
}

}  // namespace proofload::pipeline
