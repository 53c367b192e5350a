#include "builders.h"
#include "proofload/report/number.h"
#include "rows.h"

namespace proofload::report {
namespace {

/// Adds load over critical load, and by how much linear results are too small, to the lowest mode.
void add_danger(const v1::Quantity& q, bool lowest, Json& row) {
  row["ratio"] = row["amplification"] = "";
  if (!lowest || !q.has_value() || !(q.value() > 0)) return;
  const double ratio = 1 / q.value();
  std::string text = "negligible";
  if (ratio >= 1) {
    text = "buckles";
  } else if (ratio > 0.1) {
    text = "linear results × " + format_number(1 / (1 - ratio), 3);
  }
  row["ratio"] = format_number(ratio, 3);
  row["amplification"] = text;
}

Json rows_of(const v1::Report& report, const std::string& design) {
  Json rows = Json::array();
  std::string before;
  int mode = 0;
  for (const v1::Quantity& q : report.quantities()) {
    if (q.name() != "buckling_load_factor" || q.design() != design) continue;
    mode = q.load_case() == before ? mode + 1 : 1;
    before = q.load_case();
    Json row = quantity_row(q);
    row["mode"] = std::to_string(mode);
    add_danger(q, mode == 1, row);
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

Json build_buckling(const v1::Report& report, const Media& media) {
  Json designs = Json::array();
  for (const v1::DesignReport& design : report.designs()) {
    Json rows = rows_of(report, design.name());
    Json pictures = picture_list(media, [&](const Picture& picture) {
      return picture.kind == "buckling" && picture.design == design.name();
    });
    if (rows.empty() && pictures.empty()) continue;
    designs.push_back({{"title", design_title(report, design.name())},
                       {"rows", std::move(rows)},
                       {"pictures", std::move(pictures)}});
  }
  return {{"designs", designs}, {"asked", report.case_().analyses().has_buckling()}};
}

}  // namespace proofload::report
