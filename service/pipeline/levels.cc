#include "levels.h"

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "proofload/assessment/assessment.h"
#include "proofload/core/json.h"

namespace fs = std::filesystem;

namespace proofload::pipeline {

namespace {

using nlohmann::json;

std::string choice_path(const RunFolder& folder, const std::string& design, int level) {
  return folder.level(design, level) + "/decision.json";
}

}  // namespace

double element_size_factor(int level) { return std::pow(kRefinement, -level); }

int least_levels(const v1::Case& resolved, const v1::RunSettings& settings) {
  if (settings.quick()) return 1;
  const v1::Accuracy& accuracy = resolved.accuracy();
  return accuracy.has_min_levels() ? static_cast<int>(accuracy.min_levels()) : 2;
}

LevelChoice choose_next_level(const RunFolder& folder, const std::string& design,
                              const v1::RunSettings& settings) {
  v1::Case value;
  from_json(read_file(folder.design_json(design)), value);
  const assessment::LevelDecision decision =
      assessment::next_level(value, folder.design(design), settings);
  return {decision.next == assessment::Next::kRefine, decision.reason};
}

bool earlier_choice(const RunFolder& folder, const std::string& design, int level,
                    const v1::RunSettings& settings, LevelChoice& choice) {
  const std::string path = choice_path(folder, design, level);
  if (!fs::exists(path)) return false;
  const json kept = json::parse(read_file(path), nullptr, false);
  if (!kept.is_object() || kept.value("quick", false) != settings.quick()) return false;
  choice = {kept.value("more", false), kept.value("reason", "")};
  return true;
}

void keep_choice(const RunFolder& folder, const std::string& design, int level,
                 const v1::RunSettings& settings, const LevelChoice& choice) {
  const json kept{{"more", choice.more}, {"reason", choice.reason}, {"quick", settings.quick()}};
  write_file_atomically(choice_path(folder, design, level), kept.dump(1) + "\n");
}

void remove_levels_from(const RunFolder& folder, const std::string& design, int level) {
  for (int k = level; fs::exists(folder.level(design, k)); ++k) {
    fs::remove_all(folder.level(design, k));
  }
}

}  // namespace proofload::pipeline
