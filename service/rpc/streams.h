#pragma once
/// Streams of bytes in and out; chunks are handled in the pool, one at a time for each stream.
#include <grpcpp/grpcpp.h>

#include "proofload/service/server.h"
#include "proofload/v1/proofload.pb.h"
#include "thread_pool.h"

namespace proofload::service {

grpc::ServerReadReactor<v1::UploadBlobRequest>* receive_blob(Store& store, ThreadPool& pool,
                                                             const ServerOptions& options,
                                                             v1::UploadBlobResponse* response);

/// Sends an open file and closes it.
grpc::ServerWriteReactor<v1::FetchReportChunk>* send_file(ThreadPool& pool, int file);

/// A stream that ends at once.
grpc::ServerWriteReactor<v1::FetchReportChunk>* refuse_file(const grpc::Status& status);

}  // namespace proofload::service
