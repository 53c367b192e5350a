#include "builders.h"
#include "rows.h"

namespace proofload::report {

Json build_limits(const v1::Report& report, const Media& media) {
  Json missing = Json::array();
  for (const std::string& problem : media.problems) missing.push_back({{"text", problem}});
  return {{"limitations", text_list(report.limitations())},
          {"warnings", text_list(report.warnings())},
          {"missing", missing}};
}

}  // namespace proofload::report
