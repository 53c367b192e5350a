#include "strength.h"

#include <algorithm>
#include <cmath>

#include "assessed.h"

namespace proofload::assessment {

namespace {

/// The property a curve's fractions refer to; 1 for curves in MPa, nothing if it is missing.
std::optional<double> unit_stress(const v1::SnCurve& curve, const v1::Material& material) {
  if (curve.fraction_of().empty()) return 1.0;
  if (curve.fraction_of() == "yield_strength_mpa" && material.has_yield_strength_mpa()) {
    return material.yield_strength_mpa();
  }
  if (curve.fraction_of() == "ultimate_strength_mpa" && material.has_ultimate_strength_mpa()) {
    return material.ultimate_strength_mpa();
  }
  return std::nullopt;
}

fatigue::Curve build_curve(const v1::SnCurve& curve, const v1::Material& material, double unit,
                           bool mean_line) {
  fatigue::Curve out;
  out.name = curve.name();
  out.stress_ratio = curve.stress_ratio();
  out.measure = curve.stress_measure() == v1::StressMeasure::maximum ? fatigue::Measure::kMaximum
                                                                     : fatigue::Measure::kAmplitude;
  out.compression = curve.compression();
  if (curve.has_walker_exponent()) out.walker_exponent = curve.walker_exponent();
  const double surface = material.has_surface_factor() ? material.surface_factor() : 1.0;
  out.line.run_out = curve.run_out_count();
  out.line.cycles.assign(curve.cycles_count().begin(), curve.cycles_count().end());
  for (const double stress : mean_line ? curve.mean_mpa() : curve.lower_mpa()) {
    out.line.stress.push_back(stress * unit * surface);
  }
  if (material.has_yield_strength_mpa()) {
    out.line.cap =
        fatigue::measure_of(out, material.yield_strength_mpa() * (1 - out.stress_ratio) / 2);
  }
  return out;
}

}  // namespace

BodyStrength build_strength(const v1::Material& material, const Library& library,
                            v1::FatigueAnalysis::SnLine::Enum line) {
  BodyStrength out;
  const bool mean_line = line == v1::FatigueAnalysis::SnLine::mean;
  if (material.sn_curves_size() == 0) out.missing = "the material has no S-N curve";
  for (const std::string& name : material.sn_curves()) {
    const auto found = library.sn_curves.find(name);
    if (found == library.sn_curves.end()) {
      out.missing = "S-N curve \"" + name + "\" is not in the library";
      continue;
    }
    const auto unit = unit_stress(found->second, material);
    if (!unit) {
      out.missing = "curve \"" + name + "\" is a fraction of " + found->second.fraction_of() +
                    ", which the material does not give";
      continue;
    }
    out.strength.curves.push_back(build_curve(found->second, material, *unit, mean_line));
    out.curves.push_back(&found->second);
  }
  if (material.has_ultimate_strength_mpa()) {
    out.strength.ultimate = material.ultimate_strength_mpa();
  }
  if (material.has_yield_strength_mpa()) out.strength.yield = material.yield_strength_mpa();
  out.default_findley_k = !material.has_findley_k();
  out.strength.findley_k = material.has_findley_k() ? material.findley_k() : kDefaultFindleyK;
  return out;
}

double findley_spread(const BodyStrength& data, const fatigue::Governing& governing,
                      const fatigue::Stress& stress, double min, double max) {
  if (governing.rule != fatigue::Rule::kFindley || !data.default_findley_k) return 0;
  const double ratio = data.strength.curves[governing.curve].stress_ratio;
  const auto equivalent = [&](double k) {
    return fatigue::findley_proportional(stress, min, max, k) / fatigue::findley_uniaxial(ratio, k);
  };
  const double base = equivalent(data.strength.findley_k);
  double spread = 0;
  for (const double k : kFindleyKRange) {
    spread = std::max(spread, std::abs(equivalent(k) / base - 1));
  }
  return spread;
}

std::vector<std::string> unconfirmed_behind(const BodyStrength& data, const v1::Material& material,
                                            const fatigue::Governing& governing, double spread) {
  std::vector<std::string> out;
  if (governing.curve >= 0) {
    const v1::SnCurve& curve = *data.curves[governing.curve];
    if (!curve.source().confirmed()) out.push_back("S-N curve " + curve.name());
    if (!curve.fraction_of().empty() && is_unconfirmed(material, curve.fraction_of())) {
      out.push_back(curve.fraction_of());
    }
  }
  if (governing.rule == fatigue::Rule::kFindley &&
      (!(spread <= kFindleyKMatters) || is_unconfirmed(material, "findley_k"))) {
    out.push_back("Findley's k");
  }
  if (governing.rule == fatigue::Rule::kGoodman &&
      is_unconfirmed(material, "ultimate_strength_mpa")) {
    out.push_back("ultimate_strength_mpa");
  }
  if (is_unconfirmed(material, "yield_strength_mpa")) out.push_back("yield_strength_mpa");
  return out;
}

}  // namespace proofload::assessment
