#pragma once
/// The commands of `proofload`; each returns the exit code and throws InvalidInput for usage.
#include <map>
#include <string>
#include <vector>

#include "proofload/v1/run.pb.h"

namespace proofload::client {

/// What `run`, `submit` and `check` were asked to do.
struct RunRequest {
  std::string case_path;  ///< folder with case.yaml, or the file itself
  std::string out;
  std::string server;
  std::string from_stage;
  std::string sandbox;
  std::string request_id;
  std::map<std::string, std::string> files;  ///< body or file name -> path
  v1::RunSettings settings;
  bool json = false;
  bool read_only = false;  ///< check: do not mesh
  std::string defects;     ///< check: folder for pictures of the surface files' defects
};

/// What the commands about runs on a server need.
struct ServerRequest {
  std::string server;
  std::string id;
  std::string out;
  std::string reason;
  int count = 20;
  bool json = false;
};

/// case.yaml of a case given as folder or file. Throws InvalidInput (FILE_NOT_FOUND).
std::string case_file(const std::string& path);

/// Folder of this program and its companions ($PROOFLOAD_PROGRAMS first).
std::string program_folder();

/// runs/<case>-<time>.
std::string default_out(const std::string& case_file);

int run_here(const RunRequest& request);
int run_on_server(const RunRequest& request);
int check(const RunRequest& request);

int submit(const RunRequest& request);
int watch(const ServerRequest& request);
int list(const ServerRequest& request);
int get(const ServerRequest& request);
int cancel(const ServerRequest& request);
int fetch_report(const ServerRequest& request);

/// Writes a commented starter case.yaml for these geometry files to `out` (empty: stdout), and what
/// is wrong with their surfaces to the folder `defects` (empty: not).
int init(const std::vector<std::string>& files, const std::string& length_unit,
         const std::string& out, const std::string& defects);

/// A folder made where it is missing, as an absolute path; empty stays empty.
std::string made_folder(const std::string& folder);

/// What `oversize` was asked to do.
struct OversizeRequest {
  std::string case_path;
  std::vector<double> by_mm, point_mm, direction;
  std::string out;  ///< folder for the variants
};

/// Writes a case folder for each oversized variant, `out`/plus_2 for 2 mm: the case's text with
/// `oversize` behind it, and its geometry files. Throws InvalidInput; then no folder is left.
int oversize(const OversizeRequest& request);

/// Entries of the library: "materials", "rods", "loads"; one in full when named.
int show_library(const std::string& kind, const std::string& name, bool json);

/// Compares the inputs of a run folder with the digests in its report.
int verify(const std::string& run_folder);

/// Runs a bar in tension through every stage and compares with the closed form.
int selftest(const std::string& sandbox);

/// Becomes proofloadd.
int serve(const std::vector<std::string>& arguments);

}  // namespace proofload::client
