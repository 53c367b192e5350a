#include "proofload/meshing/topology.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <sstream>

#include "proofload/core/regions.h"

namespace proofload::meshing {
namespace {

struct SortedFace {
  FaceKey key;
  std::int32_t cell;
  std::int32_t local;
  bool operator<(const SortedFace& other) const {
    return std::tie(key, cell) < std::tie(other.key, other.cell);
  }
};

FaceKey key_of(const std::array<int, 4>& tet, int local) {
  const int* f = kTetFaces[local];
  return face_key(tet[f[0]], tet[f[1]], tet[f[2]]);
}

std::vector<SortedFace> sorted_faces(const VolumeMesh& mesh) {
  std::vector<SortedFace> faces;
  faces.reserve(mesh.tets.size() * 4);
  for (std::size_t c = 0; c < mesh.tets.size(); ++c) {
    for (int f = 0; f < 4; ++f) {
      faces.push_back({key_of(mesh.tets[c], f), static_cast<std::int32_t>(c), f});
    }
  }
  std::sort(faces.begin(), faces.end());
  return faces;
}

/// True: the sorted corners of the face are in the order in which it is seen from outside the cell.
bool even(const VolumeMesh& mesh, const SortedFace& face) {
  const std::array<int, 4>& tet = mesh.tets[face.cell];
  const int* f = kTetFaces[face.local];
  const int a = tet[f[0]], b = tet[f[1]], c = tet[f[2]];
  return ((a < b) + (b < c) + (c < a)) == 2;
}

/// Both cells of a face lie on the same side of it: they overlap.
bool folded(const VolumeMesh& mesh, const SortedFace& a, const SortedFace& b) {
  return a.key == b.key && even(mesh, a) == even(mesh, b);
}

std::string place_of(const VolumeMesh& mesh, const FaceKey& face) {
  std::ostringstream text;
  for (int k = 0; k < 3; ++k) {
    double at = 0;
    for (const int node : face) at += mesh.nodes[3 * node + k] / 3;
    text << (k == 0 ? "(" : ", ") << at;
  }
  return text.str() + ") mm";
}

int find_root(std::vector<int>& parent, int i) {
  while (parent[i] != i) i = parent[i] = parent[parent[i]];
  return i;
}

std::pair<int, int> ordered(int a, int b) { return {std::min(a, b), std::max(a, b)}; }

/// Bodies at each node that has more than one.
std::map<std::int32_t, std::set<int>> shared_nodes(const VolumeMesh& mesh) {
  std::vector<int> first(mesh.nodes.size() / 3, -1);
  std::map<std::int32_t, std::set<int>> shared;
  for (std::size_t c = 0; c < mesh.tets.size(); ++c) {
    for (const int node : mesh.tets[c]) {
      const int body = mesh.tet_body[c];
      if (first[node] < 0) first[node] = body;
      if (first[node] != body) shared[node].insert({first[node], body});
    }
  }
  return shared;
}

/// Sets of bodies that are held together, each named by its least body.
std::vector<int> joined(int n_bodies, const BodyPairs& pairs) {
  std::vector<int> parent(n_bodies);
  std::iota(parent.begin(), parent.end(), 0);
  for (const auto& [a, b] : pairs) {
    const int ra = find_root(parent, a), rb = find_root(parent, b);
    parent[std::max(ra, rb)] = std::min(ra, rb);
  }
  for (int i = 0; i < n_bodies; ++i) parent[i] = find_root(parent, i);
  return parent;
}

BodyPairs pairs_among(const std::set<int>& bodies, const BodyPairs& pairs) {
  BodyPairs result;
  for (const auto& pair : pairs) {
    if (bodies.count(pair.first) != 0 && bodies.count(pair.second) != 0) result.insert(pair);
  }
  return result;
}

/// For a node: which bodies are held together there (pairs with a bonded face at the node).
using NodeBonds = std::map<std::int32_t, BodyPairs>;

NodeBonds bonds_at_nodes(const TetMesh& mesh, const Topology& topology, const BodyPairs& bonded) {
  NodeBonds bonds;
  for (const BodyFace& face : topology.between) {
    const std::pair<int, int> pair{mesh.volume.tet_body[face.first.cell],
                                   mesh.volume.tet_body[face.second.cell]};
    if (bonded.count(pair) == 0) continue;
    for (const int corner : kTetFaces[face.first.local]) {
      bonds[mesh.volume.tets[face.first.cell][corner]].insert(pair);
    }
  }
  return bonds;
}

/// New node for (node, body); bodies that keep the node are not listed.
using Renaming = std::map<std::pair<std::int32_t, int>, std::int32_t>;

Renaming new_nodes(TetMesh& mesh, const NodeBonds& bonds, std::vector<std::int32_t>& origin) {
  Renaming renaming;
  const int n_bodies = static_cast<int>(mesh.body_names.size());
  for (const auto& [node, bodies] : shared_nodes(mesh.volume)) {
    const auto held = bonds.find(node);
    const std::vector<int> set = joined(n_bodies, held == bonds.end() ? BodyPairs() : held->second);
    const int keeper = set[*bodies.begin()];
    std::map<int, std::int32_t> copy;
    for (const int body : bodies) {
      const int root = set[body];
      if (root == keeper) continue;
      if (copy.count(root) == 0) {
        copy[root] = static_cast<std::int32_t>(origin.size());
        origin.push_back(node);
        for (int k = 0; k < 3; ++k) {
          const double x = mesh.volume.nodes[3 * node + k];
          mesh.volume.nodes.push_back(x);
        }
      }
      renaming[{node, body}] = copy[root];
    }
  }
  return renaming;
}

bool any_pair(const std::set<int>& first, const std::set<int>& second, const BodyPairs& among) {
  for (const int a : first) {
    for (const int b : second) {
      if (among.count(ordered(a, b)) != 0) return true;
    }
  }
  return false;
}

}  // namespace

Topology build_topology(const TetMesh& mesh) {
  const std::vector<SortedFace> faces = sorted_faces(mesh.volume);
  const std::vector<int>& body = mesh.volume.tet_body;
  Topology topology;
  for (std::size_t i = 0; i < faces.size();) {
    std::size_t end = i + 1;
    while (end < faces.size() && faces[end].key == faces[i].key) ++end;
    if (end - i > 2) {
      throw NumericalFailure("MESH_QUALITY", "E11: a face has more than two cells, at " +
                                                 place_of(mesh.volume, faces[i].key));
    }
    if (end - i == 2 && folded(mesh.volume, faces[i], faces[i + 1])) {
      throw NumericalFailure("MESH_QUALITY", "E11: cells overlap, at " +
                                                 place_of(mesh.volume, faces[i].key) +
                                                 "; ask for smaller elements there");
    }
    const auto entry = mesh.face_patch.find(faces[i].key);
    const std::int32_t patch = entry == mesh.face_patch.end() ? -1 : entry->second;
    const auto side = [&](std::size_t k) { return CellFace{faces[k].cell, faces[k].local, patch}; };
    if (end - i == 1) {
      topology.exterior.push_back(side(i));
    } else if (body[faces[i].cell] != body[faces[i + 1].cell]) {
      const bool swap = body[faces[i].cell] > body[faces[i + 1].cell];
      topology.between.push_back({side(swap ? i + 1 : i), side(swap ? i : i + 1)});
    }
    i = end;
  }
  return topology;
}

BodyPairs touching(const TetMesh& mesh, const Topology& topology) {
  BodyPairs pairs;
  for (const BodyFace& face : topology.between) {
    pairs.insert({mesh.volume.tet_body[face.first.cell], mesh.volume.tet_body[face.second.cell]});
  }
  return pairs;
}

BodyPairs listed_pairs(const v1::Case& value, v1::Interface::Kind::Enum kind) {
  BodyPairs pairs;
  for (int a = 0; a < value.bodies_size(); ++a) {
    for (int b = a + 1; b < value.bodies_size(); ++b) {
      if (interface_kind(value, value.bodies(a), value.bodies(b)) == kind) pairs.insert({a, b});
    }
  }
  return pairs;
}

std::vector<Problem> check_interfaces(const v1::Case& value, const BodyPairs& touching,
                                      const std::function<std::string(int, int)>& describe_gap) {
  const BodyPairs bonded = listed_pairs(value, v1::Interface::Kind::bonded);
  const BodyPairs separate = listed_pairs(value, v1::Interface::Kind::separate);
  std::vector<Problem> problems;
  for (const v1::Interface& entry : value.interfaces()) {
    if (entry.kind() != v1::Interface::Kind::bonded || entry.between_size() != 2) continue;
    const std::set<int> first = body_indices(value, entry.between(0)),
                        second = body_indices(value, entry.between(1));
    if (first.empty() || second.empty() || any_pair(first, second, touching)) continue;
    problems.push_back({"BODIES_DO_NOT_TOUCH", "interfaces", 0, 0,
                        entry.between(0) + " and " + entry.between(1) +
                            " are to be bonded but share no face: " +
                            describe_gap(*first.begin(), *second.begin()),
                        "move one of them until they touch or overlap, or remove the interface"});
  }
  for (const auto& [a, b] : touching) {
    if (bonded.count({a, b}) != 0 || separate.count({a, b}) != 0) continue;
    const std::string names = value.bodies(a).name() + ", " + value.bodies(b).name();
    problems.push_back({"INTERFACE_MISSING", "interfaces", 0, 0,
                        value.bodies(a).name() + " and " + value.bodies(b).name() +
                            " touch, but the case does not say how they hold together",
                        "add - {between: [" + names + "], kind: bonded} (or kind: separate)"});
  }
  return problems;
}

std::vector<std::int32_t> split_unbonded(TetMesh& mesh, Topology& topology,
                                         const BodyPairs& bonded) {
  std::vector<std::int32_t> origin(mesh.volume.nodes.size() / 3);
  std::iota(origin.begin(), origin.end(), 0);
  const NodeBonds bonds = bonds_at_nodes(mesh, topology, bonded);
  const Renaming renaming = new_nodes(mesh, bonds, origin);
  if (!renaming.empty()) {
    for (std::size_t c = 0; c < mesh.volume.tets.size(); ++c) {
      for (int& node : mesh.volume.tets[c]) {
        const auto entry = renaming.find({node, mesh.volume.tet_body[c]});
        if (entry != renaming.end()) node = entry->second;
      }
    }
  }
  for (const BodyFace& face : topology.between) {
    const std::pair<int, int> pair{mesh.volume.tet_body[face.first.cell],
                                   mesh.volume.tet_body[face.second.cell]};
    if (bonded.count(pair) != 0) continue;
    topology.exterior.push_back(face.first);
    topology.exterior.push_back(face.second);
  }
  return origin;
}

EdgeSides split_edges(const TetMesh& mesh, const BodyPairs& bonded) {
  const auto nodes = shared_nodes(mesh.volume);
  std::map<std::uint64_t, std::set<int>> bodies;
  for (std::size_t c = 0; c < mesh.volume.tets.size(); ++c) {
    for (int i = 0; i < 4; ++i) {
      for (int k = i + 1; k < 4; ++k) {
        const int a = mesh.volume.tets[c][i], b = mesh.volume.tets[c][k];
        if (nodes.count(a) == 0 || nodes.count(b) == 0) continue;
        bodies[edge_key(a, b)].insert(mesh.volume.tet_body[c]);
      }
    }
  }
  EdgeSides sides;
  for (const auto& [edge, at_edge] : bodies) {
    if (at_edge.size() < 2) continue;
    const std::vector<int> set =
        joined(static_cast<int>(mesh.body_names.size()), pairs_among(at_edge, bonded));
    for (const int body : at_edge) {
      if (set[body] != set[*at_edge.begin()]) sides[{edge, body}] = set[body];
    }
  }
  return sides;
}

std::vector<int> connected_parts(const TetMesh& mesh) {
  const std::vector<SortedFace> faces = sorted_faces(mesh.volume);
  const std::vector<int>& body = mesh.volume.tet_body;
  std::vector<int> parent(mesh.volume.tets.size());
  std::iota(parent.begin(), parent.end(), 0);
  for (std::size_t i = 0; i + 1 < faces.size(); ++i) {
    const int a = faces[i].cell, b = faces[i + 1].cell;
    if (faces[i].key != faces[i + 1].key || body[a] != body[b]) continue;
    const int ra = find_root(parent, a), rb = find_root(parent, b);
    parent[std::max(ra, rb)] = std::min(ra, rb);
  }
  std::vector<int> parts(mesh.body_names.size(), 0);
  for (std::size_t c = 0; c < parent.size(); ++c) {
    if (parent[c] == static_cast<int>(c)) ++parts[body[c]];
  }
  return parts;
}

}  // namespace proofload::meshing
