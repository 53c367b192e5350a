#include "status.h"

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace proofload::service {

namespace {

constexpr const char* kDomain = "proofload";
/// Problems told in one answer: trailing metadata must stay small.
constexpr std::size_t kMostProblems = 30;
constexpr std::size_t kMostText = 400;

google::rpc::Status status_of(grpc::StatusCode code, const std::string& reason,
                              const std::string& message) {
  google::rpc::Status status;
  status.set_code(code);
  status.set_message(message);
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain(kDomain);
  status.add_details()->PackFrom(info);
  return status;
}

grpc::Status pack(const google::rpc::Status& status) {
  return {static_cast<grpc::StatusCode>(status.code()), status.message(),
          status.SerializeAsString()};
}

std::string describe(const Problem& problem) {
  std::string text;
  if (problem.line > 0) {
    text =
        "case.yaml:" + std::to_string(problem.line) + ":" + std::to_string(problem.column) + ": ";
  }
  text += problem.message;
  if (!problem.remedy.empty()) text += ". Remedy: " + problem.remedy;
  return text.substr(0, kMostText);
}

}  // namespace

grpc::Status error_status(grpc::StatusCode code, const std::string& reason,
                          const std::string& message) {
  return pack(status_of(code, reason, message));
}

grpc::Status invalid_status(const std::vector<Problem>& problems) {
  const std::string reason = problems.empty() ? "INVALID" : problems.front().code;
  google::rpc::Status status =
      status_of(grpc::StatusCode::INVALID_ARGUMENT, problems.size() == 1 ? reason : "CASE_INVALID",
                std::to_string(problems.size()) +
                    " problem(s); first: " + (problems.empty() ? "" : describe(problems.front())));
  google::rpc::BadRequest bad;
  for (const Problem& problem : problems) {
    if (static_cast<std::size_t>(bad.field_violations_size()) == kMostProblems) break;
    auto* violation = bad.add_field_violations();
    violation->set_field(problem.path);
    violation->set_reason(problem.code);
    violation->set_description(describe(problem));
  }
  status.add_details()->PackFrom(bad);
  return pack(status);
}

grpc::Status missing_blobs_status(const std::vector<std::string>& sha256) {
  google::rpc::Status status =
      status_of(grpc::StatusCode::FAILED_PRECONDITION, "BLOB_MISSING",
                std::to_string(sha256.size()) + " file(s) were not uploaded");
  google::rpc::PreconditionFailure failure;
  for (const std::string& digest : sha256) {
    auto* violation = failure.add_violations();
    violation->set_type("MISSING");
    violation->set_subject("blobs/" + digest);
    violation->set_description("upload the file, then submit again");
  }
  status.add_details()->PackFrom(failure);
  return pack(status);
}

}  // namespace proofload::service
