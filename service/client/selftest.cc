#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "commands.h"
#include "proofload/core/json.h"
#include "proofload/core/problem.h"
#include "proofload/core/run_folder.h"
#include "proofload/v1/report.pb.h"
#include "scratch_folder.h"

namespace proofload::client {

namespace {

constexpr double kForce = 1000, kLength = 20, kArea = 25, kModulus = 100000;
/// The bar's motion is linear in space: quadratic elements have it exactly.
constexpr double kTolerance = 1e-6;

/// A bar on a frictionless foot: uniform stress, exact for any mesh.
const char* const kCase = R"(schema: proofload/v1
name: selftest, a bar in tension
bodies:
  - {name: bar, shape: {box: {min_mm: [0, 0, 0], max_mm: [5, 5, 20]}}, material: {youngs_modulus_mpa: 100000, poisson_ratio: 0.3, yield_strength_mpa: 800}, role: implant}
places:
  foot: {plane: {normal: [0, 0, 1], offset_mm: 0}, body: bar}
  left: {plane: {normal: [1, 0, 0], offset_mm: 0}, body: bar}
  front: {plane: {normal: [0, 1, 0], offset_mm: 0}, body: bar}
  head: {plane: {normal: [0, 0, 1], offset_mm: 20}, body: bar}
supports:
  - {name: foot, at: foot, fix: [z]}
  - {name: left, at: left, fix: [x]}
  - {name: front, at: front, fix: [y]}
load_cases:
  - name: tension
    loads:
      - {at: head, distributed: {force_n: [0, 0, 1000]}}
probes:
  - {name: head_motion, quantity: displacement, component: z, mean_over: head}
mesh: {element_size_mm: 3}
)";

double head_motion(const std::string& report_json) {
  v1::Report report;
  from_json(read_file(report_json), report);
  for (const v1::Quantity& quantity : report.quantities()) {
    if (quantity.name() == "head_motion" && quantity.has_value()) return quantity.value();
  }
  return std::nan("");
}

}  // namespace

int selftest(const std::string& sandbox) {
  const ScratchFolder scratch;
  RunRequest request;
  request.case_path = scratch.path() + "/case.yaml";
  request.out = scratch.path() + "/run";
  request.sandbox = sandbox;
  request.settings.set_quick(true);
  std::ofstream(request.case_path) << kCase;
  const int code = run_here(request);
  if (code == kInvalid || code == kNotComputed) return kNotComputed;
  const double motion = head_motion(request.out + "/report/report.json");
  const double exact = kForce * kLength / (kModulus * kArea);
  const bool good = std::abs(motion - exact) <= kTolerance * exact;
  std::printf("selftest %s: the bar stretches %.10g mm, closed form %.10g mm\n",
              good ? "passed" : "FAILED", motion, exact);
  return good ? kPass : kNotComputed;
}

int serve(const std::vector<std::string>& arguments) {
  const std::string program = program_folder() + "/proofloadd";
  std::vector<std::string> texts = {program};
  texts.insert(texts.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& text : texts) argv.push_back(text.data());
  argv.push_back(nullptr);
  execv(program.c_str(), argv.data());
  throw NumericalFailure("NOT_STARTED", "cannot start " + program + ": " + std::strerror(errno));
}

}  // namespace proofload::client
