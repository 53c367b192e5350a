/// The service from outside: one server process per test, its own store, real stage programs.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "client/remote.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "proofload/core/problem.h"
#include "proofload/core/run_folder.h"
#include "proofload/pipeline/pipeline.h"
#include "proofload/v1/proofload.grpc.pb.h"
#include "test_support.h"

namespace proofload::service {
namespace {

namespace fs = std::filesystem;
using namespace proofload::testing;
using ::testing::HasSubstr;

/// Elements so small that a run takes several seconds.
constexpr double kSlow = 0.7;
constexpr double kQuick = 3;

class ServerTest : public ::testing::Test {
 protected:
  std::string store() const { return scratch_.path() + "/store"; }

  static v1::SubmitRunRequest request(const std::string& id, double element_size_mm = kQuick) {
    v1::SubmitRunRequest out;
    out.set_request_id(id);
    out.set_case_yaml(bar_case(element_size_mm));
    out.mutable_settings()->set_quick(true);
    out.mutable_settings()->set_ranks_count(1);
    return out;
  }

  static v1::Run wait(client::Remote& remote, const std::string& id) {
    return remote.watch(id, [](const v1::Progress&) {});
  }

  static std::string code_of(const std::function<void()>& action) {
    try {
      action();
    } catch (const InvalidInput& invalid) {
      return invalid.problems().front().code;
    } catch (const NumericalFailure& failure) {
      return failure.code();
    }
    return "";
  }

  /// Stage programs that work on a run (empty: on any) of this store.
  std::vector<pid_t> workers(const std::string& name, const std::string& run = "") const {
    return processes_in(store() + "/runs/" + run, name);
  }

