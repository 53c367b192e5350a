#include "near_edge.h"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <set>
#include <unordered_map>

#include "proofload/core/edge_samples.h"

namespace proofload::assessment {

namespace {

using Vec3 = Eigen::Vector3d;

Vec3 node_at(const io::Mesh& mesh, std::int32_t node) {
  const double* x = &mesh.nodes[3 * static_cast<std::size_t>(node)];
  return {x[0], x[1], x[2]};
}

Vec3 face_normal(const io::Mesh& mesh, const std::int32_t* nodes) {
  const Vec3 a = node_at(mesh, nodes[0]);
  return (node_at(mesh, nodes[1]) - a).cross(node_at(mesh, nodes[2]) - a).normalized();
}

/// Faces at an edge, known by its mid node.
struct EdgeFaces {
  int count = 0;
  Vec3 normals = Vec3::Zero();
};
using Edges = std::unordered_map<std::int32_t, EdgeFaces>;

Edges edges_of(const io::Mesh& mesh, const io::FaceSet& set) {
  Edges edges;
  for (std::size_t f = 0; f + 6 <= set.faces.size(); f += 6) {
    const Vec3 normal = face_normal(mesh, &set.faces[f]);
    for (int k = 3; k < 6; ++k) {
      EdgeFaces& edge = edges[set.faces[f + k]];
      ++edge.count;
      edge.normals += normal;
    }
  }
  return edges;
}

/// Mirrored at the face, the surface beside it makes no re-entrant corner.
bool smooth_when_mirrored(const EdgeFaces& own, const Edges& exterior, std::int32_t mid) {
  constexpr double kSine = 0.1;
  const auto found = exterior.find(mid);
  if (found == exterior.end() || found->second.count != 2) return false;
  return own.normals.dot(found->second.normals) - 1 <= kSine;
}

void grow_by_one_cell(const io::Mesh& mesh, std::vector<char>& marks) {
  std::vector<char> grown = marks;
  for (std::int64_t c = 0; c < mesh.n_cells(); ++c) {
    const std::int32_t* nodes = &mesh.cells[10 * static_cast<std::size_t>(c)];
    if (std::any_of(nodes, nodes + 10, [&](std::int32_t n) { return marks[n] != 0; })) {
      for (int k = 0; k < 10; ++k) grown[nodes[k]] = 1;
    }
  }
  marks.swap(grown);
}

std::vector<char> within_two_cells(const io::Mesh& mesh, const std::vector<std::int32_t>& nodes) {
  std::vector<char> marks(static_cast<std::size_t>(mesh.n_nodes()), 0);
  for (const std::int32_t node : nodes) marks[node] = 1;
  for (int layer = 0; layer < 2; ++layer) grow_by_one_cell(mesh, marks);
  return marks;
}

/// EdgeZone::nodes. `exterior`: given for mirrors only.
std::vector<std::int32_t> free_edges(const io::Mesh& mesh, const io::FaceSet& set,
                                     const Edges* exterior) {
  std::vector<std::int32_t> pieces;
  const Edges edges = edges_of(mesh, set);
  for (std::size_t f = 0; f + 6 <= set.faces.size(); f += 6) {
    for (int k = 0; k < 3; ++k) {
      const std::int32_t mid = set.faces[f + 3 + k];
      const EdgeFaces& edge = edges.at(mid);
      if (edge.count != 1) continue;
      if (exterior && smooth_when_mirrored(edge, *exterior, mid)) continue;
      for (const int end : {k, (k + 1) % 3}) {
        pieces.push_back(set.faces[f + end]);
        pieces.push_back(mid);
      }
    }
  }
  return pieces;
}

const io::FaceSet* find_place(const io::Mesh& mesh, const std::string& name) {
  for (const io::FaceSet& set : mesh.places) {
    if (set.name == name) return &set;
  }
  return nullptr;
}

/// EdgeZone::nodes of the edge or corner that the places have in common: each node a corner.
std::vector<std::int32_t> common_nodes(const io::Mesh& mesh, const v1::Place& place) {
  std::vector<int> found(static_cast<std::size_t>(mesh.n_nodes()), 0);
  for (int i = 0; i < place.common_to_size(); ++i) {
    const io::FaceSet* set = find_place(mesh, place.common_to(i));
    if (!set) continue;
    for (const std::int32_t node : set->faces) {
      if (found[node] == i) found[node] = i + 1;
    }
  }
  std::vector<std::int32_t> nodes;
  for (std::size_t n = 0; n < found.size(); ++n) {
    if (found[n] == place.common_to_size()) nodes.insert(nodes.end(), 2, static_cast<int>(n));
  }
  return nodes;
}

/// Unit normal of a plane face set; zero if it is not plane.
Vec3 plane_normal(const io::Mesh& mesh, const io::FaceSet& set) {
  Vec3 first = Vec3::Zero();
  for (std::size_t f = 0; f + 6 <= set.faces.size(); f += 6) {
    const Vec3 normal = face_normal(mesh, &set.faces[f]);
    if (f == 0) first = normal;
    if (normal.dot(first) < 1 - 1e-6) return Vec3::Zero();
  }
  return first;
}

bool is_mirror(const v1::Support& support, const Vec3& normal) {
  if (normal.isZero()) return false;
  if (support.slide() || support.antisymmetric()) return true;
  if (support.fix_size() != 1) return false;
  const int axis = static_cast<int>(support.fix(0)) - static_cast<int>(v1::Axis::x);
  return axis >= 0 && axis < 3 && std::abs(normal[axis]) > 1 - 1e-6;
}

}  // namespace

std::vector<EdgeZone> edge_zones(const io::Mesh& mesh, const v1::Case& value,
                                 const std::vector<std::string>& load_cases) {
  const Edges exterior = edges_of(mesh, mesh.exterior);
  std::vector<EdgeZone> zones;
  std::set<std::string> done;
  const auto add = [&](const std::string& name, const std::string& place, bool mirror) {
    const io::FaceSet* set = find_place(mesh, place);
    const auto asked = value.places().find(place);
    const bool common = asked != value.places().end() && asked->second.common_to_size() > 0;
    if ((!set && !common) || !done.insert(name + "|" + place).second) return;
    const auto nodes = common ? common_nodes(mesh, asked->second)
                              : free_edges(mesh, *set, mirror ? &exterior : nullptr);
    zones.push_back({name, within_two_cells(mesh, nodes), nodes});
  };
  for (const v1::LoadCase& load_case : value.load_cases()) {
    if (std::find(load_cases.begin(), load_cases.end(), load_case.name()) == load_cases.end()) {
      continue;
    }
    const auto& supports = load_case.supports_size() > 0 ? load_case.supports() : value.supports();
    for (const v1::Support& support : supports) {
      const io::FaceSet* set = find_place(mesh, support.at());
      add("support " + support.name(), support.at(),
          set && is_mirror(support, plane_normal(mesh, *set)));
    }
    for (const v1::Load& load : load_case.loads()) add("load at " + load.at(), load.at(), false);
  }
  for (const io::FaceSet& interface : mesh.interfaces) {
    const auto nodes = free_edges(mesh, interface, nullptr);
    zones.push_back({"interface " + interface.name, within_two_cells(mesh, nodes), nodes});
  }
  return zones;
}

std::vector<char> away_from(const io::Mesh& mesh, const std::vector<EdgeZone>& zones,
                            double distance) {
  EdgeSamples samples(distance);
  for (const EdgeZone& zone : zones) {
    for (std::size_t i = 0; i + 1 < zone.nodes.size(); i += 2) {
      samples.add(node_at(mesh, zone.nodes[i]), node_at(mesh, zone.nodes[i + 1]));
    }
  }
  std::vector<char> away(static_cast<std::size_t>(mesh.n_nodes()));
  for (std::size_t n = 0; n < away.size(); ++n) {
    away[n] = !samples.near(node_at(mesh, static_cast<std::int32_t>(n)));
  }
  return away;
}

}  // namespace proofload::assessment
