#pragma once
/// From a straight conforming mesh to mesh.h5's contents.
#include "proofload/meshing/mesh_design.h"
#include "proofload/meshing/quadratic.h"
#include "proofload/meshing/topology.h"

namespace proofload::meshing {

/// The mesh in its final order, with faces that still know cell and patch.
struct OrderedMesh {
  io::Mesh mesh;  ///< exterior and interfaces filled; places not yet
  Topology topology;
  BodyPairs bonded;  ///< pairs whose shared faces hold them together
  std::vector<double> jacobian_ratio;
  std::vector<double> cell_volume;
};

/// Six nodes of a cell's face, outward, as io::FaceSet wants them.
std::array<std::int32_t, 6> face_nodes(const io::Mesh& mesh, const CellFace& face);

void add_face(const io::Mesh& mesh, const CellFace& face, io::FaceSet& set);

/// Numbers nodes and cells along the curve. `topology` may list faces in any order; the result lists
/// them by cell.
OrderedMesh order_mesh(const TetMesh& mesh, const Quadratic& quadratic, const Topology& topology);

/// Area, centroid and area-weighted mean normal of quadratic faces (seven-point rule).
struct FaceSetMoments {
  double area_mm2 = 0;
  Point centroid{};
  Point normal{};
};

FaceSetMoments moments(const io::Mesh& mesh, const std::vector<std::int32_t>& faces);

/// Body, interface and count facts.
void describe_mesh(const v1::Case& value, const TetMesh& straight, const OrderedMesh& ordered,
                   v1::MeshFacts& facts);

}  // namespace proofload::meshing
