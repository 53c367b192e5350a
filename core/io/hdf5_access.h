#pragma once
/// The few HDF5 calls the project needs, with handles that close themselves and errors that name
/// file and dataset. hdf5.h stays inside core/io.
#include <hdf5.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace proofload::io {

class Handle {
 public:
  Handle(hid_t id, herr_t (*close)(hid_t), const std::string& what) : id_(id), close_(close) {
    if (id_ < 0) throw std::runtime_error("HDF5: cannot " + what);
  }
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  Handle& operator=(Handle&&) = delete;
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  operator hid_t() const { return id_; }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

/// One file with its schema version ("proofload/mesh/1") as the attribute "schema".
class File {
 public:
  static File create(const std::string& path, const std::string& schema);
  /// Throws if the file's schema differs.
  static File open(const std::string& path, const std::string& schema, bool write);

  void write(const std::string& name, const std::vector<double>& values, int columns,
             const std::string& unit);
  void write(const std::string& name, const std::vector<std::int32_t>& values, int columns);
  void write(const std::string& name, const std::vector<std::string>& values);
  std::vector<double> read_doubles(const std::string& name, int columns) const;
  std::vector<std::int32_t> read_ints(const std::string& name, int columns) const;
  std::vector<std::string> read_texts(const std::string& name) const;
  bool has(const std::string& name) const;
  void make_group(const std::string& name);

 private:
  File(Handle file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}
  void write_raw(const std::string& name, hid_t type, const void* data, std::size_t size,
                 int columns, const std::string& unit);
  std::size_t size_of(hid_t dataset, const std::string& name, int columns) const;
  Handle open_dataset(const std::string& name) const;

  Handle file_;
  std::string path_;
};

}  // namespace proofload::io
