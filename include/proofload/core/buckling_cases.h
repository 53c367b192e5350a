#pragma once
#include <string>
#include <vector>

#include "proofload/v1/case.pb.h"

namespace proofload {

/// Load cases a buckling analysis is asked for: those named, all if none is named, none without the
/// analysis.
std::vector<std::string> buckling_load_cases(const v1::Case& value);

}  // namespace proofload
