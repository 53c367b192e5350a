/// Jobs: how they end, and that nothing of them stays.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <set>
#include <thread>

#include "stage_doubles.h"

namespace proofload::pipeline {
namespace {

using ::testing::HasSubstr;

class LauncherTest : public ::testing::TestWithParam<Sandbox> {
 protected:
  Job shell(const std::string& script) {
    Job job;
    job.token = "job" + std::to_string(++count_);
    job.arguments = {"/bin/sh", "-c", script};
    job.writable = {scratch_.path()};
    job.log = scratch_.path() + "/" + job.token + ".log";
    return job;
  }
  JobStatus wait(Launcher& launcher, const std::string& token) {
    for (int i = 0; i < 1000; ++i) {
      const JobStatus status = launcher.status(token);
      if (status.state != JobState::kRunning) return status;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    throw std::runtime_error("the job does not end");
  }
  JobStatus run(const Job& job) {
    const auto launcher = make_local_launcher(GetParam());
    launcher->submit(job);
    return wait(*launcher, job.token);
  }
  std::string log(const Job& job) { return read_file(job.log); }

  TestFolder scratch_;
  int count_ = 0;
};

TEST_P(LauncherTest, GivesExitCodeAndOutput) {
  const Job job = shell("echo out; echo err >&2; exit 3");
  const JobStatus status = run(job);
  EXPECT_EQ(status.state, JobState::kFinished);
  EXPECT_EQ(status.exit_code, 3);
  EXPECT_EQ(status.reason, "");
  EXPECT_THAT(log(job), HasSubstr("out"));
  EXPECT_THAT(log(job), HasSubstr("err"));
}

TEST_P(LauncherTest, SendsOutputToItsOwnFile) {
  Job job = shell("echo out; echo err >&2");
  job.output = scratch_.path() + "/output";
  run(job);
  EXPECT_EQ(read_file(job.output), "out\n");
  EXPECT_EQ(log(job), "err\n");
}

TEST_P(LauncherTest, NamesAKilledWorker) {
  const JobStatus status = run(shell("kill -9 $$"));
  EXPECT_EQ(status.reason, "WORKER_KILLED");
  EXPECT_THAT(status.message, HasSubstr("signal 9"));
}

TEST_P(LauncherTest, NamesACrash) {
  const JobStatus status = run(shell("kill -SEGV $$"));
  EXPECT_EQ(status.reason, "WORKER_CRASHED");
  EXPECT_EQ(status.signal, SIGSEGV);
}

TEST_P(LauncherTest, StopsAtTheTimeLimit) {
  Job job = shell("exec sleep 60");
  job.limits.wall_seconds = 0.2;
  const JobStatus status = run(job);
  EXPECT_EQ(status.reason, "TIME_LIMIT");
  EXPECT_LT(status.seconds, 5);
}

TEST_P(LauncherTest, StopsAtTheMemoryLimit) {
  Job job = shell("exec /usr/bin/python3 -c 'x = bytearray(2000000000)'");
  job.limits.memory_mb = 300;
  const JobStatus status = run(job);
  EXPECT_NE(status.exit_code, 0);
  EXPECT_THAT(log(job), HasSubstr("MemoryError"));
}

TEST_P(LauncherTest, StopsAtTheFileLimit) {
  Job job = shell(
      "exec /usr/bin/python3 -c 'import signal; signal.signal(signal.SIGXFSZ, "
      "signal.SIG_DFL); open(\"big\", \"wb\").write(bytes(5000000))'");
  job.limits.file_mb = 1;
  EXPECT_EQ(run(job).reason, "FILE_LIMIT");
}

TEST_P(LauncherTest, LeavesNoCore) {
  Job job = shell("ulimit -c");
  run(job);
  EXPECT_EQ(log(job), "0\n");
}

TEST_P(LauncherTest, SaysWhenAProgramCannotBeStarted) {
  Job job = shell("");
  job.arguments = {"/no/such/program"};
  const JobStatus status = run(job);
  EXPECT_EQ(status.state, JobState::kFinished);
  EXPECT_TRUE(status.reason == "NOT_STARTED" || status.exit_code != 0);
}

TEST_P(LauncherTest, CancelledJobsTakeTheirChildrenWithThem) {
  const auto launcher = make_local_launcher(GetParam());
  // A child in a session of its own, deaf to SIGTERM: the kind mpiexec leaves behind.
  const std::string mark = scratch_.path() + "/alive";
  const Job job = shell("setsid sh -c 'trap \"\" TERM; while :; do date +%N > " + mark +
                        "; sleep 0.05; done' & sleep 60");
  launcher->submit(job);
  while (!std::filesystem::exists(mark)) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  launcher->cancel(job.token);
  EXPECT_EQ(wait(*launcher, job.token).reason, "CANCELLED");
  launcher->status("");
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  const auto last = std::filesystem::last_write_time(mark);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_EQ(std::filesystem::last_write_time(mark), last) << "an orphan is still writing";
}

TEST_P(LauncherTest, KnowsNoTokenThatWasReaped) {
  const auto launcher = make_local_launcher(GetParam());
  EXPECT_EQ(launcher->status("never").state, JobState::kUnknown);
  const Job job = shell("true");
  launcher->submit(job);
  wait(*launcher, job.token);
  launcher->reap(job.token);
  EXPECT_EQ(launcher->status(job.token).state, JobState::kUnknown);
}

TEST_P(LauncherTest, HidesTheSecretsOfTheParent) {
  setenv("PROOFLOAD_TEST_SECRET", "x", 1);
  const Job job = shell("env");
  run(job);
  EXPECT_THAT(log(job), ::testing::Not(HasSubstr("PROOFLOAD_TEST_SECRET")));
}

std::vector<Sandbox> levels_of_this_machine() {
  std::vector<Sandbox> levels = {Sandbox::kRlimits, Sandbox::kSeccomp};
  if (probe_sandbox() == Sandbox::kNamespaces) levels.push_back(Sandbox::kNamespaces);
  return levels;
}

INSTANTIATE_TEST_SUITE_P(Levels, LauncherTest, ::testing::ValuesIn(levels_of_this_machine()),
                         [](const auto& level) { return to_string(level.param); });

class ConfinementTest : public LauncherTest {};

TEST_P(ConfinementTest, DeniesNetworkSockets) {
  const Job job = shell(
      "/usr/bin/python3 -c 'import socket; s = socket.socket(); "
      "s.connect((\"127.0.0.1\", 9))' 2>&1 | tail -1");
  run(job);
  EXPECT_TRUE(log(job).find("PermissionError") != std::string::npos ||
              log(job).find("Connection refused") != std::string::npos)
      << log(job);
}

TEST_P(ConfinementTest, DeniesTracing) {
  const Job job = shell(
      "/usr/bin/python3 -c 'import ctypes; "
      "print(ctypes.CDLL(None).ptrace(0, 0, 0, 0))'");
  run(job);
  EXPECT_EQ(log(job), "-1\n");
}

TEST_P(ConfinementTest, WritesOnlyInItsFolder) {
  if (GetParam() != Sandbox::kNamespaces) GTEST_SKIP() << "needs namespaces";
  const TestFolder other;
  const Job job = shell("echo in > in; touch " + other.path() +
                        "/out; touch /etc/out; ls /proc | "
                        "grep -c '^[0-9]'");
  run(job);
  EXPECT_TRUE(std::filesystem::exists(scratch_.path() + "/in"));
  EXPECT_FALSE(std::filesystem::exists(other.path() + "/out"));
  EXPECT_FALSE(std::filesystem::exists("/etc/out"));
}

INSTANTIATE_TEST_SUITE_P(Levels, ConfinementTest,
                         ::testing::Values(Sandbox::kSeccomp, probe_sandbox()),
                         [](const auto& level) {
                           return to_string(level.param) + std::to_string(level.index);
                         });

TEST(SandboxLevel, HasATextForEachLevelAndBack) {
  for (Sandbox level : {Sandbox::kNamespaces, Sandbox::kSeccomp, Sandbox::kRlimits}) {
    EXPECT_EQ(sandbox_from_string(to_string(level)), level);
  }
  EXPECT_THROW(sandbox_from_string("none"), std::invalid_argument);
}

TEST(Supervisor, RunsJobsAndEndsThemWhenItsOwnerGoes) {
  const TestFolder scratch;
  const std::string mark = scratch.path() + "/alive";
  {
    const auto launcher = start_supervisor(std::string(PROOFLOAD_BIN_DIR) + "/proofload-supervisor",
                                           Sandbox::kRlimits);
    Job job;
    job.token = "quick";
    job.arguments = {"/bin/sh", "-c", "exit 7"};
    job.writable = {scratch.path()};
    job.log = scratch.path() + "/log";
    launcher->submit(job);
    while (launcher->status("quick").state == JobState::kRunning) {
    }
    EXPECT_EQ(launcher->status("quick").exit_code, 7);
    job.token = "long";
    job.arguments = {"/bin/sh", "-c", "while :; do date +%N > " + mark + "; sleep 0.02; done"};
    launcher->submit(job);
    while (!std::filesystem::exists(mark)) {
    }
  }
  const auto last = std::filesystem::last_write_time(mark);
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_EQ(std::filesystem::last_write_time(mark), last);
}

}  // namespace
}  // namespace proofload::pipeline
