#pragma once
/// Quantities with the interval their true value lies in.
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "proofload/v1/report.pb.h"
#include "run_data.h"

namespace proofload::assessment {

/// A quantity with the interval its value lies in by numerical error and bound; NaN: unknown.
struct Assessed {
  v1::Quantity quantity;
  double low = std::numeric_limits<double>::quiet_NaN();
  double high = std::numeric_limits<double>::quiet_NaN();
};

using AssessedList = std::vector<Assessed>;

/// Element size of each level over the next finer one: by the mean sizes of the cells really made
/// in the body (an empty name: in all bodies), else by the cube root of the cell counts, else by
/// the size factors asked for.
std::vector<double> level_ratios(const std::vector<const LevelData*>& levels,
                                 const std::string& body);

/// Quantities of the finest solved level of a design, with errors from the levels and growing peaks
/// marked unresolved.
AssessedList assess_levels(const DesignData& design);

/// A peak that still grows: more than 10 % over the last step.
bool still_grows(double coarser, double finer, bool reserve);

/// Young's moduli whose source is not confirmed, as "body"; they are behind every field.
std::vector<std::string> unconfirmed_moduli(const v1::Case& value);

/// True if the field has a source that is not confirmed; numbers of the case itself count as
/// stated.
bool is_unconfirmed(const v1::Material& material, const std::string& field);

/// Bodies whose strength decides: implant, porous, screw, rod; not bone or fixture; others if their
/// material has a yield strength or S-N curves.
bool is_load_bearing(const v1::Body& body);

/// Compressive load over critical load of each load case: from buckling_load_factor where there is
/// one, else euler_load_ratio, else 0 where no resultant force acts. Absent: unknown.
std::map<std::string, double> critical_ratios(const DesignData& design);

}  // namespace proofload::assessment
