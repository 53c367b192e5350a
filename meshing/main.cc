/// proofload-mesher, started by proofload-mesh: meshes one level of a design, or tells what geometry files hold.
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <new>
#include <nlohmann/json.hpp>

#include "fixed_start.h"
#include "proofload/core/json.h"
#include "proofload/core/problem.h"
#include "proofload/core/run_folder.h"
#include "proofload/meshing/mesh_design.h"

namespace {

using proofload::Problem;

struct Arguments {
  std::string level_dir;
  std::string case_folder = ".";
  std::vector<std::string> inspect;
  std::string length_unit = "mm";
  std::string defects;  ///< folder
  bool json = false;
};

void print_progress(double fraction, const std::string& message) {
  const nlohmann::json line = {{"fraction", fraction}, {"message", message}};
  std::cerr << line.dump() + "\n" << std::flush;
}

proofload::v1::Case read_design(const std::string& level_dir) {
  proofload::v1::Case value;
  proofload::from_json(proofload::read_file(level_dir + "/../design.json"), value);
  return value;
}

[[noreturn]] void reject_request(const std::string& level_dir, const std::string& what) {
  throw proofload::InvalidInput({{"REQUEST_INVALID", level_dir + "/request.json", 0, 0, what,
                                  "write {\"level\": 0, \"element_size_factor\": 1}"}});
}

/// Factor, size field and largest cells of request.json.
void read_request(const std::string& level_dir, proofload::meshing::MeshRequestOptions& options) {
  const auto request =
      nlohmann::json::parse(proofload::read_file(level_dir + "/request.json"), nullptr, false);
  if (!request.is_object()) reject_request(level_dir, "it is not a JSON object");
  try {
    options.factor = request.value("element_size_factor", 0.0);
    const std::string field = request.value("size_field", "");
    if (!field.empty()) options.size_field = level_dir + "/" + field;
    options.largest_mean_cell_size_mm =
        request.value("largest_mean_cell_size_mm", std::map<std::string, double>{});
  } catch (const nlohmann::json::exception& error) {
    reject_request(level_dir, error.what());
  }
  if (!(options.factor > 0)) {
    reject_request(level_dir, "element_size_factor is missing or not greater than 0");
  }
}

/// implant, member, rod_member or rod_construct; empty: not known.
std::string design_kind(const std::string& level_dir) {
  const std::string path = level_dir + "/../design_info.json";
  if (!std::filesystem::exists(path)) return "";
  const auto info = nlohmann::json::parse(proofload::read_file(path), nullptr, false);
  return info.is_object() ? info.value("kind", "") : "";
}

double peak_memory_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024.0;
}

void mesh_level(const Arguments& arguments) {
  const auto start = std::chrono::steady_clock::now();
  const proofload::v1::Case value = read_design(arguments.level_dir);
  proofload::meshing::MeshRequestOptions options;
  options.folder = arguments.case_folder;
  read_request(arguments.level_dir, options);
  const std::string kind = design_kind(arguments.level_dir);
  options.sections = kind == "member" && value.designs().has_member();
  options.forgive_unused_places = kind == "rod_construct";
  options.progress = print_progress;
  proofload::meshing::MeshOutput output = proofload::meshing::mesh_design(value, options);
  proofload::io::write_mesh(arguments.level_dir + "/mesh.h5", output.mesh);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  output.facts.set_seconds(seconds.count());
  output.facts.set_peak_memory_mb(peak_memory_mb());
  if (const char* sandbox = std::getenv("PROOFLOAD_SANDBOX")) output.facts.set_sandbox(sandbox);
  proofload::write_file_atomically(arguments.level_dir + "/mesh.json",
                                   proofload::to_json(output.facts));
  print_progress(1, "meshed");
}

int fail(const Arguments& arguments, std::vector<Problem> problems, int code) {
  for (Problem& problem : problems) {
    problem.path = proofload::meshing::with_user_paths(problem.path);
    problem.message = proofload::meshing::with_user_paths(problem.message);
  }
  for (const Problem& problem : problems) std::cerr << to_string(problem) + "\n";
  if (!arguments.level_dir.empty()) {
    proofload::write_file_atomically(arguments.level_dir + "/problems.json",
                                     proofload::problems_to_json(problems));
  }
  return code;
}

int run(const Arguments& arguments) {
  if (!arguments.inspect.empty()) {
    proofload::v1::LengthUnit::Enum unit{};
    if (!proofload::v1::LengthUnit::Enum_Parse(arguments.length_unit, &unit) || unit == 0) {
      return fail(arguments,
                  {{"USAGE", "--length-unit", 0, 0, arguments.length_unit + " is not a unit",
                    "choose mm, cm, m, inch or um"}},
                  proofload::kInvalid);
    }
    // What OpenCASCADE prints goes to standard error: standard output holds the document alone.
    const int answer = dup(STDOUT_FILENO);
    dup2(STDERR_FILENO, STDOUT_FILENO);
    const std::string text =
        proofload::meshing::inspect_files(arguments.inspect, unit, arguments.defects);
    std::fflush(stdout);
    dup2(answer, STDOUT_FILENO);
    std::cout << text << std::flush;
    return 0;
  }
  std::filesystem::remove(arguments.level_dir + "/problems.json");
  proofload::meshing::in_own_memory([&] { mesh_level(arguments); });
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app{"Meshes one level of a design."};
  app.add_option("level_dir", arguments.level_dir, "folder of the level (with request.json)");
  app.add_option("--case-folder", arguments.case_folder, "geometry files are relative to it");
  app.add_option("--inspect", arguments.inspect, "tell what these geometry files hold");
  app.add_option("--defects", arguments.defects,
                 "folder for the inspected surfaces with what is wrong marked");
  app.add_option("--length-unit", arguments.length_unit, "unit of the inspected files");
  app.add_flag("--json", arguments.json, "print JSON (the only form)");
  CLI11_PARSE(app, argc, argv);
  if (arguments.inspect.empty() && arguments.level_dir.empty()) {
    std::cerr << "give a level folder or --inspect FILES\n";
    return proofload::kInvalid;
  }
  try {
    return run(arguments);
  } catch (const proofload::InvalidInput& error) {
    return fail(arguments, error.problems(), proofload::kInvalid);
  } catch (const proofload::NumericalFailure& error) {
    return fail(arguments,
                {{error.code(), "", 0, 0, error.what(), "see the findings of the geometry"}},
                proofload::kNotComputed);
  } catch (const std::bad_alloc&) {
    return fail(arguments,
                {{"MESH_OUT_OF_MEMORY", "", 0, 0, "E10: the mesher ran out of memory",
                  "ask for larger elements or a higher memory limit"}},
                proofload::kNotComputed);
  } catch (const std::exception& error) {
    return fail(arguments, {{"MESH_FAILED", "", 0, 0, std::string("E10: ") + error.what(), ""}},
                proofload::kNotComputed);
  } catch (...) {
    return fail(arguments,
                {{"MESH_FAILED", "", 0, 0, "E10: the mesher failed without a reason", ""}},
                proofload::kNotComputed);
  }
}
