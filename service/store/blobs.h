#pragma once
/// Blobs by SHA-256 under one folder; durable before they are visible.
#include <functional>
#include <memory>
#include <string>

#include "proofload/service/store.h"

namespace proofload::service {

/// 64 lower-case hex digits.
bool is_sha256(const std::string& text);

/// folder/ab/abcdef…
std::string blob_path(const std::string& folder, const std::string& sha256);

/// An upload into `folder`, its unfinished part in `scratch` (same file system); `record` is called
/// once the blob is durable.
std::unique_ptr<BlobUpload> make_upload(
    const std::string& folder, const std::string& scratch,
    std::function<void(const std::string& sha256, std::uint64_t size)> record);

/// Makes a folder's entries durable. Throws std::runtime_error.
void sync_folder(const std::string& folder);

}  // namespace proofload::service
