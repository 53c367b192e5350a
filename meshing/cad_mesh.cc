#include "cad_mesh.h"

#include <gmsh.h>

#include <cmath>
#include <limits>
#include <set>

#include "curved_edges.h"
#include "flat_cells.h"
#include "gmsh_session.h"
#include "proofload/core/vec3.h"

namespace proofload::meshing {
namespace {

constexpr int kRepairRounds = 2;          // times that flat cells are meshed anew
constexpr double kLeastWithField = 0.35;  // two levels may each ask for 0.6 at a place
constexpr double kFlatDihedral = 5;       // deg

/// Size of each entity: that of the finest body it belongs to. [dim][tag]
using EntitySizes = std::array<std::map<int, double>, 4>;

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

double value_at(const EntitySizes& entities, int dim, int tag, double fallback) {
  if (dim < 0 || dim > 3) return fallback;
  const auto entry = entities[dim].find(tag);
  return entry == entities[dim].end() ? fallback : entry->second;
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

/// HXT, else Delaunay; the chain tried.
std::string generate(const CadModel& model) {
  struct Method {
    const char* name;
    int algorithm;
  };
  std::string chain;
  for (const Method& method : {Method{"gmsh HXT", 10}, Method{"gmsh Delaunay", 1}}) {
    chain += (chain.empty() ? "" : ", ") + std::string(method.name);
    try {
      guarded("MESH_FAILED", method.name, [&] {
        gmsh::option::setNumber("Mesh.Algorithm3D", method.algorithm);
        gmsh::model::mesh::clear();
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
        const auto at = [&](int k) { return Vec3(Eigen::Map<Vec3>(&mesh.nodes[3 * tet[k]])); };
        if ((at(1) - at(0)).cross(at(2) - at(0)).dot(at(3) - at(0)) < 0) std::swap(tet[2], tet[3]);
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

TetMesh mesh_once(const v1::Case& value, const CadModel& model) {
  TetMesh mesh;
  const std::string method = generate(model);
  guarded("MESH_FAILED", "reading the mesh", [&] {
    std::vector<std::int32_t> node_index;
    mesh.volume = read_volume(model, node_index);
    mesh.volume.method = method;
    read_patches(model, node_index, mesh);
    if (!value.mesh().straight()) {
      mesh.curved_middle = curved_edge_middles(node_index, mesh.volume.nodes);
    }
  });
  return mesh;
}

}  // namespace

std::vector<BodyExtent> cad_extents(const CadModel& model, int n_bodies) {
  std::vector<BodyExtent> extents(n_bodies);
  for (const CadBody& body : model.bodies) {
    const std::vector<int> solids =
        body.volumes.empty() ? std::vector<int>{body.solid} : body.volumes;
    for (const int volume : solids) {
      double value = 0;
      gmsh::model::occ::getMass(3, volume, value);
      extents[body.index].volume_mm3 += value;
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
  const double factor = options.factor;
  const SizeRequest sizes = request_sizes(value, extents);
  const EntitySizes entities = entity_sizes(model, sizes.body_size);
  const EntitySizes shrinks = entity_sizes(model, options.shrink);
  SizeRequest request = sizes;
  TetMesh best;
  double best_angle = -1;
  for (int round = 0; round <= kRepairRounds; ++round) {
    if (options.progress)
      options.progress(0.2 + 0.15 * round, round == 0 ? "meshing" : "meshing flat cells anew");
    set_sizes(entities, shrinks, request, options);
    TetMesh mesh = mesh_once(value, model);
    const std::vector<SizeBall> balls = balls_at_flat_cells(
        mesh.volume, kFlatDihedral,
        [&](double, double longest) { return std::max(0.5 * longest / factor, sizes.least_size); });
    const double angle = least_dihedral(mesh.volume);
    const double before = best_angle;
    if (angle > best_angle) best_angle = angle, best = std::move(mesh);
    if (balls.empty() || (round > 0 && angle < 1.2 * before)) break;
    request.balls.insert(request.balls.end(), balls.begin(), balls.end());
  }
  gmsh::model::mesh::removeSizeCallback();
  for (const v1::Body& body : value.bodies()) best.body_names.push_back(body.name());
  for (const BodyExtent& extent : extents) best.geometry_volume.push_back(extent.volume_mm3);
  best.element_size_mm = factor * *std::min_element(sizes.body_size.begin(), sizes.body_size.end());
  return best;
}

}  // namespace proofload::meshing
