#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <filesystem>

#include "remarks.h"

namespace proofload::assessment {

namespace fs = std::filesystem;

namespace {

void add_input(const std::string& name, const fs::path& path, v1::Provenance& out) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return;
  v1::InputFile& input = *out.add_inputs();
  input.set_name(name);
  input.set_sha256(sha256_of_file(path.string()));
  input.set_size_bytes(static_cast<double>(fs::file_size(path)));
}

std::string now_utc() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char buffer[32];
  std::strftime(buffer, sizeof buffer, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return buffer;
}

std::string host_name() {
  char buffer[256] = {};
  return gethostname(buffer, sizeof buffer - 1) == 0 ? buffer : "";
}

/// Rods and materials of the library that the designs name.
std::set<std::string> library_files(const RunData& run, const std::set<std::string>& curves) {
  std::set<std::string> files;
  for (const std::string& curve : curves) files.insert("sn_curves/" + curve + ".yaml");
  for (const DesignData& design : run.designs) {
    if (!design.rod.empty()) files.insert("rods/" + design.rod + ".yaml");
    for (const v1::Body& body : design.value.bodies()) {
      if (run.library.materials.count(body.material().name())) {
        files.insert("materials/" + body.material().name() + ".yaml");
      }
    }
  }
  return files;
}

}  // namespace

v1::Provenance provenance_of(const RunFolder& folder, const RunData& run,
                             const std::set<std::string>& curves) {
  v1::Provenance out;
  add_input("case.yaml", folder.case_yaml(), out);
  std::vector<fs::path> inputs;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(folder.inputs(), error)) {
    inputs.push_back(entry.path());
  }
  std::sort(inputs.begin(), inputs.end());
  for (const fs::path& path : inputs) {
    add_input(fs::relative(path, folder.inputs()).string(), path, out);
  }
  const fs::path library = library_folder();
  for (const std::string& file : library_files(run, curves)) {
    add_input("library/" + file, library / file, out);
  }
  (*out.mutable_versions())["proofload"] = PROOFLOAD_VERSION;
  double ranks = 0;
  for (const DesignData& design : run.designs) {
    for (const LevelData& level : design.levels) {
      if (level.solved) ranks = std::max(ranks, level.solve.ranks_count());
      if (out.sandbox().empty()) out.set_sandbox(level.mesh.sandbox());
    }
  }
  if (!run.sandbox.empty()) out.set_sandbox(run.sandbox);
  if (ranks > 0) out.set_ranks_count(ranks);
  out.set_started(run.started);
  out.set_finished(now_utc());
  if (run.seconds > 0) out.set_seconds(run.seconds);
  out.set_host(host_name());
  for (const auto& [stage, spent] : run.stage_seconds) {
    (*out.mutable_stage_seconds())[stage] = spent;
  }
  return out;
}

}  // namespace proofload::assessment
