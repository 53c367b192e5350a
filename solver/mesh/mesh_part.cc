#include "proofload/solver/mesh_part.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "proofload/io/mesh_file.h"
#include "proofload/solver/collective.h"

namespace proofload::solver {
namespace {

void fail(const std::string& what, std::int64_t index) {
  throw std::runtime_error("mesh: " + what + " at index " + std::to_string(index));
}

void check_indices(const std::vector<std::int32_t>& values, std::int64_t limit,
                   const std::string& name) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] < 0 || values[i] >= limit) fail(name + " out of range", i);
  }
}

void check_faces(const io::FaceSet& set, const io::Mesh& mesh) {
  if (set.faces.size() != 6 * set.cells.size()) fail("faces of '" + set.name + "' incomplete", 0);
  check_indices(set.faces, mesh.n_nodes(), "face node of '" + set.name + "'");
  check_indices(set.cells, mesh.n_cells(), "face cell of '" + set.name + "'");
}

void check(const io::Mesh& mesh) {
  if (mesh.cell_body.empty()) throw std::runtime_error("mesh: no cells");
  if (mesh.cells.size() != 10 * mesh.cell_body.size()) fail("cell nodes incomplete", 0);
  check_indices(mesh.cells, mesh.n_nodes(), "cell node");
  check_indices(mesh.cell_body, static_cast<std::int64_t>(mesh.body_names.size()), "cell body");
  for (std::size_t i = 0; i < mesh.nodes.size(); ++i) {
    if (!std::isfinite(mesh.nodes[i])) fail("coordinate not finite", i / 3);
  }
  check_faces(mesh.exterior, mesh);
  for (const auto& place : mesh.places) check_faces(place, mesh);
  for (const auto& interface : mesh.interfaces) check_faces(interface, mesh);
}

/// Who has which cells and nodes, known on every rank while the whole mesh is in memory.
struct Distribution {
  std::vector<std::int64_t> cell_begin;   ///< [ranks + 1]
  std::vector<int> node_owner;            ///< [n_nodes]
  std::vector<std::int64_t> node_number;  ///< [n_nodes] solver numbering
  std::vector<std::int64_t> node_begin;   ///< [ranks + 1]
};

Distribution distribute(const io::Mesh& mesh, int ranks) {
  Distribution d;
  for (int r = 0; r <= ranks; ++r) d.cell_begin.push_back(mesh.n_cells() * r / ranks);
  d.node_owner.assign(mesh.n_nodes(), -1);
  d.node_begin.assign(ranks + 1, 0);
  for (int r = 0; r < ranks; ++r) {
    for (std::int64_t i = 10 * d.cell_begin[r]; i < 10 * d.cell_begin[r + 1]; ++i) {
      int& owner = d.node_owner[mesh.cells[i]];
      if (owner < 0) {
        owner = r;
        ++d.node_begin[r + 1];
      }
    }
  }
  for (int r = 0; r < ranks; ++r) d.node_begin[r + 1] += d.node_begin[r];
  d.node_number.resize(mesh.n_nodes());
  std::vector<std::int64_t> next(d.node_begin);
  for (std::int64_t node = 0; node < mesh.n_nodes(); ++node) {
    if (d.node_owner[node] < 0) fail("node without a cell", node);
    d.node_number[node] = next[d.node_owner[node]]++;
  }
  return d;
}

/// Nodes of a rank's cells: owned ones by number, then ghosts by number.
std::vector<std::int32_t> nodes_of_rank(const io::Mesh& mesh, const Distribution& d, int rank) {
  std::vector<std::int32_t> nodes(mesh.cells.begin() + 10 * d.cell_begin[rank],
                                  mesh.cells.begin() + 10 * d.cell_begin[rank + 1]);
  const auto key = [&](std::int32_t node) {
    return std::make_pair(d.node_owner[node] != rank, d.node_number[node]);
  };
  std::sort(nodes.begin(), nodes.end(), [&](auto a, auto b) { return key(a) < key(b); });
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  return nodes;
}

FacePart faces_of_rank(const io::FaceSet& set, const std::vector<std::int32_t>& local,
                       std::int64_t begin, std::int64_t end) {
  FacePart part;
  part.name = set.name;
  for (std::size_t i = 0; i < set.cells.size(); ++i) {
    if (set.cells[i] < begin || set.cells[i] >= end) continue;
    part.cells.push_back(static_cast<std::int32_t>(set.cells[i] - begin));
    for (int k = 0; k < 6; ++k) {
      const std::int32_t node = local[set.faces[6 * i + k]];
      if (node < 0) fail("face of '" + set.name + "' has a node that its cell has not", i);
      part.faces.push_back(node);
    }
  }
  return part;
}

