#pragma once
/// Bodies as OpenCASCADE solids in the running Gmsh session.
#include <map>
#include <string>
#include <vector>

#include "proofload/core/problem.h"
#include "proofload/core/vec3.h"
#include "proofload/meshing/tet_mesh.h"
#include "proofload/v1/case.pb.h"

namespace proofload::meshing {

/// A face as its designer knows it. Faces that only drawing out has made have the numbers behind.
struct DrawnFace {
  int number = 0;    ///< counted from 1 in the solid as read
  std::string name;  ///< in the STEP file, mostly empty
};

/// One body. Tags are Gmsh's.
struct CadBody {
  int index = 0;                 ///< in the case
  int solid = 0;                 ///< as loaded; of a region: 0
  std::vector<int> pieces;       ///< of a region: its solids before partition()
  std::vector<int> faces;        ///< of the solid as loaded
  std::vector<DrawnFace> drawn;  ///< [faces]
  std::vector<int> volumes;      ///< after partition()
  double volume_mm3 = 0;         ///< as loaded
};

struct CadModel {
  std::vector<CadBody> bodies;
  std::map<int, std::vector<FaceOrigin>> face_origins;  ///< by surface tag, after partition()
};

/// "step", "surface" (STL, OBJ, PLY, OFF) or "" (unknown), by the file name's ending.
std::string geometry_kind(const std::string& file);

/// What to do with a file of another kind.
inline constexpr const char* kGeometryFormats =
    "use .step, .iges, .brep, .stl, .obj, .ply, .off, .msh, .vtk, .vtp or .3mf";

/// What a STEP file holds; units converted to mm.
struct StepContent {
  std::vector<int> solids;  ///< tags in the current model, after synchronize
  std::string unit;         ///< declared in the file: mm, cm, m, inch, um; empty: not found
  int sewn_faces = 0;       ///< that the solids were sewn of; 0: the file holds solids
};

/// Reads a STEP, IGES or BREP file into the current model; where it holds faces and no solid, faces
/// within 0.001 mm of each other are sewn. Throws InvalidInput: FILE_NOT_FOUND, STEP_UNREADABLE,
/// STEP_NO_SOLID (`path` is the field).
StepContent import_step(const std::string& file, const std::string& path);

/// Turns an entity about the origin so that what was along z is along the unit vector.
void turn_from_z(int dim, int tag, const Vec3& direction);

/// Loads every body that is a built-in shape or a STEP solid, turned and shifted. Problems of all
/// bodies are appended; findings E1 too.
CadModel load_cad_bodies(const v1::Case& value, const std::string& folder,
                         std::vector<v1::Finding>& findings, std::vector<Problem>& problems);

/// Adds the regions by planes and boxes, cut out of copies of their bodies. Problems: REGION_EMPTY,
/// REGION_FILLS_BODY. Throws NumericalFailure (FRAGMENT_FAILED).
void add_cad_regions(const v1::Case& value, CadModel& model, std::vector<Problem>& problems);

/// Cuts the bodies against each other into a conforming partition. Overlap goes to the body that
/// keeps_shared_space() and is reported (E9) for each pair. A body that loses all of its
/// space is a problem (BODY_EMPTY).
void partition(const v1::Case& value, CadModel& model, std::vector<v1::Finding>& findings,
               std::vector<Problem>& problems);

/// Pairs of bodies (indices in the case, first < second) that share a face.
std::vector<std::pair<int, int>> touching_pairs(const CadModel& model);

}  // namespace proofload::meshing
