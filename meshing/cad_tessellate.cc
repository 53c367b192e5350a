/// Triangles of OpenCASCADE bodies, for the surface mesher and for messages.
#include <gmsh.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "cad_mesh.h"
#include "curved_edges.h"
#include "gmsh_session.h"
#include "places.h"
#include "proofload/core/vec3.h"

namespace proofload::meshing {
namespace {

constexpr double kFiner = 3, kLeastPerTurn = 36, kMostPerTurn = 96;

/// Triangles of some faces; patch k belongs to faces[k].
BodySurface read_surface_mesh(const std::vector<int>& faces) {
  BodySurface surface;
  std::unordered_map<std::size_t, int> index;
  for (std::size_t k = 0; k < faces.size(); ++k) {
    std::vector<std::size_t> tags, cells, corners;
    std::vector<double> xyz, unused;
    gmsh::model::mesh::getNodes(tags, xyz, unused, 2, faces[k], true, false);
    for (std::size_t i = 0; i < tags.size(); ++i) {
      const auto next = static_cast<int>(surface.points.size());
      if (!index.try_emplace(tags[i], next).second) continue;
      surface.points.push_back({xyz[3 * i], xyz[3 * i + 1], xyz[3 * i + 2]});
    }
    gmsh::model::mesh::getElementsByType(2, cells, corners, faces[k]);
    for (std::size_t t = 0; t + 3 <= corners.size(); t += 3) {
      surface.triangles.push_back(
          {index.at(corners[t]), index.at(corners[t + 1]), index.at(corners[t + 2])});
      surface.patch.push_back(static_cast<int>(k));
    }
  }
  return surface;
}

/// Directed edge as one number.
std::uint64_t directed(int a, int b) {
  return (static_cast<std::uint64_t>(a) << 32) | static_cast<std::uint32_t>(b);
}

/// Makes neighbours agree on the side (flood over edges), each shell outward by its signed volume.
void orient_outward(BodySurface& surface) {
  std::unordered_map<std::uint64_t, std::vector<int>> at_edge;
  auto& triangles = surface.triangles;
  for (std::size_t t = 0; t < triangles.size(); ++t) {
    for (int k = 0; k < 3; ++k) {
      at_edge[edge_key(triangles[t][k], triangles[t][(k + 1) % 3])].push_back(static_cast<int>(t));
    }
  }
  const auto runs_along = [&](int t, int a, int b) {
    for (int k = 0; k < 3; ++k) {
      if (directed(triangles[t][k], triangles[t][(k + 1) % 3]) == directed(a, b)) return true;
    }
    return false;
  };
  std::vector<char> done(triangles.size(), 0);
  double volume = 0;
  for (std::size_t seed = 0; seed < triangles.size(); ++seed) {
    if (done[seed]) continue;
    std::vector<int> stack{static_cast<int>(seed)};
    done[seed] = 1;
    while (!stack.empty()) {
      const int t = stack.back();
      stack.pop_back();
      for (int k = 0; k < 3; ++k) {
        const int a = triangles[t][k], b = triangles[t][(k + 1) % 3];
        for (const int other : at_edge[edge_key(a, b)]) {
          if (done[other]) continue;
          if (runs_along(other, a, b)) std::swap(triangles[other][1], triangles[other][2]);
          done[other] = 1;
          stack.push_back(other);
        }
      }
    }
  }
  for (const auto& t : triangles) {
    const auto at = [&](int k) { return Vec3(surface.points[t[k]].data()); };
    volume += at(0).cross(at(1)).dot(at(2)) / 6;
  }
  if (volume >= 0) return;
  for (auto& t : triangles) std::swap(t[1], t[2]);
}

double one_sided_gap(const BodySurface& from, const BodySurface& to, double least, Point& middle) {
  for (const Point& point : from.points) {
    const Vec3 p(point.data());
    for (const auto& t : to.triangles) {
      const Vec3 q(
          nearest_on_triangle(point, to.points[t[0]], to.points[t[1]], to.points[t[2]]).data());
      if ((p - q).norm() >= least) continue;
      least = (p - q).norm();
      const Vec3 m = 0.5 * (p + q);
      middle = {m[0], m[1], m[2]};
    }
  }
  return least;
}

std::vector<int> faces_of(const CadBody& body) {
  std::vector<int> faces;
  for (const int volume : body.volumes) {
    gmsh::vectorpair boundary;
    gmsh::model::getBoundary({{3, volume}}, boundary, false, false, false);
    for (const auto& [dim, tag] : boundary) faces.push_back(tag);
  }
  return faces;
}

void set_surface_sizes(double size, double least, double per_turn) {
  gmsh::option::setNumber("Mesh.MeshSizeFromPoints", 0);
  gmsh::option::setNumber("Mesh.MeshSizeFromCurvature", std::ceil(per_turn));
  gmsh::option::setNumber("Mesh.MeshSizeMin", least);
  gmsh::option::setNumber("Mesh.MeshSizeMax", size);
  gmsh::option::setNumber("Mesh.MeshSizeFactor", 1);
  gmsh::option::setNumber("Mesh.LcIntegrationPrecision", 1e-4);
}

}  // namespace

BodySurface tessellate(const v1::Case& value, const CadBody& body, const SizeRequest& sizes,
                       double factor) {
  BodySurface surface;
  const double size = sizes.body_size[body.index] * factor;
  const std::vector<SizeBall>& balls = sizes.balls;
  guarded("MESH_FAILED", "E10: triangles of " + value.bodies(body.index).name(), [&] {
    // Finer than the mesh is going to be: nodes and middle nodes are placed on these triangles.
    const double per_turn =
        std::clamp(kFiner * sizes.elements_per_turn / factor, kLeastPerTurn, kMostPerTurn);
    set_surface_sizes(size, sizes.least_size * factor / kFiner, per_turn);
    EntitySizes shrinks;
    const auto size_at = [&](int dim, int tag, double x, double y, double z) {
      return factor * size_from_balls(balls, {x, y, z}, size / factor) *
             value_at(shrinks, dim, tag, 1);
    };
    mesh_surfaces([&] { gmsh::model::mesh::setSizeCallback(size_at); },
                  [size](int, int) { return size; }, shrinks);
    gmsh::model::mesh::removeSizeCallback();
    surface = read_surface_mesh(body.faces);
    gmsh::model::mesh::clear();
  });
  orient_outward(surface);
  surface.name = value.bodies(body.index).name();
  surface.priority = value.bodies(body.index).priority();
  surface.element_size_mm = size;
  surface.cad = true;
  for (std::size_t f = 0; f < body.faces.size(); ++f) {
    const auto& [number, name] = body.drawn[f];
    surface.patch_names.push_back(name.empty() ? "face " + std::to_string(number) : name);
  }
  return surface;
}

BodySurface coarse_surface(const CadModel& model, int body) {
  BodySurface surface;
  guarded("MESH_FAILED", "E10: measuring a gap", [&] {
    double low[3], high[3];
    gmsh::model::getBoundingBox(-1, -1, low[0], low[1], low[2], high[0], high[1], high[2]);
    const double size = (Vec3(high) - Vec3(low)).norm() / 30;
    set_surface_sizes(size, size / 10, 12);
    gmsh::model::mesh::clear();
    gmsh::model::mesh::generate(2);
    for (const CadBody& entry : model.bodies) {
      if (entry.index == body) surface = read_surface_mesh(faces_of(entry));
    }
    gmsh::model::mesh::clear();
  });
  return surface;
}

double surface_gap(const BodySurface& first, const BodySurface& second, Point& middle) {
  const double least =
      one_sided_gap(first, second, std::numeric_limits<double>::infinity(), middle);
  return one_sided_gap(second, first, least, middle);
}

}  // namespace proofload::meshing
