#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <mutex>
#include <stdexcept>

#include "job_json.h"

namespace proofload::pipeline {

namespace {

using nlohmann::json;

/// Greatest message on the socket.
constexpr std::size_t kMessageBytes = 131072;
/// How often the supervisor looks after its jobs when nobody asks.
constexpr int kTickMilliseconds = 100;
/// Descriptor the supervisor finds its socket on.
constexpr int kSupervisorSocket = 3;

void send_message(int socket, const std::string& text) {
  ssize_t sent;
  do {
    sent = send(socket, text.data(), text.size(), MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  if (sent != static_cast<ssize_t>(text.size())) throw SupervisorLost();
}

/// Next message; empty when the other end is gone.
std::string receive_message(int socket) {
  std::string text(kMessageBytes, '\0');
  ssize_t count;
  do {
    count = recv(socket, text.data(), text.size(), 0);
  } while (count < 0 && errno == EINTR);
  text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return text;
}

json answer(Launcher& launcher, const json& request) {
  const std::string call = request.at("call");
  if (call == "submit") {
    launcher.submit(job_from_json(request.at("job")));
    return json::object();
  }
  const std::string token = request.at("token");
  if (call == "status") return status_to_json(launcher.status(token));
  if (call == "cancel") launcher.cancel(token);
  if (call == "reap") launcher.reap(token);
  return json::object();
}

class SupervisedLauncher : public Launcher {
 public:
  SupervisedLauncher(int socket, pid_t pid) : socket_(socket), pid_(pid) {}
  ~SupervisedLauncher() override {
    close(socket_);
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  void submit(const Job& job) override { call({{"call", "submit"}, {"job", job_to_json(job)}}); }
  JobStatus status(const std::string& token) override {
    return status_from_json(call({{"call", "status"}, {"token", token}}));
  }
  void cancel(const std::string& token) override { call({{"call", "cancel"}, {"token", token}}); }
  void reap(const std::string& token) override { call({{"call", "reap"}, {"token", token}}); }

 private:
  json call(const json& request) {
    const std::lock_guard<std::mutex> lock(mutex_);
    send_message(socket_, request.dump());
    const std::string text = receive_message(socket_);
    if (text.empty()) throw SupervisorLost();
    json reply = json::parse(text);
    if (reply.contains("error")) throw std::runtime_error(reply.at("error").get<std::string>());
    return reply;
  }

  std::mutex mutex_;
  int socket_;
  pid_t pid_;
};

}  // namespace

void serve_supervisor(int socket, Launcher& launcher) {
  for (;;) {
    pollfd waiting{socket, POLLIN, 0};
    const int ready = poll(&waiting, 1, kTickMilliseconds);
    if (ready <= 0) {
      launcher.status("");  // looks after time limits and the dead
      continue;
    }
    const std::string text = receive_message(socket);
    if (text.empty()) return;
    json reply;
    try {
      reply = answer(launcher, json::parse(text));
    } catch (const std::exception& error) {
      reply = {{"error", error.what()}};
    }
    try {
      send_message(socket, reply.dump());
    } catch (const SupervisorLost&) {
      return;  // the server went while we worked for it
    }
  }
}

std::unique_ptr<Launcher> start_supervisor(const std::string& program, Sandbox level) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
    throw std::runtime_error(std::string("socketpair: ") + strerror(errno));
  }
  const std::string level_text = to_string(level);
  const pid_t pid = fork();
  if (pid < 0) throw std::runtime_error(std::string("fork: ") + strerror(errno));
  if (pid == 0) {
    setpgid(0, 0);  // a Ctrl-C for the server is not one for the supervisor
    const int socket = fcntl(ends[1], F_DUPFD, kSupervisorSocket + 1);
    dup2(socket, kSupervisorSocket);
    syscall(SYS_close_range, static_cast<unsigned>(kSupervisorSocket + 1), ~0U, 0);
    execl(program.c_str(), program.c_str(), level_text.c_str(), nullptr);
    _exit(127);
  }
  close(ends[1]);
  auto launcher = std::make_unique<SupervisedLauncher>(ends[0], pid);
  try {
    launcher->status("");
  } catch (const std::exception&) {
    throw std::runtime_error("cannot start the supervisor " + program);
  }
  return launcher;
}

}  // namespace proofload::pipeline
