#include <cmath>
#include <cstdio>
#include <set>

#include "assessed.h"
#include "proofload/assessment/assessment.h"
#include "quantity_kind.h"

namespace proofload::assessment {

namespace {

constexpr double kGrowthOfUnknowns = 1.4 * 1.4 * 1.4;

std::string text(const char* format, double a, double b) {
  char buffer[160];
  std::snprintf(buffer, sizeof buffer, format, a, b);
  return buffer;
}

/// The quantities a design is refined for: what the criteria gate (fatigue follows the peak stress)
/// and, for the comparisons, stiffness and first yield; without criteria, motion and peak stress.
std::set<std::string> deciding(const v1::Case& value, const DesignData& design) {
  std::set<std::string> names;
  for (const v1::Criterion& criterion : value.criteria()) {
    const std::string& name = criterion.quantity();
    const bool fatigue = name.rfind("fatigue_", 0) == 0;
    names.insert(fatigue ? "max_von_mises_mpa" : name);
  }
  if (names.empty()) names = {"displacement_mm", "max_von_mises_mpa"};
  if (design.kind != DesignKind::kImplant) {
    names.insert("axial_stiffness_n_per_mm");
    names.insert("first_yield_load_n");
  }
  return names;
}

bool is_bone(const v1::Case& value, const std::string& body) {
  for (const v1::Body& one : value.bodies()) {
    if (one.name() == body) return one.role() == v1::Role::bone;
  }
  return false;
}

/// The worst relative error that refining can still mend; NaN if an error is unknown.
struct Worst {
  double relative = 0;
  std::string name;
};

Worst worst_error(const DesignData& design) {
  Worst worst;
  const std::set<std::string> names = deciding(design.value, design);
  for (const Assessed& one : assess_levels(design)) {
    const v1::Quantity& q = one.quantity;
    if (!names.count(q.name()) || !q.has_value() || is_bone(design.value, q.body())) continue;
    // A peak at the edge of a support, load or interface does not converge: no reason to go on.
    const v1::Quantity* raw = nullptr;
    for (const v1::Quantity& given : design.finest()->solve.quantities()) {
      if (given.name() == q.name() && given.load_case() == q.load_case() &&
          given.body() == q.body()) {
        raw = &given;
      }
    }
    if (raw && raw->unresolved()) continue;
    const double scale = std::abs(q.value());
    const double relative = !q.has_numerical_error() ? NAN
                            : scale > 0              ? q.numerical_error() / scale
                                                     : 0;
    if (std::isnan(relative)) return {relative, q.name()};
    if (relative > worst.relative) worst = {relative, q.name() + " (" + q.load_case() + ")"};
  }
  return worst;
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
  const double unknowns = design.finest()->solve.unknowns_count();
  const double predicted = unknowns * kGrowthOfUnknowns;
  if (predicted > most_unknowns) {
    return {Next::kStop,
            text("the next level would have about %.3g unknowns, more than the %.3g allowed",
                 predicted, most_unknowns)};
  }
  if (done < least) {
    return {Next::kRefine, text("%.0f of at least %.0f levels are done", done, least)};
  }
  const Worst worst = worst_error(design);
  if (std::isnan(worst.relative)) {
    return {Next::kRefine, "the numerical error of " + worst.name + " is not known yet"};
  }
  const std::string numbers =
      worst.name.empty()
          ? text("no deciding value can be mended by refining", 0, 0)
          : worst.name + text(": error %.2g of the value, %.2g asked for", worst.relative, wanted);
  if (worst.relative > wanted) return {Next::kRefine, numbers};
  return {Next::kStop, numbers};
}

}  // namespace proofload::assessment
