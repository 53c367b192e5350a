#pragma once
/// One rank's share of a mesh: flat arrays, no triangulation object.
#include <mpi.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace proofload::io {
struct Mesh;
}

namespace proofload::solver {

/// Faces whose cell is on this rank.
struct FacePart {
  std::string name;
  std::vector<std::int32_t> faces;  ///< [6 * n] local nodes, order as io::FaceSet
  std::vector<std::int32_t> cells;  ///< [n] local cells
};

/// Who sends what to whom when shared nodes are brought up to date.
struct GhostExchange {
  std::vector<int> ranks;                           ///< neighbours
  std::vector<std::vector<std::int32_t>> owned;     ///< per neighbour: owned local nodes it has as ghosts
  std::vector<std::vector<std::int32_t>> ghosts;    ///< per neighbour: local ghosts it owns
};

/// Each cell is on exactly one rank. Nodes: owned first [0, n_owned), then ghosts. Owned nodes of
/// all ranks are numbered contiguously: rank r owns [first_node, first_node + n_owned).
struct MeshPart {
  MPI_Comm comm = MPI_COMM_SELF;
  std::int64_t n_global_nodes = 0;
  std::int64_t n_global_cells = 0;
  std::int64_t first_node = 0;
  std::int32_t n_owned = 0;
  std::vector<std::int64_t> global_node;  ///< [n_local] solver numbering
  std::vector<std::int32_t> file_node;    ///< [n_local] node in mesh.h5
  std::vector<std::int32_t> file_cell;    ///< [n_cells] cell in mesh.h5
  std::vector<double> xyz;                ///< [3 * n_local] mm
  std::vector<std::int32_t> cells;        ///< [10 * n_cells] local nodes, VTK order
  std::vector<std::int32_t> cell_body;    ///< [n_cells]
  std::vector<std::string> body_names;
  FacePart exterior;
  std::vector<FacePart> places;
  std::vector<FacePart> interfaces;
  GhostExchange exchange;

  std::int32_t n_local() const { return static_cast<std::int32_t>(global_node.size()); }
  std::int32_t n_cells() const { return static_cast<std::int32_t>(cell_body.size()); }
};

/// Reads mesh.h5 and keeps this rank's share (a contiguous range of the file's curve order).
/// Collective; every rank throws if any rank fails.
MeshPart read_mesh_part(MPI_Comm comm, const std::string& path);

/// The share of this rank of a mesh that every rank holds whole: cells [n r / ranks, n (r+1) /
/// ranks), nodes owned by the lowest rank that touches them. Throws std::runtime_error (index out of
/// range, coordinate not finite, node without a cell). Collective.
MeshPart make_mesh_part(MPI_Comm comm, const io::Mesh& mesh);

/// Owner's values to ghosts: values[block * n_local]. Collective.
void update_ghosts(const MeshPart& part, double* values, int block);

/// Ghosts' values added to their owner, ghosts then zero. Collective.
void add_to_owners(const MeshPart& part, double* values, int block);

/// The least of the owner's and its ghosts' values, on the owner and all ghosts. Collective.
void min_over_copies(const MeshPart& part, double* values, int block);

/// Edges of the tet in the order of nodes 4..9.
inline constexpr int kTetEdges[6][2] = {{0, 1}, {1, 2}, {0, 2}, {0, 3}, {1, 3}, {2, 3}};

}  // namespace proofload::solver