  TestFolder scratch_;
};

/// Everything of a report that may differ between two runs of the same case.
nlohmann::json without_volatile(nlohmann::json value) {
  if (value.is_object()) {
    for (const char* key : {"started", "finished", "seconds", "host", "stage_seconds",
                            "mesh_seconds", "solve_seconds", "setup_seconds", "peak_memory_mb"}) {
      value.erase(key);
    }
  }
  if (value.is_structured()) {
    for (auto& inner : value) inner = without_volatile(inner);
  }
  return value;
}

TEST_F(ServerTest, GivesTheReportOfALocalRun) {
  const std::string folder = scratch_.path() + "/case";
  fs::create_directories(folder);
  write_text(folder + "/case.yaml", bar_case(kQuick));
  const Daemon daemon(store());
  const std::string log = scratch_.path() + "/log";
  const int here = run_program(
      {program("proofload"), "run", folder, "--ranks", "2", "--out", scratch_.path() + "/here"},
      log);
  const int there = run_program({program("proofload"), "run", folder, "--ranks", "2", "--out",
                                 scratch_.path() + "/there", "--server", daemon.address()},
                                log);
  ASSERT_LE(here, 2) << read_text(log);
  EXPECT_EQ(here, there) << read_text(log);
  const auto report = [&](const std::string& where) {
    return without_volatile(
        nlohmann::json::parse(read_text(scratch_.path() + where + "/report/report.json")));
  };
  EXPECT_EQ(report("/here"), report("/there"));
  EXPECT_GT(fs::file_size(scratch_.path() + "/there/report/report.html"), 1000U);
}

TEST_F(ServerTest, RepeatsASubmissionSafelyAndRefusesAReusedId) {
  const Daemon daemon(store());
  const auto remote = client::connect(daemon.address());
  const v1::Run first = remote->submit(request("id-1"));
  EXPECT_EQ(remote->submit(request("id-1")).id(), first.id());
  EXPECT_EQ(code_of([&] { remote->submit(request("id-1", 2)); }), "REQUEST_ID_REUSED");
  EXPECT_EQ(code_of([&] { remote->submit(request("")); }), "REQUEST_ID_MISSING");
  EXPECT_EQ(wait(*remote, first.id()).state(), v1::RunState::SUCCEEDED);
  EXPECT_EQ(remote->submit(request("id-1")).state(), v1::RunState::SUCCEEDED);
}

TEST_F(ServerTest, ListsInPages) {
  const Daemon daemon(store());
  const auto remote = client::connect(daemon.address());
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(remote->submit(request("r" + std::to_string(i))).id());
  for (const std::string& id : ids) remote->cancel(id, "enough");
  std::vector<std::string> seen;
  std::string token;
  do {
    const v1::ListRunsResponse page = remote->list(2, token);
    EXPECT_LE(page.runs_size(), 2);
    for (const v1::Run& run : page.runs()) seen.push_back(run.id());
    token = page.next_page_token();
  } while (!token.empty());
  EXPECT_EQ(seen, std::vector<std::string>(ids.rbegin(), ids.rend()));
  EXPECT_EQ(code_of([&] { remote->list(2, "nonsense"); }), "PAGE_TOKEN");
}

TEST_F(ServerTest, RefusesAnUploadWithAnotherDigest) {
  const Daemon daemon(store());
  const auto channel = grpc::CreateChannel(daemon.address(), grpc::InsecureChannelCredentials());
  const auto stub = v1::Proofload::NewStub(channel);
  const auto upload = [&](const std::string& digest, std::uint64_t size, const std::string& data) {
    grpc::ClientContext context;
    v1::UploadBlobResponse response;
    const auto writer = stub->UploadBlob(&context, &response);
    v1::UploadBlobRequest message;
    message.set_sha256(digest);
    message.set_size_bytes(size);
    message.set_data(data);
    writer->Write(message);
    writer->WritesDone();
    return writer->Finish().error_code();
  };
  const std::string digest = sha256_of_text("right");
  EXPECT_EQ(upload(digest, 5, "wrong"), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(upload(digest, 4, "right"), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(upload("../../etc/passwd", 5, "right"), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(upload(digest, 1ULL << 50, "right"), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(upload(digest, 5, "right"), grpc::StatusCode::OK);
  EXPECT_EQ(upload(digest, 5, "right"), grpc::StatusCode::OK);
}

TEST_F(ServerTest, UploadsALargeFileInChunks) {
  const Daemon daemon(store());
  const auto remote = client::connect(daemon.address());
  const std::string file = scratch_.path() + "/large.stl";
  std::ofstream(file) << std::string(20000000, 'x');
  const std::string digest = remote->upload(file);
  EXPECT_EQ(sha256_of_file(store() + "/blobs/" + digest.substr(0, 2) + "/" + digest), digest);
  EXPECT_LT(daemon.peak_memory_mb(), 300);
}

TEST_F(ServerTest, NamesEveryProblemOfABadCaseWithItsLine) {
  const Daemon daemon(store());
  const auto remote = client::connect(daemon.address());
  v1::SubmitRunRequest bad = request("bad");
  std::string text = bar_case(kQuick);
  text.replace(text.find("poisson_ratio: 0.3"), 18, "poisson_ratio: 0.7");
  text.replace(text.find("at: head"), 8, "at: tail");
  bad.set_case_yaml(text);
  bad.mutable_settings()->set_path("magic");
  try {
    remote->submit(bad);
    FAIL() << "accepted";
  } catch (const InvalidInput& invalid) {
    std::vector<std::string> fields;
    for (const Problem& problem : invalid.problems()) fields.push_back(problem.path);
    EXPECT_THAT(fields,
                ::testing::IsSupersetOf({"settings.path", "bodies[0].material.poisson_ratio",
                                         "load_cases[0].loads[0].at"}));
    EXPECT_EQ(invalid.problems().back().line, 13);
    EXPECT_FALSE(invalid.problems().back().remedy.empty());
  }
  EXPECT_EQ(remote->list(10, "").runs_size(), 0);
}

TEST_F(ServerTest, TellsWhatOnlyTheMeshCouldShow) {
  const Daemon daemon(store());
  const std::string folder = scratch_.path() + "/case";
  fs::create_directories(folder);
  std::string text = bar_case(kQuick);
  text.replace(text.find("offset_mm: 20"), 13, "offset_mm: 21");
  write_text(folder + "/case.yaml", text);
  const std::string log = scratch_.path() + "/log";
  EXPECT_EQ(run_program({program("proofload"), "run", folder, "--server", daemon.address()}, log),
            3);
  EXPECT_THAT(read_text(log), HasSubstr("case.yaml:7:"));
  EXPECT_THAT(read_text(log), HasSubstr("EMPTY_PLACE"));
  EXPECT_THAT(read_text(log), HasSubstr("Remedy: "));
}

TEST_F(ServerTest, AsksForTheFilesOfACase) {
  const Daemon daemon(store());
  const auto remote = client::connect(daemon.address());
  v1::SubmitRunRequest with_file = request("file");
  std::string text = bar_case(kQuick);
  const std::size_t at = text.find("shape: {box");
  text.replace(at, text.find("}}", at) + 2 - at, "file: part.stl, length_unit: mm");
  with_file.set_case_yaml(text);
  EXPECT_EQ(code_of([&] { remote->submit(with_file); }), "FILE_NOT_FOUND");
  v1::NamedBlob* file = with_file.add_files();
  file->set_name("part.stl");
  file->set_sha256(sha256_of_text("never uploaded"));
  EXPECT_EQ(code_of([&] { remote->submit(with_file); }), "BLOB_MISSING");
  file->set_name("../part.stl");
  EXPECT_EQ(code_of([&] { remote->submit(with_file); }), "UNSAFE_PATH");
}

TEST_F(ServerTest, GivesNothingOutsideTheReport) {
  const Daemon daemon(store());
  const auto channel = grpc::CreateChannel(daemon.address(), grpc::InsecureChannelCredentials());
  const auto stub = v1::Proofload::NewStub(channel);
  const auto remote = client::connect(daemon.address());
  const v1::Run run = wait(*remote, remote->submit(request("a")).id());
  ASSERT_EQ(run.state(), v1::RunState::SUCCEEDED) << run.reason();
  const std::string report = store() + "/runs/" + run.id() + "/report";
  fs::create_symlink("/etc/hostname", report + "/link");
  const auto fetch = [&](const std::string& id, const std::string& name) {
    grpc::ClientContext context;
    v1::FetchReportRequest message;
    message.set_id(id);
    message.set_file(name);
    const auto reader = stub->FetchReport(&context, message);
    v1::FetchReportChunk chunk;
    while (reader->Read(&chunk)) {
    }
    return reader->Finish().error_code();
  };
  EXPECT_EQ(fetch(run.id(), ""), grpc::StatusCode::OK);
  for (const char* name :
       {"../case.yaml", "/etc/passwd", "pictures", "link", "link/x", "nothing"}) {
    EXPECT_EQ(fetch(run.id(), name), grpc::StatusCode::NOT_FOUND) << name;
  }
  EXPECT_EQ(fetch("../" + run.id(), "report.json"), grpc::StatusCode::NOT_FOUND);
  for (const std::string& name : remote->report_files(run.id())) EXPECT_NE(name, "link");
}

TEST_F(ServerTest, WatchTellsEachStepOnceAndEndsWithTheRun) {
  const Daemon daemon(store());
  const auto remote = client::connect(daemon.address());
  const v1::Run run = remote->submit(request("a"));
  std::vector<v1::Progress> steps;
  remote->watch(run.id(), [&](const v1::Progress& step) { steps.push_back(step); });
  ASSERT_GE(steps.size(), 4U);
  for (std::size_t i = 1; i < steps.size(); ++i) {
    EXPECT_GT(steps[i].sequence(), steps[i - 1].sequence());
  }
  EXPECT_EQ(steps.back().state(), v1::RunState::SUCCEEDED);
  EXPECT_EQ(code_of([&] { wait(*remote, "no-such-run"); }), "RUN_NOT_FOUND");
}

TEST_F(ServerTest, AWatcherWhoComesLateNeedNotWaitForATickPerStep) {
  const Daemon daemon(store());
  const auto remote = client::connect(daemon.address());
  const v1::Run run = wait(*remote, remote->submit(request("a")).id());
  constexpr int kSteps = 3000;
  {
    std::ofstream file(RunFolder{store() + "/runs/" + run.id()}.progress(), std::ios::app);
    v1::Progress step;
    step.set_stage("solve");
    for (int i = 0; i < kSteps; ++i) {
      step.set_sequence(1000 + i);
      file << pipeline::progress_line(step) << "\n";
    }
  }
  const auto start = std::chrono::steady_clock::now();
  int count = 0;
  remote->watch(run.id(), [&](const v1::Progress&) { ++count; });
  EXPECT_GT(count, kSteps);
  // A tenth of a second a step would be five minutes.
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
}

TEST_F(ServerTest, CancelsARunAndGoesOn) {
  const Daemon daemon(store());
  const auto remote = client::connect(daemon.address());
  const v1::Run slow = remote->submit(request("slow", kSlow));
  const v1::Run queued = remote->submit(request("queued"));
  const v1::Run next = remote->submit(request("next"));
  ASSERT_TRUE(eventually([&] { return !workers("proofload-mesh").empty(); }));
  EXPECT_EQ(remote->cancel(queued.id(), "not needed").state(), v1::RunState::CANCELLED);
  remote->cancel(slow.id(), "too slow");
  EXPECT_EQ(wait(*remote, slow.id()).state(), v1::RunState::CANCELLED);
  EXPECT_EQ(wait(*remote, next.id()).state(), v1::RunState::SUCCEEDED);
  EXPECT_TRUE(workers("proofload-", slow.id()).empty());
}

TEST_F(ServerTest, AKilledWorkerFailsItsRunAndNoOther) {
  const Daemon daemon(store());
  const auto remote = client::connect(daemon.address());
  const v1::Run victim = remote->submit(request("victim", kSlow));
  const v1::Run next = remote->submit(request("next"));
  ASSERT_TRUE(eventually([&] {
    const std::vector<pid_t> found = workers("proofload-mesh", victim.id());
    return !found.empty() && ::kill(found.front(), SIGKILL) == 0;
  }));
  const v1::Run failed = wait(*remote, victim.id());
  EXPECT_EQ(failed.state(), v1::RunState::FAILED);
  EXPECT_THAT(failed.reason(), HasSubstr("WORKER_KILLED"));
  EXPECT_EQ(failed.verdict(), "");
  EXPECT_EQ(wait(*remote, next.id()).state(), v1::RunState::SUCCEEDED);
}

TEST_F(ServerTest, ARunPastItsTimeFails) {
  const Daemon daemon(store());
  const auto remote = client::connect(daemon.address());
  v1::SubmitRunRequest late = request("late", kSlow);
  late.mutable_settings()->set_time_limit_s(0.3);
  const v1::Run run = wait(*remote, remote->submit(late).id());
  EXPECT_EQ(run.state(), v1::RunState::FAILED);
  EXPECT_THAT(run.reason(), HasSubstr("TIME_LIMIT"));
}

TEST_F(ServerTest, ARunOutOfMemoryFails) {
  const Daemon daemon(store());
  const auto remote = client::connect(daemon.address());
  v1::SubmitRunRequest large = request("large", kSlow);
  large.mutable_settings()->set_memory_limit_mb(120);
  const v1::Run run = wait(*remote, remote->submit(large).id());
  EXPECT_EQ(run.state(), v1::RunState::FAILED) << run.verdict();
  EXPECT_THAT(run.reason(), HasSubstr("MEMORY"));
}

TEST_F(ServerTest, AKilledServerResumesItsRuns) {
  std::string running, waiting;
  {
    Daemon daemon(store());
    const auto remote = client::connect(daemon.address());
    running = remote->submit(request("running", kSlow)).id();
    waiting = remote->submit(request("waiting")).id();
    ASSERT_TRUE(eventually([&] { return !workers("proofload-mesh").empty(); }));
    daemon.process().send(SIGKILL);
    daemon.process().wait();
  }
  // Its workers die with it: nobody else may write into the run's folder.
  EXPECT_TRUE(eventually([&] { return workers("proofload-").empty(); }, 10));
  const Daemon again(store());
  const auto remote = client::connect(again.address());
  EXPECT_EQ(remote->submit(request("waiting")).id(), waiting);
  for (const std::string& id : {running, waiting}) {
    const v1::Run run = wait(*remote, id);
    EXPECT_EQ(run.state(), v1::RunState::SUCCEEDED) << run.reason();
    EXPECT_FALSE(run.verdict().empty());
  }
}

TEST_F(ServerTest, AStoppedServerResumesItsRuns) {
  std::string running;
  {
    Daemon daemon(store());
    const auto remote = client::connect(daemon.address());
    running = remote->submit(request("running", kSlow)).id();
    ASSERT_TRUE(eventually([&] { return !workers("proofload-mesh").empty(); }));
    daemon.process().send(SIGTERM);
    EXPECT_EQ(daemon.process().wait(20), 0);
  }
  EXPECT_TRUE(workers("proofload-").empty());
  const Daemon again(store());
  EXPECT_EQ(wait(*client::connect(again.address()), running).state(), v1::RunState::SUCCEEDED);
}

TEST_F(ServerTest, ASupervisorThatDiesEndsTheServerNotTheRun) {
  std::string running;
  {
    Daemon daemon(store());
    const auto remote = client::connect(daemon.address());
    running = remote->submit(request("running", kSlow)).id();
    ASSERT_TRUE(eventually([&] { return !workers("proofload-mesh").empty(); }));
    ::kill(supervisor_of(daemon.process().pid()), SIGKILL);
    EXPECT_EQ(daemon.process().wait(20), 4);
  }
  EXPECT_TRUE(eventually([&] { return workers("proofload-").empty(); }, 10));
  const Daemon again(store());
  EXPECT_EQ(wait(*client::connect(again.address()), running).state(), v1::RunState::SUCCEEDED);
}

TEST_F(ServerTest, ItsMemoryIsBounded) {
  const Daemon daemon(store());
  grpc::ChannelArguments arguments;
  arguments.SetMaxSendMessageSize(-1);
  const auto channel =
      grpc::CreateCustomChannel(daemon.address(), grpc::InsecureChannelCredentials(), arguments);
  const auto stub = v1::Proofload::NewStub(channel);
  v1::SubmitRunRequest huge = request("huge");
  huge.set_case_yaml(std::string(700 << 20, 'x'));
  grpc::ClientContext context;
  v1::Run run;
  EXPECT_FALSE(stub->SubmitRun(&context, huge, &run).ok());
  EXPECT_LT(daemon.peak_memory_mb(), 400);
  EXPECT_EQ(client::connect(daemon.address())->list(1, "").runs_size(), 0);
}

TEST_F(ServerTest, ListensOnlyAtHome) {
  const std::string log = scratch_.path() + "/log";
  EXPECT_EQ(run_program({program("proofloadd"), "--store", store(), "--listen", "0.0.0.0:0"}, log),
            3);
  EXPECT_THAT(read_text(log), HasSubstr("NOT_LOOPBACK"));
}

TEST_F(ServerTest, ASecondServerOnTheStoreIsRefused) {
  const Daemon daemon(store());
  const std::string log = scratch_.path() + "/log";
  EXPECT_EQ(run_program({program("proofloadd"), "--store", store()}, log), 3);
  EXPECT_THAT(read_text(log), HasSubstr("STORE_IN_USE"));
  EXPECT_EQ(client::connect(daemon.address())->list(1, "").runs_size(), 0);
}

}  // namespace
}  // namespace proofload::service
