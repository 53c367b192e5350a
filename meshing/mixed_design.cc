#include "mixed_design.h"

#include <Eigen/Geometry>
#include <cmath>
#include <memory>

#include "cad_mesh.h"
#include "gmsh_session.h"
#include "lattice.h"
#include "oversize.h"
#include "plausibility.h"
#include "proofload/core/regions.h"
#include "proofload/core/vec3.h"
#include "proofload/meshing/surface.h"
#include "regions.h"
#include "surface_distance.h"
#include "volume_from_surface_quality.h"

namespace proofload::meshing {
namespace {

constexpr double kMaxUnknowns = 3e6;  // where the case says nothing
constexpr double kSnapMm = 0.2;       // where an interface says nothing

struct Measures {
  double volume = 0;
  double area = 0;
};

Measures measure(const BodySurface& surface) {
  Measures result;
  for (const auto& t : surface.triangles) {
    const auto at = [&](int k) { return Vec3(surface.points[t[k]].data()); };
    result.volume += at(0).cross(at(1)).dot(at(2)) / 6;
    result.area += 0.5 * (at(1) - at(0)).cross(at(2) - at(0)).norm();
  }
  return result;
}

std::pair<Point, Point> box_of(const std::vector<Point>& points) {
  Point low{1e300, 1e300, 1e300}, high{-1e300, -1e300, -1e300};
  for (const Point& p : points) {
    for (int k = 0; k < 3; ++k) {
      low[k] = std::min(low[k], p[k]);
      high[k] = std::max(high[k], p[k]);
    }
  }
  return {low, high};
}

bool is_surface_file(const v1::Body& body) {
  return !body.has_shape() && !body.has_part_of() && geometry_kind(body.file()) == "surface";
}

void move(const v1::Body& body, BodySurface& surface) {
  const Vec3 turn = vec3(body.rotate_deg()) * M_PI / 180, shift = vec3(body.shift_mm());
  const Eigen::Matrix3d rotation =
      (Eigen::AngleAxisd(turn[2], Vec3::UnitZ()) * Eigen::AngleAxisd(turn[1], Vec3::UnitY()) *
       Eigen::AngleAxisd(turn[0], Vec3::UnitX()))
          .toRotationMatrix();
  for (Point& point : surface.points) {
    const Vec3 p = rotation * Vec3(point.data()) + shift;
    point = {p[0], p[1], p[2]};
  }
}

/// One file; a wrong unit is told before anything else is judged.
BodySurface read_body(const v1::Body& body, const std::string& path, const std::string& folder,
                      double max_unknowns, std::vector<v1::Finding>& findings) {
  TriangleSoup soup = read_surface(folder + "/" + body.file(), millimetres(body.length_unit()));
  soup.file = body.file();
  const auto [low, high] = box_of(soup.points);
  if (const auto problem = judge_unit(body, path, low, high)) throw InvalidInput({*problem});
  Repaired repaired =
      repair_surface(soup, {body.name(), body.role(), false}, body.repair(), findings);
  const bool replaced = body.lattice().has_replace();
  repaired.surface = treat_lattice(repaired.surface, body, path, max_unknowns, findings);
  BodySurface surface = to_body_surface(repaired.surface, body.name());
  move(body, surface);
  DrawnOut drawn;
  oversize_surface(body, path, surface, drawn);
  add_oversize_finding(body, drawn, findings);
  surface.priority = body.priority();
  surface.cad = !replaced && looks_like_cad(repaired.surface);
  surface.repair = std::move(repaired.certificate);
  return surface;
}

std::vector<BodyExtent> extents_of(const std::vector<BodySurface>& surfaces) {
  std::vector<BodyExtent> extents;
  for (const BodySurface& surface : surfaces) {
    if (surface.whole >= 0) {
      extents.emplace_back();
      continue;
    }
    const Measures measures = measure(surface);
    extents.push_back({measures.volume, measures.area});
  }
  return extents;
}

SurfaceMeshOptions surface_options(const v1::Case& value, const SizeRequest& sizes,
                                   const Progress& progress) {
  SurfaceMeshOptions options;
  options.elements_per_turn = sizes.elements_per_turn;
  options.balls = sizes.balls;
  options.progress = progress;
  for (const v1::Interface& entry : value.interfaces()) {
    if (entry.between_size() == 2) {
      options.interfaces.push_back({entry.between(0), entry.between(1), snap_mm(entry)});
    }
  }
  return options;
}

/// Triangles of the CAD bodies, put in their places of the list; their volumes are those drawn.
void tessellate_cad(const v1::Case& value, const CadModel& model, double factor,
                    std::vector<BodySurface>& surfaces, std::vector<v1::Finding>& findings) {
  std::vector<BodyExtent> extents = extents_of(surfaces);
  for (const CadBody& body : model.bodies) {
    extents[body.index] = cad_extents(model, value.bodies_size())[body.index];
  }
  const SizeRequest sizes = request_sizes(value, extents);
  for (const CadBody& body : model.bodies) {
    surfaces[body.index] = tessellate(value, body, sizes, factor);
    check_volume(value.bodies(body.index).name(), measure(surfaces[body.index]).volume,
                 extents[body.index].volume_mm3, findings);
  }
}

/// The case with the bodies that are only measured from behind its own.
v1::Case with_measured(const v1::Case& value) {
  v1::Case all = value;
  for (const v1::Body& body : value.measured_bodies()) *all.add_bodies() = body;
  return all;
}

/// Priorities that differ: overlaps are settled as keeps_shared_space() says.
void set_ranks(const v1::Case& value, std::vector<BodySurface>& surfaces) {
  for (int a = 0; a < value.bodies_size(); ++a) {
    surfaces[a].priority = 0;
    for (int b = 0; b < value.bodies_size(); ++b) {
      if (a != b && keeps_shared_space(value, a, b)) surfaces[a].priority += 1;
    }
  }
}

}  // namespace

bool needs_surfaces(const v1::Case& value) {
  return has_distance_regions(value) ||
         std::any_of(value.bodies().begin(), value.bodies().end(), is_surface_file);
}

double snap_mm(const v1::Interface& entry) {
  if (entry.kind() != v1::Interface::Kind::bonded) return 0;
  return entry.has_snap_mm() ? entry.snap_mm() : kSnapMm;
}

std::vector<BodySurface> read_body_surfaces(const v1::Case& value,
                                            const MeshRequestOptions& options,
                                            std::vector<v1::Finding>& findings) {
  const v1::Case all = with_measured(value);
  const double max_unknowns =
      value.accuracy().has_max_unknowns() ? value.accuracy().max_unknowns() : kMaxUnknowns;
  std::vector<Problem> problems;
  std::vector<BodySurface> surfaces(all.bodies_size());
  for (int i = 0; i < all.bodies_size(); ++i) {
    const v1::Body& body = all.bodies(i);
    if (!is_surface_file(body)) continue;
    try {
      surfaces[i] = read_body(body, "bodies[" + std::to_string(i) + "]", options.folder,
                              max_unknowns, findings);
    } catch (const InvalidInput& error) {
      problems.insert(problems.end(), error.problems().begin(), error.problems().end());
    }
  }
  {
    const GmshSession session;
    const CadModel model = load_cad_bodies(all, options.folder, findings, problems);
    if (!problems.empty()) throw InvalidInput(problems);
    if (!model.bodies.empty()) tessellate_cad(all, model, options.factor, surfaces, findings);
  }
  const auto first_measured = surfaces.begin() + value.bodies_size();
  const std::vector<BodySurface> measured(first_measured, surfaces.end());
  surfaces.erase(first_measured, surfaces.end());
  add_region_surfaces(value, measured, surfaces, problems);
  if (!problems.empty()) throw InvalidInput(problems);
  set_ranks(value, surfaces);
  return surfaces;
}

TetMesh mesh_mixed_design(const v1::Case& value, const MeshRequestOptions& options,
                          const std::vector<double>& shrink, const SizeLimit& limit,
                          std::vector<BodySurface>& surfaces, std::vector<v1::Finding>& findings) {
  TetMesh mesh;
  surfaces = read_body_surfaces(value, options, findings);
  const std::vector<BodyExtent> extents = extents_of(surfaces);
  const SizeRequest sizes = scaled(request_sizes(value, extents), options.factor);
  for (int i = 0; i < value.bodies_size(); ++i) {
    surfaces[i].element_size_mm = shrink[i] * sizes.body_size[i];
    mesh.body_names.push_back(value.bodies(i).name());
    for (std::size_t k = 0; k < surfaces[i].patch_names.size(); ++k) {
      mesh.patches.push_back({{i, static_cast<int>(k) + 1, surfaces[i].patch_names[k]}});
    }
  }
  SurfaceMeshOptions how = surface_options(value, sizes, options.progress);
  how.size_limit = limit;
  mesh.volume = mesh_surfaces(surfaces, how, findings);
  mesh.geometry_volume = mesh.volume.body_volume;
  mesh.element_size_mm = *std::min_element(sizes.body_size.begin(), sizes.body_size.end());
  return mesh;
}

void find_patches(const std::vector<BodySurface>& surfaces, const TetMesh& mesh,
                  Topology& topology) {
  std::vector<std::vector<std::unique_ptr<SurfaceDistance>>> distance(surfaces.size());
  std::vector<std::int32_t> first_patch(surfaces.size(), 0);
  for (std::size_t b = 0; b < surfaces.size(); ++b) {
    if (b > 0) {
      first_patch[b] =
          first_patch[b - 1] + static_cast<std::int32_t>(surfaces[b - 1].patch_names.size());
    }
    std::vector<TriangleSoup> parts(surfaces[b].patch_names.size());
    for (std::size_t t = 0; t < surfaces[b].triangles.size(); ++t) {
      const auto& corners = surfaces[b].triangles[t];
      parts[surfaces[b].patch[t]].triangles.push_back({corners[0], corners[1], corners[2]});
    }
    for (TriangleSoup& part : parts) {
      part.points = surfaces[b].points;
      distance[b].push_back(parts.size() > 1 && !part.triangles.empty()
                                ? std::make_unique<SurfaceDistance>(part)
                                : nullptr);
    }
  }
  const auto find = [&](CellFace& face) {
    if (face.patch >= 0) return;
    const int body = mesh.volume.tet_body[face.cell];
    Vec3 centre = Vec3::Zero();
    for (const int k : kTetFaces[face.local]) {
      centre += Vec3(&mesh.volume.nodes[3 * mesh.volume.tets[face.cell][k]]) / 3;
    }
    double least = std::numeric_limits<double>::infinity();
    std::int32_t best = 0;
    for (std::size_t k = 0; k < distance[body].size(); ++k) {
      if (!distance[body][k]) continue;
      const double d = (*distance[body][k])(centre);
      if (d < least) least = d, best = static_cast<std::int32_t>(k);
    }
    if (!distance[body].empty()) face.patch = first_patch[body] + best;
  };
  for (CellFace& face : topology.exterior) find(face);
  for (BodyFace& face : topology.between) find(face.first), find(face.second);
}

}  // namespace proofload::meshing
