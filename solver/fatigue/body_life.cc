#include "proofload/fatigue/body_life.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <mutex>
#include <string>
#include <thread>

#include "proofload/core/problem.h"
#include "proofload/fatigue/mean_stress.h"
#include "proofload/fatigue/multiaxial.h"

namespace proofload::fatigue {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kTie = 1e-6;      ///< of stresses and reserves
constexpr double kLifeTie = 1e-4;  ///< of lives: a stress tie times the slope of the curve

/// One block at one point, by one rule.
struct BlockAnswer {
  Life life;
  double factor = kInfinity;
  double run_out = 0;
};

/// One point by one rule: all blocks.
struct RuleAnswer {
  Life life;
  double factor = kInfinity;
  int block = 0;
  int curve = -1;
  double run_out = kInfinity;
};

struct PointAnswer {
  std::array<std::optional<RuleAnswer>, kRules.size()> rules;
};

/// A stress with its block, made ready for the rules (mirrored for compression curves).
struct Local {
  Stress stress;
  double min = 0;
  double max = 0;
  Cycle cycle;  ///< signed von Mises, without credit for compression
  const Curve* curve = nullptr;
};

Stress stress_at(const Points& points, int load_case, std::int32_t point, double scale) {
  Stress s;
  const double* values = points.stress[load_case] + 6 * static_cast<std::ptrdiff_t>(point);
  for (int i = 0; i < 6; ++i) s[i] = scale * values[i];
  return s;
}

bool has_compression_curve(const Strength& strength) {
  return std::any_of(strength.curves.begin(), strength.curves.end(),
                     [](const Curve& c) { return c.compression; });
}

Local localize(const Strength& strength, const Block& block, const Stress& stress) {
  Local local{stress, block.min, block.max};
  const double signed_stress = stress_sign(stress) * von_mises(stress);
  double amplitude = std::abs(block.max - block.min) / 2 * std::abs(signed_stress);
  double mean = (block.max + block.min) / 2 * signed_stress;
  const bool mirrored = mean < 0 && has_compression_curve(strength);
  if (mirrored) {
    local.stress = -stress;
    mean = -mean;
  }
  local.cycle = without_credit({amplitude, mean});
  const int chosen = nearest_curve(strength.curves, mirrored, amplitude, mean);
  if (chosen < 0) {
    throw NumericalFailure("NO_FATIGUE_DATA", std::string("no S-N curve for ") +
                                                  (mirrored ? "compression" : "tension"));
  }
  local.curve = &strength.curves[chosen];
  return local;
}

/// Amplitude at the curve's own ratio that is as damaging, and the reserve against the endurance
/// stress; nothing if the rule lacks data.
struct Equivalent {
  double amplitude = 0;
  double reserve = kInfinity;
};

std::optional<Equivalent> goodman(const Strength& strength, const Local& local) {
  if (!strength.ultimate) return std::nullopt;
  const Curve& curve = *local.curve;
  const double reversed = goodman_reversed(local.cycle, *strength.ultimate);
  const double limit = amplitude_of(curve, endurance(curve.line));
  const double q = std::max(mean_over_amplitude(curve.stress_ratio), 0.0);
  const double limit_reversed = goodman_reversed({limit, q * limit}, *strength.ultimate);
  return Equivalent{goodman_at_ratio(reversed, curve.stress_ratio, *strength.ultimate),
                    goodman_reserve(local.cycle, limit_reversed, *strength.ultimate)};
}

std::optional<Equivalent> walker(const Strength&, const Local& local) {
  const Curve& curve = *local.curve;
  if (!curve.walker_exponent) return std::nullopt;
  const double g = *curve.walker_exponent;
  const double amplitude = walker_at_ratio(walker_reversed(local.cycle, g), curve.stress_ratio, g);
  return Equivalent{amplitude, amplitude_of(curve, endurance(curve.line)) / amplitude};
}

std::optional<Equivalent> findley(const Strength& strength, const Local& local) {
  const Curve& curve = *local.curve;
  if (curve.compression) return std::nullopt;
  const double k = strength.findley_k;
  const double amplitude = findley_proportional(local.stress, local.min, local.max, k) /
                           findley_uniaxial(curve.stress_ratio, k);
  return Equivalent{amplitude, amplitude_of(curve, endurance(curve.line)) / amplitude};
}

using RuleFunction = std::optional<Equivalent> (*)(const Strength&, const Local&);
constexpr std::array<RuleFunction, kRules.size()> kRuleFunctions = {goodman, walker, findley};

BlockAnswer answer(const Strength& strength, const Local& local, const Equivalent& equivalent) {
  const Curve& curve = *local.curve;
  BlockAnswer out;
  out.run_out = curve.line.run_out;
  out.factor = equivalent.reserve;
  const double greatest =
      von_mises(local.stress) * std::max(std::abs(local.min), std::abs(local.max));
  if (strength.yield) out.factor = std::min(out.factor, *strength.yield / greatest);
  if (strength.yield && greatest > *strength.yield) {
    out.life = {std::min(curve.line.cycles.front(), out.run_out), Bound::kAtMost};
  } else if (equivalent.reserve > 1) {
    out.life = {out.run_out, Bound::kAtLeast};
  } else {
    out.life = life_at(curve.line, measure_of(curve, equivalent.amplitude));
  }
  return out;
}

PointAnswer answer_point(const Strength& strength, const std::vector<Block>& blocks,
                         const Points& points, std::int32_t point, double scale) {
  PointAnswer out;
  std::vector<Local> locals;
  for (const Block& block : blocks) {
    const Stress stress = stress_at(points, block.load_case, point, scale);
    if (!stress.allFinite()) {
      throw NumericalFailure("NOT_A_NUMBER",
                             "stress of point " + std::to_string(point) + " is not a number");
    }
    locals.push_back(localize(strength, block, stress));
  }
  std::vector<BlockLife> lives(blocks.size());
  for (std::size_t r = 0; r < kRules.size(); ++r) {
    RuleAnswer rule;
    bool complete = true;
    for (std::size_t b = 0; b < blocks.size() && complete; ++b) {
      const auto equivalent = kRuleFunctions[r](strength, locals[b]);
      complete = equivalent.has_value();
      if (!complete) break;
      const BlockAnswer one = answer(strength, locals[b], *equivalent);
      lives[b] = {blocks[b].cycles, one.life, one.run_out};
      rule.run_out = std::min(rule.run_out, one.run_out);
      if (b == 0 || one.factor < rule.factor) {
        rule.factor = one.factor;
        rule.block = static_cast<int>(b);
        rule.curve = static_cast<int>(locals[b].curve - strength.curves.data());
      }
    }
    if (!complete) continue;
    rule.life = miner_life(lives);
    out.rules[r] = rule;
  }
  return out;
}

/// Greater is worse; run-outs are equal (their reserve decides), lives that are only bounded from
/// above are worst.
double severity(const Life& life) {
  if (life.bound == Bound::kAtMost) return kInfinity;
  return 1 / life.cycles;
}

bool worse(const RuleAnswer& a, const RuleAnswer& b) {
  const double sa = severity(a.life), sb = severity(b.life);
  return sa > sb || (sa == sb && a.factor < b.factor);
}

/// Rules that agree within ties are one: the first of the table speaks for them.
bool clearly_worse(const RuleAnswer& a, const RuleAnswer& b) {
  const double sa = severity(a.life), sb = severity(b.life);
  if (sa > sb * (1 + kLifeTie)) return true;
  return sa >= sb * (1 - kLifeTie) && a.factor < b.factor * (1 - kTie);
}

/// The rule with the shortest life and the one with the least factor.
struct Worst {
  int life_rule = -1;
  int factor_rule = -1;
};

Worst worst_rules(const PointAnswer& point) {
  Worst out;
  for (std::size_t r = 0; r < kRules.size(); ++r) {
    if (!point.rules[r]) continue;
    const int rule = static_cast<int>(r);
    if (out.life_rule < 0 || clearly_worse(*point.rules[r], *point.rules[out.life_rule])) {
      out.life_rule = rule;
    }
    if (out.factor_rule < 0 ||
        point.rules[r]->factor < point.rules[out.factor_rule]->factor * (1 - kTie)) {
      out.factor_rule = rule;
    }
  }
  return out;
}

/// What is kept of each point, and the worst point by each rule within a range.
struct Scan {
  std::vector<double> severities;
  std::vector<double> factors;
  std::vector<double> run_outs;
};

using ByRule = std::array<std::optional<std::pair<RuleAnswer, std::int32_t>>, kRules.size()>;

void scan_range(const Strength& strength, const std::vector<Block>& blocks, const Points& points,
                double scale, std::size_t begin, std::size_t end, Scan& scan, ByRule& by_rule) {
  for (std::size_t i = begin; i < end; ++i) {
    const PointAnswer point = answer_point(strength, blocks, points, points.index[i], scale);
    const Worst worst = worst_rules(point);
    if (worst.life_rule < 0) {
      throw NumericalFailure("NO_FATIGUE_DATA",
                             "no mean-stress rule has its data (ultimate strength, exponent)");
    }
    scan.severities[i] = severity(point.rules[worst.life_rule]->life);
    scan.factors[i] = point.rules[worst.factor_rule]->factor;
    scan.run_outs[i] = point.rules[worst.life_rule]->run_out;
    for (std::size_t r = 0; r < kRules.size(); ++r) {
      if (point.rules[r] && (!by_rule[r] || worse(*point.rules[r], by_rule[r]->first))) {
        by_rule[r] = {*point.rules[r], points.index[i]};
      }
    }
  }
}

/// Runs `work(thread, begin, end)` over [0, n) in threads; the first exception is thrown here.
template <class Work>
void in_threads(std::size_t n, std::size_t n_threads, const Work& work) {
  std::exception_ptr failure;
  std::mutex mutex;
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < n_threads; ++t) {
    threads.emplace_back([&, t] {
      try {
        work(t, n * t / n_threads, n * (t + 1) / n_threads);
      } catch (...) {
        const std::lock_guard<std::mutex> lock(mutex);
        if (!failure) failure = std::current_exception();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  if (failure) std::rethrow_exception(failure);
}

bool lower_place(const Points& points, std::int32_t a, std::int32_t b) {
  const double* p = points.xyz + 3 * static_cast<std::ptrdiff_t>(points.node[a]);
  const double* q = points.xyz + 3 * static_cast<std::ptrdiff_t>(points.node[b]);
  for (int i = 2; i >= 0; --i) {
    if (p[i] != q[i]) return p[i] < q[i];
  }
  return false;
}

/// Lowest place among the points with the greatest severity and, of those, the least factor.
std::int32_t pick(const Points& points, const std::vector<double>* severities,
                  const std::vector<double>& factors) {
  double most = -kInfinity;
  if (severities) most = *std::max_element(severities->begin(), severities->end());
  const auto severe = [&](std::size_t i) {
    return !severities || (std::isinf(most) ? std::isinf((*severities)[i])
                                            : (*severities)[i] >= most * (1 - kLifeTie));
  };
  double least = kInfinity;
  for (std::size_t i = 0; i < factors.size(); ++i) {
    if (severe(i)) least = std::min(least, factors[i]);
  }
  std::int32_t best = -1;
  for (std::size_t i = 0; i < factors.size(); ++i) {
    if (!severe(i) || factors[i] > least * (1 + kTie)) continue;
    if (best < 0 || lower_place(points, points.index[i], best)) best = points.index[i];
  }
  return best;
}

Governing governing(const RuleAnswer& rule, std::size_t index, std::int32_t point) {
  return {rule.life, rule.factor, point, rule.block, rule.curve, kRules[index]};
}

}  // namespace

const char* name_of(Rule rule) {
  switch (rule) {
    case Rule::kGoodman:
      return "Goodman on signed von Mises";
    case Rule::kWalker:
      return "Walker on signed von Mises";
    case Rule::kFindley:
      return "Findley critical plane";
  }
  return "unknown rule";
}

BodyLife body_life(const Strength& strength, const std::vector<Block>& blocks, const Points& points,
                   double scale) {
  if (blocks.empty() || points.index.empty()) {
    throw NumericalFailure("NO_FATIGUE_DATA", "no block or no stress point");
  }
  const std::size_t n = points.index.size();
  const std::size_t n_threads =
      n < 2000 ? 1 : std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 8);
  Scan scan{std::vector<double>(n), std::vector<double>(n), std::vector<double>(n)};
  std::vector<ByRule> by_rule(n_threads);
  in_threads(n, n_threads, [&](std::size_t t, std::size_t begin, std::size_t end) {
    scan_range(strength, blocks, points, scale, begin, end, scan, by_rule[t]);
  });

  BodyLife out;
  out.run_out = *std::min_element(scan.run_outs.begin(), scan.run_outs.end());
  for (std::size_t r = 0; r < kRules.size(); ++r) {
    const ByRule::value_type* worst = nullptr;
    for (const ByRule& part : by_rule) {
      if (part[r] && (!worst || worse(part[r]->first, (*worst)->first))) worst = &part[r];
    }
    if (worst) out.by_rule[r] = governing((*worst)->first, r, (*worst)->second);
  }
  const std::int32_t life_point = pick(points, &scan.severities, scan.factors);
  const PointAnswer at_life = answer_point(strength, blocks, points, life_point, scale);
  const int life_rule = worst_rules(at_life).life_rule;
  out.life = governing(*at_life.rules[life_rule], life_rule, life_point);
  const std::int32_t factor_point = pick(points, nullptr, scan.factors);
  const PointAnswer at_factor = answer_point(strength, blocks, points, factor_point, scale);
  const int factor_rule = worst_rules(at_factor).factor_rule;
  out.factor = governing(*at_factor.rules[factor_rule], factor_rule, factor_point);
  return out;
}

}  // namespace proofload::fatigue
