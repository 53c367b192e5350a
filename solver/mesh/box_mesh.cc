#include "proofload/solver/box_mesh.h"

#include <algorithm>

#include "proofload/solver/mesh_part.h"

namespace proofload::solver {
namespace {

using Corner = std::array<int, 3>;  // on the lattice of half bricks

constexpr int kPaths[6][3] = {{0, 1, 2}, {1, 2, 0}, {2, 0, 1}, {0, 2, 1}, {2, 1, 0}, {1, 0, 2}};
/// Faces seen from outside, as vertices of the cell.
constexpr int kFaces[4][3] = {{0, 2, 1}, {0, 1, 3}, {1, 2, 3}, {0, 3, 2}};

struct Lattice {
  std::array<int, 3> counts;

  std::int32_t node(const Corner& c) const {
    return (c[2] * (2 * counts[1] + 1) + c[1]) * (2 * counts[0] + 1) + c[0];
  }
  std::int32_t middle(const Corner& a, const Corner& b) const {
    return node({(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2});
  }
};

/// The tetrahedron along one monotone path from the brick's low corner to its high corner.
std::array<Corner, 4> tetrahedron(const Corner& low, int path) {
  std::array<Corner, 4> corners;
  corners.fill(low);
  for (int step = 0; step < 3; ++step)
    for (int v = step + 1; v < 4; ++v) corners[v][kPaths[path][step]] += 2;
  if (path >= 3) std::swap(corners[2], corners[3]);
  return corners;
}

/// Side of the box on which all three corners lie, or -1: 2 * axis + (0 low, 1 high).
int side_of(const Lattice& lattice, const std::array<Corner, 3>& face) {
  for (int side = 0; side < 6; ++side) {
    const int axis = side / 2, at = side % 2 == 0 ? 0 : 2 * lattice.counts[axis];
    if (std::all_of(face.begin(), face.end(), [&](const Corner& c) { return c[axis] == at; }))
      return side;
  }
  return -1;
}

void add_face(const Lattice& lattice, const std::array<Corner, 3>& face, std::int32_t cell,
              io::FaceSet& set) {
  for (const Corner& corner : face) set.faces.push_back(lattice.node(corner));
  for (int v = 0; v < 3; ++v) set.faces.push_back(lattice.middle(face[v], face[(v + 1) % 3]));
  set.cells.push_back(cell);
}

void add_brick(const Lattice& lattice, const Corner& low, io::Mesh& mesh) {
  for (int path = 0; path < 6; ++path) {
    const auto corners = tetrahedron(low, path);
    const auto cell = static_cast<std::int32_t>(mesh.cell_body.size());
    for (const Corner& corner : corners) mesh.cells.push_back(lattice.node(corner));
    for (const auto& edge : kTetEdges)
      mesh.cells.push_back(lattice.middle(corners[edge[0]], corners[edge[1]]));
    mesh.cell_body.push_back(0);
    for (const auto& vertices : kFaces) {
      const std::array<Corner, 3> face = {corners[vertices[0]], corners[vertices[1]],
                                          corners[vertices[2]]};
      const int side = side_of(lattice, face);
      if (side < 0) continue;
      add_face(lattice, face, cell, mesh.exterior);
      add_face(lattice, face, cell, mesh.places[side]);
    }
  }
}

}  // namespace

io::Mesh box_mesh(const std::array<double, 3>& size_mm, const std::array<int, 3>& counts) {
  const Lattice lattice{counts};
  io::Mesh mesh;
  mesh.body_names = {"box"};
  mesh.exterior.name = "exterior";
  for (const char* name : {"x0", "x1", "y0", "y1", "z0", "z1"})
    mesh.places.push_back({name, {}, {}});
  for (int z = 0; z <= 2 * counts[2]; ++z)
    for (int y = 0; y <= 2 * counts[1]; ++y)
      for (int x = 0; x <= 2 * counts[0]; ++x)
        for (const double part :
             {x * size_mm[0] / (2 * counts[0]), y * size_mm[1] / (2 * counts[1]),
              z * size_mm[2] / (2 * counts[2])})
          mesh.nodes.push_back(part);
  for (int z = 0; z < counts[2]; ++z)
    for (int y = 0; y < counts[1]; ++y)
      for (int x = 0; x < counts[0]; ++x) add_brick(lattice, {2 * x, 2 * y, 2 * z}, mesh);
  return mesh;
}

}  // namespace proofload::solver
