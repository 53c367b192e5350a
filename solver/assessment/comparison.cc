#include "comparison.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "proofload/core/vec3.h"

namespace proofload::assessment {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr const char* kCompared[] = {"axial_stiffness_n_per_mm", "first_yield_load_n",
                                     "buckling_load_factor", "fatigue_life_cycles",
                                     "fatigue_safety_factor"};

const DesignData* find_design(const RunData& run, DesignKind kind) {
  for (const DesignData& design : run.designs) {
    if (design.kind == kind) return &design;
  }
  return nullptr;
}

bool carries(const v1::Case& value, const std::string& body) {
  for (const v1::Body& one : value.bodies()) {
    if (one.name() == body) return is_load_bearing(one);
  }
  return true;
}

/// Load cases of a quantity on both sides; "" for life over several load cases.
std::set<std::string> load_cases_of(const AssessedList& list, const std::string& name) {
  std::set<std::string> out;
  for (const Assessed& one : list) {
    if (one.quantity.name() == name) out.insert(one.quantity.load_case());
  }
  return out;
}

v1::Comparison labelled(v1::Comparison comparison, const std::string& quantity,
                        const std::string& load_case, const std::string& design,
                        const std::string& reference, v1::ComparisonKind::Enum kind) {
  comparison.set_quantity(quantity);
  comparison.set_load_case(load_case);
  comparison.set_design(design);
  comparison.set_reference(reference);
  comparison.set_kind(kind);
  return comparison;
}

AssessedComparison not_compared(const std::string& rod, const std::string& reference,
                                v1::ComparisonKind::Enum kind, const std::string& design,
                                const std::string& reason) {
  AssessedComparison out;
  out.rod = rod;
  out.comparison = labelled({}, "", "", design, reference, kind);
  out.comparison.set_reason("not compared: " + reason);
  return out;
}

void add_beam_value(const v1::Case& rod_design, v1::Comparison& comparison) {
  const auto beam = beam_of(rod_design);
  if (!beam) return;
  for (const v1::LoadCase& load_case : rod_design.load_cases()) {
    if (load_case.name() != comparison.load_case()) continue;
    const auto load = end_load_of(load_case, beam->path.back());
    if (!load) return;
    const BeamAnswer answer = answer_beam(*beam, *load, true);
    const v1::Material& material = rod_design.bodies(0).material();
    if (comparison.quantity() == "axial_stiffness_n_per_mm" && answer.stiffness_n_per_mm > 0) {
      comparison.set_beam_value(answer.stiffness_n_per_mm);
      comparison.set_unit("N/mm");
    }
    if (comparison.quantity() == "first_yield_load_n" && answer.max_von_mises_mpa > 0 &&
        material.has_yield_strength_mpa() && load->force.norm() > 0) {
      comparison.set_beam_value(load->force.norm() * material.yield_strength_mpa() /
                                answer.max_von_mises_mpa);
      comparison.set_unit("N");
    }
  }
}

struct Side {
  const DesignData* design;
  const AssessedList* list;
};

void compare_pair(const Side& implant, const Side& rod, v1::ComparisonKind::Enum kind,
                  std::vector<AssessedComparison>& out) {
  for (const char* name : kCompared) {
    std::set<std::string> load_cases = load_cases_of(*implant.list, name);
    load_cases.merge(load_cases_of(*rod.list, name));
    for (const std::string& load_case : load_cases) {
      const Assessed a = least_of(*implant.list, implant.design->value, name, load_case);
      const Assessed b = least_of(*rod.list, rod.design->value, name, load_case);
      AssessedComparison one;
      one.rod = rod.design->rod;
      one.unresolved = a.quantity.unresolved() || b.quantity.unresolved();
      one.unconfirmed = a.quantity.unconfirmed() || b.quantity.unconfirmed();
      one.comparison =
          labelled(ratio_of(a, b), name, load_case, implant.design->name, rod.design->name, kind);
      if (one.unresolved && one.comparison.has_ratio()) {
        one.comparison.set_reason("a peak of one side is unresolved");
      }
      if (kind == v1::ComparisonKind::member) {
        add_beam_value(rod.design->value, one.comparison);
      }
      out.push_back(one);
    }
  }
}

}  // namespace

v1::Comparison ratio_of(const Assessed& design, const Assessed& reference) {
  v1::Comparison out;
  const v1::Quantity &a = design.quantity, &b = reference.quantity;
  const auto stop = [&](const std::string& reason) {
    out.set_reason("not compared: " + reason);
    return out;
  };
  if (!a.has_value() || !std::isfinite(a.value())) {
    return stop("no value of the implant (" + a.reason() + ")");
  }
  if (!b.has_value() || !std::isfinite(b.value())) {
    return stop("no value of the reference (" + b.reason() + ")");
  }
  if (!(a.value() > 0) || !(b.value() > 0)) return stop("a value is not positive");
  const auto known = [](v1::Bound::Enum bound) {
    return bound == v1::Bound::EXACT || bound == v1::Bound::AT_LEAST || bound == v1::Bound::AT_MOST;
  };
  if (!known(a.bound()) || !known(b.bound())) return stop("a bound is unknown");
  // A bound of the reference turns round in the ratio.
  const auto turned = b.bound() == v1::Bound::AT_LEAST  ? v1::Bound::AT_MOST
                      : b.bound() == v1::Bound::AT_MOST ? v1::Bound::AT_LEAST
                                                        : v1::Bound::EXACT;
  if (a.bound() != v1::Bound::EXACT && turned != v1::Bound::EXACT && a.bound() != turned) {
    return stop(a.bound() == v1::Bound::AT_LEAST ? "both sides are run-outs"
                                                 : "both sides are only bounded from above");
  }
  out.set_ratio(a.value() / b.value());
  out.set_bound(a.bound() != v1::Bound::EXACT ? a.bound() : turned);
  const double low = std::max(design.low, 0.0) / reference.high;
  const double high = design.high / std::max(reference.low, 0.0);
  if (out.bound() != v1::Bound::AT_MOST && std::isfinite(low)) out.set_low(low);
  if (out.bound() != v1::Bound::AT_LEAST && std::isfinite(high)) out.set_high(high);
  if (std::isnan(design.low) || std::isnan(reference.low)) {
    out.set_reason("the numerical error of a side is unknown");
  }
  return out;
}

