#include "streams.h"

#include <errno.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "../store/blobs.h"
#include "status.h"

namespace proofload::service {

namespace {

constexpr std::size_t kMostChunk = 1 << 20;
constexpr std::size_t kSendChunk = 256 << 10;
/// Space that uploads leave free for the database and the runs.
constexpr std::uint64_t kDiskReserve = 1ULL << 30;

bool disk_has_room(const std::string& folder, std::uint64_t bytes) {
  struct statvfs facts {};
  if (statvfs(folder.c_str(), &facts) != 0) return false;
  return facts.f_bavail * facts.f_frsize > bytes + kDiskReserve;
}

/// The next chunk is asked for when the last one is written: what is in memory is one chunk.
class BlobReceiver : public grpc::ServerReadReactor<v1::UploadBlobRequest> {
 public:
  BlobReceiver(Store& store, ThreadPool& pool, const ServerOptions& options,
               v1::UploadBlobResponse* response)
      : store_(store), pool_(pool), options_(options), response_(response) {
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    const bool posted = pool_.post([this, ok] {
      try {
        ok ? take() : complete();
      } catch (const std::exception& error) {
        Finish(error_status(grpc::StatusCode::UNAVAILABLE, "STORE_FAILED", error.what()));
      }
    });
    if (!posted) Finish(error_status(grpc::StatusCode::RESOURCE_EXHAUSTED, "BUSY", "try later"));
  }
  void OnDone() override { delete this; }

 private:
  void take() {
    const grpc::Status status = upload_ ? grpc::Status::OK : open();
    if (!status.ok() || known_) return Finish(status);
    if (request_.data().size() > kMostChunk) {
      return Finish(error_status(grpc::StatusCode::INVALID_ARGUMENT, "CHUNK_TOO_LARGE",
                                 "a chunk has at most 1 MiB"));
    }
    if (upload_->size() + request_.data().size() > size_) {
      return Finish(error_status(grpc::StatusCode::INVALID_ARGUMENT, "SIZE_MISMATCH",
                                 "more bytes than the stated " + std::to_string(size_)));
    }
    upload_->add(request_.data());
    request_.Clear();
    StartRead(&request_);
  }

  /// Judges the first message.
  grpc::Status open() {
    sha256_ = request_.sha256();
    size_ = request_.size_bytes();
    if (!is_sha256(sha256_)) {
      return error_status(grpc::StatusCode::INVALID_ARGUMENT, "DIGEST_INVALID",
                          "the first message names the SHA-256 as 64 lower-case hex digits");
    }
    if (size_ > options_.most_blob_bytes) {
      return error_status(
          grpc::StatusCode::RESOURCE_EXHAUSTED, "BLOB_TOO_LARGE",
          "a file has at most " + std::to_string(options_.most_blob_bytes) + " bytes here");
    }
    if (store_.has_blob(sha256_)) {
      known_ = true;
      answer();
      return grpc::Status::OK;
    }
    if (!disk_has_room(store_.folder(), size_)) {
      return error_status(grpc::StatusCode::RESOURCE_EXHAUSTED, "DISK_RESERVE",
                          "the server's disk is full");
    }
    upload_ = store_.begin_upload();
    return grpc::Status::OK;
  }

  void complete() {
    if (!upload_) {
      return Finish(error_status(grpc::StatusCode::INVALID_ARGUMENT, "EMPTY_UPLOAD",
                                 "the stream had no message"));
    }
    if (!upload_->finish(sha256_, size_)) {
      return Finish(error_status(grpc::StatusCode::INVALID_ARGUMENT, "DIGEST_MISMATCH",
                                 "the bytes do not have the stated size and SHA-256"));
    }
    answer();
    Finish(grpc::Status::OK);
  }

  void answer() {
    response_->set_sha256(sha256_);
    response_->set_size_bytes(size_);
  }

  Store& store_;
  ThreadPool& pool_;
  const ServerOptions& options_;
  v1::UploadBlobResponse* response_;
  v1::UploadBlobRequest request_;
  std::unique_ptr<BlobUpload> upload_;
  std::string sha256_;
  std::uint64_t size_ = 0;
  bool known_ = false;
};

class FileSender : public grpc::ServerWriteReactor<v1::FetchReportChunk> {
 public:
  FileSender(ThreadPool& pool, int file) : pool_(pool), file_(file) { next(); }
  ~FileSender() override { close(file_); }
  void OnWriteDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::CANCELLED);
    next();
  }
  void OnDone() override { delete this; }

 private:
  void next() {
    if (!pool_.post([this] { send(); })) {
      Finish(error_status(grpc::StatusCode::RESOURCE_EXHAUSTED, "BUSY", "try later"));
    }
  }
  void send() {
    std::string data(kSendChunk, '\0');
    ssize_t count;
    do {
      count = read(file_, data.data(), data.size());
    } while (count < 0 && errno == EINTR);
    if (count < 0) {
      return Finish(error_status(grpc::StatusCode::UNAVAILABLE, "STORE_FAILED", "cannot read"));
    }
    if (count == 0) return Finish(grpc::Status::OK);
    data.resize(static_cast<std::size_t>(count));
    chunk_.set_data(std::move(data));
    StartWrite(&chunk_);
  }

  ThreadPool& pool_;
  int file_;
  v1::FetchReportChunk chunk_;
};

class Refusal : public grpc::ServerWriteReactor<v1::FetchReportChunk> {
 public:
  explicit Refusal(const grpc::Status& status) { Finish(status); }
  void OnDone() override { delete this; }
};

}  // namespace

grpc::ServerReadReactor<v1::UploadBlobRequest>* receive_blob(Store& store, ThreadPool& pool,
                                                             const ServerOptions& options,
                                                             v1::UploadBlobResponse* response) {
  return new BlobReceiver(store, pool, options, response);
}

grpc::ServerWriteReactor<v1::FetchReportChunk>* send_file(ThreadPool& pool, int file) {
  return new FileSender(pool, file);
}

grpc::ServerWriteReactor<v1::FetchReportChunk>* refuse_file(const grpc::Status& status) {
  return new Refusal(status);
}

}  // namespace proofload::service
