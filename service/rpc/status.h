#pragma once
/// Errors as gRPC statuses: one ErrorInfo in each, field violations for what the user must mend.
#include <grpcpp/support/status.h>

#include <string>
#include <vector>

#include "proofload/core/problem.h"

namespace proofload::service {

/// Status with google.rpc.ErrorInfo {reason, domain "proofload"}.
grpc::Status error_status(grpc::StatusCode code, const std::string& reason,
                          const std::string& message);

/// INVALID_ARGUMENT with google.rpc.BadRequest: field, reason (code) and description (line, message
/// and remedy) of every problem.
grpc::Status invalid_status(const std::vector<Problem>& problems);

/// FAILED_PRECONDITION BLOB_MISSING naming each blob.
grpc::Status missing_blobs_status(const std::vector<std::string>& sha256);

}  // namespace proofload::service
