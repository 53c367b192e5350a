#include "verdict.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <set>

#include "proofload/core/buckling_cases.h"
#include "proofload/core/regions.h"

namespace proofload::assessment {

namespace {

constexpr double kDefaultTolerance = 1e-8;
constexpr double kGreatestImbalance = 1e-6;

std::string number(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.3g", value);
  return buffer;
}

const DesignData* find(const RunData& run, DesignKind kind, const std::string& rod) {
  for (const DesignData& design : run.designs) {
    if (design.kind == kind && (rod.empty() || design.rod == rod)) return &design;
  }
  return nullptr;
}

void missing_designs(const RunData& run, std::vector<std::string>& doubts) {
  const v1::Designs& asked = run.value.designs();
  const auto want = [&](DesignKind kind, const std::string& rod, const std::string& what) {
    if (!find(run, kind, rod)) doubts.push_back(what + ": not computed");
  };
  want(DesignKind::kImplant, "", "design implant");
  if (asked.has_member()) want(DesignKind::kMember, "", "design implant_member");
  for (const v1::ReferenceRod& rod : asked.reference_rods()) {
    if (asked.has_member()) want(DesignKind::kRodMember, rod.rod(), "member of " + rod.rod());
    if (asked.has_construct()) {
      want(DesignKind::kRodConstruct, rod.rod(), "construct of " + rod.rod());
    }
  }
  for (const DesignData& design : run.designs) {
    if (!design.failure.empty()) {
      doubts.push_back("design " + design.name + ": " + design.failure);
    }
  }
}

/// Every load case of a design must have been solved on its finest level.
void missing_solves(const DesignData& design, std::vector<std::string>& doubts) {
  const LevelData* finest = design.finest();
  if (!finest) return;
  std::set<std::string> solved;
  for (const v1::SolveFacts& solve : finest->solve.solves()) solved.insert(solve.load_case());
  for (const v1::LoadCase& load_case : design.value.load_cases()) {
    if (!solved.count(load_case.name())) {
      doubts.push_back("design " + design.name + ", load case " + load_case.name() +
                       ": not computed");
    }
  }
}

/// A buckling analysis that was asked for gives all its factors, or the reason is said.
void missing_buckling(const DesignData& design, std::vector<std::string>& doubts) {
  const LevelData* finest = design.finest();
  if (!finest) return;
  for (const std::string& name : buckling_load_cases(design.value)) {
    const auto& load_cases = design.value.load_cases();
    const bool has_load_case =
        std::any_of(load_cases.begin(), load_cases.end(),
                    [&](const v1::LoadCase& one) { return one.name() == name; });
    if (!has_load_case) continue;  // a member rig takes no pressure, for example
    bool any = false;
    std::string missing;
    for (const v1::Quantity& q : finest->solve.quantities()) {
      if (q.name() != "buckling_load_factor" || q.load_case() != name) continue;
      any = true;
      if (!q.has_value() || !std::isfinite(q.value())) missing = ": " + q.reason();
    }
    if (any && missing.empty()) continue;
    doubts.push_back("design " + design.name + ", buckling of load case " + name +
                     ": not computed" + missing);
  }
}

bool is_screw(const v1::Body& body) {
  return body.role() == v1::Role::screw ||
         (body.role() == v1::Role::unspecified && body.shape().has_screw());
}

/// Pairs of bone and what must grow into it to hold: neither bone nor screw, bonded.
std::string ingrown_pairs(const v1::Case& value) {
  std::string pairs;
  for (int a = 0; a < value.bodies_size(); ++a) {
    for (int b = a + 1; b < value.bodies_size(); ++b) {
      const v1::Body &first = value.bodies(a), &second = value.bodies(b);
      const bool bone = (first.role() == v1::Role::bone) != (second.role() == v1::Role::bone);
      if (!bone || is_screw(first) || is_screw(second)) continue;
      if (interface_kind(value, first, second) != v1::Interface::Kind::bonded) continue;
      pairs += (pairs.empty() ? "" : ", ") + first.name() + "|" + second.name();
    }
  }
  return pairs;
}

/// A screw's thread holds from the first day; everything else that is bonded to bone only after it
/// has grown in.
void early_load_cases(const v1::Case& value, std::vector<std::string>& doubts) {
  const std::string pairs = ingrown_pairs(value);
  for (const v1::LoadCase& load_case : value.load_cases()) {
    if (load_case.early() && !pairs.empty()) {
      doubts.push_back("load case " + load_case.name() + " acts before ingrowth, but bone is " +
                       "bonded (" + pairs + "): screws alone are not computed; make these " +
                       "interfaces separate in a study of the early loads");
    }
  }
}

}  // namespace

v1::Verdict::Enum decide(const std::vector<v1::CriterionStatus::Enum>& statuses,
                         const std::vector<std::string>& doubts) {
  bool all_met = !statuses.empty();
  for (const auto status : statuses) {
    if (status == v1::CriterionStatus::NOT_MET) return v1::Verdict::FAIL;
    all_met = all_met && status == v1::CriterionStatus::MET;
  }
  return all_met && doubts.empty() ? v1::Verdict::PASS : v1::Verdict::REVIEW;
}

std::vector<std::string> doubts_of_solve(const std::string& design, const v1::SolveFacts& solve,
                                         double tolerance) {
  std::vector<std::string> doubts;
  const std::string where = "design " + design + ", load case " + solve.load_case() + ": ";
  if (!solve.has_residual() || !(solve.residual() >= 0)) {
    doubts.push_back(where + "the residual is unknown");
  } else if (solve.residual() > tolerance * (1 + 1e-6)) {
    doubts.push_back(where + "residual " + number(solve.residual()) + " above the tolerance " +
                     number(tolerance));
  }
  if (!solve.has_imbalance() || !(solve.imbalance() >= 0)) {
    doubts.push_back(where + "the balance of reactions and loads is unknown");
  } else if (solve.imbalance() > kGreatestImbalance) {
    doubts.push_back(where + "reactions miss the loads by " + number(solve.imbalance()));
  }
  return doubts;
}

std::vector<std::string> doubts_of_run(const RunData& run) {
  std::vector<std::string> doubts;
  missing_designs(run, doubts);
  const double tolerance =
      run.settings.has_tolerance() ? run.settings.tolerance() : kDefaultTolerance;
  for (const DesignData& design : run.designs) {
    missing_solves(design, doubts);
    missing_buckling(design, doubts);
    for (const LevelData* level : design.solved()) {
      for (const v1::SolveFacts& solve : level->solve.solves()) {
        const auto found = doubts_of_solve(design.name, solve, tolerance);
        for (const std::string& one : found) {
          doubts.push_back(one + " (level " + std::to_string(level->number) + ")");
        }
      }
    }
  }
  early_load_cases(run.value, doubts);
  if (run.settings.quick()) doubts.push_back("quick run: only the first mesh level was computed");
  return doubts;
}

}  // namespace proofload::assessment
