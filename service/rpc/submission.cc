#include "submission.h"

#include <algorithm>
#include <set>

#include "../store/blobs.h"
#include "proofload/core/json.h"
#include "proofload/core/run_folder.h"
#include "proofload/pipeline/pipeline.h"

namespace proofload::service {

namespace {

constexpr double kMostRanks = 1024;
constexpr std::size_t kLongestRequestId = 64;

/// Length first, so that no two lists of texts look the same.
std::string framed(const std::string& text) { return std::to_string(text.size()) + ":" + text; }

bool is_request_id(const std::string& text) {
  return !text.empty() && text.size() <= kLongestRequestId &&
         std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; });
}

void check_settings(const v1::RunSettings& settings, std::vector<Problem>& problems) {
  const auto refuse = [&](const char* field, const char* message, const char* remedy) {
    problems.push_back({"OUT_OF_RANGE", std::string("settings.") + field, 0, 0, message, remedy});
  };
  const std::string bad = first_non_finite(settings);
  if (!bad.empty()) return refuse(bad.c_str(), "not a finite number", "write a number");
  if (settings.has_ranks_count() &&
      !(settings.ranks_count() >= 1 && settings.ranks_count() <= kMostRanks)) {
    refuse("ranks_count", "not between 1 and 1024", "ask for as many ranks as there are cores");
  }
  if (settings.has_time_limit_s() && !(settings.time_limit_s() > 0)) {
    refuse("time_limit_s", "not above 0", "leave it out for the server's own limit");
  }
  if (settings.has_memory_limit_mb() && !(settings.memory_limit_mb() >= 64)) {
    refuse("memory_limit_mb", "less than 64 MB", "leave it out for the server's own limit");
  }
  if (settings.has_tolerance() &&
      !(settings.tolerance() >= 1e-16 && settings.tolerance() <= 1e-2)) {
    refuse("tolerance", "not between 1e-16 and 1e-2", "leave it out for 1e-8");
  }
  static const std::set<std::string> paths = {"", "auto", "matrix_free", "assembled"};
  if (paths.count(settings.path()) == 0) {
    refuse("path", "unknown solver path", "use auto, matrix_free or assembled");
  }
}

std::set<std::string> check_files(const v1::SubmitRunRequest& request,
                                  std::vector<Problem>& problems) {
  std::set<std::string> names;
  for (int i = 0; i < request.files_size(); ++i) {
    const v1::NamedBlob& file = request.files(i);
    const std::string path = "files[" + std::to_string(i) + "]";
    if (!pipeline::is_safe_relative_path(file.name())) {
      problems.push_back({"UNSAFE_PATH", path + ".name", 0, 0, "the name leaves the case's folder",
                          "use the name written in the case"});
    }
    if (!is_sha256(file.sha256())) {
      problems.push_back({"DIGEST_INVALID", path + ".sha256", 0, 0, "not 64 lower-case hex digits",
                          "send the SHA-256 of the file"});
    }
    if (!names.insert(file.name()).second) {
      problems.push_back({"DUPLICATE_FILE", path + ".name", 0, 0, "named twice", "send it once"});
    }
  }
  return names;
}

/// Form and meaning of the case; its name when it can be read.
std::string check_case(const std::string& yaml, const std::set<std::string>& files,
                       std::vector<Problem>& problems) {
  try {
    const pipeline::PreparedCase prepared = pipeline::prepare_case(yaml, "case.yaml", "");
    for (const auto& [path, body] : pipeline::bodies_with_files(prepared.text.value)) {
      if (files.count(body->file()) > 0) continue;
      problems.push_back({"FILE_NOT_FOUND", path, 0, 0,
                          "\"" + body->file() + "\" is not among the files of the request",
                          "upload it and name it in `files`"});
    }
    pipeline::locate_problems(problems, prepared.text);
    return prepared.resolved.name();
  } catch (const InvalidInput& invalid) {
    problems.insert(problems.end(), invalid.problems().begin(), invalid.problems().end());
    return "";
  }
}

}  // namespace

std::string payload_digest(const v1::SubmitRunRequest& request) {
  std::vector<std::string> files;
  for (const v1::NamedBlob& file : request.files()) {
    files.push_back(framed(file.name()) + framed(file.sha256()));
  }
  std::sort(files.begin(), files.end());
  std::string all = framed(request.case_yaml());
  for (const std::string& file : files) all += file;
  return sha256_of_text(all + framed(to_json(request.settings())));
}

NewRun read_submission(const v1::SubmitRunRequest& request) {
  std::vector<Problem> problems;
  if (!is_request_id(request.request_id()) && !request.validate_only()) {
    problems.push_back({"REQUEST_ID_MISSING", "request_id", 0, 0,
                        "a submission needs an id of its own, which makes it safe to repeat",
                        "send a UUID (letters, digits, - and _; at most 64)"});
  }
  check_settings(request.settings(), problems);
  const std::set<std::string> names = check_files(request, problems);
  NewRun run;
  run.case_name = check_case(request.case_yaml(), names, problems);
  if (!problems.empty()) throw InvalidInput(problems);
  run.request_id = request.request_id();
  run.payload_sha256 = payload_digest(request);
  run.case_yaml = request.case_yaml();
  run.settings = request.settings();
  for (const v1::NamedBlob& file : request.files())
    run.files.push_back({file.name(), file.sha256()});
  return run;
}

}  // namespace proofload::service
