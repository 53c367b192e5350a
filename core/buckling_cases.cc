#include "proofload/core/buckling_cases.h"

namespace proofload {

std::vector<std::string> buckling_load_cases(const v1::Case& value) {
  std::vector<std::string> names;
  if (!value.analyses().has_buckling()) return names;
  const v1::BucklingAnalysis& asked = value.analyses().buckling();
  names.assign(asked.load_cases().begin(), asked.load_cases().end());
  if (!names.empty()) return names;
  for (const v1::LoadCase& load_case : value.load_cases()) names.push_back(load_case.name());
  return names;
}

}  // namespace proofload
