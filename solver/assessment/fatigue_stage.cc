#include "fatigue_stage.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "level_fields.h"
#include "near_edge.h"
#include "numerical_error.h"
#include "proofload/core/problem.h"
#include "proofload/fatigue/multiaxial.h"
#include "strength.h"

namespace proofload::assessment {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::string text(const char* format, double value) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, format, value);
  return buffer;
}

/// What is asked, in the kernel's words.
struct Spectrum {
  std::vector<std::string> load_cases;  ///< distinct
  std::vector<fatigue::Block> blocks;   ///< load_case indexes load_cases
  double cycles = 0;
};

Spectrum build_spectrum(const v1::FatigueAnalysis& asked) {
  Spectrum out;
  for (const v1::FatigueBlock& block : asked.blocks()) {
    const auto found = std::find(out.load_cases.begin(), out.load_cases.end(), block.load_case());
    const int index = static_cast<int>(found - out.load_cases.begin());
    if (found == out.load_cases.end()) out.load_cases.push_back(block.load_case());
    out.blocks.push_back({index, block.min(), block.max(), block.cycles()});
    out.cycles += block.cycles();
  }
  return out;
}

/// Largest amplification of the blocks' load cases by slenderness: 1 / (1 - P / Pcr).
double amplification(const Spectrum& spectrum, const std::map<std::string, double>& critical) {
  double most = 1;
  for (const std::string& load_case : spectrum.load_cases) {
    const auto ratio = critical.find(load_case);
    if (ratio == critical.end() || ratio->second <= 0.1) continue;
    most = std::max(most, ratio->second < 1 ? 1 / (1 - ratio->second) : kInfinity);
  }
  return most;
}

/// A body on its way through the levels.
struct Candidate {
  const v1::Body* body = nullptr;
  BodyStrength data;
  std::vector<double> factors;           ///< safety factor per level
  std::vector<const LevelData*> levels;  ///< same order
  std::string missing;
  fatigue::BodyLife finest;
  double away = 0;  ///< only points at least so far from edges of supports, loads, interfaces, mm
};

const char* life_name(const Candidate& candidate) {
  return candidate.away > 0 ? "fatigue_life_away_cycles" : "fatigue_life_cycles";
}

const char* factor_name(const Candidate& candidate) {
  return candidate.away > 0 ? "fatigue_safety_factor_away" : "fatigue_safety_factor";
}

/// Stress points of the body, of those far enough from edges.
fatigue::Points points_of(const LevelFields& fields, const std::vector<EdgeZone>& zones,
                          const Candidate& candidate) {
  fatigue::Points points = points_of(fields, candidate.body->name());
  if (!(candidate.away > 0)) return points;
  const std::vector<char> away = away_from(fields.mesh, zones, candidate.away);
  std::vector<std::int32_t> kept;
  for (const std::int32_t point : points.index) {
    if (away[fields.header.point_node[point]]) kept.push_back(point);
  }
  points.index.swap(kept);
  return points;
}

void evaluate_level(const LevelData& level, const LevelFields& fields,
                    const std::vector<EdgeZone>& zones, const Spectrum& spectrum,
                    Candidate& candidate) {
  if (!candidate.missing.empty()) return;
  const fatigue::Points points = points_of(fields, zones, candidate);
  if (points.index.empty()) {
    candidate.missing =
        candidate.away > 0
            ? "no point of the body is " + text("%.3g", candidate.away) + " mm away from all edges"
            : "the mesh has no stress in this body";
    return;
  }
  try {
    candidate.finest = fatigue::body_life(candidate.data.strength, spectrum.blocks, points);
  } catch (const NumericalFailure& failure) {
    candidate.missing = failure.what();
    return;
  }
  candidate.factors.push_back(candidate.finest.factor.safety_factor);
  candidate.levels.push_back(&level);
}

v1::Quantity blank(const DesignData& design, const Spectrum& spectrum, const std::string& name,
                   const std::string& body) {
  v1::Quantity q;
  q.set_name(name);
  q.set_design(design.name);
  q.set_body(body);
  if (spectrum.load_cases.size() == 1) q.set_load_case(spectrum.load_cases.front());
  q.set_unit(name.find("cycles") != std::string::npos ? "cycles" : "");
  return q;
}

