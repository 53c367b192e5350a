#include "cad_mesh.h"

#include <gmsh.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <sstream>
#include <unordered_set>

#include "curved_edges.h"
#include "flat_cells.h"
#include "gmsh_session.h"
#include "proofload/meshing/topology.h"

namespace proofload::meshing {
namespace {

constexpr int kRepairRounds = 2;          // times that flat cells are meshed anew
constexpr double kLeastWithField = 0.35;  // two levels may each ask for 0.6 at a place
constexpr double kFlatDihedral = 5;       // deg
constexpr double kHxtLost = 1;            // deg: HXT leaves slivers in plates thinner than a cell

/// Size of each entity: that of the finest body it belongs to.
EntitySizes entity_sizes(const CadModel& model, const std::vector<double>& body_size) {
  EntitySizes sizes;
  const auto lower = [&](int dim, int tag, double size) {
    auto [entry, fresh] = sizes[dim].try_emplace(tag, size);
    if (!fresh) entry->second = std::min(entry->second, size);
  };
  for (const CadBody& body : model.bodies) {
    for (const int volume : body.volumes) lower(3, volume, body_size[body.index]);
  }
  for (int dim = 3; dim > 0; --dim) {
    for (const auto& [tag, size] : sizes[dim]) {
      gmsh::vectorpair boundary;
      gmsh::model::getBoundary({{dim, tag}}, boundary, false, false, false);
      for (const auto& [d, t] : boundary) lower(d, t, size);
    }
  }
  return sizes;
}

/// Gmsh multiplies every size by the factor itself (curvature included).
void set_sizes(const EntitySizes& entities, const EntitySizes& shrinks, const SizeRequest& sizes,
               const CadMeshOptions& options) {
  const double factor = options.factor;
  const double largest = *std::max_element(sizes.body_size.begin(), sizes.body_size.end());
  gmsh::option::setNumber("Mesh.MeshSizeFromPoints", 0);
  gmsh::option::setNumber("Mesh.MeshSizeFromCurvature", std::ceil(sizes.elements_per_turn));
  gmsh::option::setNumber("Mesh.MeshSizeExtendFromBoundary", 1);
  gmsh::option::setNumber("Mesh.MeshSizeMin",
                          options.limit ? kLeastWithField * sizes.least_size : sizes.least_size);
  gmsh::option::setNumber("Mesh.MeshSizeMax", largest);
  gmsh::option::setNumber("Mesh.MeshSizeFactor", factor);
  // Of one cell; Gmsh's 1e-9 takes longer for the edges than faces and volumes do together.
  gmsh::option::setNumber("Mesh.LcIntegrationPrecision", 1e-4);
  gmsh::option::setNumber("Mesh.Optimize", 1);
  gmsh::option::setNumber("Mesh.OptimizeThreshold", 0.4);
  const std::vector<SizeBall> balls = sizes.balls;
  const SizeLimit limit = options.limit;
  gmsh::model::mesh::setSizeCallback([=](int dim, int tag, double x, double y, double z) {
    double size = value_at(entities, dim, tag, largest);
    size = size_from_balls(balls, {x, y, z}, size);
    if (limit) size = std::min(size, limit({x, y, z}) / factor);
    return size * value_at(shrinks, dim, tag, 1);
  });
}

bool all_volumes_meshed(const CadModel& model) {
  for (const CadBody& body : model.bodies) {
    for (const int volume : body.volumes) {
      std::vector<std::size_t> tags, corners;
      gmsh::model::mesh::getElementsByType(4, tags, corners, volume);
      if (tags.empty()) return false;
    }
  }
  return true;
}

struct Method {
  const char* name;
  int algorithm;
};
constexpr Method kHxt{"gmsh HXT", 10}, kDelaunay{"gmsh Delaunay", 1};

void clear_volumes(const CadModel& model) {
  gmsh::vectorpair volumes;
  for (const CadBody& body : model.bodies) {
    for (const int volume : body.volumes) volumes.push_back({3, volume});
  }
  gmsh::model::mesh::clear(volumes);
}

/// Fills the meshed surfaces by the first method that fills every body; the chain tried.
std::string fill(const CadModel& model, const std::vector<Method>& methods) {
  std::string chain;
  for (const Method& method : methods) {
    chain += (chain.empty() ? "" : ", ") + std::string(method.name);
    try {
      guarded("MESH_FAILED", method.name, [&] {
        gmsh::option::setNumber("Mesh.Algorithm3D", method.algorithm);
        clear_volumes(model);
        gmsh::model::mesh::generate(3);
      });
      if (all_volumes_meshed(model)) return "OCC fragment, " + chain;
      chain += " (a body stayed empty)";
    } catch (const NumericalFailure& failure) {
      chain += " (" + std::string(failure.what()) + ")";
    }
  }
  throw NumericalFailure("MESH_FAILED", "E10: no volume mesh was made; tried " + chain);
}

/// Reads the tetrahedra of all bodies; fills `node_index` (by Gmsh node tag).
VolumeMesh read_volume(const CadModel& model, std::vector<std::int32_t>& node_index) {
  VolumeMesh mesh;
  std::vector<std::size_t> tags;
  std::vector<double> xyz, unused;
  gmsh::model::mesh::getNodes(tags, xyz, unused, -1, -1, false, false);
  std::vector<std::size_t> position;
  for (std::size_t i = 0; i < tags.size(); ++i) {
    if (tags[i] >= position.size()) position.resize(tags[i] + 1, 0);
    position[tags[i]] = i;
  }
  node_index.assign(position.size(), -1);
  const auto index_of = [&](std::size_t tag) {
    if (node_index[tag] < 0) {
      node_index[tag] = static_cast<std::int32_t>(mesh.nodes.size() / 3);
      for (int k = 0; k < 3; ++k) mesh.nodes.push_back(xyz[3 * position[tag] + k]);
    }
    return node_index[tag];
  };
  for (const CadBody& body : model.bodies) {
    for (const int volume : body.volumes) {
      std::vector<std::size_t> cells, corners;
      gmsh::model::mesh::getElementsByType(4, cells, corners, volume);
      for (std::size_t c = 0; c + 4 <= corners.size(); c += 4) {
        std::array<int, 4> tet{};
        for (int k = 0; k < 4; ++k) tet[k] = index_of(corners[c + k]);
        mesh.tets.push_back(tet);
        mesh.tet_body.push_back(body.index);
      }
    }
  }
  return mesh;
}

void read_patches(const CadModel& model, const std::vector<std::int32_t>& node_index,
                  TetMesh& mesh) {
  for (const auto& [tag, origins] : model.face_origins) {
    std::vector<std::size_t> faces, corners;
    gmsh::model::mesh::getElementsByType(2, faces, corners, tag);
    const auto patch = static_cast<std::int32_t>(mesh.patches.size());
    mesh.patches.push_back(origins);
    for (std::size_t f = 0; f + 3 <= corners.size(); f += 3) {
      const std::int32_t a = node_index[corners[f]], b = node_index[corners[f + 1]];
      const std::int32_t c = node_index[corners[f + 2]];
      if (a >= 0 && b >= 0 && c >= 0) mesh.face_patch[face_key(a, b, c)] = patch;
    }
  }
}

/// Why the cells are not what their surface triangles enclose; empty: they are.
std::string misfit(const TetMesh& mesh, const std::vector<std::int32_t>& node_index) {
  std::vector<std::size_t> faces, corners;
  gmsh::model::mesh::getElementsByType(2, faces, corners);
  std::unordered_set<FaceKey, FaceKeyHash> surface;
  for (std::size_t f = 0; f + 3 <= corners.size(); f += 3) {
    surface.insert(
        face_key(node_index[corners[f]], node_index[corners[f + 1]], node_index[corners[f + 2]]));
  }
  const auto on_surface = [&](const CellFace& face) {
    const std::array<int, 4>& tet = mesh.volume.tets[face.cell];
    const int* f = kTetFaces[face.local];
    return surface.count(face_key(tet[f[0]], tet[f[1]], tet[f[2]])) > 0;
  };
  try {
    const Topology topology = build_topology(mesh);
    const bool fits = std::all_of(topology.exterior.begin(), topology.exterior.end(), on_surface) &&
                      std::all_of(topology.between.begin(), topology.between.end(),
                                  [&](const BodyFace& face) { return on_surface(face.first); });
    return fits ? "" : "E10: the mesher filled more or less than the surface encloses";
  } catch (const NumericalFailure& failure) {
    return failure.what();
  }
}

/// Middles by the indices of nodes in the mesh.
std::unordered_map<std::uint64_t, Point> by_index(const CurvedEdges& edges,
                                                  const std::vector<std::int32_t>& node_index) {
  std::unordered_map<std::uint64_t, Point> middle;
  for (const auto& [tags, point] : edges.middles) {
    const std::int32_t a = node_index[tags.first], b = node_index[tags.second];
    if (a >= 0 && b >= 0) middle[edge_key(a, b)] = point;
  }
  return middle;
}

/// Meshes the surfaces of one partition, fills them, and once more where cells came out flat.
class Mesher {
 public:
  Mesher(const v1::Case& value, const CadModel& model, const std::vector<BodyExtent>& extents,
         const CadMeshOptions& options)
      : value_(value),
        model_(model),
        options_(options),
        sizes_(request_sizes(value, extents)),
        least_size_(sizes_.least_size),
        entities_(entity_sizes(model, sizes_.body_size)),
        shrinks_(entity_sizes(model, options.shrink)) {}
  ~Mesher() { gmsh::model::mesh::removeSizeCallback(); }
  Mesher(const Mesher&) = delete;
  Mesher& operator=(const Mesher&) = delete;

