#include "blobs.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>

namespace fs = std::filesystem;

namespace proofload::service {

namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what + ": " + strerror(errno));
}

std::string to_hex(const unsigned char* bytes, unsigned int count) {
  static const char digits[] = "0123456789abcdef";
  std::string out;
  for (unsigned int i = 0; i < count; ++i) {
    out += digits[bytes[i] >> 4];
    out += digits[bytes[i] & 15];
  }
  return out;
}

class FileUpload : public BlobUpload {
 public:
  FileUpload(std::string folder, const std::string& scratch,
             std::function<void(const std::string&, std::uint64_t)> record)
      : folder_(std::move(folder)),
        path_(scratch + "/upload-XXXXXX"),
        record_(std::move(record)),
        digest_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    file_ = mkostemp(path_.data(), O_CLOEXEC);
    if (file_ < 0) fail("cannot create " + path_);
    EVP_DigestInit_ex(digest_.get(), EVP_sha256(), nullptr);
  }
  ~FileUpload() override {
    if (file_ >= 0) close(file_);
    if (!path_.empty()) unlink(path_.c_str());
  }
  std::uint64_t size() const override { return size_; }
  void add(const std::string& data) override;
  bool finish(const std::string& sha256, std::uint64_t size_bytes) override;

 private:
  std::string folder_;
  std::string path_;
  std::function<void(const std::string&, std::uint64_t)> record_;
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> digest_;
  int file_ = -1;
  std::uint64_t size_ = 0;
};

void FileUpload::add(const std::string& data) {
  std::size_t done = 0;
  while (done < data.size()) {
    const ssize_t count = write(file_, data.data() + done, data.size() - done);
    if (count < 0 && errno != EINTR) fail("cannot write " + path_);
    if (count > 0) done += static_cast<std::size_t>(count);
  }
  EVP_DigestUpdate(digest_.get(), data.data(), data.size());
  size_ += data.size();
}

bool FileUpload::finish(const std::string& sha256, std::uint64_t size_bytes) {
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned int count = 0;
  EVP_DigestFinal_ex(digest_.get(), bytes, &count);
  if (size_ != size_bytes || to_hex(bytes, count) != sha256) return false;
  if (fsync(file_) != 0) fail("cannot sync " + path_);
  const std::string target = blob_path(folder_, sha256);
  const std::string shelf = fs::path(target).parent_path().string();
  fs::create_directories(shelf);
  if (rename(path_.c_str(), target.c_str()) != 0) fail("cannot rename to " + target);
  path_.clear();
  chmod(target.c_str(), 0444);
  sync_folder(shelf);
  sync_folder(folder_);
  record_(sha256, size_);
  return true;
}

}  // namespace

bool is_sha256(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

std::string blob_path(const std::string& folder, const std::string& sha256) {
  return folder + "/" + sha256.substr(0, 2) + "/" + sha256;
}

std::unique_ptr<BlobUpload> make_upload(
    const std::string& folder, const std::string& scratch,
    std::function<void(const std::string&, std::uint64_t)> record) {
  return std::make_unique<FileUpload>(folder, scratch, std::move(record));
}

void sync_folder(const std::string& folder) {
  const int directory = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) fail("cannot open " + folder);
  const bool good = fsync(directory) == 0;
  close(directory);
  if (!good) fail("cannot sync " + folder);
}

}  // namespace proofload::service