void add_missing(const DesignData& design, const Spectrum& spectrum, const Candidate& candidate,
                 const std::string& reason, FatigueOutcome& out) {
  const std::string& body = candidate.body->name();
  for (const char* name : {life_name(candidate), factor_name(candidate)}) {
    Assessed one;
    one.quantity = blank(design, spectrum, name, body);
    one.quantity.set_reason(reason);
    out.quantities.push_back(one);
  }
  out.missing.push_back("fatigue of " + body + (candidate.away > 0 ? " away from edges" : "") +
                        " (" + design.name + "): " + reason);
}

std::string life_text(const fatigue::Life& life) {
  const char* sign = life.bound == fatigue::Bound::kAtLeast  ? ">= "
                     : life.bound == fatigue::Bound::kAtMost ? "<= "
                                                             : "";
  return sign + text("%.3g", life.cycles);
}

fatigue::Stress stress_at(const LevelFields& fields, const fatigue::Block& block,
                          const fatigue::Governing& governing) {
  const double* s = fields.results[block.load_case].stress_mpa.data() +
                    6 * static_cast<std::ptrdiff_t>(governing.point);
  return Eigen::Map<const fatigue::Stress>(s);
}

/// What an unknown k of Findley may add to the stress of a governing point, relative.
double spread_of_k(const Candidate& candidate, const Spectrum& spectrum, const LevelFields& fields,
                   const fatigue::Governing& governing) {
  const fatigue::Block& block = spectrum.blocks[governing.block];
  return findley_spread(candidate.data, governing, stress_at(fields, block, governing), block.min,
                        block.max);
}

/// Rule, curve, block and critical plane of a governing point; lives by all rules.
std::string method_of(const Candidate& candidate, const Spectrum& spectrum,
                      const LevelFields& fields, const fatigue::Governing& governing,
                      bool mean_line) {
  const fatigue::Block& block = spectrum.blocks[governing.block];
  std::string out =
      std::string(fatigue::name_of(governing.rule)) + ", " + (mean_line ? "mean" : "lower") +
      " line of curve " + candidate.data.curves[governing.curve]->name() + ", block " +
      std::to_string(governing.block + 1) + " (" + spectrum.load_cases[block.load_case] +
      text(" %.3g", block.min) + text(" to %.3g", block.max) + "); lives:";
  for (std::size_t r = 0; r < fatigue::kRules.size(); ++r) {
    out += std::string(r == 0 ? " " : ", ") + fatigue::name_of(fatigue::kRules[r]) + " ";
    out += candidate.finest.by_rule[r] ? life_text(candidate.finest.by_rule[r]->life) : "no data";
  }
  const fatigue::Stress stress = stress_at(fields, block, governing);
  const auto plane = fatigue::findley_search(block.min * stress, block.max * stress,
                                             candidate.data.strength.findley_k);
  return out + text("; critical plane normal (%.2f", plane.normal[0]) +
         text(", %.2f", plane.normal[1]) + text(", %.2f)", plane.normal[2]);
}

void set_place(const LevelFields& fields, std::int32_t point, const std::string& body,
               v1::Quantity& q) {
  const std::int32_t node = fields.header.point_node[point];
  q.mutable_place()->set_body(body);
  for (int i = 0; i < 3; ++i) {
    q.mutable_place()->add_point_mm(fields.mesh.nodes[3 * static_cast<std::size_t>(node) + i]);
  }
}

void add_reason(v1::Quantity& q, const std::string& reason) {
  q.set_reason(q.reason().empty() ? reason : q.reason() + "; " + reason);
}

void flag(const Candidate& candidate, const LevelFields& fields, const std::vector<EdgeZone>& zones,
          const fatigue::Governing& governing, double spread, v1::Quantity& q) {
  const std::int32_t node = fields.header.point_node[governing.point];
  for (const EdgeZone& zone : zones) {
    if (!zone.near[node]) continue;
    q.set_unresolved(true);
    add_reason(q, "the place lies within two cells of the edge of " + zone.name);
    break;
  }
  const std::size_t n = candidate.factors.size();
  if (n >= 2 && still_grows(candidate.factors[n - 2], candidate.factors[n - 1], true)) {
    q.set_unresolved(true);
    add_reason(q, "the stress grew by more than 10 % over the last refinement");
  }
  if (candidate.body->material().has_orthotropic()) {
    q.set_unconfirmed(true);
    add_reason(q, "the fatigue rules are not known to hold for an orthotropic material");
  }
  for (const std::string& what :
       unconfirmed_behind(candidate.data, candidate.body->material(), governing, spread)) {
    q.set_unconfirmed(true);
    add_reason(q, what + " is unconfirmed");
  }
}

