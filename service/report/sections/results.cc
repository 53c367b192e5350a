#include "builders.h"
#include "rows.h"

namespace proofload::report {
namespace {

/// Has a section of its own.
bool is_elsewhere(const v1::Quantity& q) {
  return is_fatigue(q) || q.name() == "buckling_load_factor";
}

/// Load cases of a design's quantities in order of appearance, the case's own order first.
std::vector<std::string> load_cases_of(const v1::Report& report, const std::string& design) {
  std::vector<std::string> names;
  const auto add = [&names](const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const v1::LoadCase& load_case : report.case_().load_cases()) add(load_case.name());
  for (const v1::Quantity& q : report.quantities()) {
    if (q.design() == design && !is_elsewhere(q)) add(q.load_case());
  }
  return names;
}

Json load_case_block(const v1::Report& report, const Media& media, const std::string& design,
                     const std::string& load_case) {
  Json rows = Json::array();
  for (const v1::Quantity& q : report.quantities()) {
    if (q.design() == design && q.load_case() == load_case && !is_elsewhere(q)) {
      rows.push_back(quantity_row(q));
    }
  }
  Json pictures = picture_list(media, [&](const Picture& picture) {
    const bool shows =
        picture.kind == "overview" || picture.kind == "load_case" || picture.kind == "close_up";
    return shows && picture.design == design && picture.load_case == load_case;
  });
  return {{"load_case", load_case}, {"rows", rows}, {"pictures", pictures}};
}

}  // namespace

Json build_results(const v1::Report& report, const Media& media) {
  Json designs = Json::array();
  for (const v1::DesignReport& design : report.designs()) {
    Json blocks = Json::array();
    for (const std::string& load_case : load_cases_of(report, design.name())) {
      Json block = load_case_block(report, media, design.name(), load_case);
      if (!block["rows"].empty() || !block["pictures"].empty()) blocks.push_back(std::move(block));
    }
    designs.push_back({{"title", design_title(report, design.name())},
                       {"blocks", blocks},
                       {"open", design.kind() == "implant" || report.designs_size() == 1},
                       {"problem", design.reason()}});
  }
  return {{"designs", designs}};
}

}  // namespace proofload::report
