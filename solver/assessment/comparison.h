#pragma once
/// Implant against rods: ratios with intervals, beam values, equivalent rods.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "assessed.h"
#include "beam.h"

namespace proofload::assessment {

/// All assessed quantities by design name.
using AssessedDesigns = std::map<std::string, AssessedList>;

/// A ratio with what is known of it.
struct AssessedComparison {
  v1::Comparison comparison;
  std::string rod;          ///< library name of the reference rod
  bool unresolved = false;  ///< of either side
  bool unconfirmed = false;
};

/// design / reference with the interval of both; run-outs make bounds. Reason where there is none.
v1::Comparison ratio_of(const Assessed& design, const Assessed& reference);

/// The least value over the bodies that carry the implant or rod (bone and fixtures left out); a
/// missing value of any of them makes it missing.
Assessed least_of(const AssessedList& list, const v1::Case& value, const std::string& name,
                  const std::string& load_case);

/// Member and construct comparisons of every reference rod of the case; a rod or kind that cannot
/// be compared has an entry with the reason.
std::vector<AssessedComparison> compare(const RunData& run, const AssessedDesigns& quantities);

/// The straight rod of a member rig as a beam, and the load of a load case on it.
std::optional<RodBeam> beam_of(const v1::Case& rod_design);
std::optional<EndLoad> end_load_of(const v1::LoadCase& load_case, const Vec3& end);

/// Rods of equal axial stiffness, bending stiffness and bending strength in the member rig, for
/// each material of the reference rods and each load case: the diameter of the straight rod between
/// the same points that has, by beam theory under the same load, the implant's stiffness along the
/// force; its strain energy; its load at first yield.
std::vector<v1::EquivalentRod> equivalent_rods(const RunData& run,
                                               const AssessedDesigns& quantities);

}  // namespace proofload::assessment
