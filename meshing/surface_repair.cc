/// The repair ladder: which step is taken, and what is said about it.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>

#include "gmsh_session.h"
#include "proofload/core/problem.h"
#include "surface_steps.h"
#include "surface_text.h"
#include "volume_from_surface_child.h"

namespace proofload::meshing {
namespace {

using Severity = v1::Finding::Severity;
using Allow = v1::Repair::Allow;
using Findings = std::vector<v1::Finding>;

constexpr double kFaithfulSeconds = 60, kWrapSeconds = 120;
constexpr double kTinyShare = 1e-3;    // of the volume
constexpr double kHoleFraction = 0.1;  // of the diagonal
constexpr double kAlphas[] = {1.0 / 150, 1.0 / 300};

bool is_refused(const Findings& found, const char* code) {
  return std::any_of(found.begin(), found.end(), [&](const v1::Finding& f) {
    return f.severity() == Severity::ERROR && f.code() == code;
  });
}

bool any_error(const Findings& found) {
  return std::any_of(found.begin(), found.end(),
                     [](const v1::Finding& f) { return f.severity() == Severity::ERROR; });
}

/// Closed shells under 0.1 % of the volume: the faithful step takes them out.
bool has_fragments(const SurfaceFacts& facts) {
  return facts.shells.size() > 1 &&
         std::any_of(facts.shells.begin(), facts.shells.end(), [&](const Shell& shell) {
           return std::abs(shell.signed_volume_mm3) <
                  kTinyShare * std::abs(facts.signed_volume_mm3);
         });
}

std::string percent(double fraction) {
  return (fraction >= 0 ? "+" : "") + show(100 * fraction) + " %";
}

/// Empty when the step is within its limits.
std::string damage_of(const v1::RepairFacts& facts, const RepairLimits& limits) {
  const bool sound = facts.volume_after_mm3() > 0 &&
                     std::abs(facts.volume_change()) <= limits.volume_change &&
                     facts.hausdorff_mm() <= limits.distance_mm;
  if (sound) return "";
  return in_words(facts) + "; allowed are " + show(100 * limits.volume_change) + " % and " +
         show(limits.distance_mm) + " mm";
}

class Ladder {
 public:
  Ladder(const TriangleSoup& soup, const SurfaceOwner& owner, const v1::Repair& asked)
      : soup_(soup), owner_(owner), asked_(asked), facts_(examine_surface(soup)) {
    found_ = diagnose(facts_, owner);
  }

  Repaired run(Findings& findings) {
    if (is_refused(found_, "E1") || is_refused(found_, "E12")) judge_surface(soup_.file, found_);
    const bool whole = !any_error(found_) && !(allows(Allow::faithful) && has_fragments(facts_));
    std::optional<Step> step;
    if (whole)
      step = attempt("lossless", kFaithfulSeconds, [&] { return lossless_step(soup_, facts_); });
    if (!step && allows(Allow::faithful)) {
      step = attempt("faithful repair", kFaithfulSeconds,
                     [&] { return faithful_step(soup_, facts_.diagonal_mm, most_hole()); });
    }
    for (const double alpha : kAlphas) {
      if (step || !allows(Allow::wrap)) break;
      step = attempt("wrap", kWrapSeconds, [&] {
        return wrap_step(soup_, facts_.diagonal_mm, alpha * facts_.diagonal_mm, most_hole());
      });
    }
    if (!step) refuse();
    tell(*step);
    findings.insert(findings.end(), found_.begin(), found_.end());
    step->facts.set_body(owner_.body);
    return {std::move(step->surface), std::move(step->facts)};
  }

 private:
  bool allows(Allow::Enum step) const {
    return asked_.allow() == Allow::unspecified || asked_.allow() >= step;
  }

  double most_hole() const {
    return asked_.has_max_hole_mm() ? asked_.max_hole_mm() : kHoleFraction * facts_.diagonal_mm;
  }

  std::optional<Step> attempt(const std::string& what, double seconds,
                              const std::function<Step()>& work) {
    const auto start = std::chrono::steady_clock::now();
    try {
      Step step = step_in_child(what, seconds, work);
      const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
      step.facts.set_seconds(taken.count());
      const RepairLimits limits = limits_of(step.facts.step(), facts_.diagonal_mm, asked_);
      const std::string damage = damage_of(step.facts, limits);
      if (damage.empty()) {
        const RepairLimits usual = limits_of(step.facts.step(), facts_.diagonal_mm, {});
        step.facts.set_confirmed(!damage_of(step.facts, usual).empty());
        return step;
      }
      failures_.push_back(make_finding("E8", Severity::ERROR, owner_.body,
                                       what + " would change the part: " + damage));
    } catch (const NumericalFailure& failure) {
      const bool known = !failures_.empty() && failures_.back().message() == failure.what();
      if (!known) {
        failures_.push_back(make_finding("E8", Severity::ERROR, owner_.body, failure.what()));
      }
    }
    return std::nullopt;
  }

