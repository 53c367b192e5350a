#pragma once
/// Triangles whose size changes from place to place. Only for .cc files.
#include <memory>

#include "proofload/meshing/mesh_input.h"
#include "surface_cgal.h"
#include "surface_distance.h"

namespace proofload::meshing {

/// A closed surface as it was given, with what is looked up on it. `soup` must outlive it.
class GivenSurface {
 public:
  /// Edges that are sharper than `sharp_deg` are kept; 0: none. Throws NumericalFailure where the
  /// triangles are no surface.
  GivenSurface(const TriangleSoup& soup, double sharp_deg);
  ~GivenSurface();
  GivenSurface(const GivenSurface&) = delete;
  GivenSurface& operator=(const GivenSurface&) = delete;

  using SharpEdges = SurfaceMesh::Property_map<SurfaceMesh::Edge_index, bool>;
  /// The sharp edges of `mesh` or of what was made of it.
  static SharpEdges sharp_edges(const SurfaceMesh& mesh);
  Eigen::Vector3d nearest_on_sharp_edges(const Eigen::Vector3d& at) const;

  const TriangleSoup& soup;
  SurfaceMesh mesh;
  SurfaceDistance distance;

 private:
  struct Lines;
  std::unique_ptr<Lines> lines_;
};

/// Splits long edges, collapses short ones, evens valences and relaxes along the surface (Botsch
/// and Kobbelt, A remeshing approach to multiresolution modeling, 2004), with the length that
/// `size_at` asks for at each vertex; CGAL's isotropic_remeshing of the same kind knows one length
/// only. `mesh` is a copy of that of `given` or was made of one. Sharp edges stay: their corners
/// where they are, vertices along them on them. Nothing is done that would turn a triangle over.
/// May cross itself where the surface comes close to itself.
void remesh_graded(SurfaceMesh& mesh, const GivenSurface& given, const SizeLimit& size_at,
                   int iterations);

}  // namespace proofload::meshing
