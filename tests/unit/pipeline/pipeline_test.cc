/// The order of the stages, what is kept, and what each kind of failure means for the run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "../../../service/pipeline/progress.h"
#include "stage_doubles.h"

namespace proofload::pipeline {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

TEST_F(PipelineTest, GoesThroughTheStagesInOrder) {
  const Outcome outcome = run();
  EXPECT_EQ(outcome.kind, OutcomeKind::kComputed) << outcome.reason;
  EXPECT_EQ(outcome.verdict, "REVIEW");
  EXPECT_EQ(exit_code(outcome), kReview);
  std::vector<std::string> stages;
  for (const v1::Progress& step : steps_) {
    if (stages.empty() || stages.back() != step.stage()) stages.push_back(step.stage());
  }
  EXPECT_THAT(stages, ::testing::ElementsAre("check", "mesh", "solve", "assess", "report"));
  EXPECT_DOUBLE_EQ(steps_.back().fraction(), 1);
  for (std::size_t i = 1; i < steps_.size(); ++i) {
    EXPECT_EQ(steps_[i].sequence(), steps_[i - 1].sequence() + 1);
    EXPECT_GE(steps_[i].fraction(), steps_[i - 1].fraction());
  }
  for (const std::string file :
       {"/case.json", "/settings.json", "/sandbox.json", "/designs/implant/design.json",
        "/designs/implant/design_info.json", "/designs/implant/level0/request.json"}) {
    EXPECT_TRUE(fs::exists(folder_.root + file)) << file;
  }
  EXPECT_FALSE(fs::exists(folder_.level("implant", 1)));
}

TEST_F(PipelineTest, RefinesAtLeastTwice) {
  v1::RunSettings settings = quick();
  settings.set_quick(false);
  run(settings);
  const std::string coarse = read_file(folder_.level("implant", 0) + "/request.json");
  const std::string fine = read_file(folder_.level("implant", 1) + "/request.json");
  EXPECT_THAT(coarse, HasSubstr("\"element_size_factor\": 1"));
  EXPECT_THAT(fine, HasSubstr("0.689655"));
}

TEST_F(PipelineTest, KeepsWhatIsCurrent) {
  run();
  run();
  EXPECT_EQ(count_calls("mesh"), 1);
  EXPECT_EQ(count_calls("solve"), 1);
  EXPECT_EQ(count_calls("assess"), 2);
}

TEST_F(PipelineTest, ComputesAnewWhatHasOtherInputs) {
  run();
  std::string other = kCase;
  other.replace(other.find("-500"), 4, "-600");
  write_text(case_path(), other);
  run();
  EXPECT_EQ(count_calls("mesh"), 2);
  EXPECT_EQ(count_calls("solve"), 2);
}

TEST_F(PipelineTest, ComputesAnewWithAnotherProgram) {
  run();
  script("solve", "echo longer > $1/result.h5; echo '{\"unknowns_count\": 1000}' > $1/solve.json");
  run();
  EXPECT_EQ(count_calls("mesh"), 1);
  EXPECT_EQ(count_calls("solve"), 2);
}

TEST_F(PipelineTest, ComputesAnewAnOutputThatWasTorn) {
  run();
  write_text(folder_.level("implant", 0) + "/result.h5", "");
  run();
  EXPECT_EQ(count_calls("mesh"), 1);
  EXPECT_EQ(count_calls("solve"), 2);
}

TEST_F(PipelineTest, StartsAgainFromAStage) {
  run();
  run(quick(), "solve");
  EXPECT_EQ(count_calls("mesh"), 1);
  EXPECT_EQ(count_calls("solve"), 2);
  run(quick(), "report");
  EXPECT_EQ(count_calls("assess"), 2);
  EXPECT_EQ(count_calls("report"), 3);
  run(quick(), "mesh");
  EXPECT_EQ(count_calls("mesh"), 2);
}

TEST_F(PipelineTest, AQuickRunAfterAFullOneLeavesNoFinerLevel) {
  v1::RunSettings full = quick();
  full.set_quick(false);
  run(full);
  ASSERT_TRUE(fs::exists(folder_.level("implant", 1)));
  run();
  EXPECT_FALSE(fs::exists(folder_.level("implant", 1)));
}

TEST_F(PipelineTest, ResumesAllLevels) {
  v1::RunSettings full = quick();
  full.set_quick(false);
  run(full);
  const int meshes = count_calls("mesh");
  ASSERT_GE(meshes, 2);
  run(full);
  EXPECT_EQ(count_calls("mesh"), meshes);
  EXPECT_TRUE(fs::exists(folder_.level("implant", meshes - 1) + "/solve.json"));
}

TEST_F(PipelineTest, AnInvalidCaseEndsBeforeAnyStage) {
  std::string bad = kCase;
  bad.replace(bad.find("poisson_ratio: 0.3"), 18, "poisson_ratio: 0.7");
  write_text(case_path(), bad);
  const Outcome outcome = run();
  EXPECT_EQ(outcome.kind, OutcomeKind::kInvalid);
  EXPECT_EQ(exit_code(outcome), kInvalid);
  ASSERT_FALSE(outcome.problems.empty());
  EXPECT_EQ(outcome.problems.front().line, 4);
  EXPECT_EQ(calls(), "");
}

TEST_F(PipelineTest, AnInvalidImplantIsTheUsersToMendWithTheLineOfTheCase) {
  script(
      "mesh",
      "echo '[{\"code\": \"EMPTY_PLACE\", \"path\": \"places.head\", \"line\": 0, \"column\": 0, "
      "\"message\": \"no face\", \"remedy\": \"move the plane\"}]' > $1/problems.json; exit 3");
  const Outcome outcome = run();
  EXPECT_EQ(outcome.kind, OutcomeKind::kInvalid);
  ASSERT_EQ(outcome.problems.size(), 1U);
  EXPECT_EQ(outcome.problems[0].code, "EMPTY_PLACE");
  EXPECT_EQ(outcome.problems[0].line, 7);
}

TEST_F(PipelineTest, AFailedImplantIsNotComputed) {
  script("solve",
         "echo '[{\"code\": \"SOLVER_DIVERGED\", \"path\": \"\", \"line\": 0, \"column\": 0, "
         "\"message\": \"no\", \"remedy\": \"\"}]' > $1/problems.json; exit 4");
  const Outcome outcome = run();
  EXPECT_EQ(outcome.kind, OutcomeKind::kFailed);
  EXPECT_EQ(outcome.code, "SOLVER_DIVERGED");
  EXPECT_EQ(exit_code(outcome), kNotComputed);
}

TEST_F(PipelineTest, AFailedFinerLevelKeepsTheCoarseOne) {
  script(
      "mesh",
      "case $PWD in *level1) echo '[{\"code\": \"MESH_FAILED\", \"path\": \"\", \"line\": 0, "
      "\"column\": 0, \"message\": \"no\", \"remedy\": \"\"}]' > $1/problems.json; exit 4;; esac; "
      "echo x > $1/mesh.h5; echo '{}' > $1/mesh.json");
  v1::RunSettings full = quick();
  full.set_quick(false);
  const Outcome outcome = run(full);
  EXPECT_EQ(outcome.kind, OutcomeKind::kComputed);
  ASSERT_EQ(outcome.warnings.size(), 1U);
  EXPECT_THAT(outcome.warnings[0], HasSubstr("level 1"));
}

struct Ending {
  const char* name;
  const char* script;
  const char* code;
};

class WorkerEnding : public PipelineTest, public ::testing::WithParamInterface<Ending> {};

TEST_P(WorkerEnding, FailsTheRunWithItsReason) {
  script("mesh", GetParam().script);
  const Outcome outcome = run();
  EXPECT_EQ(outcome.kind, OutcomeKind::kFailed);
  EXPECT_EQ(outcome.code, GetParam().code) << outcome.reason;
  EXPECT_EQ(outcome.verdict, "");
  EXPECT_EQ(exit_code(outcome), kNotComputed);
  EXPECT_TRUE(fs::exists(folder_.level("implant", 0) + "/problems.json"));
  EXPECT_FALSE(fs::exists(folder_.report() + "/report.json"));
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, WorkerEnding,
    ::testing::Values(Ending{"killed", "kill -9 $$", "WORKER_KILLED"},
                      Ending{"crashed", "kill -SEGV $$", "WORKER_CRASHED"},
                      Ending{"silent", "exit 0", "NO_RESULT"},
                      Ending{"half", "echo x > $1/mesh.h5", "NO_RESULT"},
                      Ending{"empty", "echo x > $1/mesh.h5; : > $1/mesh.json", "NO_RESULT"},
                      Ending{"link", "echo x > $1/mesh.h5; ln -s /etc/hostname $1/mesh.json",
                             "NO_RESULT"},
                      Ending{"odd_code", "exit 9", "WORKER_CRASHED"},
                      Ending{"three_without_problems", "exit 3", "WORKER_CRASHED"}),
    [](const auto& ending) { return ending.param.name; });

TEST_F(PipelineTest, AKilledSolverFailsTheRunToo) {
  script("solve", "kill -9 $$");
  EXPECT_EQ(run().code, "WORKER_KILLED");
}

TEST_F(PipelineTest, TheTimeLimitIsOfTheWholeRun) {
  script("mesh", "exec sleep 30");
  v1::RunSettings settings = quick();
  settings.set_time_limit_s(0.5);
  const Outcome outcome = run(settings);
  EXPECT_EQ(outcome.code, "TIME_LIMIT");
}

TEST_F(PipelineTest, CancelEndsTheWorkers) {
  script("mesh", "exec sleep 30");
  std::thread canceller([this] {
    while (count_calls("mesh") == 0) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    cancel_ = true;
  });
  const Outcome outcome = run();
  canceller.join();
  EXPECT_EQ(outcome.kind, OutcomeKind::kCancelled);
}

TEST_F(PipelineTest, AMissingPageIsSaidButTheVerdictStands) {
  script("report", "exit 4");
  const Outcome outcome = run();
  EXPECT_EQ(outcome.kind, OutcomeKind::kComputed);
  ASSERT_EQ(outcome.warnings.size(), 1U);
  EXPECT_THAT(outcome.warnings[0], HasSubstr("report.html"));
}

TEST_F(PipelineTest, AReportWithoutVerdictIsReview) {
  script("assess", "echo '{\"schema\": \"proofload/v1\"}' > $1/report/report.json");
  EXPECT_EQ(exit_code(run()), kReview);
}

TEST_F(PipelineTest, AFailedRodComparisonDoesNotStopTheRun) {
  std::string text = kCase;
  text +=
      "designs:\n  member: {bodies: [bar], support_at: foot, load_at: head}\n"
      "  reference_rods: [{rod: " +
      read_library(library_folder()).rods.begin()->first + ", path: straight}]\n";
  write_text(case_path(), text);
  script(
      "mesh",
      "case $PWD in *implant_member*) echo '[{\"code\": \"MESH_FAILED\", \"path\": \"\", \"line\": "
      "0, "
      "\"column\": 0, \"message\": \"no\", \"remedy\": \"\"}]' > $1/problems.json; exit 4;; esac; "
      "echo x > $1/mesh.h5; echo '{}' > $1/mesh.json");
  const Outcome outcome = run();
  EXPECT_EQ(outcome.kind, OutcomeKind::kComputed) << outcome.reason;
  EXPECT_EQ(outcome.warnings.size(), 1U);
  EXPECT_TRUE(fs::exists(folder_.level("implant_member", 0) + "/problems.json"));
}

TEST(Paths, StayInsideTheirFolder) {
  for (const char* good : {"a.stl", "parts/a.stl", "a b.step", "ü.stl"}) {
    EXPECT_TRUE(is_safe_relative_path(good)) << good;
  }
  for (const char* bad :
       {"", "/etc/passwd", "../a", "a/../../b", "a/..", "./a", "a\nb", "a\\b", "a/"}) {
    EXPECT_FALSE(is_safe_relative_path(bad)) << bad;
  }
}

TEST(Problems, GetTheLineOfTheFieldOrOfWhatHoldsIt) {
  CaseText text;
  text.positions = {{"bodies[0]", {4, 5}}, {"places.head", {9, 3}}, {"bodies[1].file", {5, 20}}};
  text.value.add_bodies();
  text.value.add_bodies()->set_file("part.stl");
  std::vector<Problem> problems = {{"A", "bodies[0].file", 0, 0, "", ""},
                                   {"B", "places.head.plane.offset_mm", 0, 0, "", ""},
                                   {"C", "unknown", 0, 0, "", ""},
                                   {"D", "places.head", 2, 1, "", ""},
                                   {"E", "part.stl", 0, 0, "", ""}};
  locate_problems(problems, text);
  EXPECT_EQ(problems[0].line, 4);
  EXPECT_EQ(problems[1].line, 9);
  EXPECT_EQ(problems[2].line, 0);
  EXPECT_EQ(problems[3].line, 2);
  EXPECT_EQ(problems[4].line, 5);
}

TEST(ProgressLines, SurviveOddText) {
  v1::Progress progress, back;
  progress.set_sequence(3);
  progress.set_stage("mesh");
  progress.set_message("a \"b\"\n\xff");
  const std::string line = progress_line(progress);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  ASSERT_TRUE(parse_progress_line(line, back));
  EXPECT_EQ(back.sequence(), 3);
  EXPECT_FALSE(parse_progress_line(line.substr(0, line.size() / 2), back));
}

TEST_F(PipelineTest, StepsThatTakeTurnsAreToldOnceEach) {
  fs::create_directories(folder_.root);
  std::vector<v1::Progress> told;
  ProgressLog log(folder_, [&](const v1::Progress& step) { told.push_back(step); });
  for (int i = 0; i < 50; ++i) {
    log.tell("mesh", 0.1, "mesh a");
    log.tell("solve", 0.1, "solve b");
  }
  EXPECT_EQ(told.size(), 2U);
  log.tell("report", 0.9, "writing");
  EXPECT_EQ(told.size(), 3U);
}

}  // namespace
}  // namespace proofload::pipeline