  [[noreturn]] void refuse() {
    found_.insert(found_.end(), failures_.begin(), failures_.end());
    judge_surface(soup_.file, found_);
    throw NumericalFailure("SURFACE_REPAIR", soup_.file + ": the surface could not be repaired");
  }

  /// Errors that were mended become warnings; the certificate is said.
  void tell(const Step& step) {
    for (v1::Finding& finding : found_) {
      if (finding.severity() != Severity::ERROR) continue;
      finding.set_severity(Severity::WARNING);
      finding.set_message(finding.message() + "; mended");
    }
    for (v1::Finding failure : failures_) {
      failure.set_severity(Severity::NOTE);
      found_.push_back(failure);
    }
    if (step.facts.step() == "lossless") return;
    found_.push_back(make_finding("E8", Severity::WARNING, owner_.body,
                                  step.facts.step() + " repair: " + step.facts.done() + "; " +
                                      in_words(step.facts) +
                                      (step.facts.confirmed() ? "; confirmed in the case" : "")));
  }

  const TriangleSoup& soup_;
  const SurfaceOwner& owner_;
  const v1::Repair& asked_;
  SurfaceFacts facts_;
  Findings found_, failures_;
};

}  // namespace

RepairLimits limits_of(const std::string& step, double diagonal, const v1::Repair& asked) {
  RepairLimits limits;
  if (step == "lossless") {
    limits = {1e-4, std::max(1e-9, 10 * kMergeFraction * diagonal)};
  } else if (step == "faithful") {
    limits = {0.01, std::max(0.1, 0.0005 * diagonal)};
  } else {
    limits = {0.03, 0.005 * diagonal};
  }
  if (asked.has_max_volume_change()) limits.volume_change = asked.max_volume_change();
  if (asked.has_max_distance_mm()) limits.distance_mm = asked.max_distance_mm();
  return limits;
}

std::string in_words(const v1::RepairFacts& f) {
  std::string text = "volume " + show(f.volume_before_mm3()) + " to " + show(f.volume_after_mm3()) +
                     " mm3 (" + percent(f.volume_change()) + "), area " +
                     show(f.area_before_mm2()) + " to " + show(f.area_after_mm2()) +
                     " mm2, moved by up to " + show(f.hausdorff_mm()) + " mm, shells " +
                     show(f.shells_before_count()) + " to " + show(f.shells_after_count());
  if (f.has_genus_before_count() && f.has_genus_after_count()) {
    text += ", handles " + show(f.genus_before_count()) + " to " + show(f.genus_after_count());
  }
  return text;
}

Step step_in_child(const std::string& what, double seconds, const std::function<Step()>& work) {
  const std::string answer = answer_in_child("SURFACE_REPAIR", what, seconds, [&] {
    std::string bytes;
    guarded("SURFACE_REPAIR", "", [&] {
      const Step step = work();
      std::string names;
      for (const std::string& name : step.surface.solid_names) names += name + '\n';
      const std::string facts = step.facts.SerializeAsString();
      append(bytes, step.surface.points);
      append(bytes, step.surface.triangles);
      append(bytes, step.surface.solids);
      append(bytes, std::vector<char>(names.begin(), names.end()));
      append(bytes, std::vector<char>(facts.begin(), facts.end()));
      append(bytes, std::vector<char>(step.surface.file.begin(), step.surface.file.end()));
    });
    return bytes;
  });
  std::string_view bytes(answer);
  Step step;
  std::vector<char> names, facts, file;
  if (!take(bytes, step.surface.points) || !take(bytes, step.surface.triangles) ||
      !take(bytes, step.surface.solids) || !take(bytes, names) || !take(bytes, facts) ||
      !take(bytes, file) ||
      !step.facts.ParseFromArray(facts.data(), static_cast<int>(facts.size()))) {
    throw NumericalFailure("SURFACE_REPAIR", what + ": ended without an answer");
  }
  step.surface.file.assign(file.begin(), file.end());
  for (auto begin = names.begin(); begin != names.end();) {
    const auto end = std::find(begin, names.end(), '\n');
    step.surface.solid_names.emplace_back(begin, end);
    begin = end + 1;
  }
  return step;
}

Repaired repair_surface(const TriangleSoup& soup, const SurfaceOwner& owner,
                        const v1::Repair& limits, std::vector<v1::Finding>& findings) {
  return Ladder(soup, owner, limits).run(findings);
}

}  // namespace proofload::meshing
