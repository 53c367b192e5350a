// proofload-report RUN_DIR: report.html, pictures and fields of a finished run.
// proofload-report --defects FILE.vtp: a picture of a surface with what is wrong with it.
#include <CLI/CLI.hpp>
#include <iostream>

#include "proofload/core/problem.h"
#include "proofload/report/report.h"

int main(int argc, char** argv) {
  CLI::App app{"Draws and lays out the report of a run: report/report.html, pictures, fields."};
  std::string run_folder, defects;
  app.add_option("RUN_DIR", run_folder, "run folder with report/report.json");
  app.add_option("--defects", defects, "a surface marked by proofload-mesh: drawn as PNG beside it");
  app.require_option(1);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : proofload::kInvalid;
  }
  try {
    if (!defects.empty()) {
      proofload::report::draw_defects(defects);
      return 0;
    }
    std::cerr << R"({"fraction":0,"message":"drawing the report"})" << std::endl;
    proofload::report::write_report(run_folder);
    std::cerr << R"({"fraction":1,"message":"report written"})" << std::endl;
    return 0;
  } catch (const proofload::InvalidInput& error) {
    for (const auto& problem : error.problems()) std::cerr << to_string(problem) << "\n";
    return proofload::kInvalid;
  } catch (const std::exception& error) {
    std::cerr << "proofload-report: " << error.what() << "\n";
    return proofload::kNotComputed;
  }
}