  TetMesh run() {
    TetMesh best;
    double best_angle = -1;
    std::string misfit_of_best;
    for (int round = 0; round <= kRepairRounds; ++round) {
      if (options_.progress) {
        options_.progress(0.2 + 0.15 * round, round == 0 ? "meshing" : "meshing flat cells anew");
      }
      const CurvedEdges edges = surfaces();
      std::string wrong;
      TetMesh mesh = mesh_volumes(edges, wrong);
      const std::vector<SizeBall> balls =
          balls_at_flat_cells(mesh.volume, kFlatDihedral, [&](double, double longest) {
            return std::max(0.5 * longest / options_.factor, least_size_);
          });
      const bool fits = wrong.empty();
      const double angle = fits ? least_dihedral(mesh.volume) : 0;
      const double before = best_angle;
      if (angle < kHxtLost) methods_ = {kDelaunay};
      if (angle > best_angle) {
        best_angle = angle;
        misfit_of_best = std::move(wrong);
        best = std::move(mesh);
      }
      if (fits && (balls.empty() || (round > 0 && angle < 1.2 * before))) break;
      sizes_.balls.insert(sizes_.balls.end(), balls.begin(), balls.end());
    }
    if (misfit_of_best.empty()) return best;
    throw NumericalFailure("MESH_FAILED", misfit_of_best + "; tried " + best.volume.method);
  }

