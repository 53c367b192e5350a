#pragma once
/// The service as seen by a client.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "proofload/v1/proofload.pb.h"

namespace proofload::client {

/// Calls of the service. Each throws InvalidInput for what the service says must be mended, and
/// NumericalFailure (code = the service's reason) for everything else that went wrong.
class Remote {
 public:
  virtual ~Remote() = default;
  /// Uploads a file unless the service has it; returns its SHA-256.
  virtual std::string upload(const std::string& path) = 0;
  virtual v1::Run submit(const v1::SubmitRunRequest& request) = 0;
  virtual v1::Run get(const std::string& id) = 0;
  virtual v1::ListRunsResponse list(int page_size, const std::string& page_token) = 0;
  virtual v1::Run cancel(const std::string& id, const std::string& reason) = 0;
  /// Until the run ends. A service that goes away is waited for and watched again.
  virtual v1::Run watch(const std::string& id,
                        const std::function<void(const v1::Progress&)>& step) = 0;
  virtual std::vector<std::string> report_files(const std::string& id) = 0;
  /// Writes one file of the report under `folder`.
  virtual void fetch(const std::string& id, const std::string& file, const std::string& folder) = 0;
};

std::unique_ptr<Remote> connect(const std::string& address);

}  // namespace proofload::client
