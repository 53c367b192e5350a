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

/// Pictures of some designs, drawn by a process of their own: a crash of the graphics loses no
/// more.
struct Drawing {
  std::vector<const v1::DesignReport*> designs;
  std::string folder, index;  ///< of all pictures; file that lists those of this process
  pid_t child = -1;
};

void write_index(const std::string& path, const Media& media) {
  Json pictures = Json::array();
  for (const Picture& p : media.pictures) {
    pictures.push_back({{"kind", p.kind},
                        {"design", p.design},
                        {"load_case", p.load_case},
                        {"file", p.file},
                        {"caption", p.caption}});
  }
  const Json index = {{"pictures", pictures}, {"problems", media.problems}};
  write_file_atomically(path, index.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

void read_index(const std::string& path, Media& media) {
  if (!fs::exists(path)) return;
  const Json index = Json::parse(read_file(path));
  for (const Json& p : index.at("pictures")) {
    media.pictures.push_back(
        {p.at("kind"), p.at("design"), p.at("load_case"), p.at("file"), p.at("caption")});
  }
  for (const Json& problem : index.at("problems")) media.problems.push_back(problem);
}

/// The body of the drawing process; never returns.
[[noreturn]] void draw_and_exit(const std::string& run_folder, const Drawing& drawing) {
  alarm(kPictureSeconds);
  setenv("MESA_SHADER_CACHE_DISABLE", "true", 1);
  try {
    draw_pictures(run_folder, drawing.designs, drawing.folder,
                  [&](const Media& media) { write_index(drawing.index, media); });
  } catch (...) {
    _exit(1);
  }
  _exit(0);
}

/// The implant, of which most is shown, beside all others.
std::vector<Drawing> start_drawing(const std::string& run_folder, const v1::Report& report,
                                   const std::string& folder) {
  fs::remove_all(folder);
  fs::create_directories(folder);
  std::vector<Drawing> drawings(2);
  for (const v1::DesignReport& design : report.designs()) {
    drawings[design.kind() == "implant" ? 0 : 1].designs.push_back(&design);
  }
  for (std::size_t i = 0; i < drawings.size(); ++i) {
    drawings[i].folder = folder;
    drawings[i].index = folder + "/index_" + std::to_string(i + 1) + ".json";
    if (drawings[i].designs.empty()) continue;
    drawings[i].child = fork();
    if (drawings[i].child == 0) draw_and_exit(run_folder, drawings[i]);
  }
  return drawings;
}

void finish_drawing(const Drawing& drawing, Media& media) {
  if (drawing.designs.empty()) return;
  int status = 0;
  if (drawing.child > 0) waitpid(drawing.child, &status, 0);
  read_index(drawing.index, media);
  if (drawing.child < 0) {
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
  Media media;
  media.folder = run.report() + "/pictures";
  const std::vector<Drawing> drawings = start_drawing(run_folder, report, media.folder);
  const auto problems = write_all_fields(run_folder, report);
  for (const Drawing& drawing : drawings) finish_drawing(drawing, media);
  media.problems.insert(media.problems.end(), problems.begin(), problems.end());
  draw_plots(report, media);
  write_file_atomically(run.report() + "/report.html", render_page(report, media));
}

}  // namespace proofload::report
