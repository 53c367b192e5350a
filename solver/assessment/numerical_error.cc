#include "numerical_error.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>

namespace proofload::assessment {

namespace {

constexpr double kLeastRatio = 1.1;
constexpr double kSolverAccuracy = 1e-6;
constexpr double kLeastOrder = 0.5, kGreatestOrder = 3.5;

std::string text(const char* format, double value) {
  char buffer[96];
  std::snprintf(buffer, sizeof buffer, format, value);
  return buffer;
}

/// Least squares of f = f0 + a h^p on the last four values; p from 0.5 to 3.5.
struct Fit {
  double order = 0;
  double change = 0;     ///< a h^p at the finest level
  double misfit = 0;     ///< of the finest value
  double deviation = 0;  ///< of all values, four of them less three unknowns
};

Fit fit_of_four(const std::vector<double>& values, const std::vector<double>& ratios) {
  constexpr int kLevels = 4, kOrders = 300;
  std::array<double, kLevels> f{}, h{};
  for (int i = 0; i < kLevels; ++i) f[i] = values[values.size() - kLevels + i];
  h[kLevels - 1] = 1;
  for (int i = kLevels - 2; i >= 0; --i) h[i] = h[i + 1] * ratios[ratios.size() - 3 + i];
  Fit best;
  best.deviation = std::numeric_limits<double>::infinity();
  for (int k = 0; k <= kOrders; ++k) {
    const double order = kLeastOrder + (kGreatestOrder - kLeastOrder) * k / kOrders;
    double mean_x = 0, mean_f = 0, xx = 0, xf = 0, square = 0;
    std::array<double, kLevels> x{};
    for (int i = 0; i < kLevels; ++i) {
      x[i] = std::pow(h[i], order);
      mean_x += x[i] / kLevels;
      mean_f += f[i] / kLevels;
    }
    for (int i = 0; i < kLevels; ++i) {
      xx += (x[i] - mean_x) * (x[i] - mean_x);
      xf += (x[i] - mean_x) * (f[i] - mean_f);
    }
    const double slope = xf / xx;
    const auto left = [&](int i) { return f[i] - mean_f - slope * (x[i] - mean_x); };
    for (int i = 0; i < kLevels; ++i) square += left(i) * left(i);
    if (std::sqrt(square) >= best.deviation) continue;
    best = {order, std::abs(slope), std::abs(left(kLevels - 1)), std::sqrt(square)};
  }
  return best;
}

/// The last four of them.
bool approaches_one_side(const std::vector<double>& values) {
  const std::size_t n = values.size();
  for (const std::size_t i : {n - 2, n - 3}) {
    if (!((values[i + 1] - values[i]) * (values[i] - values[i - 1]) > 0)) return false;
  }
  return true;
}

}  // namespace

std::optional<double> observed_order(double coarse, double middle, double fine, double r_coarse,
                                     double r_fine) {
  const double step = middle - coarse, last = fine - middle;
  if (step == 0 || last == 0 || step / last < 0) return std::nullopt;
  double order = std::log(step / last) / std::log(r_fine);
  for (int i = 0; i < 100; ++i) {
    const double q = std::log((std::pow(r_fine, order) - 1) / (std::pow(r_coarse, order) - 1));
    const double next = (std::log(step / last) + q) / std::log(r_fine);
    if (!std::isfinite(next)) return std::nullopt;
    if (std::abs(next - order) < 1e-10) break;
    order = 0.5 * (order + next);
  }
  return order;
}

ErrorEstimate estimate_error(const std::vector<double>& values, const std::vector<double>& ratios,
                             double formal_order) {
  const std::size_t n = values.size();
  if (n < 2) return {std::nullopt, "one level only: the numerical error is unknown"};
  if (!std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); })) {
    return {std::nullopt, "a level's value is not a number"};
  }
  if (ratios.size() + 1 != n) return {std::nullopt, "the sizes of the levels are unknown"};
  const double r = ratios.back();
  if (!(r >= kLeastRatio)) {
    return {std::nullopt, text("element sizes of the last two levels differ by %.3g only", r)};
  }
  const double last = std::abs(values[n - 1] - values[n - 2]);
  const double floor = kSolverAccuracy * std::abs(values[n - 1]);
  if (n >= 3 && ratios[n - 3] >= kLeastRatio) {
    const auto order =
        observed_order(values[n - 3], values[n - 2], values[n - 1], ratios[n - 3], r);
    if (order && *order >= kLeastOrder && *order <= kGreatestOrder) {
      const double error = 1.25 * last / (std::pow(r, *order) - 1);
      return {std::max(error, floor),
              text("three levels, observed order %.2f, factor 1.25", *order)};
    }
    if (n >= 4 && ratios[n - 4] >= kLeastRatio && order && *order > kGreatestOrder &&
        approaches_one_side(values)) {
      const Fit fit = fit_of_four(values, ratios);
      const double error = 1.25 * fit.change + fit.misfit + fit.deviation;
      return {std::max(error, floor),
              text("four levels, least squares, order %.2f, factor 1.25 and what the fit leaves",
                   fit.order)};
    }
  }
  const double error = 3 * last / (std::pow(r, formal_order) - 1);
  return {std::max(error, floor),
          (n >= 3 ? "three levels, observed order not between 0.5 and 3.5" : "two levels") +
              text(", order %.3g, factor 3", formal_order)};
}

}  // namespace proofload::assessment
