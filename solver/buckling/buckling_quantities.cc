#include <algorithm>
#include <cmath>
#include <cstdio>

#include "proofload/core/buckling_cases.h"
#include "proofload/core/problem.h"
#include "proofload/solver/buckling.h"

namespace proofload::solver {
namespace {

constexpr int kDefaultCount = 4;
/// Load over critical load from which on linear results are said to be too small.
constexpr double kNegligible = 0.1;

std::string number(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.4g", value);
  return buffer;
}

v1::Quantity factor_of(const Buckling& buckling, int mode) {
  v1::Quantity quantity;
  quantity.set_name("buckling_load_factor");
  quantity.set_load_case(buckling.load_case);
  quantity.set_method("linear buckling with dead loads, mode " + std::to_string(mode + 1));
  if (mode >= static_cast<int>(buckling.modes.size())) {
    quantity.set_reason(buckling.failure);
    return quantity;
  }
  const double factor = buckling.modes[mode].factor, ratio = 1 / factor;
  if (!std::isfinite(factor)) {
    quantity.set_reason("the factor is not a number");
    return quantity;
  }
  quantity.set_value(factor);
  quantity.set_bound(v1::Bound::EXACT);
  if (mode == 0 && ratio > kNegligible)
    quantity.set_reason(
        "the load is " + number(ratio) +
        " of the critical load: linear results are too small by a factor of about " +
        (ratio < 1 ? number(1 / (1 - ratio)) : "infinity (it buckles)"));
  return quantity;
}

}  // namespace

std::vector<Buckling> asked_buckling(const v1::Case& value, const Model& model,
                                     const std::vector<Solution>& solutions) {
  const std::vector<std::string> names = buckling_load_cases(value);
  const v1::BucklingAnalysis& asked = value.analyses().buckling();
  BucklingOptions options;
  options.count = asked.has_count() ? static_cast<int>(asked.count()) : kDefaultCount;
  if (names.empty()) return {};
  try {
    return find_buckling(model, solutions, names, options);
  } catch (const NumericalFailure& failure) {
    std::vector<Buckling> failed;
    for (const LoadVector& load : model.loads) {
      if (!std::count(names.begin(), names.end(), load.name)) continue;
      failed.emplace_back();
      failed.back().load_case = load.name;
      failed.back().asked = options.count;
      failed.back().failure = failure.what();
    }
    return failed;
  }
}

void add_buckling(const Buckling& buckling, std::vector<v1::Quantity>& quantities,
                  v1::SolveOutput& output) {
  v1::BucklingFacts& facts = *output.add_buckling();
  facts.set_load_case(buckling.load_case);
  facts.set_modes_count(static_cast<double>(buckling.modes.size()));
  facts.set_iterations_count(buckling.iterations);
  facts.set_failure(buckling.failure);
  facts.set_seconds(buckling.seconds);
  for (const BucklingMode& mode : buckling.modes)
    facts.set_error(std::max(facts.error(), mode.error));
  for (int mode = 0; mode < buckling.asked; ++mode) quantities.push_back(factor_of(buckling, mode));
  if (!buckling.failure.empty())
    output.add_warnings("Load case '" + buckling.load_case + "': buckling: " + buckling.failure);
  if (buckling.modes.empty()) return;
  for (v1::Quantity& quantity : quantities) {
    if (quantity.name() == "euler_load_ratio" && quantity.has_value())
      quantity.set_reason("estimate only: the buckling analysis decides");
  }
}

}  // namespace proofload::solver
