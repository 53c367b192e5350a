#pragma once
/// The gRPC face of the service: each call is checked, handed to the store or runner, answered.
#include <grpcpp/grpcpp.h>

#include <functional>

#include "proofload/service/server.h"
#include "proofload/v1/proofload.grpc.pb.h"
#include "runner.h"
#include "thread_pool.h"
#include "watchers.h"

namespace proofload::service {

class Front : public v1::Proofload::CallbackService {
 public:
  Front(Store& store, Runner& runner, Watchers& watchers, const ServerOptions& options);

  grpc::ServerReadReactor<v1::UploadBlobRequest>* UploadBlob(
      grpc::CallbackServerContext* context, v1::UploadBlobResponse* response) override;
  grpc::ServerUnaryReactor* FindMissingBlobs(grpc::CallbackServerContext* context,
                                             const v1::FindMissingBlobsRequest* request,
                                             v1::FindMissingBlobsResponse* response) override;
  grpc::ServerUnaryReactor* SubmitRun(grpc::CallbackServerContext* context,
                                      const v1::SubmitRunRequest* request,
                                      v1::Run* response) override;
  grpc::ServerUnaryReactor* GetRun(grpc::CallbackServerContext* context,
                                   const v1::GetRunRequest* request, v1::Run* response) override;
  grpc::ServerUnaryReactor* ListRuns(grpc::CallbackServerContext* context,
                                     const v1::ListRunsRequest* request,
                                     v1::ListRunsResponse* response) override;
  grpc::ServerWriteReactor<v1::Progress>* WatchRun(grpc::CallbackServerContext* context,
                                                   const v1::WatchRunRequest* request) override;
  grpc::ServerUnaryReactor* CancelRun(grpc::CallbackServerContext* context,
                                      const v1::CancelRunRequest* request,
                                      v1::Run* response) override;
  grpc::ServerWriteReactor<v1::FetchReportChunk>* FetchReport(
      grpc::CallbackServerContext* context, const v1::FetchReportRequest* request) override;
  grpc::ServerUnaryReactor* ListReportFiles(grpc::CallbackServerContext* context,
                                            const v1::ListReportFilesRequest* request,
                                            v1::ListReportFilesResponse* response) override;
  grpc::ServerUnaryReactor* GetCapabilities(grpc::CallbackServerContext* context,
                                            const v1::GetCapabilitiesRequest* request,
                                            v1::Capabilities* response) override;

  /// Nothing new is accepted from now on.
  void close() { closed_ = true; }

 private:
  grpc::ServerUnaryReactor* in_pool(grpc::CallbackServerContext* context,
                                    std::function<grpc::Status()> work);
  grpc::Status submit(const v1::SubmitRunRequest& request, v1::Run& response);
  v1::Run to_message(const StoredRun& run) const;

  Store& store_;
  Runner& runner_;
  Watchers& watchers_;
  ServerOptions options_;
  std::atomic<bool> closed_{false};
  ThreadPool pool_;  ///< last: its threads end before what they use
};

}  // namespace proofload::service
