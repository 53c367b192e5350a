#include "assessed.h"

#include <algorithm>
#include <cmath>

#include "numerical_error.h"
#include "proofload/core/vec3.h"
#include "quantity_kind.h"

namespace proofload::assessment {

namespace {

/// The quantity of this identity; `nth`: several of one identity (buckling modes) keep their order.
const v1::Quantity* find(const v1::SolveOutput& solve, const std::string& wanted, int nth) {
  for (const v1::Quantity& quantity : solve.quantities()) {
    if (identity(quantity) == wanted && nth-- == 0) return &quantity;
  }
  return nullptr;
}

void add_reason(v1::Quantity& quantity, const std::string& text) {
  quantity.set_reason(quantity.reason().empty() ? text : quantity.reason() + "; " + text);
}

/// Values of the levels that have one, up to the finest; the finest is last.
struct History {
  std::vector<double> values;
  std::vector<double> cell_sizes;  ///< about the place; 0: not told
  std::vector<Vec3> places;        ///< of peaks
  std::vector<const LevelData*> levels;
};

History history(const std::vector<const LevelData*>& levels, const v1::Quantity& quantity,
                int nth) {
  History out;
  const std::string wanted = identity(quantity);
  for (const LevelData* level : levels) {
    const v1::Quantity* found = find(level->solve, wanted, nth);
    if (found && found->has_value()) {
      out.values.push_back(found->value());
      out.cell_sizes.push_back(found->cell_size_mm());
      out.places.push_back(vec3(found->place().point_mm()));
      out.levels.push_back(level);
    } else {
      out = {};  // a gap: only levels after it follow each other
    }
  }
  return out;
}

/// A peak that stayed where it was, within two of the coarser cells, is as exact as the cells about
/// it: their ratio. One that moved compares two places, whose cells tell nothing of refinement: the
/// body's ratio.
std::vector<double> ratios_of(const History& past, const v1::Quantity& quantity, bool peak) {
  constexpr double kLeast = 1.1, kMost = 6;
  std::vector<double> ratios = level_ratios(past.levels, quantity.body());
  for (std::size_t i = 0; peak && i < ratios.size(); ++i) {
    const double coarse = past.cell_sizes[i], fine = past.cell_sizes[i + 1];
    if (!(coarse > 0) || !(fine > 0)) continue;
    if (!((past.places[i + 1] - past.places[i]).norm() <= 2 * coarse)) continue;
    if (coarse >= kLeast * fine && coarse <= kMost * fine) ratios[i] = coarse / fine;
  }
  return ratios;
}

Assessed with_error(const DesignData& design, const v1::Quantity& finest, int nth,
                    const std::vector<const LevelData*>& levels) {
  Assessed out;
  out.quantity = finest;
  v1::Quantity& q = out.quantity;
  q.set_design(design.name);
  q.set_level(levels.back()->number);
  if (!q.has_value()) {
    if (q.reason().empty()) q.set_reason("not computed");
    return out;
  }
  if (!std::isfinite(q.value())) {
    q.clear_value();
    add_reason(q, "the value is not a number");
    return out;
  }
  if (q.bound() == v1::Bound::UNSPECIFIED) q.set_bound(v1::Bound::EXACT);
  const QuantityKind kind = kind_of(design.value, q.name());
  const History past = history(levels, finest, nth);
  q.clear_level_values();
  for (const double value : past.values) q.add_level_values(value);
  const ErrorEstimate estimate =
      estimate_error(past.values, ratios_of(past, finest, kind.peak), kind.order);
  if (estimate.error) {
    q.set_numerical_error(*estimate.error);
    q.set_method(q.method() + "; error from " + estimate.how);
    out.low = q.value() - *estimate.error;
    out.high = q.value() + *estimate.error;
  } else {
    q.clear_numerical_error();
    add_reason(q, estimate.how);
  }
  const std::size_t n = past.values.size();
  if (kind.peak && n >= 2 && still_grows(past.values[n - 2], past.values[n - 1], kind.reserve)) {
    q.set_unresolved(true);
    add_reason(q, "the peak grew by more than 10 % over the last refinement");
  }
  return out;
}

/// A safety factor is as resolved as the stress it comes from.
void propagate_unresolved(AssessedList& list) {
  std::map<std::string, const Assessed*> peaks;
  for (const Assessed& one : list) {
    if (one.quantity.name() == "max_von_mises_mpa") {
      peaks[one.quantity.load_case() + "|" + one.quantity.body()] = &one;
    }
  }
  for (Assessed& one : list) {
    v1::Quantity& q = one.quantity;
    if (q.name() != "yield_safety_factor" && q.name() != "first_yield_load_n") continue;
    const auto peak = peaks.find(q.load_case() + "|" + q.body());
    if (peak == peaks.end() || !peak->second->quantity.unresolved() || q.unresolved()) continue;
    q.set_unresolved(true);
    add_reason(q, "the peak stress is unresolved");
  }
}

bool moments_only(const v1::LoadCase& load_case) {
  for (const v1::Load& load : load_case.loads()) {
    if (!load.has_distributed() && !load.has_rigid()) return false;
    const v1::ForceMoment& given = load.has_rigid() ? load.rigid() : load.distributed();
    for (const double force : given.force_n()) {
      if (force != 0) return false;
    }
  }
  return load_case.loads_size() > 0;
}

/// Reactions that cancel: nothing presses the model against its supports.
bool reactions_cancel(const v1::SolveOutput& solve, const std::string& load_case) {
  std::map<std::string, double> sums;
  double scale = 0;
  for (const v1::Quantity& q : solve.quantities()) {
    if (q.name() != "reaction_n" || q.load_case() != load_case || !q.has_value()) continue;
    sums[q.method()] += q.value();
    scale += std::abs(q.value());
  }
  if (sums.empty() || !std::isfinite(scale)) return false;
  return std::all_of(sums.begin(), sums.end(),
                     [&](const auto& sum) { return std::abs(sum.second) <= 1e-6 * scale; });
}

}  // namespace

namespace {

/// Mean size of the cells of a body, of all cells if it has no such body; 0: not told.
double mean_cell_size(const LevelData& level, const std::string& body) {
  for (const v1::BodyFacts& facts : level.mesh.bodies()) {
    if (facts.name() == body) return facts.mean_cell_size_mm();
  }
  return level.mesh.mean_cell_size_mm();
}

}  // namespace

std::vector<double> level_ratios(const std::vector<const LevelData*>& levels,
                                 const std::string& body) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i + 1 < levels.size(); ++i) {
    const LevelData &coarse = *levels[i], &fine = *levels[i + 1];
    const double before = mean_cell_size(coarse, body), after = mean_cell_size(fine, body);
    double ratio = 0;
    if (before > 0 && after > 0) {
      ratio = before / after;
    } else if (coarse.cells() > 0 && fine.cells() > 0) {
      ratio = std::cbrt(fine.cells() / coarse.cells());
    } else if (coarse.size_factor > 0 && fine.size_factor > 0) {
      ratio = coarse.size_factor / fine.size_factor;
    }
    ratios.push_back(ratio);
  }
  return ratios;
}

