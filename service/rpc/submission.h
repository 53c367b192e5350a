#pragma once
/// Judges a submission before anything is stored.
#include <string>
#include <vector>

#include "proofload/core/problem.h"
#include "proofload/service/store.h"
#include "proofload/v1/proofload.pb.h"

namespace proofload::service {

/// Digest of everything that says what is asked, independent of the order of the files.
std::string payload_digest(const v1::SubmitRunRequest& request);

/// The run a request asks for. Throws InvalidInput with every problem: request id, settings, file
/// names, and all that is wrong with the case (lines included).
NewRun read_submission(const v1::SubmitRunRequest& request);

}  // namespace proofload::service
