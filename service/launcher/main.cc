/// proofload-supervisor LEVEL: started by proofloadd before gRPC; speaks on descriptor 3.
#include <signal.h>

#include <cstdio>
#include <exception>

#include "proofload/pipeline/launcher.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("proofload-supervisor is started by proofloadd, not by hand.\n", stderr);
    return 3;
  }
  // The server decides when to stop: it closes the socket.
  for (int number : {SIGINT, SIGTERM, SIGHUP}) signal(number, SIG_IGN);
  try {
    const auto launcher =
        proofload::pipeline::make_local_launcher(proofload::pipeline::sandbox_from_string(argv[1]));
    proofload::pipeline::serve_supervisor(3, *launcher);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "proofload-supervisor: %s\n", error.what());
    return 4;
  }
  return 0;
}
