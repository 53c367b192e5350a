#pragma once
/// Stress-life lines and the sum of damage. Stresses in MPa, lives in cycles.
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace proofload::fatigue {

/// What is known of a life: the number itself, or only that the life is not less or not more.
enum class Bound { kExact, kAtLeast, kAtMost };

struct Life {
  double cycles = 0;
  Bound bound = Bound::kExact;
};

/// One line (median or lower) of an S-N curve: log-log between the points, flat before the first,
/// no claim beyond the run-out.
struct SnLine {
  std::vector<double> cycles;  ///< rising, at least one
  std::vector<double> stress;  ///< not rising, same length, in the measure of the curve
  double run_out = 0;          ///< cycles, within the points
  double cap = std::numeric_limits<double>::infinity();  ///< greatest stress allowed (yield)
};

/// Strength at a life, at most the cap; lives beyond the last point take the last point's strength.
double strength_at(const SnLine& line, double cycles);

/// Strength at the run-out: the endurance stress.
double endurance(const SnLine& line);

/// Life under a stress. At least the run-out at or below the endurance stress; at most the first
/// point's life above the first point or above the cap; where the line is flat, the earlier life.
/// A stress that is not a number gives a life that is not a number.
Life life_at(const SnLine& line, double stress);

/// What the stresses of a curve are: amplitude, or greatest stress of the cycle.
enum class Measure { kAmplitude, kMaximum };

/// A line with the conditions of its tests.
struct Curve {
  std::string name;
  double stress_ratio = -1;  ///< min/max
  Measure measure = Measure::kAmplitude;
  SnLine line;
  std::optional<double> walker_exponent;
  bool compression = false;  ///< of tests in compression: stresses are magnitudes, the ratio is
                             ///< that of the mirrored cycle
};

/// sa for a curve's own measure at its own ratio, and back.
double amplitude_of(const Curve& curve, double stress);
double measure_of(const Curve& curve, double amplitude);

/// Mean over amplitude at a stress ratio, (1 + R) / (1 - R).
double mean_over_amplitude(double stress_ratio);

/// The curve whose ratio is nearest to the cycle's, by mean over amplitude; negative means (no
/// credit) count as zero. -1 if none has the wanted kind.
int nearest_curve(const std::vector<Curve>& curves, bool compression, double amplitude,
                  double mean);

/// Damage of one constant-amplitude block.
struct BlockLife {
  double cycles = 0;  ///< applied
  Life life;
  double run_out = 0;  ///< of the curve used
};

/// Palmgren-Miner: life in cycles of the whole spectrum until the damage sum is 1. Blocks below
/// their endurance stress count with their run-out life (an upper bound of their damage), so the
/// life is then a lower bound; never more than the least run-out is claimed.
Life miner_life(const std::vector<BlockLife>& blocks);

}  // namespace proofload::fatigue
