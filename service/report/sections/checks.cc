#include "builders.h"
#include "proofload/report/number.h"
#include "rows.h"

namespace proofload::report {

Json build_checks(const v1::Report& report, const Media&) {
  Json rows = Json::array();
  for (const v1::DesignReport& design : report.designs()) {
    for (const v1::LevelReport& level : design.levels()) {
      for (const v1::SolveFacts& solve : level.solves()) {
        rows.push_back(
            {{"design", design.name()},
             {"level", level.has_level() ? format_count(level.level()) : "not stated"},
             {"load_case", solve.load_case()},
             {"path", solve.path().empty() ? "not stated" : solve.path()},
             {"iterations", solve.has_iterations_count() ? format_count(solve.iterations_count())
                                                         : "not computed"},
             {"residual", small_number(solve.has_residual(), solve.residual())},
             {"imbalance", small_number(solve.has_imbalance(), solve.imbalance())},
             {"seconds",
              format_optional(solve.has_seconds(), solve.seconds(), "s", "not measured", 3)}});
      }
    }
  }
  return {{"rows", rows}};
}

}  // namespace proofload::report
