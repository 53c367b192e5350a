#include "proofload/service/store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <mutex>
#include <stdexcept>

#include "blobs.h"
#include "database.h"
#include "proofload/core/json.h"
#include "proofload/core/problem.h"
#include "proofload/core/run_folder.h"
#include "schema.h"

namespace fs = std::filesystem;

namespace proofload::service {

namespace {

constexpr const char* kColumns =
    "SELECT id, state, case_name, request_id, created, updated, reason, verdict, cancel_reason, "
    "settings FROM runs ";

std::string utc_now(const char* format) {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[40];
  std::strftime(text, sizeof text, format, &parts);
  return text;
}

std::string timestamp() { return utc_now("%Y-%m-%dT%H:%M:%SZ"); }

std::string random_hex(int bytes) {
  unsigned char data[16];
  if (getrandom(data, static_cast<std::size_t>(bytes), 0) != bytes) {
    throw std::runtime_error("no random numbers");
  }
  char text[40];
  for (int i = 0; i < bytes; ++i) std::snprintf(text + 2 * i, 3, "%02x", data[i]);
  return text;
}

StoredRun read_run(const Statement& row) {
  StoredRun run;
  run.id = row.text(0);
  run.state = static_cast<v1::RunState::Enum>(row.number(1));
  run.case_name = row.text(2);
  run.request_id = row.text(3);
  run.created = row.text(4);
  run.updated = row.text(5);
  run.reason = row.text(6);
  run.verdict = row.text(7);
  run.cancel_requested = !row.is_null(8);
  from_json(row.text(9), run.settings);
  return run;
}

/// The lock lives as long as the descriptor.
int lock_store(const std::string& folder) {
  const std::string path = folder + "/lock";
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) throw std::runtime_error("cannot open " + path + ": " + strerror(errno));
  if (flock(file, LOCK_EX | LOCK_NB) != 0) {
    close(file);
    throw InvalidInput({{"STORE_IN_USE", folder, 0, 0, "another proofloadd has this store",
                         "stop the other one, or give another --store"}});
  }
  return file;
}

class SqliteStore : public Store {
 public:
  explicit SqliteStore(const std::string& folder)
      : folder_(folder), lock_(lock_store(folder)), database_(folder + "/proofload.db") {
    fs::remove_all(folder_ + "/scratch");
    for (const char* name : {"/blobs", "/scratch", "/runs"}) fs::create_directories(folder_ + name);
    Statement version = database_.prepare("PRAGMA user_version");
    version.step();
    if (version.number(0) > 1) throw std::runtime_error("the store was made by a later version");
    if (version.number(0) == 1) return;
    Transaction transaction(database_);
    database_.execute(kSchema);
    transaction.commit();
    sync_folder(folder_);
  }
  ~SqliteStore() override { close(lock_); }

  std::string folder() const override { return folder_; }
  std::string run_folder(const std::string& id) const override { return folder_ + "/runs/" + id; }
  bool has_blob(const std::string& sha256) override;
  std::string blob_path(const std::string& sha256) const override {
    return service::blob_path(folder_ + "/blobs", sha256);
  }
  std::unique_ptr<BlobUpload> begin_upload() override;
  Submitted submit(const NewRun& run, StoredRun& out) override;
  std::optional<Submitted> find_request(const std::string& request_id,
                                        const std::string& payload_sha256, StoredRun& out) override;
  std::optional<StoredRun> get(const std::string& id) override;
  std::vector<StoredRun> list(int count, const std::string& before_id) override;
  int count_waiting() override;
  NewRun content(const std::string& id) override;
  std::optional<StoredRun> claim() override;
  std::vector<StoredRun> interrupted() override;
  bool request_cancel(const std::string& id, const std::string& reason) override;
  void finish(const std::string& id, v1::RunState::Enum state, const std::string& reason,
              const std::string& verdict) override;
  bool audit_is_intact() override;

 private:
  std::optional<StoredRun> find(const std::string& where, const std::string& key);
  void set_state(const std::string& id, v1::RunState::Enum state, const std::string& reason,
                 const std::string& verdict);
  void record_blob(const std::string& sha256, std::uint64_t size);
  void audit(const std::string& action, const std::string& object, const std::string& detail);

  std::string folder_;
  int lock_;
  Database database_;
  std::mutex mutex_;  ///< one statement sequence at a time: there is one writer
};

bool SqliteStore::has_blob(const std::string& sha256) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return database_.prepare("SELECT 1 FROM blobs WHERE sha256 = ?1").bind(1, sha256).step() &&
         fs::exists(blob_path(sha256));
}

