/// Gmsh on discrete surfaces: double arrays in, tetrahedra out; the triangles stay as they are.
#include <gmsh.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "gmsh_session.h"
#include "proofload/core/problem.h"
#include "surface_topology.h"
#include "volume_from_surface_regions.h"

namespace proofload::meshing {
namespace {

constexpr int kTriangle = 2, kTetrahedron = 4;

void add_surfaces(const Regions& regions) {
  std::vector<std::size_t> node_tags(regions.points.size());
  std::iota(node_tags.begin(), node_tags.end(), 1);
  std::vector<double> coordinates;
  for (const Point& p : regions.points) coordinates.insert(coordinates.end(), p.begin(), p.end());
  std::size_t element = 1;
  for (std::size_t p = 0; p < regions.patches.size(); ++p) {
    const int tag = static_cast<int>(p) + 1;
    gmsh::model::addDiscreteEntity(2, tag);
    if (p == 0) gmsh::model::mesh::addNodes(2, tag, node_tags, coordinates);
    std::vector<std::size_t> element_tags, corners;
    for (const Triangle& t : regions.patches[p].triangles) {
      element_tags.push_back(element++);
      for (const int corner : t) corners.push_back(static_cast<std::size_t>(corner) + 1);
    }
    gmsh::model::mesh::addElementsByType(tag, kTriangle, element_tags, corners);
  }
  gmsh::model::mesh::reclassifyNodes();
  gmsh::model::mesh::createTopology();
  gmsh::vectorpair surfaces;
  gmsh::model::getEntities(surfaces, 2);
  if (surfaces.size() != regions.patches.size()) {
    throw NumericalFailure("VOLUME_MESH", "Gmsh cut the " + std::to_string(regions.patches.size()) +
                                              " surfaces into " + std::to_string(surfaces.size()));
  }
}

std::vector<int> add_volumes(const Regions& regions) {
  std::vector<int> volumes;
  for (const Region& region : regions.regions) {
    std::vector<int> loops;
    for (const std::vector<int>& shell : region.shells) {
      std::vector<int> tags;
      for (const int patch : shell) tags.push_back(patch + 1);
      loops.push_back(gmsh::model::geo::addSurfaceLoop(tags));
    }
    volumes.push_back(gmsh::model::geo::addVolume(loops));
  }
  gmsh::model::geo::synchronize();
  return volumes;
}

void set_options(int algorithm, double size_mm, const SizeLimit& size_at) {
  gmsh::option::setNumber("Mesh.Algorithm3D", algorithm);
  gmsh::option::setNumber("Mesh.MeshSizeMax", size_mm);
  gmsh::option::setNumber("Mesh.AngleToleranceFacetOverlap", 1e-4);
  gmsh::option::setNumber("Mesh.Optimize", 1);
  gmsh::option::setNumber("Mesh.OptimizeThreshold", 0.4);
  if (!size_at) return;
  gmsh::model::mesh::setSizeCallback([&size_at](int, int, double x, double y, double z) {
    return size_at({x, y, z});
  });
}

/// Appends the cells of a volume, positive, over Gmsh's node tags.
void collect_cells(int volume, int body, VolumeMesh& mesh) {
  std::vector<std::size_t> elements, corners;
  gmsh::model::mesh::getElementsByType(kTetrahedron, elements, corners, volume);
  if (elements.empty()) throw NumericalFailure("VOLUME_MESH", "a volume stayed without cells");
  for (std::size_t i = 0; i < elements.size(); ++i) {
    mesh.tets.push_back({int(corners[4 * i]), int(corners[4 * i + 1]), int(corners[4 * i + 2]),
                         int(corners[4 * i + 3])});
    mesh.tet_body.push_back(body);
  }
}

/// Nodes in the order of their first cell, numbered from 0.
void number_nodes(VolumeMesh& mesh) {
  std::vector<std::size_t> tags;
  std::vector<double> coordinates, parameters;
  gmsh::model::mesh::getNodes(tags, coordinates, parameters);
  const std::size_t greatest = tags.empty() ? 0 : *std::max_element(tags.begin(), tags.end());
  std::vector<std::size_t> at(greatest + 1, 0);
  for (std::size_t i = 0; i < tags.size(); ++i) at[tags[i]] = i;
  std::vector<int> number(greatest + 1, -1);
  for (auto& tet : mesh.tets) {
    for (int& corner : tet) {
      const int tag = corner;
      if (number[tag] < 0) {
        number[tag] = static_cast<int>(mesh.nodes.size() / 3);
        const double* p = &coordinates[3 * at[tag]];
        mesh.nodes.insert(mesh.nodes.end(), {p[0], p[1], p[2]});
      }
      corner = number[tag];
    }
  }
}

void make_positive(VolumeMesh& mesh) {
  const auto node = [&](int i) {
    return Eigen::Vector3d(mesh.nodes[3 * i], mesh.nodes[3 * i + 1], mesh.nodes[3 * i + 2]);
  };
  for (auto& t : mesh.tets) {
    const Eigen::Vector3d a = node(t[0]);
    const double six_volumes = (node(t[1]) - a).cross(node(t[2]) - a).dot(node(t[3]) - a);
    if (six_volumes < 0) std::swap(t[2], t[3]);
  }
}

}  // namespace

VolumeMesh fill_regions(const Regions& regions, int algorithm, double size_mm,
                        const SizeLimit& size_at) {
  VolumeMesh mesh;
  guarded("VOLUME_MESH", "Gmsh", [&] {
    const GmshSession session;
    gmsh::model::add("regions");
    add_surfaces(regions);
    const std::vector<int> volumes = add_volumes(regions);
    set_options(algorithm, size_mm, size_at);
    gmsh::model::mesh::generate(3);
    for (std::size_t i = 0; i < volumes.size(); ++i) {
      collect_cells(volumes[i], regions.regions[i].body, mesh);
    }
    number_nodes(mesh);
  });
  make_positive(mesh);
  mesh.method = algorithm == 10 ? "Gmsh HXT" : "Gmsh Delaunay";
  return mesh;
}

}  // namespace proofload::meshing