v1::Bound::Enum bound_of(fatigue::Bound bound) {
  switch (bound) {
    case fatigue::Bound::kExact:
      return v1::Bound::EXACT;
    case fatigue::Bound::kAtLeast:
      return v1::Bound::AT_LEAST;
    case fatigue::Bound::kAtMost:
      return v1::Bound::AT_MOST;
  }
  return v1::Bound::UNSPECIFIED;
}

/// Life under stresses scaled up; 0 where only an upper bound is known.
double least_life(const fatigue::Life& life) {
  return life.bound == fatigue::Bound::kAtMost ? 0 : life.cycles;
}
double greatest_life(const fatigue::Life& life) {
  return life.bound == fatigue::Bound::kAtLeast ? kInfinity : life.cycles;
}

struct StressInterval {
  bool known = false;
  double less = 1, more = 1;  ///< factors on the stress
};

/// Interval of the safety factor, and what it means for the stress. `amplify` multiplies the stress
/// on the bad side (slenderness, unknown k).
StressInterval set_factor_error(const Candidate& candidate, double amplify, Assessed& factor) {
  v1::Quantity& q = factor.quantity;
  const ErrorEstimate estimate =
      estimate_error(candidate.factors, level_ratios(candidate.levels, q.body()), 1);
  for (const double value : candidate.factors) q.add_level_values(value);
  StressInterval interval;
  if (!estimate.error) {
    add_reason(q, estimate.how);
    return interval;
  }
  const double value = q.value(), error = *estimate.error;
  q.set_numerical_error(error);
  q.set_method(q.method() + "; error from " + estimate.how);
  factor.low = std::max(value - error, 0.0) / amplify;
  factor.high = value + error;
  interval.known = true;
  interval.less = value / (value + error);
  interval.more = value > error ? value / (value - error) * amplify : kInfinity;
  return interval;
}

void set_life_error(const Candidate& candidate, const Spectrum& spectrum, const LevelFields& fields,
                    const std::vector<EdgeZone>& zones, const StressInterval& stress,
                    Assessed& life) {
  if (!stress.known) {
    add_reason(life.quantity, "the numerical error of the stress is unknown");
    return;
  }
  const fatigue::Points points = points_of(fields, zones, candidate);
  const auto life_at = [&](double scale) {
    return fatigue::body_life(candidate.data.strength, spectrum.blocks, points, scale).life.life;
  };
  life.low = std::isfinite(stress.more) ? least_life(life_at(stress.more)) : 0;
  life.high = greatest_life(life_at(stress.less));
  v1::Quantity& q = life.quantity;
  // The side that decides: a longer life harms nobody.
  q.set_numerical_error(std::max(q.value() - life.low, 0.0));
  q.set_method(q.method() + "; interval from the life at the stress plus and minus its error: " +
               text("%.3g", life.low) +
               (std::isfinite(life.high) ? text(" to %.3g", life.high) : " to beyond the run-out"));
}

void add_results(const DesignData& design, const Spectrum& spectrum, const LevelFields& fields,
                 const std::vector<EdgeZone>& zones, const Candidate& candidate, double amplify,
                 bool mean_line, FatigueOutcome& out) {
  const fatigue::BodyLife& result = candidate.finest;
  if (!std::isfinite(result.life.life.cycles) || !(result.life.life.cycles >= 0) ||
      std::isnan(result.factor.safety_factor)) {
    add_missing(design, spectrum, candidate, "the life is not a number", out);
    return;
  }
  if (std::isinf(result.factor.safety_factor)) {
    add_missing(design, spectrum, candidate, "the body carries no stress", out);
    return;
  }
  Assessed life, factor;
  life.quantity = blank(design, spectrum, life_name(candidate), candidate.body->name());
  factor.quantity = blank(design, spectrum, factor_name(candidate), candidate.body->name());
  life.quantity.set_value(result.life.life.cycles);
  life.quantity.set_bound(bound_of(result.life.life.bound));
  factor.quantity.set_value(result.factor.safety_factor);
  factor.quantity.set_bound(v1::Bound::EXACT);
  struct Pair {
    v1::Quantity* quantity;
    const fatigue::Governing* governing;
  };
  double spread = 0;
  for (const Pair& pair :
       {Pair{&life.quantity, &result.life}, Pair{&factor.quantity, &result.factor}}) {
    pair.quantity->set_level(design.finest()->number);
    pair.quantity->set_method(method_of(candidate, spectrum, fields, *pair.governing, mean_line));
    if (candidate.away > 0) {
      pair.quantity->set_method("points at least " + text("%.3g", candidate.away) +
                                " mm from edges of supports, loads and interfaces; " +
                                pair.quantity->method());
    }
    set_place(fields, pair.governing->point, candidate.body->name(), *pair.quantity);
    const double own = spread_of_k(candidate, spectrum, fields, *pair.governing);
    flag(candidate, fields, zones, *pair.governing, own, *pair.quantity);
    spread = std::max(spread, own);
  }
  const StressInterval stress = set_factor_error(candidate, amplify * (1 + spread), factor);
  set_life_error(candidate, spectrum, fields, zones, stress, life);
  if (spectrum.cycles > result.run_out) {
    factor.quantity.set_bound(v1::Bound::AT_MOST);
    add_reason(factor.quantity, "the curve ends at " + text("%.3g", result.run_out) +
                                    " cycles, before the " + text("%.3g", spectrum.cycles) +
                                    " asked for");
  }
  out.quantities.push_back(life);
  out.quantities.push_back(factor);
}

