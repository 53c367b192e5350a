#include "front.h"

#include <unistd.h>

#include <algorithm>

#include "../store/blobs.h"
#include "progress_file.h"
#include "proofload/core/run_folder.h"
#include "report_files.h"
#include "status.h"
#include "streams.h"
#include "submission.h"

namespace proofload::service {

namespace {

constexpr int kPoolThreads = 8;
constexpr std::size_t kMostWaiting = 512;
constexpr int kDefaultPage = 50;
constexpr int kLargestPage = 500;
constexpr int kMostDigests = 1000;

grpc::Status unknown_run(const std::string& id) {
  return error_status(grpc::StatusCode::NOT_FOUND, "RUN_NOT_FOUND",
                      "there is no run \"" + id.substr(0, 64) + "\"");
}

grpc::Status draining() {
  return error_status(grpc::StatusCode::UNAVAILABLE, "DRAINING", "the service is stopping");
}

/// Ids are made by us; anything else never becomes part of a path.
bool is_run_id(const std::string& id) {
  return !id.empty() && id.size() < 64 && std::all_of(id.begin(), id.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '-';
  });
}

/// Every call ends with a status, whatever happens in it.
grpc::Status guarded(const std::function<grpc::Status()>& work) {
  try {
    return work();
  } catch (const InvalidInput& invalid) {
    return invalid_status(invalid.problems());
  } catch (const NumericalFailure& failure) {
    return error_status(grpc::StatusCode::INVALID_ARGUMENT, failure.code(), failure.what());
  } catch (const std::exception& error) {
    log_event("error", {"message", error.what()});
    return error_status(grpc::StatusCode::INTERNAL, "INTERNAL", "the call failed; see the log");
  }
}

}  // namespace

Front::Front(Store& store, Runner& runner, Watchers& watchers, const ServerOptions& options)
    : store_(store),
      runner_(runner),
      watchers_(watchers),
      options_(options),
      pool_(kPoolThreads, kMostWaiting) {}

grpc::ServerUnaryReactor* Front::in_pool(grpc::CallbackServerContext* context,
                                         std::function<grpc::Status()> work) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const bool posted =
      pool_.post([reactor, work = std::move(work)] { reactor->Finish(guarded(work)); });
  if (!posted) {
    reactor->Finish(error_status(grpc::StatusCode::RESOURCE_EXHAUSTED, "BUSY", "try later"));
  }
  return reactor;
}

v1::Run Front::to_message(const StoredRun& run) const {
  v1::Run out;
  out.set_id(run.id);
  out.set_state(run.state);
  out.set_case_name(run.case_name);
  out.set_request_id(run.request_id);
  out.set_created(run.created);
  out.set_updated(run.updated);
  out.set_reason(run.reason);
  out.set_verdict(run.verdict);
  *out.mutable_settings() = run.settings;
  if (const auto progress = last_progress(RunFolder{store_.run_folder(run.id)}.progress())) {
    *out.mutable_progress() = *progress;
    out.mutable_progress()->set_state(run.state);
  }
  return out;
}

grpc::ServerReadReactor<v1::UploadBlobRequest>* Front::UploadBlob(
    grpc::CallbackServerContext*, v1::UploadBlobResponse* response) {
  return receive_blob(store_, pool_, options_, response);
}

grpc::ServerUnaryReactor* Front::FindMissingBlobs(grpc::CallbackServerContext* context,
                                                  const v1::FindMissingBlobsRequest* request,
                                                  v1::FindMissingBlobsResponse* response) {
  return in_pool(context, [this, request, response] {
    if (request->sha256_size() > kMostDigests) {
      return error_status(grpc::StatusCode::INVALID_ARGUMENT, "TOO_MANY", "ask for at most 1000");
    }
    for (const std::string& digest : request->sha256()) {
      if (!is_sha256(digest) || !store_.has_blob(digest)) response->add_sha256(digest);
    }
    return grpc::Status::OK;
  });
}

grpc::ServerUnaryReactor* Front::SubmitRun(grpc::CallbackServerContext* context,
                                           const v1::SubmitRunRequest* request, v1::Run* response) {
  return in_pool(context, [this, request, response] { return submit(*request, *response); });
}

