#include "builders.h"
#include "rows.h"

namespace proofload::report {

Json build_fatigue(const v1::Report& report, const Media& media) {
  Json rows = Json::array();
  for (const v1::Quantity& quantity : report.quantities()) {
    if (is_fatigue(quantity)) rows.push_back(quantity_row(quantity));
  }
  return {{"rows", rows},
          {"asked", report.case_().analyses().has_fatigue()},
          {"plots", picture_list(media, [](const Picture& p) { return p.kind == "sn_curve"; })}};
}

}  // namespace proofload::report
