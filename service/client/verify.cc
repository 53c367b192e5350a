#include <cstdio>
#include <filesystem>

#include "commands.h"
#include "proofload/core/json.h"
#include "proofload/core/problem.h"
#include "proofload/core/run_folder.h"
#include "proofload/v1/report.pb.h"

namespace fs = std::filesystem;

namespace proofload::client {

namespace {

/// The file a provenance entry speaks of: case.yaml itself, or a geometry file.
std::string path_of(const RunFolder& folder, const std::string& name) {
  return name == "case.yaml" ? folder.case_yaml() : folder.inputs() + "/" + name;
}

bool check_one(const RunFolder& folder, const v1::InputFile& input) {
  const std::string path = path_of(folder, input.name());
  const char* judgement = "unchanged";
  if (!fs::exists(path)) {
    judgement = "MISSING";
  } else if (sha256_of_file(path) != input.sha256()) {
    judgement = "CHANGED";
  }
  std::printf("%-9s %s\n", judgement, input.name().c_str());
  return judgement == std::string("unchanged");
}

}  // namespace

int verify(const std::string& run_folder) {
  const RunFolder folder{run_folder};
  v1::Report report;
  from_json(read_file(folder.report() + "/report.json"), report);
  if (report.provenance().inputs_size() == 0) {
    throw InvalidInput({{"NO_DIGESTS", folder.report() + "/report.json", 0, 0,
                         "the report names no inputs", "run the case again"}});
  }
  bool good = true;
  for (const v1::InputFile& input : report.provenance().inputs()) {
    good = check_one(folder, input) && good;
  }
  std::printf("%s\n", good ? "The report belongs to these inputs."
                           : "The report does NOT belong to these inputs.");
  return good ? kPass : kFail;
}

}  // namespace proofload::client
