#include "builders.h"
#include "proofload/report/number.h"
#include "rows.h"

namespace proofload::report {

Json build_provenance(const v1::Report& report, const Media&) {
  const v1::Provenance& origin = report.provenance();
  Json inputs = Json::array(), versions = Json::array(), stages = Json::array();
  for (const v1::InputFile& input : origin.inputs()) {
    inputs.push_back({{"name", input.name()},
                      {"sha256", input.sha256()},
                      {"size", input.has_size_bytes() ? format_count(input.size_bytes()) + "\u202fB"
                                                      : "not stated"}});
  }
  const std::map<std::string, std::string> sorted(origin.versions().begin(),
                                                  origin.versions().end());
  for (const auto& [name, version] : sorted) {
    versions.push_back({{"name", name}, {"version", version}});
  }
  const std::map<std::string, double> times(origin.stage_seconds().begin(),
                                            origin.stage_seconds().end());
  for (const auto& [name, seconds] : times) {
    stages.push_back({{"name", name}, {"seconds", format_number(seconds, 3) + "\u202fs"}});
  }
  const auto stated = [](const std::string& text) { return text.empty() ? "not stated" : text; };
  return {
      {"inputs", inputs},
      {"versions", versions},
      {"stages", stages},
      {"schema", stated(report.schema())},
      {"ranks", origin.has_ranks_count() ? format_count(origin.ranks_count()) : "not stated"},
      {"started", stated(origin.started())},
      {"finished", stated(origin.finished())},
      {"seconds", format_optional(origin.has_seconds(), origin.seconds(), "s", "not measured", 3)},
      {"host", stated(origin.host())},
      {"sandbox", stated(origin.sandbox())}};
}

}  // namespace proofload::report
