#pragma once
/// Between triangle soups and CGAL's surface mesh. Only for .cc files.
#include <CGAL/Exact_predicates_inexact_constructions_kernel.h>
#include <CGAL/Surface_mesh.h>

#include "proofload/meshing/surface.h"

namespace proofload::meshing {

using Kernel = CGAL::Exact_predicates_inexact_constructions_kernel;
using SurfaceMesh = CGAL::Surface_mesh<Kernel::Point_3>;

inline Kernel::Point_3 to_cgal(const Point& p) { return {p[0], p[1], p[2]}; }
inline Point from_cgal(const Kernel::Point_3& p) { return {p.x(), p.y(), p.z()}; }

/// Faces of the soup in their order, with the property map "f:solid" when the soup has solids.
/// Points where several sheets meet are doubled. Throws NumericalFailure (SURFACE_TOPOLOGY) if the
/// triangles do not make an orientable 2-manifold.
SurfaceMesh to_mesh(const TriangleSoup& soup);

/// The live faces and points of a mesh.
TriangleSoup to_soup(const SurfaceMesh& mesh, const TriangleSoup& like);

}  // namespace proofload::meshing
