#pragma once
/// What a run folder holds, read once.
#include <map>
#include <string>
#include <vector>

#include "proofload/core/designs.h"
#include "proofload/core/library.h"
#include "proofload/core/run_folder.h"
#include "proofload/v1/case.pb.h"
#include "proofload/v1/report.pb.h"
#include "proofload/v1/run.pb.h"

namespace proofload::assessment {

/// One mesh level of a design.
struct LevelData {
  int number = 0;
  std::string folder;
  double size_factor = 0;  ///< of request.json; 0: unknown
  bool meshed = false;
  bool solved = false;
  std::string failure;   ///< of problems.json; empty: none
  std::string decision;  ///< why the next level was or was not computed
  v1::MeshFacts mesh;
  v1::SolveOutput solve;

  double cells() const { return mesh.has_cells_count() ? mesh.cells_count() : 0; }
};

struct DesignData {
  std::string name;
  DesignKind kind = DesignKind::kImplant;
  std::string rod;
  v1::Case value;
  std::vector<LevelData> levels;  ///< rising number
  std::string failure;            ///< why it has no result, or none of its finest level

  /// Solved levels, coarse to fine.
  std::vector<const LevelData*> solved() const;
  /// Finest solved level; nullptr if there is none.
  const LevelData* finest() const;
};

struct RunData {
  v1::Case value;
  v1::RunSettings settings;
  Library library;
  std::vector<DesignData> designs;  ///< implant first, then by name
  std::map<std::string, double> stage_seconds;
  std::string started;
  double seconds = 0;  ///< of wall time until the assessment; 0: not known
  std::string sandbox;
};

/// Reads one design folder (design.json, design_info.json, level<k>/…).
DesignData read_design(const std::string& folder);

/// Levels of a design folder; a file that cannot be read makes that level a failure.
std::vector<LevelData> read_levels(const std::string& folder);

/// Reads a run. Throws InvalidInput if case.json is missing or unreadable.
RunData read_run(const RunFolder& folder);

}  // namespace proofload::assessment
