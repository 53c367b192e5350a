#include "builders.h"
#include "proofload/report/number.h"
#include "rows.h"

namespace proofload::report {
namespace {

Json worst_rows(const v1::MeshFacts& mesh) {
  Json rows = Json::array();
  for (int i = 0; i < std::min(5, mesh.worst_cells_size()); ++i) {
    const v1::WorstCell& cell = mesh.worst_cells(i);
    rows.push_back({{"place", format_point(cell.point_mm())},
                    {"body", cell.body()},
                    {"dihedral", format_optional(cell.has_min_dihedral_deg(),
                                                 cell.min_dihedral_deg(), "°", "not computed", 3)},
                    {"jacobian", format_optional(cell.has_jacobian_ratio(), cell.jacobian_ratio(),
                                                 "", "not computed", 3)}});
  }
  return rows;
}

/// Greatest of the load cases, in percent.
std::string energy_error(const v1::LevelReport& level) {
  double greatest = 0;
  for (const v1::SolveFacts& solve : level.solves()) {
    if (!solve.has_energy_error()) return "not computed";
    greatest = std::max(greatest, solve.energy_error());
  }
  return level.solves_size() == 0 ? "not computed" : format_number(100 * greatest, 2) + "\u202f%";
}

Json level_row(const v1::LevelReport& level) {
  const v1::MeshFacts& m = level.mesh();
  const bool has_cells = level.has_cells_count() || m.has_cells_count();
  const double cells = level.has_cells_count() ? level.cells_count() : m.cells_count();
  const auto count = [](bool present, double value) {
    return present ? format_count(value) : "not computed";
  };
  return {
      {"level", count(level.has_level(), level.level())},
      {"size",
       format_optional(level.has_element_size_mm() || m.has_element_size_mm(),
                       level.has_element_size_mm() ? level.element_size_mm() : m.element_size_mm(),
                       "mm", "not stated", 3)},
      {"mean_size",
       format_optional(m.has_mean_cell_size_mm(), m.mean_cell_size_mm(), "mm", "not computed", 3)},
      {"energy_error", energy_error(level)},
      {"cells", count(has_cells, cells)},
      {"nodes", count(m.has_nodes_count(), m.nodes_count())},
      {"unknowns", count(level.has_unknowns_count(), level.unknowns_count())},
      {"dihedral",
       format_optional(m.has_min_dihedral_deg(), m.min_dihedral_deg(), "°", "not computed", 3)},
      {"gamma", format_optional(m.has_mean_gamma(), m.mean_gamma(), "", "not computed", 3)},
      {"jacobian",
       format_optional(m.has_min_jacobian_ratio(), m.min_jacobian_ratio(), "", "not computed", 3)},
      {"straightened", count(m.has_straightened_count(), m.straightened_count())},
      {"loss", format_optional(m.has_straightened_loss_mm(), m.straightened_loss_mm(), "mm",
                               "not computed", 2)},
      {"seconds",
       format_optional(level.has_mesh_seconds(), level.mesh_seconds(), "s", "not measured", 3)}};
}

}  // namespace

Json build_mesh(const v1::Report& report, const Media& media) {
  Json designs = Json::array();
  for (const v1::DesignReport& design : report.designs()) {
    Json levels = Json::array(), worst = Json::array();
    for (const v1::LevelReport& level : design.levels()) {
      levels.push_back(level_row(level));
      worst = worst_rows(level.mesh());
    }
    designs.push_back({{"title", design_title(report, design.name())},
                       {"levels", levels},
                       {"worst", worst},
                       {"problem", design.reason()},
                       {"pictures", picture_list(media, [&design](const Picture& picture) {
                          return picture.kind == "mesh" && picture.design == design.name();
                        })}});
  }
  return {{"designs", designs}};
}

}  // namespace proofload::report
