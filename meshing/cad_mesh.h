#pragma once
/// Meshes of OpenCASCADE bodies in the running Gmsh session.
#include "cad_bodies.h"
#include "sizing.h"

namespace proofload::meshing {

/// Volumes and areas of the partitioned bodies, in the order of the case.
std::vector<BodyExtent> cad_extents(const CadModel& model, int n_bodies);

struct CadMeshOptions {
  double factor = 1;           ///< every size is multiplied by it
  std::vector<double> shrink;  ///< [bodies] every size in a body is multiplied by it too
  SizeLimit limit;    ///< greatest size at a place, multiplied by shrink only; may be empty
  Progress progress;  ///< may be empty
};

/// Tetrahedra of the partition; curved_middle is filled unless `straight`. HXT, else Delaunay.
/// `extents` from cad_extents(). Throws NumericalFailure (MESH_FAILED: E8 where triangles cut across
/// a curved face, E10 with the chain tried where cells are not what the surface encloses).
TetMesh mesh_cad(const v1::Case& value, const CadModel& model,
                 const std::vector<BodyExtent>& extents, const CadMeshOptions& options);

/// Triangles of one body as loaded (before any partition), for the surface mesher.
BodySurface tessellate(const v1::Case& value, const CadBody& body, const SizeRequest& sizes,
                       double factor);

/// Coarse triangles of a partitioned body, for messages only.
BodySurface coarse_surface(const CadModel& model, int body);

/// Least distance of two surfaces from the points of each to the other; `middle` lies between the
/// nearest points. Every pair is looked at: for messages only.
double surface_gap(const BodySurface& first, const BodySurface& second, Point& middle);

}  // namespace proofload::meshing
