#include "proofload/report/report.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "proofload/core/json.h"
#include "proofload/core/problem.h"
#include "proofload/core/run_folder.h"

namespace proofload::report {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kPictureSeconds = 300;

std::string index_path(const std::string& folder) { return folder + "/index.json"; }

void write_index(const Media& media) {
  Json pictures = Json::array();
  for (const Picture& p : media.pictures) {
    pictures.push_back({{"kind", p.kind},
                        {"design", p.design},
                        {"load_case", p.load_case},
                        {"file", p.file},
                        {"caption", p.caption}});
  }
  const Json index = {{"pictures", pictures}, {"problems", media.problems}};
  write_file_atomically(index_path(media.folder),
                        index.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

Media read_index(const std::string& folder) {
  Media media;
  media.folder = folder;
  if (!fs::exists(index_path(folder))) return media;
  const Json index = Json::parse(read_file(index_path(folder)));
  for (const Json& p : index.at("pictures")) {
    media.pictures.push_back(
        {p.at("kind"), p.at("design"), p.at("load_case"), p.at("file"), p.at("caption")});
  }
  for (const Json& problem : index.at("problems")) media.problems.push_back(problem);
  return media;
}

/// The body of the drawing process; never returns.
[[noreturn]] void draw_and_exit(const std::string& run_folder, const v1::Report& report,
                                const std::string& folder) {
  alarm(kPictureSeconds);
  setenv("MESA_SHADER_CACHE_DISABLE", "true", 1);
  try {
    draw_pictures(run_folder, report, folder, write_index);
  } catch (...) {
    _exit(1);
  }
  _exit(0);
}

pid_t start_drawing(const std::string& run_folder, const v1::Report& report,
                    const std::string& folder) {
  fs::remove_all(folder);
  fs::create_directories(folder);
  const pid_t child = fork();
  if (child == 0) draw_and_exit(run_folder, report, folder);
  return child;
}

Media finish_drawing(pid_t child, const std::string& folder) {
  int status = 0;
  if (child > 0) waitpid(child, &status, 0);
  Media media = read_index(folder);
  if (child < 0) {
    media.problems.push_back("the drawing process could not be started");
  } else if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    media.problems.push_back(signal == SIGALRM
                                 ? "the drawing process took more than five minutes"
                                 : std::string("the drawing process ended by signal: ") +
                                       strsignal(signal));
  } else if (WEXITSTATUS(status) != 0) {
    media.problems.push_back("the drawing process failed");
  }
  return media;
}

/// One file for each design with results; what fails is listed.
std::vector<std::string> write_all_fields(const std::string& run_folder, const v1::Report& report) {
  std::vector<std::string> problems;
  const std::string folder = RunFolder{run_folder}.report() + "/fields";
  fs::remove_all(folder);
  fs::create_directories(folder);
  for (const v1::DesignReport& entry : report.designs()) {
    try {
      const auto design = read_design(run_folder, entry.name(), entry.kind());
      if (design) write_fields(*design, folder + "/" + plain_name(entry.name()) + ".vtu");
    } catch (const std::exception& failure) {
      problems.push_back("fields of " + entry.name() + ": " + failure.what());
    }
  }
  return problems;
}

}  // namespace

void write_report(const std::string& run_folder) {
  const RunFolder run{run_folder};
  v1::Report report;
  from_json(read_file(run.report() + "/report.json"), report);
  const std::string pictures = run.report() + "/pictures";
  const pid_t child = start_drawing(run_folder, report, pictures);
  const auto problems = write_all_fields(run_folder, report);
  Media media = finish_drawing(child, pictures);
  media.problems.insert(media.problems.end(), problems.begin(), problems.end());
  draw_plots(report, media);
  write_file_atomically(run.report() + "/report.html", render_page(report, media));
}

}  // namespace proofload::report
