#include "criterion.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "quantity_kind.h"

namespace proofload::assessment {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
using Status = v1::CriterionStatus;

std::string number(double value) {
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, "%.6g", value);
  return buffer;
}

/// One number that a criterion looks at.
struct Item {
  v1::Quantity quantity;
  Evidence evidence;
  std::string label;
};

Evidence evidence_of(const Assessed& one) {
  Evidence out;
  if (one.quantity.has_value()) out.value = one.quantity.value();
  out.low = one.low;
  out.high = one.high;
  out.unresolved = one.quantity.unresolved();
  out.unconfirmed = one.quantity.unconfirmed();
  out.bound = one.quantity.bound();
  return out;
}

Evidence evidence_of(const AssessedComparison& one) {
  Evidence out;
  const v1::Comparison& c = one.comparison;
  if (c.has_ratio()) out.value = c.ratio();
  if (c.has_low()) out.low = c.low();
  if (c.has_high()) out.high = c.high();
  // An open side is not an unknown one.
  if (c.bound() == v1::Bound::AT_LEAST && c.has_low()) out.high = kInfinity;
  if (c.bound() == v1::Bound::AT_MOST && c.has_high()) out.low = 0;
  if (c.bound() == v1::Bound::EXACT && c.has_low() && !c.has_high()) out.high = kInfinity;
  out.unresolved = one.unresolved;
  out.unconfirmed = one.unconfirmed;
  out.bound = c.bound();
  return out;
}

/// The linear value may be off by the amplification of a slender part.
void amplify(const QuantityKind& kind, double ratio, Evidence& evidence) {
  if (ratio <= 0.1 || !evidence.value) return;
  const double factor = ratio < 1 ? 1 / (1 - ratio) : kInfinity;
  if (kind.reserve) {
    evidence.low = std::isinf(factor) ? 0 : evidence.low / factor;
  } else {
    const double extra = std::abs(*evidence.value) * (factor - 1);
    evidence.low -= extra;
    evidence.high += extra;
  }
}

bool is_load_bearing_body(const v1::Case& value, const std::string& name) {
  for (const v1::Body& body : value.bodies()) {
    if (body.name() == name) return is_load_bearing(body);
  }
  return true;
}

std::string label_of(const v1::Quantity& q) {
  std::string out = q.name();
  if (!q.body().empty()) out += " of " + q.body();
  if (!q.load_case().empty()) out += " (" + q.load_case() + ")";
  return out;
}

std::vector<Item> quantity_items(const v1::Criterion& criterion, const v1::Case& value,
                                 const AssessedList& implant,
                                 const std::map<std::string, double>& critical,
                                 std::string& fault) {
  std::vector<Item> items;
  const auto matches = [&](const v1::Quantity& q) {
    return q.name() == criterion.quantity() &&
           (criterion.load_case().empty() || q.load_case() == criterion.load_case());
  };
  const bool whole = criterion.body().empty() &&
                     std::any_of(implant.begin(), implant.end(), [&](const Assessed& one) {
                       return matches(one.quantity) && one.quantity.body().empty();
                     });
  for (const Assessed& one : implant) {
    const v1::Quantity& q = one.quantity;
    if (!matches(q)) continue;
    if (!criterion.body().empty()
            ? q.body() != criterion.body()
            : !(whole ? q.body().empty() : is_load_bearing_body(value, q.body()))) {
      continue;
    }
    Item item{q, evidence_of(one), label_of(q)};
    const bool fatigue = q.name().rfind("fatigue_", 0) == 0;  // amplified where it is computed
    const bool critical_itself =
        q.name() == "buckling_load_factor" || q.name() == "euler_load_ratio";
    if (!q.load_case().empty() && !critical_itself) {
      const auto ratio = critical.find(q.load_case());
      if (ratio == critical.end()) {
        fault = "P/Pcr of load case \"" + q.load_case() +
                "\" is unknown: linear results may be too small";
      } else if (!fatigue) {
        amplify(kind_of(value, q.name()), ratio->second, item.evidence);
      }
    }
    items.push_back(item);
  }
  return items;
}

std::vector<Item> comparison_items(const v1::Criterion& criterion,
                                   const std::vector<AssessedComparison>& comparisons) {
  std::vector<Item> items;
  for (const AssessedComparison& one : comparisons) {
    const v1::Comparison& c = one.comparison;
    if (one.rod != criterion.relative_to()) continue;
    if (!c.quantity().empty() && c.quantity() != criterion.quantity()) continue;
    if (criterion.kind() != v1::ComparisonKind::unspecified && c.kind() != criterion.kind()) {
      continue;
    }
    if (!criterion.load_case().empty() && !c.quantity().empty() &&
        c.load_case() != criterion.load_case()) {
      continue;
    }
    // A rig the case does not ask for is no evidence against it when no kind is named.
    if (c.quantity().empty() && criterion.kind() == v1::ComparisonKind::unspecified) continue;
    Item item;
    item.evidence = evidence_of(one);
    item.label = criterion.quantity() + " of " + c.design() + " over " + c.reference() +
                 (c.load_case().empty() ? "" : " (" + c.load_case() + ")");
    item.quantity.set_name(criterion.quantity());
    item.quantity.set_design(c.design());
    item.quantity.set_load_case(c.load_case());
    item.quantity.set_method("ratio to " + c.reference());
    item.quantity.set_bound(c.bound());
    item.quantity.set_reason(c.reason());
    item.quantity.set_unresolved(one.unresolved);
    item.quantity.set_unconfirmed(one.unconfirmed);
    if (c.has_ratio()) item.quantity.set_value(c.ratio());
    if (c.has_low() && c.has_ratio()) item.quantity.set_numerical_error(c.ratio() - c.low());
    items.push_back(item);
  }
  return items;
}

