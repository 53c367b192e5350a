#pragma once
/// Readers of single surface formats, for read_surface(): strict, within limits, in file units.
/// All throw InvalidInput: MESH_SYNTAX, MESH_EMPTY, MESH_NOT_FINITE, MESH_COORDINATE_RANGE,
/// MESH_TOO_LARGE.
#include <vector>

#include "proofload/meshing/surface.h"

namespace proofload::meshing {

/// Corners as indices into `points`; from three corners on, cut into fans.
TriangleSoup soup_of_polygons(const std::string& path, const std::vector<Point>& points,
                              const std::vector<std::vector<std::int64_t>>& polygons, double scale);

/// Triangles of a strip, each turned like the first.
void add_strip(const std::vector<std::int64_t>& strip,
               std::vector<std::vector<std::int64_t>>& polygons);

TriangleSoup read_off(const std::string& path, double scale);
/// ASCII and binary of either byte order; other elements and properties are passed over.
TriangleSoup read_ply(const std::string& path, double scale);
/// Gmsh MSH 2.2 and 4.1, ASCII: triangles and quadrangles; of a volume mesh without any, the outer
/// faces of its tetrahedra.
TriangleSoup read_msh(const std::string& path, double scale);
/// Legacy VTK, ASCII and binary: POLYDATA polygons and strips, UNSTRUCTURED_GRID triangles,
/// quadrangles, polygons, strips.
TriangleSoup read_vtk(const std::string& path, double scale);
/// VTK's XML polydata by VTK's reader: polygons and strips.
TriangleSoup read_vtp(const std::string& path, double scale);
/// 3MF: the build items of the model part with their transforms. The file states its own unit;
/// `scale` must agree with it (UNIT_SUSPECT).
TriangleSoup read_3mf(const std::string& path, double scale);

}  // namespace proofload::meshing
