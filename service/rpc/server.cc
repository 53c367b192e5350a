#include "proofload/service/server.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>

#include <chrono>
#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>

#include "front.h"
#include "proofload/core/problem.h"

namespace proofload::service {

namespace {

constexpr int kMostReceiveBytes = 2 << 20;
constexpr int kMostSendBytes = 4 << 20;
constexpr auto kDrain = std::chrono::seconds(15);

bool is_loopback(const std::string& listen) {
  for (const char* start : {"127.", "localhost:", "[::1]:", "unix:"}) {
    if (listen.rfind(start, 0) == 0) return true;
  }
  return false;
}

void limit(grpc::ServerBuilder& builder, const ServerOptions& options) {
  grpc::ResourceQuota quota("proofload");
  quota.Resize(options.most_memory_bytes);
  builder.SetResourceQuota(quota);
  builder.SetMaxReceiveMessageSize(kMostReceiveBytes);
  builder.SetMaxSendMessageSize(kMostSendBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, 64);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, 16 << 10);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 60000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20000);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 20000);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, 10000);
  // A second server must not share the port.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

class GrpcServer : public Server {
 public:
  GrpcServer(Store& store, pipeline::Launcher& launcher, const ServerOptions& options,
             std::function<void(const std::string&)> on_fatal)
      : runner_(store, launcher, options, std::move(on_fatal)),
        watchers_(store),
        front_(store, runner_, watchers_, options) {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::ServerBuilder builder;
    limit(builder, options);
    builder.AddListeningPort(options.listen, grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(&front_);
    server_ = builder.BuildAndStart();
    if (!server_ || port_ == 0) {
      throw InvalidInput({{"CANNOT_LISTEN", options.listen, 0, 0, "the address cannot be used",
                           "choose a free port, or :0 for any"}});
    }
  }
  ~GrpcServer() override { drain(); }
  int port() const override { return port_; }
  void drain() override {
    if (!server_) return;
    server_->GetHealthCheckService()->SetServingStatus(false);
    front_.close();
    watchers_.stop();
    runner_.stop();
    server_->Shutdown(std::chrono::system_clock::now() + kDrain);
    server_.reset();
  }

 private:
  Runner runner_;
  Watchers watchers_;
  Front front_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace

std::unique_ptr<Server> start_server(Store& store, pipeline::Launcher& launcher,
                                     const ServerOptions& options,
                                     std::function<void(const std::string&)> on_fatal) {
  if (!is_loopback(options.listen)) {
    throw InvalidInput({{"NOT_LOOPBACK", "--listen " + options.listen, 0, 0,
                         "connections are not encrypted and callers not identified",
                         "listen on 127.0.0.1 and let an authenticating proxy stand before it"}});
  }
  return std::make_unique<GrpcServer>(store, launcher, options, std::move(on_fatal));
}

void log_event(const std::string& event, const std::vector<std::string>& facts) {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char time[32];
  std::strftime(time, sizeof time, "%Y-%m-%dT%H:%M:%SZ", &parts);
  nlohmann::ordered_json line{{"time", time}, {"event", event}};
  for (std::size_t i = 0; i + 1 < facts.size(); i += 2) line[facts[i]] = facts[i + 1];
  const std::string text = line.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
  std::fprintf(stderr, "%s\n", text.c_str());
}

}  // namespace proofload::service