std::unique_ptr<BlobUpload> SqliteStore::begin_upload() {
  return make_upload(
      folder_ + "/blobs", folder_ + "/scratch",
      [this](const std::string& sha256, std::uint64_t size) { record_blob(sha256, size); });
}

void SqliteStore::record_blob(const std::string& sha256, std::uint64_t size) {
  const std::lock_guard<std::mutex> lock(mutex_);
  Transaction transaction(database_);
  database_.prepare("INSERT OR IGNORE INTO blobs VALUES(?1, ?2, ?3)")
      .bind(1, sha256)
      .bind(2, static_cast<std::int64_t>(size))
      .bind(3, timestamp())
      .step();
  if (database_.changes() > 0) audit("upload", sha256, std::to_string(size));
  transaction.commit();
}

std::optional<StoredRun> SqliteStore::find(const std::string& where, const std::string& key) {
  Statement row = database_.prepare(kColumns + where);
  row.bind(1, key);
  if (!row.step()) return std::nullopt;
  return read_run(row);
}

std::optional<Submitted> SqliteStore::find_request(const std::string& request_id,
                                                   const std::string& payload_sha256,
                                                   StoredRun& out) {
  const std::lock_guard<std::mutex> lock(mutex_);
  Statement row = database_.prepare("SELECT payload_sha256 FROM runs WHERE request_id = ?1");
  row.bind(1, request_id);
  if (!row.step()) return std::nullopt;
  if (row.text(0) != payload_sha256) return Submitted::kOtherPayload;
  out = *find("WHERE request_id = ?1", request_id);
  return Submitted::kKnown;
}

Submitted SqliteStore::submit(const NewRun& run, StoredRun& out) {
  if (const auto known = find_request(run.request_id, run.payload_sha256, out)) return *known;
  const std::string now = timestamp();
  const std::string id = utc_now("r%Y%m%d%H%M%S-") + random_hex(6);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    Transaction transaction(database_);
    Statement row = database_.prepare(
        "INSERT INTO runs(id, state, request_id, payload_sha256, case_name, case_yaml, settings, "
        "created, updated) VALUES(?1, 1, ?2, ?3, ?4, ?5, ?6, ?7, ?7) "
        "ON CONFLICT(request_id) DO NOTHING");
    row.bind(1, id).bind(2, run.request_id).bind(3, run.payload_sha256).bind(4, run.case_name);
    row.bind(5, run.case_yaml).bind(6, to_json(run.settings)).bind(7, now).step();
    if (database_.changes() > 0) {
      for (const InputBlob& file : run.files) {
        database_.prepare("INSERT INTO run_files VALUES(?1, ?2, ?3)")
            .bind(1, id)
            .bind(2, file.name)
            .bind(3, file.sha256)
            .step();
      }
      audit("submit", id, run.request_id + " " + run.payload_sha256);
      transaction.commit();
      out = *find("WHERE id = ?1", id);
      return Submitted::kNew;
    }
  }
  return *find_request(run.request_id, run.payload_sha256, out);
}

std::optional<StoredRun> SqliteStore::get(const std::string& id) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return find("WHERE id = ?1", id);
}

std::vector<StoredRun> SqliteStore::list(int count, const std::string& before_id) {
  const std::lock_guard<std::mutex> lock(mutex_);
  Statement rows =
      database_.prepare(std::string(kColumns) +
                        "WHERE ?1 = '' OR rowid < (SELECT rowid FROM runs WHERE id = ?1) "
                        "ORDER BY rowid DESC LIMIT ?2");
  rows.bind(1, before_id).bind(2, static_cast<std::int64_t>(count));
  std::vector<StoredRun> out;
  while (rows.step()) out.push_back(read_run(rows));
  return out;
}

int SqliteStore::count_waiting() {
  const std::lock_guard<std::mutex> lock(mutex_);
  Statement row = database_.prepare("SELECT count(*) FROM runs WHERE state = 1");
  row.step();
  return static_cast<int>(row.number(0));
}

