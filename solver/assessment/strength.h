#pragma once
/// Fatigue data of a body, from its material and the curves of the library.
#include <optional>
#include <string>
#include <vector>

#include "proofload/core/library.h"
#include "proofload/fatigue/body_life.h"

namespace proofload::assessment {

/// Findley's k where the material gives none; unconfirmed.
inline constexpr double kDefaultFindleyK = 0.3;

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

/// Numbers behind a governing point that are not confirmed, in words.
std::vector<std::string> unconfirmed_behind(const BodyStrength& data, const v1::Material& material,
                                            const fatigue::Governing& governing);

}  // namespace proofload::assessment
