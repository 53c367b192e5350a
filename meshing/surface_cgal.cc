#include "surface_cgal.h"

#include <CGAL/Polygon_mesh_processing/orient_polygon_soup.h>
#include <CGAL/Polygon_mesh_processing/polygon_soup_to_polygon_mesh.h>

#include "proofload/core/problem.h"

namespace proofload::meshing {

SurfaceMesh to_mesh(const TriangleSoup& soup) {
  namespace pmp = CGAL::Polygon_mesh_processing;
  std::vector<Kernel::Point_3> points;
  points.reserve(soup.points.size());
  for (const Point& p : soup.points) points.push_back(to_cgal(p));
  std::vector<std::vector<std::size_t>> polygons;
  polygons.reserve(soup.triangles.size());
  for (const Triangle& t : soup.triangles) {
    polygons.push_back({std::size_t(t[0]), std::size_t(t[1]), std::size_t(t[2])});
  }
  const bool as_it_is = pmp::is_polygon_soup_a_polygon_mesh(polygons);
  if (!as_it_is) pmp::orient_polygon_soup(points, polygons);
  if (!as_it_is && !pmp::is_polygon_soup_a_polygon_mesh(polygons)) {
    throw NumericalFailure("SURFACE_TOPOLOGY",
                           soup.file + ": the triangles do not make an orientable surface");
  }
  SurfaceMesh mesh;
  pmp::polygon_soup_to_polygon_mesh(points, polygons, mesh);
  if (!soup.solids.empty()) {
    auto solid = mesh.add_property_map<SurfaceMesh::Face_index, int>("f:solid", 0).first;
    for (const auto face : mesh.faces()) solid[face] = soup.solids[face];
  }
  return mesh;
}

TriangleSoup to_soup(const SurfaceMesh& mesh, const TriangleSoup& like) {
  TriangleSoup soup;
  soup.file = like.file;
  const auto [solid, has_solids] = mesh.property_map<SurfaceMesh::Face_index, int>("f:solid");
  if (has_solids) soup.solid_names = like.solid_names;
  std::vector<int> number(mesh.num_vertices(), -1);
  for (const auto face : mesh.faces()) {
    Triangle triangle;
    auto halfedge = mesh.halfedge(face);
    for (int& corner : triangle) {
      const auto vertex = mesh.target(halfedge);
      if (number[vertex] < 0) {
        number[vertex] = static_cast<int>(soup.points.size());
        soup.points.push_back(from_cgal(mesh.point(vertex)));
      }
      corner = number[vertex];
      halfedge = mesh.next(halfedge);
    }
    soup.triangles.push_back(triangle);
    if (has_solids) soup.solids.push_back(solid[face]);
  }
  return soup;
}

}  // namespace proofload::meshing
