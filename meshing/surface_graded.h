#pragma once
/// Triangles whose size changes from place to place. Only for .cc files.
#include "proofload/meshing/mesh_input.h"
#include "surface_cgal.h"

namespace proofload::meshing {

/// Splits long edges, collapses short ones, evens valences and relaxes along the surface (Botsch
/// and Kobbelt, A remeshing approach to multiresolution modeling, 2004), with the length that
/// `size_at` asks for at each vertex; CGAL's isotropic_remeshing of the same kind knows one length
/// only. Sharp edges stay: their corners where they are, vertices along them on them. Nothing is
/// done that would turn a triangle over. May cross itself where the surface comes close to itself.
void remesh_graded(SurfaceMesh& mesh,
                   SurfaceMesh::Property_map<SurfaceMesh::Edge_index, bool> sharp,
                   const SizeLimit& size_at);

}  // namespace proofload::meshing
