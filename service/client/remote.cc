#include "remote.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <regex>
#include <thread>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "proofload/core/problem.h"
#include "proofload/core/run_folder.h"
#include "proofload/pipeline/pipeline.h"
#include "proofload/v1/proofload.grpc.pb.h"

namespace fs = std::filesystem;

namespace proofload::client {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kChunk = 512 << 10;
constexpr auto kUnaryDeadline = std::chrono::seconds(60);
constexpr auto kStreamDeadline = std::chrono::minutes(30);
/// How long a service that went away is waited for, and a call repeated.
constexpr auto kPatience = std::chrono::seconds(60);
constexpr auto kPause = std::chrono::milliseconds(300);

/// A description as the service writes it: "case.yaml:4:25: message. Remedy: what to do".
Problem problem_of(const google::rpc::BadRequest::FieldViolation& violation) {
  Problem problem{violation.reason(), violation.field(), 0, 0, violation.description(), ""};
  static const std::regex place("^case\\.yaml:(\\d{1,9}):(\\d{1,9}): ");
  std::smatch match;
  if (std::regex_search(problem.message, match, place)) {
    problem.line = std::stoi(match[1]);
    problem.column = std::stoi(match[2]);
    problem.message = match.suffix();
  }
  const std::string mark = ". Remedy: ";
  const std::size_t cut = problem.message.find(mark);
  if (cut != std::string::npos) {
    problem.remedy = problem.message.substr(cut + mark.size());
    problem.message.resize(cut);
  }
  return problem;
}

/// The problems in a status; what the service said in words stays in `message`.
std::vector<Problem> problems_of(const grpc::Status& status) {
  std::vector<Problem> problems;
  google::rpc::Status detail;
  if (!detail.ParseFromString(status.error_details())) return problems;
  for (const auto& any : detail.details()) {
    google::rpc::BadRequest bad;
    if (!any.UnpackTo(&bad)) continue;
    for (const auto& violation : bad.field_violations()) {
      problems.push_back(problem_of(violation));
    }
  }
  return problems;
}

std::string reason_of(const grpc::Status& status) {
  google::rpc::Status detail;
  if (detail.ParseFromString(status.error_details())) {
    for (const auto& any : detail.details()) {
      google::rpc::ErrorInfo info;
      if (any.UnpackTo(&info)) return info.reason();
    }
  }
  return status.error_code() == grpc::StatusCode::UNAVAILABLE ? "SERVICE_UNAVAILABLE" : "SERVICE";
}

[[noreturn]] void throw_status(const grpc::Status& status) {
  const std::vector<Problem> problems = problems_of(status);
  if (!problems.empty()) throw InvalidInput(problems);
  throw NumericalFailure(reason_of(status), status.error_message());
}

class GrpcRemote : public Remote {
 public:
  explicit GrpcRemote(const std::string& address)
      : stub_(v1::Proofload::NewStub(make_channel(address))) {}

  std::string upload(const std::string& path) override;
  v1::Run submit(const v1::SubmitRunRequest& request) override {
    return call<v1::Run>(&v1::Proofload::Stub::SubmitRun, request);
  }
  v1::Run get(const std::string& id) override {
    v1::GetRunRequest request;
    request.set_id(id);
    return call<v1::Run>(&v1::Proofload::Stub::GetRun, request);
  }
  v1::ListRunsResponse list(int page_size, const std::string& page_token) override {
    v1::ListRunsRequest request;
    request.set_page_size(static_cast<std::uint32_t>(page_size));
    request.set_page_token(page_token);
    return call<v1::ListRunsResponse>(&v1::Proofload::Stub::ListRuns, request);
  }
  v1::Run cancel(const std::string& id, const std::string& reason) override {
    v1::CancelRunRequest request;
    request.set_id(id);
    request.set_reason(reason);
    return call<v1::Run>(&v1::Proofload::Stub::CancelRun, request);
  }
  v1::Run watch(const std::string& id,
                const std::function<void(const v1::Progress&)>& step) override;
  std::vector<std::string> report_files(const std::string& id) override;
  void fetch(const std::string& id, const std::string& file, const std::string& folder) override;

