#include <sys/random.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "commands.h"
#include "proofload/core/json.h"
#include "proofload/core/run_folder.h"
#include "remote.h"
#include "scratch_folder.h"
#include "terminal.h"

namespace fs = std::filesystem;

namespace proofload::client {

namespace {

std::string new_request_id() {
  unsigned char data[16];
  if (getrandom(data, sizeof data, 0) != sizeof data) throw std::runtime_error("no random numbers");
  char text[40];
  for (int i = 0; i < 16; ++i) std::snprintf(text + 2 * i, 3, "%02x", data[i]);
  return text;
}

/// Uploads what the case names and submits it.
v1::Run upload_and_submit(Remote& remote, const RunRequest& request) {
  const std::string path = case_file(request.case_path);
  const CaseText text = read_case(path);
  v1::SubmitRunRequest message;
  message.set_request_id(request.request_id.empty() ? new_request_id() : request.request_id);
  message.set_case_yaml(read_file(path));
  *message.mutable_settings() = request.settings;
  for (const auto& [name, source] : pipeline::geometry_sources(text, path, request.files)) {
    v1::NamedBlob* blob = message.add_files();
    blob->set_name(name);
    blob->set_sha256(remote.upload(source));
  }
  return remote.submit(message);
}

void fetch_all(Remote& remote, const std::string& id, const std::string& folder) {
  for (const std::string& file : remote.report_files(id)) {
    if (fs::path(file).extension() != ".log") remote.fetch(id, file, folder);
  }
}

/// The problems of a case that only its mesh could show.
std::vector<Problem> fetch_problems(Remote& remote, const std::string& id) {
  const ScratchFolder scratch;
  remote.fetch(id, "problems.json", scratch.path());
  return problems_from_json(read_file(scratch.path() + "/problems.json"));
}

pipeline::Outcome outcome_of(const v1::Run& run) {
  pipeline::Outcome outcome;
  outcome.verdict = run.verdict();
  outcome.reason = run.reason();
  const std::size_t cut = run.reason().find(": ");
  if (cut != std::string::npos) {
    outcome.code = run.reason().substr(0, cut);
    outcome.reason = run.reason().substr(cut + 2);
  }
  if (run.state() == v1::RunState::SUCCEEDED) {
    outcome.kind = pipeline::OutcomeKind::kComputed;
    if (!run.reason().empty()) outcome.warnings.push_back(run.reason());
  } else if (run.state() == v1::RunState::CANCELLED) {
    outcome.kind = pipeline::OutcomeKind::kCancelled;
  } else if (outcome.code == "INVALID_CASE") {
    outcome.kind = pipeline::OutcomeKind::kInvalid;
  }
  return outcome;
}

v1::Run watch_to_end(Remote& remote, const std::string& id) {
  ProgressLine line;
  return remote.watch(id, [&](const v1::Progress& step) { line.show(step); });
}

void print_run(const v1::Run& run) {
  std::printf("%s  %-9s  %-6s  %s  %s\n", run.id().c_str(),
              v1::RunState::Enum_Name(run.state()).c_str(), run.verdict().c_str(),
              run.created().c_str(), run.case_name().c_str());
  if (!run.reason().empty()) std::printf("    %s\n", run.reason().c_str());
}

/// Exit code of commands about a run: its verdict once there is one.
int code_of(const v1::Run& run) {
  if (run.state() <= v1::RunState::RUNNING) return kPass;
  return pipeline::exit_code(outcome_of(run));
}

int show(const v1::Run& run, bool json) {
  if (json) {
    std::printf("%s", to_json(run).c_str());
  } else {
    print_run(run);
  }
  return code_of(run);
}

}  // namespace

int run_on_server(const RunRequest& request) {
  const std::string yaml = case_file(request.case_path);
  const std::string out = request.out.empty() ? default_out(yaml) : request.out;
  const std::string folder = fs::absolute(out + "/report").lexically_normal().string();
  const auto remote = connect(request.server);
  try {
    const v1::Run submitted = upload_and_submit(*remote, request);
    print_note("run " + submitted.id() + " on " + request.server);
    const v1::Run run = watch_to_end(*remote, submitted.id());
    pipeline::Outcome outcome = outcome_of(run);
    if (outcome.kind == pipeline::OutcomeKind::kComputed) fetch_all(*remote, run.id(), folder);
    if (outcome.kind == pipeline::OutcomeKind::kInvalid) {
      outcome.problems = fetch_problems(*remote, run.id());
    }
    return print_outcome(outcome, folder, request.json, yaml);
  } catch (const InvalidInput& invalid) {
    pipeline::Outcome outcome;
    outcome.kind = pipeline::OutcomeKind::kInvalid;
    outcome.problems = invalid.problems();
    return print_outcome(outcome, folder, request.json, yaml);
  }
}

int submit(const RunRequest& request) {
  const auto remote = connect(request.server);
  const v1::Run run = upload_and_submit(*remote, request);
  if (request.json) {
    std::printf("%s", to_json(run).c_str());
  } else {
    std::printf("%s\n", run.id().c_str());
  }
  return kPass;
}

int watch(const ServerRequest& request) {
  return show(watch_to_end(*connect(request.server), request.id), request.json);
}

int get(const ServerRequest& request) {
  return show(connect(request.server)->get(request.id), request.json);
}

int cancel(const ServerRequest& request) {
  const v1::Run run = connect(request.server)->cancel(request.id, request.reason);
  if (request.json) {
    std::printf("%s", to_json(run).c_str());
  } else {
    print_run(run);
  }
  return kPass;
}

int list(const ServerRequest& request) {
  const auto remote = connect(request.server);
  std::string token;
  int left = request.count;
  do {
    const v1::ListRunsResponse page = remote->list(std::min(left, 500), token);
    if (request.json) {
      std::printf("%s", to_json(page).c_str());
    } else {
      for (const v1::Run& run : page.runs()) print_run(run);
    }
    left -= page.runs_size();
    token = page.next_page_token();
  } while (left > 0 && !token.empty());
  return kPass;
}

int fetch_report(const ServerRequest& request) {
  const auto remote = connect(request.server);
  const v1::Run run = remote->get(request.id);
  const std::string folder =
      fs::absolute(request.out.empty() ? request.id : request.out).lexically_normal().string();
  if (run.state() == v1::RunState::SUCCEEDED) fetch_all(*remote, run.id(), folder);
  return print_outcome(outcome_of(run), folder, request.json);
}

}  // namespace proofload::client
