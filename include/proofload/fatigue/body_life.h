#pragma once
/// Fatigue life and reserve of a body: every point, every block, every rule; the worst governs.
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "proofload/fatigue/sn_line.h"

namespace proofload::fatigue {

/// How a stress cycle becomes a point of an S-N curve. Explicit table of all rules.
enum class Rule { kGoodman, kWalker, kFindley };
inline constexpr std::array<Rule, 3> kRules = {Rule::kGoodman, Rule::kWalker, Rule::kFindley};
const char* name_of(Rule rule);

/// What is known of a material, stresses in MPa with surface factor, fraction and cap applied.
struct Strength {
  std::vector<Curve> curves;
  std::optional<double> ultimate;  ///< for Goodman
  std::optional<double> yield;     ///< for the reserve against yield
  double findley_k = 0.3;
};

/// A load case pulsating between min and max times its unit stress.
struct Block {
  int load_case = 0;
  double min = 0;
  double max = 0;
  double cycles = 0;
};

/// Stress points of one body.
struct Points {
  std::vector<const double*> stress;   ///< per load case: [6 * all points] XX YY ZZ XY YZ XZ
  std::vector<std::int32_t> index;     ///< points of this body
  const double* xyz = nullptr;         ///< [3 * all nodes] mm
  const std::int32_t* node = nullptr;  ///< [all points] node of a point
};

struct Governing {
  Life life;
  double safety_factor = 0;  ///< factor on all loads at which the endurance stress is reached
  std::int32_t point = -1;
  int block = -1;  ///< with the least safety factor at that point
  int curve = -1;  ///< of Strength::curves, used for that block
  Rule rule = Rule::kGoodman;
};

struct BodyLife {
  Governing life;                                   ///< point of the shortest life
  Governing factor;                                 ///< point of the least safety factor
  std::array<std::optional<Governing>, 3> by_rule;  ///< shortest life by each rule with data
  double run_out = 0;                               ///< least run-out of the curves used
};

/// Worst point of the body. Goodman and Walker act on the signed von Mises stress with the curve
/// whose ratio is nearest; Findley on the critical plane; compressive points use compression curves
/// where there are some. `scale` multiplies all stresses (for intervals). Ties within 1e-6 go to
/// the lowest (z, y, x). Threads over points. Throws NumericalFailure: NO_FATIGUE_DATA when a point
/// needs a curve that is missing or no rule has its data, NOT_A_NUMBER for a stress that is not
/// finite.
BodyLife body_life(const Strength& strength, const std::vector<Block>& blocks, const Points& points,
                   double scale = 1);

}  // namespace proofload::fatigue
