#pragma once
/// Integration over curved quadratic faces and cells of a MeshPart.
#include <Eigen/Core>
#include <array>
#include <functional>
#include <vector>

#include "proofload/solver/mesh_part.h"

namespace proofload::solver {

/// Barycentric points and weights that sum to one.
struct TriangleRule {
  std::vector<std::array<double, 3>> points;
  std::vector<double> weights;
};

struct TetrahedronRule {
  std::vector<std::array<double, 4>> points;
  std::vector<double> weights;
};

/// Rules of degree 2n - 1, n = 1 … 5 (Witherden, Vincent 2015, doi:10.1016/j.camwa.2015.03.017).
TriangleRule triangle_rule(int n);
TetrahedronRule tetrahedron_rule(int n);

/// The four-point rule of degree 2 with which stiffness is integrated.
TetrahedronRule stiffness_rule();

/// Quadratic shape functions in the order of the nodes.
std::array<double, 6> triangle_shape(const std::array<double, 3>& barycentric);
std::array<double, 10> tetrahedron_shape(const std::array<double, 4>& barycentric);

/// Rows: derivatives of each function by the three reference coordinates (barycentric 1, 2, 3).
Eigen::Matrix<double, 10, 3> tetrahedron_gradient(const std::array<double, 4>& barycentric);

/// Throws NumericalFailure (NEGATIVE_JACOBIAN) with the place of a cell of this rank.
[[noreturn]] void fail_inside_out(const MeshPart& part, std::int32_t cell);

/// Fails on all ranks where a cell is turned inside out at a point of the stiffness. Collective.
void refuse_inside_out(const MeshPart& part);

inline Eigen::Vector3d node_point(const MeshPart& part, std::int32_t node) {
  return Eigen::Map<const Eigen::Vector3d>(part.xyz.data() + 3 * static_cast<std::size_t>(node));
}

/// The three values of a node.
inline Eigen::Map<Eigen::Vector3d> at_node(std::vector<double>& values, std::int32_t node) {
  return Eigen::Map<Eigen::Vector3d>(values.data() + 3 * static_cast<std::size_t>(node));
}
inline Eigen::Map<const Eigen::Vector3d> at_node(const std::vector<double>& values,
                                                 std::int32_t node) {
  return Eigen::Map<const Eigen::Vector3d>(values.data() + 3 * static_cast<std::size_t>(node));
}

/// A point of a face; `area` is the outward normal times the area it stands for, mm2.
struct FacePoint {
  std::array<double, 6> shape;
  Eigen::Vector3d x;
  Eigen::Vector3d area;
};

/// Points of the curved face of six local nodes, degree 9.
std::vector<FacePoint> face_points(const MeshPart& part, const std::int32_t* nodes);

/// A point of a cell; `volume` is what it stands for, mm3.
struct CellPoint {
  std::array<double, 10> shape;
  Eigen::Vector3d x;
  double volume;
};

std::vector<CellPoint> cell_points(const MeshPart& part, std::int32_t cell,
                                   const TetrahedronRule& rule);

/// Area, centroid and second moment ∫ (x - c)(x - c)T dA of faces of all ranks.
struct SurfaceFacts {
  double area = 0;
  Eigen::Vector3d centroid = Eigen::Vector3d::Zero();
  Eigen::Matrix3d second_moment = Eigen::Matrix3d::Zero();
};

/// Same on every rank. Collective.
SurfaceFacts surface_facts(const MeshPart& part, const FacePart& faces);

}  // namespace proofload::solver
