#include "proofload/fatigue/sn_line.h"

#include <algorithm>
#include <cmath>

namespace proofload::fatigue {

namespace {

double interpolated(const SnLine& line, double cycles) {
  const auto& n = line.cycles;
  if (cycles <= n.front()) return line.stress.front();
  if (cycles >= n.back()) return line.stress.back();
  const auto i =
      static_cast<std::size_t>(std::upper_bound(n.begin(), n.end(), cycles) - n.begin() - 1);
  const double t = std::log(cycles / n[i]) / std::log(n[i + 1] / n[i]);
  return line.stress[i] * std::pow(line.stress[i + 1] / line.stress[i], t);
}

}  // namespace

double strength_at(const SnLine& line, double cycles) {
  return std::min(interpolated(line, cycles), line.cap);
}

double endurance(const SnLine& line) { return strength_at(line, line.run_out); }

Life life_at(const SnLine& line, double stress) {
  if (std::isnan(stress)) return {stress, Bound::kExact};
  if (stress < endurance(line) || stress <= 0) return {line.run_out, Bound::kAtLeast};
  const auto& n = line.cycles;
  const auto& s = line.stress;
  if (stress > std::min(s.front(), line.cap)) {
    return {std::min(n.front(), line.run_out), Bound::kAtMost};
  }
  std::size_t i = 0;
  while (i + 1 < s.size() && stress < s[i + 1]) ++i;
  double cycles = n[i];
  if (i + 1 < s.size() && stress < s[i]) {
    const double t = std::log(stress / s[i]) / std::log(s[i + 1] / s[i]);
    cycles = n[i] * std::pow(n[i + 1] / n[i], t);
  }
  if (cycles >= line.run_out) return {line.run_out, Bound::kAtLeast};
  return {cycles, Bound::kExact};
}

double amplitude_of(const Curve& curve, double stress) {
  return curve.measure == Measure::kAmplitude ? stress : stress * (1 - curve.stress_ratio) / 2;
}

double measure_of(const Curve& curve, double amplitude) {
  return curve.measure == Measure::kAmplitude ? amplitude
                                              : amplitude * 2 / (1 - curve.stress_ratio);
}

double mean_over_amplitude(double stress_ratio) { return (1 + stress_ratio) / (1 - stress_ratio); }

int nearest_curve(const std::vector<Curve>& curves, bool compression, double amplitude,
                  double mean) {
  const double wanted =
      amplitude > 0 ? std::max(mean, 0.0) / amplitude : std::numeric_limits<double>::max();
  int best = -1;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < curves.size(); ++i) {
    if (curves[i].compression != compression) continue;
    const double distance = std::abs(mean_over_amplitude(curves[i].stress_ratio) - wanted);
    if (distance < least) {
      least = distance;
      best = static_cast<int>(i);
    }
  }
  return best;
}

Life miner_life(const std::vector<BlockLife>& blocks) {
  double applied = 0, damage = 0, known = 0;
  double run_out = std::numeric_limits<double>::infinity();
  bool any_at_least = false, any_at_most = false;
  for (const BlockLife& block : blocks) {
    applied += block.cycles;
    damage += block.cycles / block.life.cycles;
    run_out = std::min(run_out, block.run_out);
    if (block.life.bound == Bound::kAtLeast) {
      any_at_least = true;
    } else {
      known += block.cycles / block.life.cycles;
    }
    any_at_most = any_at_most || block.life.bound == Bound::kAtMost;
  }
  if (any_at_most) return {std::min(applied / known, run_out), Bound::kAtMost};
  const double life = applied / damage;
  if (life >= run_out) return {run_out, Bound::kAtLeast};
  return {life, any_at_least ? Bound::kAtLeast : Bound::kExact};
}

}  // namespace proofload::fatigue
