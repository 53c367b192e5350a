#include <cmath>
#include <cstdio>
#include <filesystem>
#include <stdexcept>

#include "proofload/assessment/assessment.h"
#include "refinement.h"

namespace fs = std::filesystem;

namespace proofload::assessment {

namespace {

std::string text(const char* format, double a, double b) {
  char buffer[160];
  std::snprintf(buffer, sizeof buffer, format, a, b);
  return buffer;
}

/// The worst relative error that refining can still mend; NaN if an error is unknown.
struct Worst {
  double relative = 0;
  std::string name;
};

Worst worst_error(const std::vector<Target>& targets) {
  Worst worst;
  for (const Target& target : targets) {
    const v1::Quantity& q = target.quantity;
    if (std::isnan(target.relative)) return {target.relative, q.name()};
    if (target.relative > worst.relative) {
      worst = {target.relative, q.name() + " (" + q.load_case() + ")"};
    }
  }
  return worst;
}

/// Writes the size field of the next level beside the finest. Where mesh or result cannot be read
/// all sizes fall alike.
LevelDecision refine(const DesignData& design, const std::vector<Target>& wanting, double wanted,
                     double most_unknowns, const std::string& why) {
  SizePlan plan;
  try {
    plan = plan_sizes(design, wanting, wanted, most_unknowns);
  } catch (const std::runtime_error& error) {
    plan.predicted_unknowns = design.finest()->solve.unknowns_count() * std::pow(kLevelRatio, 3);
    plan.fits = plan.predicted_unknowns <= most_unknowns;
    plan.summary = std::string("nothing, for there is no size field: ") + error.what();
  }
  if (!plan.fits) {
    return {Next::kStop,
            text("the next level would have about %.3g unknowns, more than the %.3g allowed",
                 plan.predicted_unknowns, most_unknowns)};
  }
  if (!plan.field.size_mm.empty()) {
    io::write_size_field(design.finest()->folder + "/size_field.txt", plan.field);
  }
  return {Next::kRefine, plan.summary.empty() ? why : why + "; finer still for " + plan.summary};
}

}  // namespace

LevelDecision next_level(const v1::Case& design_case, const std::string& design_folder,
                         const v1::RunSettings& settings) {
  if (settings.quick()) return {Next::kStop, "quick: only the first level was asked for"};
  DesignData design = read_design(design_folder);
  design.value = design_case;
  if (design.levels.empty()) design.levels = read_levels(design_folder);
  const v1::Accuracy& accuracy = design_case.accuracy();
  const double wanted = accuracy.has_relative_error() ? accuracy.relative_error() : 0.03;
  const double most_unknowns = accuracy.has_max_unknowns() ? accuracy.max_unknowns() : 3e6;
  const double least = accuracy.has_min_levels() ? accuracy.min_levels() : 2;
  const double most = std::max(least, accuracy.has_max_levels() ? accuracy.max_levels() : 3);
  if (design.levels.empty()) return {Next::kRefine, "no level is done"};
  if (!design.levels.back().solved) {
    return {Next::kStop, "the last level failed: " + design.levels.back().failure};
  }
  const auto done = static_cast<double>(design.levels.size());
  if (done >= most) return {Next::kStop, text("all %.0f levels allowed are done", most, 0)};
  fs::remove(design.finest()->folder + "/size_field.txt");
  const std::vector<Target> open = targets(design);
  if (done < least) {
    return refine(design, open, wanted, most_unknowns,
                  text("%.0f of at least %.0f levels are done", done, least));
  }
  const Worst worst = worst_error(open);
  if (std::isnan(worst.relative)) {
    return refine(design, open, wanted, most_unknowns,
                  "the numerical error of " + worst.name + " is not known yet");
  }
  const std::string numbers =
      worst.name.empty()
          ? text("no deciding value can be mended by refining", 0, 0)
          : worst.name + text(": error %.2g of the value, %.2g asked for", worst.relative, wanted);
  if (worst.relative > wanted) return refine(design, open, wanted, most_unknowns, numbers);
  return {Next::kStop, numbers};
}

}  // namespace proofload::assessment
