/// The store: what it has said it keeps, it keeps.
#include "proofload/service/store.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include "proofload/core/problem.h"
#include "proofload/core/run_folder.h"
#include "test_support.h"

namespace proofload::service {
namespace {

namespace fs = std::filesystem;
using proofload::testing::Process;
using proofload::testing::read_text;
using proofload::testing::TestFolder;

NewRun new_run(const std::string& request, const std::string& payload = "p") {
  NewRun run;
  run.request_id = request;
  run.payload_sha256 = payload;
  run.case_name = "bar";
  run.case_yaml = "text";
  return run;
}

/// Runs SQL behind the store's back; false when the database refuses it.
bool execute(const std::string& folder, const std::string& sql) {
  sqlite3* database = nullptr;
  sqlite3_open((folder + "/proofload.db").c_str(), &database);
  const int code = sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr);
  sqlite3_close(database);
  return code == SQLITE_OK;
}

TEST(Store, GivesTheSameRunForTheSameRequest) {
  const TestFolder folder;
  const auto store = open_store(folder.path());
  StoredRun first, second, third;
  EXPECT_EQ(store->submit(new_run("a"), first), Submitted::kNew);
  EXPECT_EQ(store->submit(new_run("a"), second), Submitted::kKnown);
  EXPECT_EQ(first.id, second.id);
  EXPECT_EQ(store->submit(new_run("a", "other"), third), Submitted::kOtherPayload);
  EXPECT_EQ(store->list(10, "").size(), 1U);
}

TEST(Store, MakesOneRunOfManyRacingRequests) {
  const TestFolder folder;
  const auto store = open_store(folder.path());
  std::vector<std::string> ids(8);
  std::vector<std::thread> threads;
  for (std::string& id : ids) {
    threads.emplace_back([&store, &id] {
      StoredRun run;
      store->submit(new_run("same"), run);
      id = run.id;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 1U);
  EXPECT_EQ(store->list(10, "").size(), 1U);
}

TEST(Store, ClaimsInOrderAndOnlyOnce) {
  const TestFolder folder;
  const auto store = open_store(folder.path());
  StoredRun a, b;
  store->submit(new_run("a"), a);
  store->submit(new_run("b"), b);
  EXPECT_EQ(store->count_waiting(), 2);
  EXPECT_EQ(store->claim()->id, a.id);
  EXPECT_EQ(store->claim()->id, b.id);
  EXPECT_FALSE(store->claim());
  EXPECT_EQ(store->interrupted().size(), 2U);
}

TEST(Store, NeverChangesARunThatHasEnded) {
  const TestFolder folder;
  const auto store = open_store(folder.path());
  StoredRun run;
  store->submit(new_run("a"), run);
  store->claim();
  store->finish(run.id, v1::RunState::SUCCEEDED, "", "REVIEW");
  EXPECT_THROW(store->finish(run.id, v1::RunState::FAILED, "", ""), std::runtime_error);
  EXPECT_FALSE(store->request_cancel(run.id, "late"));
  EXPECT_EQ(store->get(run.id)->verdict, "REVIEW");
  // Not even with SQL.
  EXPECT_FALSE(execute(folder.path(), "UPDATE runs SET verdict = 'PASS'"));
  EXPECT_FALSE(execute(folder.path(), "DELETE FROM runs"));
  EXPECT_FALSE(execute(folder.path(), "UPDATE audit SET detail = ''"));
  EXPECT_FALSE(execute(folder.path(), "DELETE FROM audit"));
}

TEST(Store, AllowsNoOtherWayThroughTheStates) {
  const v1::RunState::Enum states[] = {v1::RunState::QUEUED, v1::RunState::RUNNING,
                                       v1::RunState::SUCCEEDED, v1::RunState::FAILED,
                                       v1::RunState::CANCELLED};
  const std::set<std::pair<int, int>> allowed = {{1, 1}, {1, 2}, {1, 4}, {1, 5},
                                                 {2, 2}, {2, 3}, {2, 4}, {2, 5}};
  const TestFolder folder;
  const auto store = open_store(folder.path());
  int count = 0;
  for (const int from : states) {
    for (const int to : states) {
      StoredRun run;
      store->submit(new_run("r" + std::to_string(++count)), run);
      const std::string set = "UPDATE runs SET state = ";
      const std::string where = " WHERE id = '" + run.id + "'";
      if (from != 1) {
        execute(folder.path(), set + "2" + where);
        if (from != 2) execute(folder.path(), set + std::to_string(from) + where);
      }
      ASSERT_EQ(store->get(run.id)->state, from);
      EXPECT_EQ(execute(folder.path(), set + std::to_string(to) + where),
                allowed.count({from, to}) > 0)
          << from << " to " << to;
    }
  }
}

TEST(Store, NoticesAChangedAuditTrail) {
  const TestFolder folder;
  const auto store = open_store(folder.path());
  StoredRun run;
  store->submit(new_run("a"), run);
  store->submit(new_run("b"), run);
  EXPECT_TRUE(store->audit_is_intact());
  ASSERT_TRUE(execute(folder.path(), "DROP TRIGGER audit_is_append_only"));
  ASSERT_TRUE(execute(folder.path(), "UPDATE audit SET detail = 'x' WHERE sequence = 1"));
  EXPECT_FALSE(store->audit_is_intact());
}

TEST(Store, KeepsABlobOnlyWithItsDigestAndSize) {
  const TestFolder folder;
  const auto store = open_store(folder.path());
  const std::string text = "solid", digest = sha256_of_text(text);
  auto wrong = store->begin_upload();
  wrong->add("other");
  EXPECT_FALSE(wrong->finish(digest, 5));
  auto shorter = store->begin_upload();
  shorter->add(text);
  EXPECT_FALSE(shorter->finish(digest, 6));
  EXPECT_FALSE(store->has_blob(digest));
  auto right = store->begin_upload();
  right->add("sol");
  right->add("id");
  EXPECT_TRUE(right->finish(digest, 5));
  EXPECT_TRUE(store->has_blob(digest));
  EXPECT_EQ(read_text(store->blob_path(digest)), text);
  wrong.reset();
  shorter.reset();
  EXPECT_TRUE(fs::is_empty(folder.path() + "/scratch"));
}

TEST(Store, IsLockedForASecondServer) {
  const TestFolder folder;
  const auto store = open_store(folder.path());
  try {
    open_store(folder.path());
    FAIL() << "opened twice";
  } catch (const InvalidInput& invalid) {
    EXPECT_EQ(invalid.problems().front().code, "STORE_IN_USE");
  }
}

TEST(Store, CancelsAQueuedRunAtOnceAndRemembersTheWishForARunningOne) {
  const TestFolder folder;
  StoredRun a, b;
  {
    const auto store = open_store(folder.path());
    store->submit(new_run("a"), a);
    store->submit(new_run("b"), b);
    EXPECT_TRUE(store->request_cancel(b.id, "why"));
    EXPECT_EQ(store->get(b.id)->state, v1::RunState::CANCELLED);
    store->claim();
    EXPECT_TRUE(store->request_cancel(a.id, "why"));
  }
  const auto again = open_store(folder.path());
  ASSERT_EQ(again->interrupted().size(), 1U);
  EXPECT_TRUE(again->interrupted().front().cancel_requested);
}

/// What the killed process had printed must all be there, whole and unchanged.
void expect_all_kept(Store& store, const std::string& printed) {
  EXPECT_TRUE(store.audit_is_intact());
  std::istringstream lines(printed);
  for (std::string line; std::getline(lines, line) && !lines.eof();) {
    std::istringstream words(line);
    std::string kind, first, second;
    words >> kind >> first >> second;
    if (kind == "blob") {
      ASSERT_TRUE(store.has_blob(first)) << line;
      EXPECT_EQ(sha256_of_file(store.blob_path(first)), first);
      continue;
    }
    const auto run = store.get(first);
    ASSERT_TRUE(run) << line;
    EXPECT_TRUE(kind != "run" || run->request_id == second) << line;
    EXPECT_TRUE(kind != "end" || run->state == v1::RunState::FAILED) << line;
  }
}

TEST(Store, LosesNothingAcknowledgedWhenKilled) {
  const TestFolder folder;
  std::mt19937 random(7);
  std::uniform_int_distribution<int> pause(20, 250);
  std::size_t acknowledged = 0;
  for (int round = 0; round < 20; ++round) {
    const std::string log = folder.path() + "/printed" + std::to_string(round);
    Process victim({"/proc/self/exe", "--submit-for-ever", folder.path() + "/store",
                    "round" + std::to_string(round)},
                   log);
    proofload::testing::eventually([&] { return fs::exists(log) && fs::file_size(log) > 0; });
    std::this_thread::sleep_for(std::chrono::milliseconds(pause(random)));
    victim.send(SIGKILL);
    victim.wait();
    const auto store = open_store(folder.path() + "/store");
    for (int earlier = 0; earlier <= round; ++earlier) {
      if (earlier < round && earlier % 5 != 0) continue;
      expect_all_kept(*store, read_text(folder.path() + "/printed" + std::to_string(earlier)));
    }
    acknowledged += read_text(log).size() / 70;
  }
  EXPECT_GT(acknowledged, 20U);
}

}  // namespace
}  // namespace proofload::service
