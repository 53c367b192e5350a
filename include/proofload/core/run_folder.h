#pragma once
/// Where things lie in a run folder. A run is a pure function of its folder.
#include <string>

namespace proofload {

/// run/case.yaml, run/case.json (resolved), run/settings.json, run/inputs/<file>, run/progress.jsonl,
/// run/designs/<design>/{design.json, level<k>/{request.json, mesh.h5, mesh.json, result.h5,
/// solve.json, problems.json}}, run/report/{report.json, report.html, pictures/, fields/}
struct RunFolder {
  std::string root;
  std::string case_yaml() const { return root + "/case.yaml"; }
  std::string case_json() const { return root + "/case.json"; }
  std::string settings_json() const { return root + "/settings.json"; }
  std::string inputs() const { return root + "/inputs"; }
  std::string progress() const { return root + "/progress.jsonl"; }
  std::string designs() const { return root + "/designs"; }
  std::string design(const std::string& name) const { return root + "/designs/" + name; }
  std::string design_json(const std::string& name) const { return design(name) + "/design.json"; }
  std::string level(const std::string& name, int k) const {
    return design(name) + "/level" + std::to_string(k);
  }
  std::string report() const { return root + "/report"; }
};

/// Whole file as text; throws InvalidInput (FILE_NOT_FOUND).
std::string read_file(const std::string& path);

/// Writes beside, syncs, renames: a reader sees the old file or the new one. Throws
/// std::runtime_error with errno's text.
void write_file_atomically(const std::string& path, const std::string& text);

/// SHA-256 in hex of a file's bytes.
std::string sha256_of_file(const std::string& path);
std::string sha256_of_text(const std::string& text);

}  // namespace proofload
