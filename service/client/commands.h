#pragma once
/// The commands of `proofload`; each returns the exit code.
#include <map>
#include <string>
#include <vector>

#include "proofload/v1/run.pb.h"

namespace proofload::client {

/// What `run` and `submit` were asked to do.
struct RunRequest {
  std::string case_path;  ///< folder with case.yaml, or the file itself
  std::string out;
  std::string server;
  std::string from_stage;
  std::string sandbox;
  std::map<std::string, std::string> files;  ///< body or file name -> path
  v1::RunSettings settings;
  bool json = false;
};

/// case.yaml of a case given as folder or file. Throws InvalidInput (FILE_NOT_FOUND).
std::string case_file(const std::string& path);

/// Folder of this program and its companions ($PROOFLOAD_PROGRAMS first).
std::string program_folder();

int run_here(const RunRequest& request);
int run_on_server(const RunRequest& request);
int check(const RunRequest& request);

}  // namespace proofload::client
