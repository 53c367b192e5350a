#pragma once
/// Tables of the store; `user_version` counts the changes made to them.

namespace proofload::service {

/// State numbers are those of v1::RunState.
inline constexpr const char* kSchema = R"sql(
CREATE TABLE blobs(
  sha256 TEXT PRIMARY KEY,
  size_bytes INTEGER NOT NULL,
  created TEXT NOT NULL) STRICT;

CREATE TABLE runs(
  id TEXT PRIMARY KEY,
  state INTEGER NOT NULL CHECK(state BETWEEN 1 AND 5),
  request_id TEXT NOT NULL UNIQUE,
  payload_sha256 TEXT NOT NULL,
  case_name TEXT NOT NULL,
  case_yaml TEXT NOT NULL,
  settings TEXT NOT NULL,
  created TEXT NOT NULL,
  updated TEXT NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  verdict TEXT NOT NULL DEFAULT '',
  cancel_reason TEXT) STRICT;
CREATE INDEX runs_by_state ON runs(state, id);

CREATE TABLE run_files(
  run_id TEXT NOT NULL REFERENCES runs(id),
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL REFERENCES blobs(sha256),
  PRIMARY KEY(run_id, name)) STRICT;

CREATE TABLE audit(
  sequence INTEGER PRIMARY KEY,
  time TEXT NOT NULL,
  action TEXT NOT NULL,
  object TEXT NOT NULL,
  detail TEXT NOT NULL,
  hash TEXT NOT NULL) STRICT;

CREATE TRIGGER an_ended_run_stays BEFORE UPDATE ON runs WHEN OLD.state IN (3, 4, 5)
BEGIN SELECT RAISE(ABORT, 'a run that has ended is never changed'); END;
CREATE TRIGGER only_forward BEFORE UPDATE OF state ON runs
WHEN NOT ((OLD.state = 1 AND NEW.state IN (1, 2, 4, 5)) OR (OLD.state = 2 AND NEW.state IN (2, 3, 4, 5)))
BEGIN SELECT RAISE(ABORT, 'a run cannot change to this state'); END;
CREATE TRIGGER runs_are_kept BEFORE DELETE ON runs
BEGIN SELECT RAISE(ABORT, 'runs are never deleted'); END;
CREATE TRIGGER audit_is_append_only BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is never changed'); END;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit trail is never deleted'); END;

PRAGMA user_version = 1;
)sql";

}  // namespace proofload::service
