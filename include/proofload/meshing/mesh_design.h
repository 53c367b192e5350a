#pragma once
/// The mesher: from the case of one design to its mesh at one level.
#include <map>
#include <string>

#include "proofload/io/mesh_file.h"
#include "proofload/meshing/mesh_input.h"
#include "proofload/v1/case.pb.h"
#include "proofload/v1/report.pb.h"

namespace proofload::meshing {

struct MeshRequestOptions {
  std::string folder;      ///< geometry files are relative to it
  double factor = 1;       ///< element_size_factor: every size is multiplied by it
  std::string size_field;  ///< size_field.txt that no element may exceed; empty: none
  /// By body: mean cell size that this level must not exceed, mm; the mesh is made anew with
  /// smaller sizes until it does not (at most kAttempts times).
  std::map<std::string, double> largest_mean_cell_size_mm;
  bool sections = false;  ///< compute centreline and sections between the member rig's places
  bool forgive_unused_places = false;  ///< empty places that no support or load needs only warn
  Progress progress;                   ///< may be empty
};

struct MeshOutput {
  io::Mesh mesh;
  v1::MeshFacts facts;  ///< without seconds, memory and sandbox
};

/// Reads the geometry, meshes, places middle nodes, names places, judges. Same input, same
/// bytes in a fresh process (Gmsh keeps state between meshes of one process).
/// Throws InvalidInput with all problems of a stage at once (FILE_NOT_FOUND, STEP_NO_SOLID,
/// UNIT_SUSPECT, SHAPE_INVALID, BODIES_DO_NOT_TOUCH, INTERFACE_MISSING, EMPTY_PLACE,
/// UNEXPECTED_AREA, …) and NumericalFailure (MESH_FAILED, MESH_QUALITY).
MeshOutput mesh_design(const v1::Case& value, const MeshRequestOptions& options);

/// Facts of geometry files for `proofload init` and `check`: JSON
/// {"files": [{"file", "kind": "step" | "surface", "length_unit", "bodies": [{"name", "solid",
///   "min_mm", "max_mm", "volume_mm3", "area_mm2", "closed", "faces": [{"name", "file_name",
///   "type", "area_mm2", "centroid_mm", "normal", "radius_mm"}]}],
///   "findings": [v1.Finding], "defects"}], "problems": [problems.json entries]}
/// Never throws for a bad file: its problems are listed. Where a folder is given for `defects`,
/// surfaces are written there as VTK polydata with what is wrong marked; "defects" names the file.
std::string inspect_files(const std::vector<std::string>& files, v1::LengthUnit::Enum unit,
                          const std::string& defects = "");

}  // namespace proofload::meshing
