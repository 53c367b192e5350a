#pragma once
/// What the CAD side and the surface side of the mesher hand to each other. Units mm.
#include <array>
#include <functional>
#include <string>
#include <vector>

#include "proofload/v1/report.pb.h"

namespace proofload::meshing {

using Point = std::array<double, 3>;

/// Greatest element size at a place, mm.
using SizeLimit = std::function<double(const Point&)>;

/// True inside a region, at points inside the body it is a part of.
using InRegion = std::function<bool(const Point&)>;

/// Reports a fraction 0 … 1 of the stage and what is being done.
using Progress = std::function<void(double fraction, const std::string& message)>;

/// The triangulated boundary of one body, in mm, turned and shifted as the case asks.
struct BodySurface {
  std::string name;
  std::vector<Point> points;
  std::vector<std::array<int, 3>> triangles;  ///< outward by the right-hand rule
  std::vector<int> patch;                     ///< [triangles] index into patch_names
  std::vector<std::string> patch_names;       ///< "face 1", …, or names of STL solids
  double element_size_mm = 0;                 ///< target at this level (level factor applied)
  double priority = 0;                        ///< overlap goes to the higher; equal: listed first
  bool cad = false;                           ///< tessellated CAD: sharp edges are meant, keep them
  v1::RepairFacts repair;                     ///< certificate of a file's surface; no step: none
  int whole = -1;  ///< body this is a region of, with its surface; -1: none
  InRegion part;   ///< of a region
};

/// Element size inside a ball.
struct SizeBall {
  Point center{};
  double radius = 0;
  double size = 0;  ///< level factor applied
};

/// Two bodies that touch or should.
struct SurfaceInterface {
  std::string first, second;
  double snap_mm = 0;  ///< gaps up to this are closed; 0: none
};

/// What applies to all bodies. All sizes have the level factor applied already.
struct SurfaceMeshOptions {
  double elements_per_turn = 16;
  std::vector<SizeBall> balls;
  SizeLimit size_limit;  ///< may be empty
  /// What the case lists as interfaces (bonded or separate alike); the volume mesh is conforming in
  /// either case, separate ones are split afterwards by the caller.
  std::vector<SurfaceInterface> interfaces;
  Progress progress;  ///< may be empty
};

/// Straight tetrahedra of all bodies, conforming where bodies touch: every interface triangle has
/// exactly one cell of each body.
struct VolumeMesh {
  std::vector<double> nodes;             ///< [3 * n], vertices only, all used
  std::vector<std::array<int, 4>> tets;  ///< positive volume: (v1-v0)x(v2-v0).(v3-v0) > 0
  std::vector<int> tet_body;             ///< [tets] index into the list of bodies
  std::string method;                    ///< chain tried, for MeshFacts::method
  /// [bodies] mm3 of the geometry itself, overlaps resolved; empty: not known.
  std::vector<double> body_volume;
};

/// Meshes bodies given by their surfaces (surface side). Where bodies overlap the higher priority
/// keeps the shared space; overlaps and repairs are added to `findings`. Throws InvalidInput for
/// surfaces that cannot be used, NumericalFailure (MESH_FAILED) when every method failed.
VolumeMesh mesh_surfaces(const std::vector<BodySurface>& bodies, const SurfaceMeshOptions& options,
                         std::vector<v1::Finding>& findings);

}  // namespace proofload::meshing