 private:
  CurvedEdges surfaces() {
    const double largest = *std::max_element(sizes_.body_size.begin(), sizes_.body_size.end());
    CurvedEdges edges;
    guarded("MESH_FAILED", "meshing the surfaces", [&] {
      edges = mesh_surfaces([&] { set_sizes(entities_, shrinks_, sizes_, options_); },
                            [&](int dim, int tag) {
                              return options_.factor * value_at(entities_, dim, tag, largest);
                            },
                            shrinks_);
    });
    return edges;
  }

  TetMesh mesh_volumes(const CurvedEdges& edges, std::string& wrong) {
    TetMesh mesh;
    const std::string method = fill(model_, methods_);
    guarded("MESH_FAILED", "reading the mesh", [&] {
      std::vector<std::int32_t> node_index;
      mesh.volume = read_volume(model_, node_index);
      mesh.volume.method = method;
      read_patches(model_, node_index, mesh);
      wrong = misfit(mesh, node_index);
      if (!value_.mesh().straight()) mesh.curved_middle = by_index(edges, node_index);
    });
    return mesh;
  }

  const v1::Case& value_;
  const CadModel& model_;
  const CadMeshOptions& options_;
  SizeRequest sizes_;
  const double least_size_;
  const EntitySizes entities_;
  EntitySizes shrinks_;
  std::vector<Method> methods_ = {kHxt, kDelaunay};
};

}  // namespace

std::vector<BodyExtent> cad_extents(const CadModel& model, int n_bodies) {
  std::vector<BodyExtent> extents(n_bodies);
  for (const CadBody& body : model.bodies) {
    const std::vector<int> solids =
        body.volumes.empty() ? std::vector<int>{body.solid} : body.volumes;
    for (const int volume : solids) {
      double value = 0;
      gmsh::model::occ::getMass(3, volume, value);
      extents[body.index].volume_mm3 += std::abs(value);  // a solid may be drawn inside out
      gmsh::vectorpair faces;
      gmsh::model::getBoundary({{3, volume}}, faces, false, false, false);
      for (const auto& [dim, tag] : faces) {
        gmsh::model::occ::getMass(2, tag, value);
        extents[body.index].area_mm2 += value;
      }
    }
  }
  return extents;
}

TetMesh mesh_cad(const v1::Case& value, const CadModel& model,
                 const std::vector<BodyExtent>& extents, const CadMeshOptions& options) {
  TetMesh mesh = Mesher(value, model, extents, options).run();
  for (const v1::Body& body : value.bodies()) mesh.body_names.push_back(body.name());
  for (const BodyExtent& extent : extents) mesh.geometry_volume.push_back(extent.volume_mm3);
  const std::vector<double> sizes = request_sizes(value, extents).body_size;
  mesh.element_size_mm = options.factor * *std::min_element(sizes.begin(), sizes.end());
  return mesh;
}

}  // namespace proofload::meshing