 private:
  static std::shared_ptr<grpc::Channel> make_channel(const std::string& address) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 60000);
    return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
  }

  /// Every call may be repeated (submissions carry a request id), so a service that is away is
  /// waited for.
  template <class Response, class Method, class Request>
  Response call(Method method, const Request& request) {
    const auto give_up = Clock::now() + kPatience;
    for (;;) {
      grpc::ClientContext context;
      context.set_deadline(std::chrono::system_clock::now() + kUnaryDeadline);
      Response response;
      const grpc::Status status = (stub_.get()->*method)(&context, request, &response);
      if (status.ok()) return response;
      if (status.error_code() != grpc::StatusCode::UNAVAILABLE || Clock::now() > give_up) {
        throw_status(status);
      }
      std::this_thread::sleep_for(kPause);
    }
  }

  bool has(const std::string& sha256);

  std::unique_ptr<v1::Proofload::Stub> stub_;
};

bool GrpcRemote::has(const std::string& sha256) {
  v1::FindMissingBlobsRequest request;
  request.add_sha256(sha256);
  return call<v1::FindMissingBlobsResponse>(&v1::Proofload::Stub::FindMissingBlobs, request)
             .sha256_size() == 0;
}

std::string GrpcRemote::upload(const std::string& path) {
  const std::string digest = sha256_of_file(path);
  if (has(digest)) return digest;
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kStreamDeadline);
  v1::UploadBlobResponse response;
  const auto writer = stub_->UploadBlob(&context, &response);
  std::ifstream file(path, std::ios::binary);
  v1::UploadBlobRequest request;
  request.set_sha256(digest);
  request.set_size_bytes(fs::file_size(path));
  std::string data(kChunk, '\0');
  do {
    file.read(data.data(), static_cast<std::streamsize>(data.size()));
    request.set_data(data.data(), static_cast<std::size_t>(file.gcount()));
    if (!writer->Write(request)) break;
    request.Clear();
  } while (file);
  writer->WritesDone();
  const grpc::Status status = writer->Finish();
  if (!status.ok()) throw_status(status);
  return digest;
}

v1::Run GrpcRemote::watch(const std::string& id,
                          const std::function<void(const v1::Progress&)>& step) {
  double sequence = 0;
  for (;;) {
    grpc::ClientContext context;
    v1::WatchRunRequest request;
    request.set_id(id);
    request.set_after_sequence(sequence);
    const auto reader = stub_->WatchRun(&context, request);
    v1::Progress progress;
    while (reader->Read(&progress)) {
      sequence = progress.sequence();
      step(progress);
    }
    const grpc::Status status = reader->Finish();
    if (!status.ok() && status.error_code() != grpc::StatusCode::UNAVAILABLE) throw_status(status);
    const v1::Run run = get(id);
    if (run.state() > v1::RunState::RUNNING) return run;
  }
}

std::vector<std::string> GrpcRemote::report_files(const std::string& id) {
  v1::ListReportFilesRequest request;
  request.set_id(id);
  const auto response =
      call<v1::ListReportFilesResponse>(&v1::Proofload::Stub::ListReportFiles, request);
  std::vector<std::string> names;
  for (const auto& file : response.files()) names.push_back(file.name());
  return names;
}

void GrpcRemote::fetch(const std::string& id, const std::string& file, const std::string& folder) {
  if (!pipeline::is_safe_relative_path(file)) {
    throw NumericalFailure("UNSAFE_PATH", "the service named a file outside the report");
  }
  const fs::path target = fs::path(folder) / file;
  fs::create_directories(target.parent_path());
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kStreamDeadline);
  v1::FetchReportRequest request;
  request.set_id(id);
  request.set_file(file);
  const auto reader = stub_->FetchReport(&context, request);
  std::ofstream out(target, std::ios::binary);
  v1::FetchReportChunk chunk;
  while (reader->Read(&chunk)) out << chunk.data();
  out.close();
  const grpc::Status status = reader->Finish();
  if (!status.ok()) throw_status(status);
  if (!out) throw NumericalFailure("CANNOT_WRITE", "cannot write " + target.string());
}

}  // namespace

std::unique_ptr<Remote> connect(const std::string& address) {
  return std::make_unique<GrpcRemote>(address);
}

}  // namespace proofload::client
