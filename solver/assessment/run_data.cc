#include "run_data.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "proofload/core/json.h"
#include "proofload/core/problem.h"

namespace proofload::assessment {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

bool exists(const std::string& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

/// Small JSON files beside the messages; a broken one counts as absent.
json small_json(const std::string& path) {
  if (!exists(path)) return json::object();
  const json value = json::parse(read_file(path), nullptr, false);
  return value.is_object() ? value : json::object();
}

std::string failure_text(const std::string& path) {
  if (!exists(path)) return "";
  std::string text;
  try {
    for (const Problem& problem : problems_from_json(read_file(path))) {
      text += (text.empty() ? "" : "; ") + problem.code + ": " + problem.message;
    }
  } catch (const std::exception& error) {
    text = error.what();
  }
  return text.empty() ? "failed without a reason" : text;
}

LevelData read_level(const std::string& folder, int number) {
  LevelData level;
  level.number = number;
  level.folder = folder;
  level.failure = failure_text(folder + "/problems.json");
  try {
    level.size_factor = small_json(folder + "/request.json").value("element_size_factor", 0.0);
    level.decision = small_json(folder + "/decision.json").value("reason", "");
    if (exists(folder + "/mesh.json")) {
      from_json(read_file(folder + "/mesh.json"), level.mesh);
      level.meshed = true;
    }
    if (exists(folder + "/solve.json") && level.failure.empty()) {
      from_json(read_file(folder + "/solve.json"), level.solve);
      level.solved = level.meshed;
    }
  } catch (const std::exception& error) {
    level.solved = false;
    level.failure = error.what();
  }
  if (!level.solved && level.failure.empty()) level.failure = "not computed";
  return level;
}

void read_run_facts(const RunFolder& folder, RunData& run) {
  try {
    const json timing = small_json(folder.root + "/timing.json");
    run.started = timing.value("started", "");
    run.seconds = timing.value("seconds", 0.0);
    if (timing.contains("stage_seconds")) {
      run.stage_seconds = timing["stage_seconds"].get<std::map<std::string, double>>();
    }
    run.sandbox = small_json(folder.root + "/sandbox.json").value("level", "");
  } catch (const json::exception&) {
    // Facts for the provenance only.
  }
}

}  // namespace

std::vector<const LevelData*> DesignData::solved() const {
  std::vector<const LevelData*> out;
  for (const LevelData& level : levels) {
    if (level.solved) out.push_back(&level);
  }
  return out;
}

const LevelData* DesignData::finest() const {
  const auto all = solved();
  return all.empty() ? nullptr : all.back();
}

std::vector<LevelData> read_levels(const std::string& folder) {
  std::vector<LevelData> levels;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (name.rfind("level", 0) != 0 || name.size() == 5 ||
        name.find_first_not_of("0123456789", 5) != std::string::npos) {
      continue;
    }
    levels.push_back(read_level(entry.path().string(), std::stoi(name.substr(5))));
  }
  std::sort(levels.begin(), levels.end(),
            [](const LevelData& a, const LevelData& b) { return a.number < b.number; });
  return levels;
}

DesignData read_design(const std::string& folder) {
  DesignData design;
  design.name = fs::path(folder).filename().string();
  try {
    const json info = small_json(folder + "/design_info.json");
    design.kind = design_kind_from_string(info.at("kind").get<std::string>());
    design.rod = info.value("rod", "");
    from_json(read_file(folder + "/design.json"), design.value);
    design.levels = read_levels(folder);
  } catch (const std::exception& error) {
    design.failure = error.what();
    return design;
  }
  if (design.levels.empty()) {
    design.failure = "not computed";
  } else if (!design.levels.back().solved) {
    design.failure = "level " + std::to_string(design.levels.back().number) + ": " +
                     design.levels.back().failure;
  }
  return design;
}

RunData read_run(const RunFolder& folder) {
  RunData run;
  from_json(read_file(folder.case_json()), run.value);
  if (exists(folder.settings_json())) from_json(read_file(folder.settings_json()), run.settings);
  run.library = read_library(library_folder());
  std::vector<std::string> folders;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder.designs(), error)) {
    if (entry.is_directory()) folders.push_back(entry.path().string());
  }
  std::sort(folders.begin(), folders.end());
  for (const std::string& path : folders) run.designs.push_back(read_design(path));
  std::stable_partition(run.designs.begin(), run.designs.end(), [](const DesignData& design) {
    return design.kind == DesignKind::kImplant && design.name == "implant";
  });
  read_run_facts(folder, run);
  return run;
}

}  // namespace proofload::assessment
