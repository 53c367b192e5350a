#include "proofload/fatigue/mean_stress.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "proofload/fatigue/sn_line.h"

namespace proofload::fatigue {

Cycle without_credit(const Cycle& cycle) { return {cycle.amplitude, std::max(cycle.mean, 0.0)}; }

double goodman_reversed(const Cycle& cycle, double ultimate) {
  if (cycle.mean >= ultimate) return std::numeric_limits<double>::infinity();
  return cycle.amplitude / (1 - cycle.mean / ultimate);
}

double swt_reversed(const Cycle& cycle) { return walker_reversed(cycle, 0.5); }

double walker_reversed(const Cycle& cycle, double exponent) {
  if (cycle.maximum() <= 0) return 0;
  return std::pow(cycle.maximum(), 1 - exponent) * std::pow(cycle.amplitude, exponent);
}

double goodman_at_ratio(double reversed, double stress_ratio, double ultimate) {
  if (std::isinf(reversed)) return reversed;
  const double q = std::max(mean_over_amplitude(stress_ratio), 0.0);
  return reversed / (1 + q * reversed / ultimate);
}

double walker_at_ratio(double reversed, double stress_ratio, double exponent) {
  const double maximum = 2 / (1 - stress_ratio);
  return reversed / std::pow(maximum, 1 - exponent);
}

double goodman_reserve(const Cycle& cycle, double reversed_strength, double ultimate) {
  return 1 / (cycle.amplitude / reversed_strength + cycle.mean / ultimate);
}

}  // namespace proofload::fatigue
