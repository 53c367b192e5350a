/// Runs the tests; called with "--submit-for-ever STORE" it is the victim of the kill loop.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>

#include "proofload/core/run_folder.h"
#include "proofload/service/store.h"

namespace {

/// Uploads and submits without end; a line on stdout means: this was acknowledged.
int submit_for_ever(const char* folder, const char* tag) {
  const auto store = proofload::service::open_store(folder);
  for (int i = 0;; ++i) {
    const std::string text = std::string(tag) + " " + std::to_string(i);
    const std::string digest = proofload::sha256_of_text(text);
    const auto upload = store->begin_upload();
    upload->add(text);
    if (!upload->finish(digest, text.size())) return 1;
    std::printf("blob %s\n", digest.c_str());
    proofload::service::NewRun run;
    run.request_id = std::string(tag) + "-" + std::to_string(i);
    run.payload_sha256 = digest;
    run.case_name = text;
    run.files = {{"part.stl", digest}};
    proofload::service::StoredRun stored;
    store->submit(run, stored);
    std::printf("run %s %s\n", stored.id.c_str(), run.request_id.c_str());
    if (i % 3 == 0) {
      const auto claimed = store->claim();
      store->finish(claimed->id, proofload::v1::RunState::FAILED, "test", "");
      std::printf("end %s\n", claimed->id.c_str());
    }
    std::fflush(stdout);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 4 && std::strcmp(argv[1], "--submit-for-ever") == 0) {
    return submit_for_ever(argv[2], argv[3]);
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