/// Lists of both sides are ascending in the solver's numbering, hence in the same order.
GhostExchange make_exchange(const MeshPart& part, const io::Mesh& mesh, const Distribution& d,
                            const std::vector<std::int32_t>& local, int rank, int ranks) {
  std::vector<std::vector<std::int32_t>> owned(ranks), ghosts(ranks);
  for (std::int32_t node = part.n_owned; node < part.n_local(); ++node) {
    ghosts[d.node_owner[part.file_node[node]]].push_back(node);
  }
  for (int other = 0; other < ranks; ++other) {
    if (other == rank) continue;
    for (std::int64_t i = 10 * d.cell_begin[other]; i < 10 * d.cell_begin[other + 1]; ++i) {
      if (d.node_owner[mesh.cells[i]] == rank) owned[other].push_back(local[mesh.cells[i]]);
    }
    std::sort(owned[other].begin(), owned[other].end());
    owned[other].erase(std::unique(owned[other].begin(), owned[other].end()), owned[other].end());
  }
  GhostExchange exchange;
  for (int other = 0; other < ranks; ++other) {
    if (owned[other].empty() && ghosts[other].empty()) continue;
    exchange.ranks.push_back(other);
    exchange.owned.push_back(std::move(owned[other]));
    exchange.ghosts.push_back(std::move(ghosts[other]));
  }
  return exchange;
}

void fill_nodes(MeshPart& part, const io::Mesh& mesh, const Distribution& d, int rank) {
  part.file_node = nodes_of_rank(mesh, d, rank);
  part.first_node = d.node_begin[rank];
  part.n_owned = static_cast<std::int32_t>(d.node_begin[rank + 1] - d.node_begin[rank]);
  for (const std::int32_t node : part.file_node) {
    part.global_node.push_back(d.node_number[node]);
    part.xyz.insert(part.xyz.end(), mesh.nodes.begin() + 3 * static_cast<std::int64_t>(node),
                    mesh.nodes.begin() + 3 * static_cast<std::int64_t>(node) + 3);
  }
}

MeshPart take_share(MPI_Comm comm, const io::Mesh& mesh) {
  const int rank = rank_of(comm);
  const int ranks = ranks_of(comm);
  check(mesh);
  const Distribution d = distribute(mesh, ranks);
  MeshPart part;
  part.comm = comm;
  part.n_global_nodes = mesh.n_nodes();
  part.n_global_cells = mesh.n_cells();
  part.body_names = mesh.body_names;
  fill_nodes(part, mesh, d, rank);
  std::vector<std::int32_t> local(mesh.n_nodes(), -1);
  for (std::int32_t i = 0; i < part.n_local(); ++i) local[part.file_node[i]] = i;
  const std::int64_t begin = d.cell_begin[rank], end = d.cell_begin[rank + 1];
  for (std::int64_t cell = begin; cell < end; ++cell) {
    part.file_cell.push_back(static_cast<std::int32_t>(cell));
    part.cell_body.push_back(mesh.cell_body[cell]);
    for (int k = 0; k < 10; ++k) part.cells.push_back(local[mesh.cells[10 * cell + k]]);
  }
  part.exterior = faces_of_rank(mesh.exterior, local, begin, end);
  for (const auto& set : mesh.places) {
    part.places.push_back(faces_of_rank(set, local, begin, end));
  }
  for (const auto& set : mesh.interfaces) {
    part.interfaces.push_back(faces_of_rank(set, local, begin, end));
  }
  part.exchange = make_exchange(part, mesh, d, local, rank, ranks);
  return part;
}

}  // namespace

MeshPart make_mesh_part(MPI_Comm comm, const io::Mesh& mesh) {
  MeshPart part;
  on_all_ranks(comm, [&] { part = take_share(comm, mesh); });
  return part;
}

MeshPart read_mesh_part(MPI_Comm comm, const std::string& path) {
  MeshPart part;
  on_all_ranks(comm, [&] { part = take_share(comm, io::read_mesh(path)); });
  return part;
}

}  // namespace proofload::solver
