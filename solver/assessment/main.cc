/// proofload-assess: from the results of a run to report.json and the verdict.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>

#include "proofload/assessment/assessment.h"
#include "proofload/core/problem.h"

namespace {

int failed(const std::string& run, const std::vector<proofload::Problem>& problems, int code) {
  for (const proofload::Problem& problem : problems) std::cerr << to_string(problem) << "\n";
  try {
    const proofload::RunFolder folder{run};
    std::filesystem::create_directories(folder.report());
    proofload::write_file_atomically(folder.report() + "/problems.json",
                                     proofload::problems_to_json(problems));
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
  }
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Judges a run: errors, fatigue, comparisons, criteria, verdict (report.json)."};
  std::string run;
  app.add_option("RUN_DIR", run, "run folder")->required();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : proofload::kInvalid;
  }
  using proofload::NumericalFailure;
  try {
    return proofload::assessment::assess_and_write({run});
  } catch (const proofload::InvalidInput& invalid) {
    return failed(run, invalid.problems(), proofload::kNotComputed);
  } catch (const NumericalFailure& failure) {
    return failed(run, {{failure.code(), run, 0, 0, failure.what(), ""}}, proofload::kNotComputed);
  } catch (const std::exception& error) {
    return failed(run, {{"ASSESSMENT_FAILED", run, 0, 0, error.what(), ""}},
                  proofload::kNotComputed);
  }
}
