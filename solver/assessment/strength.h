#pragma once
/// Fatigue data of a body, from its material and the curves of the library.
#include <optional>
#include <string>
#include <vector>

#include "proofload/core/library.h"
#include "proofload/fatigue/body_life.h"
#include "proofload/fatigue/multiaxial.h"

namespace proofload::assessment {

/// Findley's k where the material gives none; unconfirmed. Its effect is judged over a range.
inline constexpr double kDefaultFindleyK = 0.3;
inline constexpr double kFindleyKRange[] = {0.2, 0.4};
/// A point whose equivalent stress changes by more than this over the range depends on k.
inline constexpr double kFindleyKMatters = 0.02;

struct BodyStrength {
  fatigue::Strength strength;
  std::string missing;                     ///< why there is none; empty: complete
  std::vector<const v1::SnCurve*> curves;  ///< of strength.curves, same order
  bool default_findley_k = false;
};

/// The line asked for of each curve, times the surface factor, fractions made stresses, capped at
/// the yield strength.
BodyStrength build_strength(const v1::Material& material, const Library& library,
                            v1::FatigueAnalysis::SnLine::Enum line);

/// How much more damaging (relative, of stress) a cycle may be by Findley if k lies anywhere in its
/// range; 0 for a k that is given or where another rule governs.
double findley_spread(const BodyStrength& data, const fatigue::Governing& governing,
                      const fatigue::Stress& stress, double min, double max);

/// Numbers behind a governing point that are not confirmed, in words. `spread`: findley_spread().
std::vector<std::string> unconfirmed_behind(const BodyStrength& data, const v1::Material& material,
                                            const fatigue::Governing& governing, double spread);

}  // namespace proofload::assessment
