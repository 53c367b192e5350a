#pragma once
/// Elastic foundation: springs on faces, integrated over the curved face.
#include <Eigen/Core>
#include <array>
#include <vector>

#include "proofload/solver/model.h"

namespace proofload::solver {

/// Spring stiffness between the six nodes of a face, N/mm.
struct SpringFace {
  std::array<std::int32_t, 6> nodes{};
  Eigen::Matrix<double, 18, 18> stiffness;
};

std::vector<SpringFace> spring_faces(const MeshPart& part,
                                     const std::vector<FoundationFace>& faces);

/// y += factor C u; nodal arrays (matrix_free_kinematics.h), stacked by columns.
template <class Real>
void add_springs(const std::vector<SpringFace>& faces, double factor, const Real* u, Real* y,
                 int columns);

/// Adds diagonal blocks as XX YY ZZ XY YZ XZ; [6 * n_local].
void add_spring_diagonal(const std::vector<SpringFace>& faces, double* blocks);

/// The same springs between the three vertices, mid-edges moving with them.
Eigen::Matrix<double, 9, 9> linear_springs(const SpringFace& face);

}  // namespace proofload::solver