NewRun SqliteStore::content(const std::string& id) {
  const std::lock_guard<std::mutex> lock(mutex_);
  Statement row =
      database_.prepare("SELECT case_name, case_yaml, settings FROM runs WHERE id = ?1");
  row.bind(1, id);
  if (!row.step()) throw std::runtime_error("no run " + id);
  NewRun out;
  out.case_name = row.text(0);
  out.case_yaml = row.text(1);
  from_json(row.text(2), out.settings);
  Statement files = database_.prepare("SELECT name, sha256 FROM run_files WHERE run_id = ?1");
  files.bind(1, id);
  while (files.step()) out.files.push_back({files.text(0), files.text(1)});
  return out;
}

std::optional<StoredRun> SqliteStore::claim() {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::optional<StoredRun> run = find("WHERE state = ?1 ORDER BY rowid LIMIT 1", "1");
  if (!run) return std::nullopt;
  set_state(run->id, v1::RunState::RUNNING, "", "");
  return find("WHERE id = ?1", run->id);
}

std::vector<StoredRun> SqliteStore::interrupted() {
  const std::lock_guard<std::mutex> lock(mutex_);
  Statement rows = database_.prepare(std::string(kColumns) + "WHERE state = 2 ORDER BY rowid");
  std::vector<StoredRun> out;
  while (rows.step()) out.push_back(read_run(rows));
  return out;
}

bool SqliteStore::request_cancel(const std::string& id, const std::string& reason) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const std::optional<StoredRun> run = find("WHERE id = ?1", id);
  if (!run || run->state > v1::RunState::RUNNING) return false;
  if (run->state == v1::RunState::QUEUED) {
    set_state(id, v1::RunState::CANCELLED, reason, "");
    return true;
  }
  if (run->cancel_requested) return true;
  Transaction transaction(database_);
  database_.prepare("UPDATE runs SET cancel_reason = ?2, updated = ?3 WHERE id = ?1")
      .bind(1, id)
      .bind(2, reason)
      .bind(3, timestamp())
      .step();
  audit("cancel", id, reason);
  transaction.commit();
  return true;
}

void SqliteStore::finish(const std::string& id, v1::RunState::Enum state, const std::string& reason,
                         const std::string& verdict) {
  const std::lock_guard<std::mutex> lock(mutex_);
  set_state(id, state, reason, verdict);
}

void SqliteStore::set_state(const std::string& id, v1::RunState::Enum state,
                            const std::string& reason, const std::string& verdict) {
  Transaction transaction(database_);
  database_
      .prepare("UPDATE runs SET state = ?2, reason = ?3, verdict = ?4, updated = ?5 WHERE id = ?1")
      .bind(1, id)
      .bind(2, static_cast<std::int64_t>(state))
      .bind(3, reason)
      .bind(4, verdict)
      .bind(5, timestamp())
      .step();
  audit("state", id, v1::RunState::Enum_Name(state) + " " + verdict + " " + reason);
  transaction.commit();
}

/// Each entry's hash covers the one before it.
void SqliteStore::audit(const std::string& action, const std::string& object,
                        const std::string& detail) {
  Statement last =
      database_.prepare("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1");
  const bool any = last.step();
  const std::int64_t sequence = any ? last.number(0) + 1 : 1;
  const std::string time = timestamp();
  const std::string hash =
      sha256_of_text((any ? last.text(1) : std::string()) + "\n" + std::to_string(sequence) + "\n" +
                     time + "\n" + action + "\n" + object + "\n" + detail);
  Statement row = database_.prepare("INSERT INTO audit VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
  row.bind(1, sequence).bind(2, time).bind(3, action).bind(4, object).bind(5, detail);
  row.bind(6, hash).step();
}

bool SqliteStore::audit_is_intact() {
  const std::lock_guard<std::mutex> lock(mutex_);
  Statement rows = database_.prepare(
      "SELECT sequence, time, action, object, detail, hash FROM audit ORDER BY sequence");
  std::string before;
  std::int64_t expected = 1;
  while (rows.step()) {
    const std::string text = before + "\n" + std::to_string(expected) + "\n" + rows.text(1) + "\n" +
                             rows.text(2) + "\n" + rows.text(3) + "\n" + rows.text(4);
    if (rows.number(0) != expected || sha256_of_text(text) != rows.text(5)) return false;
    before = rows.text(5);
    ++expected;
  }
  return true;
}

}  // namespace

std::unique_ptr<Store> open_store(const std::string& folder) {
  fs::create_directories(folder);
  return std::make_unique<SqliteStore>(fs::absolute(folder).lexically_normal().string());
}

}  // namespace proofload::service
