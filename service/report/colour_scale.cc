#include <algorithm>
#include <cmath>

#include "canvas.h"

namespace proofload::report {
namespace {

/// Least of 1, 2, 2.5, 5 times a power of ten that is not below `value`.
double round_up(double value) {
  const double power = std::pow(10.0, std::floor(std::log10(value)));
  for (const double step : {1.0, 2.0, 2.5, 5.0}) {
    if (step * power >= value * (1 - 1e-12)) return step * power;
  }
  return 10 * power;
}

}  // namespace

ColourScale colour_scale(std::vector<double> values) {
  ColourScale scale;
  if (values.empty()) return scale;
  const auto most = values.begin() + static_cast<std::ptrdiff_t>(0.995 * (values.size() - 1));
  std::nth_element(values.begin(), most, values.end());
  const double nearly_all = *most;
  const double peak = *std::max_element(most, values.end());
  if (!(peak > 0)) return scale;
  scale.clipped = nearly_all > 0 && peak > 2 * nearly_all;
  const double top = scale.clipped ? 1.3 * nearly_all : peak;
  scale.band = round_up(top / 12);
  scale.bands = std::max(2, static_cast<int>(std::ceil(top / scale.band - 1e-9)));
  return scale;
}

}  // namespace proofload::report