bool still_grows(double coarser, double finer, bool reserve) {
  constexpr double kGrowth = 1.1;
  return reserve ? std::abs(coarser) > kGrowth * std::abs(finer)
                 : std::abs(finer) > kGrowth * std::abs(coarser);
}

bool is_unconfirmed(const v1::Material& material, const std::string& field) {
  const auto source = material.sources().find(field);
  return source != material.sources().end() && !source->second.confirmed();
}

bool is_load_bearing(const v1::Body& body) {
  switch (body.role()) {
    case v1::Role::implant:
    case v1::Role::porous:
    case v1::Role::screw:
    case v1::Role::rod:
      return true;
    case v1::Role::bone:
    case v1::Role::fixture:
      return false;
    default:
      break;
  }
  return body.material().sn_curves_size() > 0 || body.material().has_yield_strength_mpa();
}

std::vector<std::string> unconfirmed_moduli(const v1::Case& value) {
  std::vector<std::string> bodies;
  for (const v1::Body& body : value.bodies()) {
    const v1::DensityLaw& law = body.modulus_field().law();
    if (is_unconfirmed(body.material(), "youngs_modulus_mpa") ||
        is_unconfirmed(body.material(), "orthotropic") ||
        (law.has_source() && !law.source().confirmed())) {
      bodies.push_back(body.name());
    }
  }
  return bodies;
}

AssessedList assess_levels(const DesignData& design) {
  AssessedList list;
  const auto levels = design.solved();
  if (levels.empty()) return list;
  std::map<std::string, int> seen;
  for (const v1::Quantity& quantity : levels.back()->solve.quantities()) {
    list.push_back(with_error(design, quantity, seen[identity(quantity)]++, levels));
  }
  propagate_unresolved(list);
  if (!unconfirmed_moduli(design.value).empty()) {
    for (Assessed& one : list) one.quantity.set_unconfirmed(true);
  }
  return list;
}

std::map<std::string, double> critical_ratios(const DesignData& design) {
  std::map<std::string, double> euler, buckling;
  const LevelData* finest = design.finest();
  if (!finest) return euler;
  for (const v1::LoadCase& load_case : design.value.load_cases()) {
    if (moments_only(load_case) || reactions_cancel(finest->solve, load_case.name())) {
      euler[load_case.name()] = 0;
    }
  }
  for (const v1::Quantity& q : finest->solve.quantities()) {
    if (!q.has_value() || !std::isfinite(q.value())) continue;
    if (q.name() == "euler_load_ratio") euler[q.load_case()] = q.value();
    if (q.name() != "buckling_load_factor") continue;
    // Negative: buckles under the reversed load only.
    const double ratio = q.value() > 0 ? 1 / q.value() : 0;
    const auto known = buckling.emplace(q.load_case(), ratio).first;
    known->second = std::max(known->second, ratio);
  }
  for (const auto& [load_case, ratio] : buckling) euler[load_case] = ratio;
  return euler;
}

}  // namespace proofload::assessment
