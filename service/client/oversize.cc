#include <filesystem>
#include <iostream>
#include <set>

#include "commands.h"
#include "proofload/core/run_folder.h"
#include "proofload/pipeline/pipeline.h"
#include "terminal.h"

namespace fs = std::filesystem;

namespace proofload::client {

namespace {

struct Variant {
  std::string folder, yaml;
};

std::string list_text(const std::vector<double>& values) {
  std::string text;
  for (const double value : values) text += (text.empty() ? "" : ", ") + number(value);
  return "[" + text + "]";
}

std::vector<Variant> variants(const OversizeRequest& request, const std::string& yaml) {
  const std::vector<double> direction =
      request.direction.empty() ? std::vector<double>{0, 0, 1} : request.direction;
  std::vector<Variant> out;
  for (const double by : request.by_mm) {
    const std::string block = "oversize: {point_mm: " + list_text(request.point_mm) +
                              ", direction: " + list_text(direction) + ", by_mm: " + number(by) +
                              "}";
    out.push_back(
        {(fs::path(request.out) / ("plus_" + number(by))).string(), yaml + "\n\n" + block + "\n"});
  }
  return out;
}

}  // namespace

int oversize(const OversizeRequest& request) {
  const std::string file = case_file(request.case_path);
  const std::string yaml = read_file(file);
  const CaseText given = parse_case(yaml, file);
  std::vector<Problem> problems;
  if (given.value.has_oversize()) {
    problems.push_back({"OVERSIZE_TWICE", "oversize", given.positions.at("oversize").line, 0,
                        "this case is an oversized variant already",
                        "start from the case it was made from"});
  }
  const std::vector<Variant> wanted = variants(request, yaml);
  std::set<std::string> folders;
  for (const Variant& variant : wanted) {
    if (!folders.insert(variant.folder).second) {
      problems.push_back({"USAGE", "--by-mm", 0, 0, variant.folder + " is asked for twice",
                          "give each length once"});
    }
    if (!fs::exists(variant.folder)) continue;
    problems.push_back({"ALREADY_THERE", variant.folder, 0, 0, "the folder is there already",
                        "remove it, or give another --out"});
  }
  if (!problems.empty()) throw InvalidInput(problems);
  for (const Variant& variant : wanted) {  // all are judged before the first is written
    pipeline::prepare_case(variant.yaml, file, fs::absolute(file).parent_path().string());
  }
  for (const Variant& variant : wanted) {
    fs::create_directories(variant.folder);
    for (const auto& [name, source] : pipeline::geometry_sources(given, file, {})) {
      const fs::path target = fs::path(variant.folder) / name;
      fs::create_directories(target.parent_path());
      fs::copy_file(source, target);
    }
    write_file_atomically((fs::path(variant.folder) / "case.yaml").string(), variant.yaml);
    std::cout << variant.folder << "\n";
  }
  return 0;
}

}  // namespace proofload::client
