#pragma once
/// A criterion against what is known of a quantity. Fails closed: only complete evidence meets it.
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "comparison.h"

namespace proofload::assessment {

/// What is known of a number that is gated.
struct Evidence {
  std::optional<double> value;
  double low = std::numeric_limits<double>::quiet_NaN();  ///< interval by numerical error
  double high = std::numeric_limits<double>::quiet_NaN();
  bool unresolved = false;
  bool unconfirmed = false;
  v1::Bound::Enum bound = v1::Bound::UNSPECIFIED;
};

struct Judgement {
  v1::CriterionStatus::Enum status = v1::CriterionStatus::UNDECIDED;
  std::string why;
};

/// MET only if the value is a finite, confirmed, resolved number with a known error and its whole
/// interval keeps the limits; NOT_MET only if it is a finite, resolved number with a known error
/// and its whole interval breaks one; everything else is UNDECIDED. A bound opens its side.
Judgement judge(const Evidence& evidence, std::optional<double> at_least,
                std::optional<double> at_most);

/// Judges one criterion of the case on the implant's quantities or on the comparisons; the worst of
/// the quantities it matches governs; none: UNDECIDED. `critical` widens intervals of load cases
/// with P / Pcr above 0.1 by the amplification; unknown P / Pcr leaves it UNDECIDED.
v1::CriterionResult judge_criterion(const v1::Criterion& criterion, const v1::Case& value,
                                    const AssessedList& implant,
                                    const std::vector<AssessedComparison>& comparisons,
                                    const std::map<std::string, double>& critical);

}  // namespace proofload::assessment
