#include "curved_edges.h"

#include <gmsh.h>

#include <Eigen/Dense>
#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <sstream>
#include <unordered_map>
#include <unordered_set>

#include "proofload/core/problem.h"
#include "proofload/core/vec3.h"

namespace proofload::meshing {
namespace {

constexpr int kIterations = 6;
constexpr int kRounds = 3;            // times that surfaces are meshed finer to be followed,
constexpr int kRoundsIfNear = 1;      // and that for edges which are bad but not far off
constexpr double kMostMove = 0.5;     // of the edge length; beyond, the projection is not believed
constexpr double kMostIfLong = 0.02;  // of an edge that is
constexpr double kLong = 4;           // times as long as it is meant to be

/// Edges of the mesh on one CAD entity.
struct EntityEdges {
  int dim = 0;
  int tag = 0;
  std::vector<TagPair> edges;
  std::vector<Vec3> middle;  ///< of the straight edge
  std::vector<double> length;
  std::vector<double> parameter;  ///< [dim * n] start of the search, then its end
};

using ParameterMap = std::unordered_map<std::size_t, std::array<double, 2>>;

ParameterMap node_parameters(int dim, int tag) {
  std::vector<std::size_t> tags;
  std::vector<double> xyz, parameters;
  gmsh::model::mesh::getNodes(tags, xyz, parameters, dim, tag, true, true);
  ParameterMap map;
  if (parameters.size() != tags.size() * static_cast<std::size_t>(dim)) return map;
  for (std::size_t i = 0; i < tags.size(); ++i) {
    std::array<double, 2> p{};
    for (int k = 0; k < dim; ++k) p[k] = parameters[i * dim + k];
    map[tags[i]] = p;
  }
  return map;
}

/// Middle of two parameters; across a seam the lower one is taken a period further.
double middle_parameter(double a, double b, double period) {
  if (std::abs(a - b) > 0.5 * period) (a < b ? a : b) += period;
  return 0.5 * (a + b);
}

void start_parameters(EntityEdges& entity) {
  const ParameterMap map = node_parameters(entity.dim, entity.tag);
  std::vector<double> low, high;
  gmsh::model::getParametrizationBounds(entity.dim, entity.tag, low, high);
  entity.parameter.assign(entity.edges.size() * entity.dim, 0.0);
  for (std::size_t e = 0; e < entity.edges.size(); ++e) {
    const auto a = map.find(entity.edges[e].first), b = map.find(entity.edges[e].second);
    for (int k = 0; k < entity.dim; ++k) {
      entity.parameter[e * entity.dim + k] =
          a == map.end() || b == map.end()
              ? 0.5 * (low[k] + high[k])
              : middle_parameter(a->second[k], b->second[k], high[k] - low[k]);
    }
  }
}

/// One Gauss-Newton step of all edges towards the foot points of their middles.
void newton_step(EntityEdges& entity, const std::vector<double>& points) {
  std::vector<double> derivative;
  gmsh::model::getDerivative(entity.dim, entity.tag, entity.parameter, derivative);
  const int d = entity.dim;
  for (std::size_t e = 0; e < entity.edges.size(); ++e) {
    const Vec3 gap = entity.middle[e] - Eigen::Map<const Vec3>(&points[3 * e]);
    const Vec3 su = Eigen::Map<const Vec3>(&derivative[3 * d * e]);
    if (d == 1) {
      if (su.squaredNorm() > 0) entity.parameter[e] += su.dot(gap) / su.squaredNorm();
      continue;
    }
    const Vec3 sv = Eigen::Map<const Vec3>(&derivative[6 * e + 3]);
    Eigen::Matrix2d metric;
    metric << su.dot(su), su.dot(sv), su.dot(sv), sv.dot(sv);
    if (!(metric.determinant() > 1e-16 * metric.trace() * metric.trace())) continue;
    const Eigen::Vector2d step = metric.inverse() * Eigen::Vector2d(su.dot(gap), sv.dot(gap));
    entity.parameter[2 * e] += step[0];
    entity.parameter[2 * e + 1] += step[1];
  }
}

/// Is the point the foot of the middle? The gap must be small and across the surface.
bool believed(const Vec3& point, const EntityEdges& entity, std::size_t e,
              const std::vector<double>& derivative) {
  const Vec3 gap = entity.middle[e] - point;
  if (!(gap.norm() <= kMostMove * entity.length[e])) return false;
  const int d = entity.dim;
  for (int k = 0; k < d; ++k) {
    const Vec3 s = Eigen::Map<const Vec3>(&derivative[3 * d * e + 3 * k]);
    if (std::abs(s.dot(gap)) > 1e-3 * s.norm() * entity.length[e]) return false;
  }
  return true;
}

/// Foot points of the middles on the entity: Gauss-Newton from the nodes' parameters; where that
/// does not arrive, the geometry kernel's own search.
std::vector<Vec3> foot_points(EntityEdges& entity) {
  start_parameters(entity);
  std::vector<double> points, derivative;
  for (int i = 0; i < kIterations; ++i) {
    gmsh::model::getValue(entity.dim, entity.tag, entity.parameter, points);
    newton_step(entity, points);
  }
  gmsh::model::getValue(entity.dim, entity.tag, entity.parameter, points);
  gmsh::model::getDerivative(entity.dim, entity.tag, entity.parameter, derivative);
  std::vector<Vec3> result;
  for (std::size_t e = 0; e < entity.edges.size(); ++e) {
    Vec3 point = Eigen::Map<const Vec3>(&points[3 * e]);
    if (!believed(point, entity, e, derivative)) {
      const Vec3& m = entity.middle[e];
      std::vector<double> closest, parameter;
      gmsh::model::getClosestPoint(entity.dim, entity.tag, {m[0], m[1], m[2]}, closest, parameter);
      point = Vec3(closest[0], closest[1], closest[2]);
    }
    result.push_back(point);
  }
  return result;
}

bool is_flat(int dim, int tag) {
  std::string type;
  gmsh::model::getType(dim, tag, type);
  return type == "Plane" || type == "Line";
}

struct TagPairHash {
  std::size_t operator()(const TagPair& pair) const {
    return (pair.first * 1099511628211ull) ^ pair.second;
  }
};

/// Edges of the elements of one entity that are not in `known` yet; they are added to it.
EntityEdges collect_edges(int dim, int tag, const std::vector<Vec3>& at,
                          std::unordered_set<TagPair, TagPairHash>& known) {
  EntityEdges entity;
  entity.dim = dim;
  entity.tag = tag;
  std::vector<std::size_t> tags, corners;
  gmsh::model::mesh::getElementsByType(dim == 1 ? 1 : 2, tags, corners, tag);
  const std::size_t n = dim + 1;
  for (std::size_t i = 0; i + n <= corners.size(); i += n) {
    for (std::size_t k = 0; k < (dim == 1 ? 1u : 3u); ++k) {
      const auto [a, b] = std::minmax(corners[i + k], corners[i + (k + 1) % n]);
      if (!known.insert({a, b}).second) continue;
      entity.edges.push_back({a, b});
      entity.middle.push_back(0.5 * (at[a] + at[b]));
      entity.length.push_back((at[b] - at[a]).norm());
    }
  }
  return entity;
}

/// Places of all nodes, by tag.
std::vector<Vec3> places_by_tag() {
  std::vector<std::size_t> tags;
  std::vector<double> xyz, unused;
  gmsh::model::mesh::getNodes(tags, xyz, unused, -1, -1, false, false);
  std::vector<Vec3> at;
  for (std::size_t i = 0; i < tags.size(); ++i) {
    if (tags[i] >= at.size()) at.resize(tags[i] + 1, Vec3::Zero());
    at[tags[i]] = Vec3(&xyz[3 * i]);
  }
  return at;
}

void add_middles(const EntityEdges& entity, const std::vector<Vec3>& feet, double size,
                 CurvedEdges& result) {
  bool lost = false;
  for (std::size_t e = 0; e < feet.size(); ++e) {
    const Vec3& middle = entity.middle[e];
    const bool is_long = entity.length[e] > kLong * size;
    const double move = (feet[e] - middle).norm() / entity.length[e];
    if (!(move <= (is_long ? kMostIfLong : kMostMove))) {
      lost = true;
      if (is_long) result.far_off = Point{middle[0], middle[1], middle[2]};
    } else if (move >= 1e-9) {
      result.middles.push_back({entity.edges[e], {feet[e][0], feet[e][1], feet[e][2]}});
    }
  }
  if (lost) result.lost.push_back({entity.dim, entity.tag});
}

std::string far_off_text(const Point& at) {
  std::ostringstream text;
  text << "E8: triangles that cut across a curved face, at (" << at[0] << ", " << at[1] << ", "
       << at[2] << ") mm; ask for smaller elements there";
  return text.str();
}

/// Halves the sizes on curves and surfaces, and on the curves around these.
void refine_lost(const std::vector<std::pair<int, int>>& lost, EntitySizes& shrinks) {
  std::set<std::pair<int, int>> all(lost.begin(), lost.end());
  for (const auto& [dim, tag] : lost) {
    gmsh::vectorpair boundary;
    if (dim == 2) gmsh::model::getBoundary({{dim, tag}}, boundary, false, false, false);
    all.insert(boundary.begin(), boundary.end());
  }
  for (const auto& [dim, tag] : all) shrinks[dim].try_emplace(tag, 1.0).first->second *= 0.5;
}

CurvedEdges curved_edges(const std::function<double(int, int)>& size) {
  CurvedEdges result;
  const std::vector<Vec3> at = places_by_tag();
  std::unordered_set<TagPair, TagPairHash> known;
  for (const int dim : {1, 2}) {
    gmsh::vectorpair entities;
    gmsh::model::getEntities(entities, dim);
    for (const auto& [d, tag] : entities) {
      EntityEdges entity = collect_edges(dim, tag, at, known);
      if (entity.edges.empty() || is_flat(dim, tag)) continue;
      add_middles(entity, foot_points(entity), size(dim, tag), result);
    }
  }
  return result;
}

}  // namespace

double value_at(const EntitySizes& entities, int dim, int tag, double fallback) {
  if (dim < 0 || dim > 3) return fallback;
  const auto entry = entities[dim].find(tag);
  return entry == entities[dim].end() ? fallback : entry->second;
}

CurvedEdges mesh_surfaces(const std::function<void()>& set_sizes,
                          const std::function<double(int, int)>& size, EntitySizes& shrinks) {
  for (int round = 0;; ++round) {
    set_sizes();
    gmsh::model::mesh::clear();
    gmsh::model::mesh::generate(2);
    CurvedEdges edges = curved_edges(size);
    if (edges.lost.empty()) return edges;
    if (!edges.far_off && round >= kRoundsIfNear) return edges;
    if (round == kRounds) throw NumericalFailure("MESH_FAILED", far_off_text(*edges.far_off));
    refine_lost(edges.lost, shrinks);
  }
}

}  // namespace proofload::meshing