int badness(Status::Enum status) {
  return status == Status::NOT_MET ? 2 : status == Status::MET ? 0 : 1;
}

/// Distance of the interval from the limit, relative; smaller is nearer to trouble.
double margin(const Evidence& evidence, const v1::Criterion& criterion) {
  double least = kInfinity;
  const auto scale = [](double limit) { return std::max(std::abs(limit), 1e-300); };
  if (criterion.has_at_least()) {
    least = std::min(least, (evidence.low - criterion.at_least()) / scale(criterion.at_least()));
  }
  if (criterion.has_at_most()) {
    least = std::min(least, (criterion.at_most() - evidence.high) / scale(criterion.at_most()));
  }
  return std::isnan(least) ? -kInfinity : least;
}

std::string limits_text(const v1::Criterion& criterion) {
  std::string out;
  if (criterion.has_at_least()) out += " at least " + number(criterion.at_least());
  if (criterion.has_at_most()) out += " at most " + number(criterion.at_most());
  return out.empty() ? " without a limit" : out;
}

/// A peak that does not converge needs an alternative that does not depend on the mesh.
std::string alternatives(const v1::Case& value) {
  std::string out;
  for (const v1::Criterion& criterion : value.criteria()) {
    for (const v1::Probe& probe : value.probes()) {
      if (probe.name() == criterion.quantity() && !kind_of(value, probe.name()).peak) {
        out += (out.empty() ? "" : ", ") + probe.name();
      }
    }
  }
  return out.empty() ? "; the case names no mesh-independent alternative"
                     : "; mesh-independent alternatives in the case decide: " + out;
}

}  // namespace

Judgement judge(const Evidence& evidence, std::optional<double> at_least,
                std::optional<double> at_most) {
  const auto undecided = [](const std::string& why) { return Judgement{Status::UNDECIDED, why}; };
  if (!at_least && !at_most) return undecided("no limit is given");
  for (const auto& limit : {at_least, at_most}) {
    if (limit && !std::isfinite(*limit)) return undecided("the limit is not a number");
  }
  if (!evidence.value) return undecided("not computed");
  if (!std::isfinite(*evidence.value)) return undecided("the value is not a number");
  if (evidence.unresolved) return undecided("unresolved");
  double low = evidence.low, high = evidence.high;
  if (std::isnan(low) || std::isnan(high)) return undecided("the numerical error is unknown");
  switch (evidence.bound) {
    case v1::Bound::EXACT:
      break;
    case v1::Bound::AT_LEAST:
      high = kInfinity;
      break;
    case v1::Bound::AT_MOST:
      low = -kInfinity;
      break;
    default:
      return undecided("it is unknown whether the value is a bound");
  }
  if (!(low <= high)) return undecided("the interval is empty");
  const std::string interval = " [" + number(low) + ", " + number(high) + "]";
  if ((at_least && high < *at_least) || (at_most && low > *at_most)) {
    return {Status::NOT_MET, "the whole interval" + interval + " breaks the limit"};
  }
  const bool kept = (!at_least || low >= *at_least) && (!at_most || high <= *at_most);
  if (!kept) return undecided("the interval" + interval + " does not settle it");
  if (evidence.unconfirmed) {
    return undecided("the interval" + interval +
                     " keeps the limit, but data behind it are "
                     "unconfirmed");
  }
  return {Status::MET, "the whole interval" + interval + " keeps the limit"};
}

v1::CriterionResult judge_criterion(const v1::Criterion& criterion, const v1::Case& value,
                                    const AssessedList& implant,
                                    const std::vector<AssessedComparison>& comparisons,
                                    const std::map<std::string, double>& critical) {
  v1::CriterionResult out;
  *out.mutable_criterion() = criterion;
  out.set_status(Status::UNDECIDED);
  std::string fault;
  const std::vector<Item> items = criterion.relative_to().empty()
                                      ? quantity_items(criterion, value, implant, critical, fault)
                                      : comparison_items(criterion, comparisons);
  const std::string limits = limits_text(criterion);
  if (items.empty()) {
    out.set_trace(criterion.quantity() + limits + ": not computed, no quantity matches");
    out.mutable_quantity()->set_name(criterion.quantity());
    return out;
  }
  std::optional<double> at_least, at_most;
  if (criterion.has_at_least()) at_least = criterion.at_least();
  if (criterion.has_at_most()) at_most = criterion.at_most();
  const Item* worst = nullptr;
  Judgement governing;
  for (const Item& item : items) {
    const Judgement judgement = judge(item.evidence, at_least, at_most);
    const bool worse = !worst || badness(judgement.status) > badness(governing.status) ||
                       (badness(judgement.status) == badness(governing.status) &&
                        margin(item.evidence, criterion) < margin(worst->evidence, criterion));
    if (worse) {
      worst = &item;
      governing = judgement;
    }
  }
  if (governing.status == Status::MET && !fault.empty()) {
    governing = {Status::UNDECIDED, fault};
  }
  if (worst->evidence.unresolved) governing.why += alternatives(value);
  out.set_status(governing.status);
  *out.mutable_quantity() = worst->quantity;
  std::string trace = worst->label + limits + ": ";
  if (worst->evidence.value) trace += number(*worst->evidence.value) + ", ";
  trace += governing.why;
  if (governing.status != Status::MET && !worst->quantity.reason().empty()) {
    trace += " (" + worst->quantity.reason() + ")";
  }
  if (items.size() > 1) trace += "; worst of " + std::to_string(items.size());
  out.set_trace(trace);
  return out;
}

}  // namespace proofload::assessment
