#pragma once
/// Faces of a tetrahedral mesh: exterior, between bodies; bodies taken apart where not bonded.
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "proofload/core/problem.h"
#include "proofload/meshing/tet_mesh.h"
#include "proofload/v1/case.pb.h"

namespace proofload::meshing {

/// Corners of the four faces of a tetrahedron of positive volume, outward by the right-hand rule.
inline constexpr int kTetFaces[4][3] = {{0, 2, 1}, {0, 1, 3}, {1, 2, 3}, {0, 3, 2}};

/// One side of a face.
struct CellFace {
  std::int32_t cell = 0;
  int local = 0;            ///< row of kTetFaces
  std::int32_t patch = -1;  ///< index into TetMesh::patches; -1: unknown
};

/// The two sides of a face between bodies; `first` has the lower body index.
struct BodyFace {
  CellFace first, second;
};

struct Topology {
  std::vector<CellFace> exterior;
  std::vector<BodyFace> between;
};

using BodyPairs = std::set<std::pair<int, int>>;  ///< body indices, first < second

/// Throws NumericalFailure (MESH_QUALITY) if a face has more than two cells, or two on one side of
/// it (they overlap: a mesher that turns an inverted cell over makes such).
Topology build_topology(const TetMesh& mesh);

/// Pairs of bodies that share faces.
BodyPairs touching(const TetMesh& mesh, const Topology& topology);

/// Interfaces of the case of one kind.
BodyPairs listed_pairs(const v1::Case& value, v1::Interface::Kind::Enum kind);

/// BODIES_DO_NOT_TOUCH (with what `describe_gap` says of the pair) and INTERFACE_MISSING.
std::vector<Problem> check_interfaces(const v1::Case& value, const BodyPairs& touching,
                                      const std::function<std::string(int, int)>& describe_gap);

/// Gives every body its own nodes except where `bonded` bodies share a face; sides of the other
/// faces become exterior. Returns for each node of the result the node it was.
std::vector<std::int32_t> split_unbonded(TetMesh& mesh, Topology& topology,
                                         const BodyPairs& bonded);

/// Bodies that share both ends of an edge (a third body holds them there) but not the edge: for
/// (edge_key, body) the side of the edge that the body is on, 0 where it is not listed.
using EdgeSides = std::map<std::pair<std::uint64_t, int>, int>;

/// After split_unbonded.
EdgeSides split_edges(const TetMesh& mesh, const BodyPairs& bonded);

/// Number of parts of each body that hang together over faces.
std::vector<int> connected_parts(const TetMesh& mesh);

}  // namespace proofload::meshing