Assessed least_of(const AssessedList& list, const v1::Case& value, const std::string& name,
                  const std::string& load_case) {
  Assessed least;
  least.quantity.set_reason("not computed");
  bool found = false, unresolved = false, unconfirmed = false;
  double low = kInfinity, high = kInfinity;
  for (const Assessed& one : list) {
    const v1::Quantity& q = one.quantity;
    if (q.name() != name || q.load_case() != load_case || !carries(value, q.body())) continue;
    if (!q.has_value()) {
      Assessed missing = one;
      missing.quantity.set_reason((q.body().empty() ? "" : q.body() + ": ") + q.reason());
      return missing;
    }
    unresolved = unresolved || q.unresolved();
    unconfirmed = unconfirmed || q.unconfirmed();
    low = std::isnan(one.low) || std::isnan(low) ? NAN : std::min(low, one.low);
    high = std::isnan(one.high) || std::isnan(high) ? NAN : std::min(high, one.high);
    const bool at_least = q.bound() == v1::Bound::AT_LEAST;
    const bool less = !found || q.value() < least.quantity.value() ||
                      (q.value() == least.quantity.value() && !at_least);
    if (less) least = one;
    found = true;
  }
  if (!found) return least;
  least.low = low;
  least.high = high;
  least.quantity.set_unresolved(unresolved);
  least.quantity.set_unconfirmed(unconfirmed);
  return least;
}

std::vector<AssessedComparison> compare(const RunData& run, const AssessedDesigns& quantities) {
  std::vector<AssessedComparison> out;
  const v1::Designs& asked = run.value.designs();
  struct Rig {
    v1::ComparisonKind::Enum kind;
    DesignKind implant, rod;
    bool given;
    const char* absent;
  };
  const Rig rigs[] = {
      {v1::ComparisonKind::member, DesignKind::kMember, DesignKind::kRodMember, asked.has_member(),
       "the case gives no member rig"},
      {v1::ComparisonKind::construct, DesignKind::kImplant, DesignKind::kRodConstruct,
       asked.has_construct(), "the case does not say how a rod is fixed in the bone"}};
  for (const Rig& rig : rigs) {
    const DesignData* implant = find_design(run, rig.implant);
    std::set<std::string> done;
    for (const v1::ReferenceRod& rod : asked.reference_rods()) {
      if (!done.insert(rod.rod()).second) continue;
      if (!rig.given) {
        out.push_back(not_compared(rod.rod(), rod.rod(), rig.kind, "implant", rig.absent));
        continue;
      }
      bool any = false;
      for (const DesignData& design : run.designs) {
        if (design.kind != rig.rod || design.rod != rod.rod()) continue;
        any = true;
        const bool computed = implant && implant->finest() && design.finest();
        if (!computed) {
          const DesignData* failed = implant && implant->finest() ? &design : implant;
          out.push_back(not_compared(
              rod.rod(), design.name, rig.kind, implant ? implant->name : "implant",
              failed ? failed->name + ": " + failed->failure : "the implant was not computed"));
          continue;
        }
        compare_pair({implant, &quantities.at(implant->name)},
                     {&design, &quantities.at(design.name)}, rig.kind, out);
      }
      if (!any) {
        out.push_back(not_compared(rod.rod(), rod.rod(), rig.kind,
                                   implant ? implant->name : "implant",
                                   "the rod was not computed"));
      }
    }
  }
  return out;
}

std::optional<RodBeam> beam_of(const v1::Case& rod_design) {
  if (rod_design.bodies_size() != 1 || !rod_design.bodies(0).shape().has_rod()) return {};
  const v1::Body& body = rod_design.bodies(0);
  RodBeam beam;
  const auto& path = body.shape().rod().path_mm();
  for (int i = 0; i + 2 < path.size(); i += 3) beam.path.push_back(vec3(path, Vec3::Zero(), i));
  if (beam.path.size() < 2) return {};
  beam.diameter_mm = body.shape().rod().diameter_mm();
  beam.youngs_modulus_mpa = body.material().youngs_modulus_mpa();
  beam.poisson_ratio = body.material().poisson_ratio();
  return beam;
}

std::optional<EndLoad> end_load_of(const v1::LoadCase& load_case, const Vec3& end) {
  if (load_case.loads_size() != 1) return {};
  const v1::Load& load = load_case.loads(0);
  if (!load.has_rigid() && !load.has_distributed()) return {};
  const v1::ForceMoment& given = load.has_rigid() ? load.rigid() : load.distributed();
  EndLoad out;
  out.force = vec3(given.force_n());
  out.moment = vec3(given.moment_nmm());
  out.acts_at = vec3(given.acts_at_mm(), vec3(given.point_mm(), end));
  out.measured_at = out.acts_at;  // as the solver measures: the motion conjugate to the force
  return out;
}

}  // namespace proofload::assessment
