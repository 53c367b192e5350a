#pragma once
/// Fields of one level, ready for the fatigue kernel.
#include <string>
#include <vector>

#include "proofload/fatigue/body_life.h"
#include "proofload/io/mesh_file.h"
#include "proofload/io/result_file.h"

namespace proofload::assessment {

struct LevelFields {
  io::Mesh mesh;
  io::ResultHeader header;
  std::vector<std::string> load_cases;      ///< those read
  std::vector<io::LoadCaseResult> results;  ///< same order
};

/// Reads mesh.h5 and result.h5 of a level; throws std::runtime_error.
LevelFields read_fields(const std::string& level_folder,
                        const std::vector<std::string>& load_cases);

/// Stress points of a body; empty index if the mesh has no such body. Borrows from `fields`.
fatigue::Points points_of(const LevelFields& fields, const std::string& body);

}  // namespace proofload::assessment