std::string missing_load_case(const Spectrum& spectrum, const v1::Case& value) {
  for (const std::string& name : spectrum.load_cases) {
    const bool found =
        std::any_of(value.load_cases().begin(), value.load_cases().end(),
                    [&](const v1::LoadCase& load_case) { return load_case.name() == name; });
    if (!found) return "load case \"" + name + "\" is not part of this design";
  }
  return "";
}

std::vector<Candidate> candidates_of(const RunData& run, const DesignData& design,
                                     v1::FatigueAnalysis::SnLine::Enum line, FatigueOutcome& out) {
  std::vector<Candidate> list;
  for (const v1::Body& body : design.value.bodies()) {
    if (!is_load_bearing(body)) {
      out.left_out.push_back(body.name());
      continue;
    }
    Candidate candidate;
    candidate.body = &body;
    candidate.data = build_strength(body.material(), run.library, line);
    candidate.missing = candidate.data.missing;
    for (const v1::SnCurve* curve : candidate.data.curves) out.curves.insert(curve->name());
    list.push_back(candidate);
    const double away = design.value.analyses().fatigue().away_from_edges_mm();
    if (!(away > 0)) continue;
    candidate.away = away;
    list.push_back(std::move(candidate));
  }
  return list;
}

}  // namespace

FatigueOutcome assess_fatigue(const RunData& run, const DesignData& design,
                              const std::map<std::string, double>& critical) {
  FatigueOutcome out;
  if (!design.value.analyses().has_fatigue()) return out;
  const v1::FatigueAnalysis& asked = design.value.analyses().fatigue();
  const Spectrum spectrum = build_spectrum(asked);
  std::vector<Candidate> candidates = candidates_of(run, design, asked.line(), out);
  const auto levels = design.solved();
  std::string fault = missing_load_case(spectrum, design.value);
  if (levels.empty()) fault = "no level was computed";
  LevelFields fields;
  std::vector<EdgeZone> zones;
  try {
    for (const LevelData* level : fault.empty() ? levels : decltype(levels){}) {
      fields = read_fields(level->folder, spectrum.load_cases);
      zones = edge_zones(fields.mesh, design.value, spectrum.load_cases);
      for (Candidate& candidate : candidates) {
        evaluate_level(*level, fields, zones, spectrum, candidate);
      }
    }
  } catch (const std::runtime_error& error) {
    fault = error.what();
  }
  const bool mean_line = asked.line() == v1::FatigueAnalysis::SnLine::mean;
  const double amplify = amplification(spectrum, critical);
  for (const Candidate& candidate : candidates) {
    const std::string& missing = fault.empty() ? candidate.missing : fault;
    if (!missing.empty()) {
      add_missing(design, spectrum, candidate, missing, out);
    } else {
      add_results(design, spectrum, fields, zones, candidate, amplify, mean_line, out);
    }
  }
  if (candidates.empty()) {
    out.missing.push_back("fatigue of " + design.name + ": no body has fatigue data");
  }
  if (!unconfirmed_moduli(design.value).empty()) {
    for (Assessed& one : out.quantities) one.quantity.set_unconfirmed(true);
  }
  return out;
}

}  // namespace proofload::assessment
