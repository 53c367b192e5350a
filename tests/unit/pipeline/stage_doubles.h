#pragma once
/// Stage programs for tests of the pipeline: shell scripts that behave as told.
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>

#include "../../support/bar_case.h"
#include "proofload/core/run_folder.h"
#include "proofload/pipeline/pipeline.h"

namespace proofload::pipeline {

/// A folder of its own for each test.
class TestFolder {
 public:
  TestFolder() : path_((std::filesystem::temp_directory_path() / "pipeline-XXXXXX").string()) {
    if (!mkdtemp(path_.data())) throw std::runtime_error("mkdtemp");
  }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline void write_text(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
}

/// A case, a folder of scripts and a run folder.
class PipelineTest : public ::testing::Test {
 protected:
  PipelineTest() : folder_{scratch_.path() + "/run"} {
    std::filesystem::create_directories(programs());
    script("mesh", "echo x > $1/mesh.h5; echo '{}' > $1/mesh.json");
    script("solve", "echo x > $1/result.h5; echo '{\"unknowns_count\": 1000}' > $1/solve.json");
    script("assess", "echo '{\"verdict\": \"REVIEW\"}' > $1/report/report.json");
    script("report", "echo page > $1/report/report.html");
    write_text(case_path(), kCase);
  }

  std::string programs() const { return scratch_.path() + "/programs"; }
  std::string case_path() const { return scratch_.path() + "/case.yaml"; }

  /// `body` is the script of proofload-<stage>; $1 is the level or run folder.
  void script(const std::string& stage, const std::string& body) {
    const std::string path = programs() + "/proofload-" + stage;
    write_text(path, "#!/bin/sh\necho " + stage + " $PWD >> " + calls_path() + " 2>/dev/null\n" +
                         body + "\n");
    chmod(path.c_str(), 0755);
  }

  Outcome run(const v1::RunSettings& settings = quick(), const std::string& from = "") {
    fill_run_folder(folder_, case_path(), {});
    const auto launcher = make_local_launcher(Sandbox::kRlimits);
    steps_.clear();
    return run_pipeline(
        folder_, {settings, from, programs(), "rlimits"}, *launcher,
        [this](const v1::Progress& step) { steps_.push_back(step); }, cancel_);
  }

  static v1::RunSettings quick() {
    v1::RunSettings settings;
    settings.set_quick(true);
    settings.set_ranks_count(1);
    return settings;
  }

  std::string calls_path() const { return scratch_.path() + "/calls"; }
  std::string calls() const {
    return std::filesystem::exists(calls_path()) ? read_file(calls_path()) : "";
  }
  int count_calls(const std::string& stage) const {
    const std::string text = calls();
    int count = 0;
    for (std::size_t at = 0; (at = text.find(stage + " ", at)) != std::string::npos; ++at) ++count;
    return count;
  }

  static constexpr const char* kCase = testing::kBarCase;

  TestFolder scratch_;
  RunFolder folder_;
  std::atomic<bool> cancel_{false};
  std::vector<v1::Progress> steps_;
};

}  // namespace proofload::pipeline
