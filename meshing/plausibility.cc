#include "plausibility.h"

#include <algorithm>
#include <sstream>

namespace proofload::meshing {
namespace {

/// Range of the largest extent, mm.
struct Range {
  double least, most;
  bool holds(double extent) const { return extent >= least && extent <= most; }
};

Range range_of(v1::Role::Enum role) {
  switch (role) {
    case v1::Role::implant:
      return {5, 400};
    case v1::Role::bone:
      return {10, 600};
    case v1::Role::screw:
      return {5, 150};
    case v1::Role::rod:
      return {5, 600};
    default:
      return {0.1, 10000};
  }
}

}  // namespace

double millimetres(v1::LengthUnit::Enum unit) {
  switch (unit) {
    case v1::LengthUnit::cm:
      return 10;
    case v1::LengthUnit::m:
      return 1000;
    case v1::LengthUnit::inch:
      return 25.4;
    case v1::LengthUnit::um:
      return 0.001;
    default:
      return 1;
  }
}

std::optional<Problem> judge_unit(const v1::Body& body, const std::string& path, const Point& low,
                                  const Point& high) {
  const Range range = range_of(body.role());
  const double largest = std::max({high[0] - low[0], high[1] - low[1], high[2] - low[2]});
  if (range.holds(largest)) return std::nullopt;
  std::ostringstream message;
  message.precision(3);
  message << "E1: extents " << high[0] - low[0] << " x " << high[1] - low[1] << " x "
          << high[2] - low[2] << " mm are not those of "
          << (body.role() == v1::Role::unspecified ? "a part" : v1::Role::Enum_Name(body.role()))
          << " (" << range.least << " to " << range.most << " mm)";
  std::string units;
  const double in_file = largest / millimetres(body.length_unit());
  for (const v1::LengthUnit::Enum unit :
       {v1::LengthUnit::m, v1::LengthUnit::inch, v1::LengthUnit::cm, v1::LengthUnit::mm,
        v1::LengthUnit::um}) {
    if (unit == body.length_unit() || !range.holds(in_file * millimetres(unit))) continue;
    units += (units.empty() ? "" : " or ") + v1::LengthUnit::Enum_Name(unit);
  }
  if (!units.empty()) message << ": drawn in " << units << "?";
  const std::string remedy = units.empty() ? "check the file, or the role of the body"
                                           : "then write length_unit: " + units;
  return Problem{"UNIT_SUSPECT", path + ".length_unit", 0, 0, message.str(), remedy};
}

}  // namespace proofload::meshing
