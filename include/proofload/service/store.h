#pragma once
/// What the service must not lose: blobs, runs, request ids, the audit trail.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "proofload/v1/run.pb.h"

namespace proofload::service {

/// A geometry file of a run: its name in the case and its content.
struct InputBlob {
  std::string name;
  std::string sha256;
};

/// What a run is made of; kept whole in the database, so its folder can always be made again.
struct NewRun {
  std::string request_id;
  std::string payload_sha256;
  std::string case_name;
  std::string case_yaml;
  std::vector<InputBlob> files;
  v1::RunSettings settings;
};

/// A run as stored.
struct StoredRun {
  std::string id;
  v1::RunState::Enum state = v1::RunState::UNSPECIFIED;
  std::string case_name;
  std::string request_id;
  std::string created;
  std::string updated;
  std::string reason;
  std::string verdict;
  bool cancel_requested = false;
  v1::RunSettings settings;
};

/// One upload in progress: a file beside the blobs until its digest is known to be right.
class BlobUpload {
 public:
  virtual ~BlobUpload() = default;
  /// Throws std::runtime_error when the disk fails.
  virtual void add(const std::string& data) = 0;
  virtual std::uint64_t size() const = 0;
  /// Syncs, compares digest and size, moves into place and records the blob. False when digest or
  /// size differ: nothing is kept.
  virtual bool finish(const std::string& sha256, std::uint64_t size_bytes) = 0;
};

/// What became of a submission.
enum class Submitted { kNew, kKnown, kOtherPayload };

/// One folder on local disk: SQLite (WAL, synchronous FULL) and blobs by digest. What a call has
/// returned survives kill -9 and power loss. Safe for use from several threads. Throws
/// std::runtime_error when the disk or the database fails.
class Store {
 public:
  virtual ~Store() = default;
  virtual std::string folder() const = 0;
  /// Folder of one run.
  virtual std::string run_folder(const std::string& id) const = 0;

  virtual bool has_blob(const std::string& sha256) = 0;
  virtual std::string blob_path(const std::string& sha256) const = 0;
  virtual std::unique_ptr<BlobUpload> begin_upload() = 0;

  /// Request id and run are written in one transaction; the same request id gives the same run.
  virtual Submitted submit(const NewRun& run, StoredRun& out) = 0;
  /// What an earlier submission with this request id led to, if there was one.
  virtual std::optional<Submitted> find_request(const std::string& request_id,
                                                const std::string& payload_sha256,
                                                StoredRun& out) = 0;
  virtual std::optional<StoredRun> get(const std::string& id) = 0;
  /// Newest first, after the run named by `before_id` (empty: from the start).
  virtual std::vector<StoredRun> list(int count, const std::string& before_id) = 0;
  virtual int count_waiting() = 0;
  /// Case text and files of a run.
  virtual NewRun content(const std::string& id) = 0;

  /// Oldest queued run, now RUNNING; none: empty.
  virtual std::optional<StoredRun> claim() = 0;
  /// Runs that were RUNNING when the last server ended, oldest first.
  virtual std::vector<StoredRun> interrupted() = 0;
  /// Records the wish; a queued run is CANCELLED at once. False: the run has ended already.
  virtual bool request_cancel(const std::string& id, const std::string& reason) = 0;
  /// Ends a run for good. Throws std::runtime_error for a run that has ended.
  virtual void finish(const std::string& id, v1::RunState::Enum state, const std::string& reason,
                      const std::string& verdict) = 0;
  /// True when every audit entry still has the hash it was written with.
  virtual bool audit_is_intact() = 0;
};

/// Opens (or makes) the store. Throws InvalidInput (STORE_IN_USE) when another server has it.
std::unique_ptr<Store> open_store(const std::string& folder);

}  // namespace proofload::service