grpc::Status Front::submit(const v1::SubmitRunRequest& request, v1::Run& response) {
  if (closed_) return draining();
  StoredRun stored;
  const auto answer = [&](Submitted what) {
    if (what == Submitted::kOtherPayload) {
      return invalid_status(
          {{"REQUEST_ID_REUSED", "request_id", 0, 0, "this id was used for another submission",
            "use a new id for what is new"}});
    }
    response = to_message(stored);
    return grpc::Status::OK;
  };
  if (!request.request_id().empty() && !request.validate_only()) {
    const auto known = store_.find_request(request.request_id(), payload_digest(request), stored);
    if (known) return answer(*known);
  }
  const NewRun run = read_submission(request);
  if (request.validate_only()) {
    response.set_case_name(run.case_name);
    return grpc::Status::OK;
  }
  std::vector<std::string> missing;
  for (const InputBlob& file : run.files) {
    if (!store_.has_blob(file.sha256)) missing.push_back(file.sha256);
  }
  if (!missing.empty()) return missing_blobs_status(missing);
  if (store_.count_waiting() >= options_.most_queued) {
    return error_status(grpc::StatusCode::RESOURCE_EXHAUSTED, "QUEUE_FULL",
                        "the queue has its " + std::to_string(options_.most_queued) + " runs");
  }
  const Submitted what = store_.submit(run, stored);
  runner_.wake();
  return answer(what);
}

grpc::ServerUnaryReactor* Front::GetRun(grpc::CallbackServerContext* context,
                                        const v1::GetRunRequest* request, v1::Run* response) {
  return in_pool(context, [this, request, response] {
    const auto run = store_.get(request->id());
    if (!run) return unknown_run(request->id());
    *response = to_message(*run);
    return grpc::Status::OK;
  });
}

grpc::ServerUnaryReactor* Front::ListRuns(grpc::CallbackServerContext* context,
                                          const v1::ListRunsRequest* request,
                                          v1::ListRunsResponse* response) {
  return in_pool(context, [this, request, response] {
    const int asked = static_cast<int>(std::min<std::uint32_t>(request->page_size(), kLargestPage));
    const int size = asked > 0 ? asked : kDefaultPage;
    if (!request->page_token().empty() && !store_.get(request->page_token())) {
      return error_status(grpc::StatusCode::INVALID_ARGUMENT, "PAGE_TOKEN", "not a token of ours");
    }
    std::vector<StoredRun> runs = store_.list(size + 1, request->page_token());
    const bool more = runs.size() > static_cast<std::size_t>(size);
    if (more) runs.pop_back();
    for (const StoredRun& run : runs) *response->add_runs() = to_message(run);
    if (more) response->set_next_page_token(runs.back().id);
    return grpc::Status::OK;
  });
}

grpc::ServerWriteReactor<v1::Progress>* Front::WatchRun(grpc::CallbackServerContext*,
                                                        const v1::WatchRunRequest* request) {
  // "-" is no run: the stream ends with NOT_FOUND.
  return watchers_.watch(is_run_id(request->id()) ? request->id() : "-", request->after_sequence());
}

grpc::ServerUnaryReactor* Front::CancelRun(grpc::CallbackServerContext* context,
                                           const v1::CancelRunRequest* request, v1::Run* response) {
  return in_pool(context, [this, request, response] {
    if (!store_.get(request->id())) return unknown_run(request->id());
    const std::string reason = "cancelled: " + request->reason().substr(0, 200);
    if (store_.request_cancel(request->id(), reason)) runner_.cancel(request->id());
    *response = to_message(*store_.get(request->id()));
    return grpc::Status::OK;
  });
}

grpc::ServerWriteReactor<v1::FetchReportChunk>* Front::FetchReport(
    grpc::CallbackServerContext*, const v1::FetchReportRequest* request) {
  if (!is_run_id(request->id())) return refuse_file(unknown_run(request->id()));
  const std::string name = request->file().empty() ? "report.json" : request->file();
  const int file = open_report_file(RunFolder{store_.run_folder(request->id())}.report(), name);
  if (file < 0) {
    return refuse_file(error_status(grpc::StatusCode::NOT_FOUND, "FILE_NOT_FOUND",
                                    "the report has no such file (yet)"));
  }
  return send_file(pool_, file);
}

grpc::ServerUnaryReactor* Front::ListReportFiles(grpc::CallbackServerContext* context,
                                                 const v1::ListReportFilesRequest* request,
                                                 v1::ListReportFilesResponse* response) {
  return in_pool(context, [this, request, response] {
    if (!store_.get(request->id())) return unknown_run(request->id());
    for (const auto& file :
         list_report_files(RunFolder{store_.run_folder(request->id())}.report())) {
      *response->add_files() = file;
    }
    return grpc::Status::OK;
  });
}

grpc::ServerUnaryReactor* Front::GetCapabilities(grpc::CallbackServerContext* context,
                                                 const v1::GetCapabilitiesRequest*,
                                                 v1::Capabilities* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  response->set_version(PROOFLOAD_VERSION);
  response->set_max_blob_bytes(options_.most_blob_bytes);
  response->set_sandbox(options_.sandbox);
  response->set_ranks_count(static_cast<std::uint32_t>(pipeline::default_ranks()));
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

}  // namespace proofload::service
