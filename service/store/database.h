#pragma once
/// SQLite with exceptions: nothing more than the store needs.
#include <sqlite3.h>

#include <memory>
#include <string>

namespace proofload::service {

/// One prepared statement; parameters count from 1, columns from 0.
class Statement {
 public:
  Statement(sqlite3* database, const std::string& sql);
  Statement& bind(int index, const std::string& text);
  Statement& bind(int index, std::int64_t number);
  /// True while there is a row. Throws std::runtime_error.
  bool step();
  std::string text(int column) const;
  std::int64_t number(int column) const;
  bool is_null(int column) const;

 private:
  sqlite3* database_;
  std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement_;
};

class Database {
 public:
  /// Opens, sets WAL, FULL and foreign keys, checks that the file is sound.
  explicit Database(const std::string& path);
  void execute(const std::string& sql);
  Statement prepare(const std::string& sql) { return Statement(handle_.get(), sql); }
  /// Rows changed by the last statement.
  int changes() const { return sqlite3_changes(handle_.get()); }

 private:
  std::unique_ptr<sqlite3, int (*)(sqlite3*)> handle_;
};

/// Rolled back unless committed.
class Transaction {
 public:
  explicit Transaction(Database& database);
  ~Transaction();
  void commit();

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace proofload::service
