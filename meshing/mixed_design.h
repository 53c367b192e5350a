#pragma once
/// Designs with at least one body given by a triangulated surface.
#include "cad_bodies.h"
#include "proofload/meshing/mesh_design.h"
#include "proofload/meshing/topology.h"

namespace proofload::meshing {

/// True if the bodies have to be meshed from surfaces: a file is a surface file (STL, OBJ, PLY, …),
/// or a region ends at a distance from a surface.
bool needs_surfaces(const v1::Case& value);

/// Gaps up to this are closed, mm; 0: none.
double snap_mm(const v1::Interface& entry);

/// All bodies as surfaces in the order of the case: files read, judged, repaired, turned and
/// shifted; CAD bodies tessellated; regions with the surface of their body. Throws InvalidInput
/// with the problems of all bodies.
std::vector<BodySurface> read_body_surfaces(const v1::Case& value,
                                            const MeshRequestOptions& options,
                                            std::vector<v1::Finding>& findings);

/// Meshes them. `surfaces` is filled for find_patches().
TetMesh mesh_mixed_design(const v1::Case& value, const MeshRequestOptions& options,
                          const std::vector<double>& shrink, const SizeLimit& limit,
                          std::vector<BodySurface>& surfaces, std::vector<v1::Finding>& findings);

/// Gives every face side without a patch the nearest one of its own body.
void find_patches(const std::vector<BodySurface>& surfaces, const TetMesh& mesh,
                  Topology& topology);

}  // namespace proofload::meshing
