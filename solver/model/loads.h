#pragma once
/// Kinds of load, one file each; the table is in loads.cc.
#include <string>
#include <vector>

#include "places.h"
#include "proofload/solver/model.h"

namespace proofload::solver {

/// What a load may look at.
struct LoadContext {
  const MeshPart& part;
  const Places& places;
  const std::vector<Elasticity>& elasticity;
  const std::vector<std::string>& rigid_places;  ///< place of each rigid group
  const KinematicSet& kinematics;
};

/// Adds the loads of a case to `result`: consistent nodal forces, rigid forces, resultant, point.
/// Throws InvalidInput (MISSING_DENSITY, MANUFACTURED_MATERIALS, LOAD_WITHOUT_KIND). Collective.
void add_loads(const LoadContext& context, const v1::LoadCase& load_case, LoadVector& result);

/// Sum of forces and of moments about a point of nodal forces on all ranks. Collective.
void resultant(const MeshPart& part, const std::vector<double>& nodal, const Eigen::Vector3d& point,
               Eigen::Vector3d& force, Eigen::Vector3d& moment);

using Nodal = std::vector<double>;  ///< [3 * n_local] N, summands of this rank's faces and cells

void add_distributed(const LoadContext& context, const v1::Load& load, Nodal& nodal);
void add_rigid(const LoadContext& context, const v1::Load& load, LoadVector& result);
void add_pressure(const LoadContext& context, const v1::Load& load, Nodal& nodal);
void add_traction(const LoadContext& context, const v1::Load& load, Nodal& nodal);
void add_gravity(const LoadContext& context, const v1::Load& load, Nodal& nodal);
void add_manufactured(const LoadContext& context, const v1::Load& load, Nodal& nodal);

/// Adds ∫ N f over faces; `force(point)` in N for the area of the point.
template <class Force>
void add_face_forces(const MeshPart& part, const FacePart& faces, Force force, Nodal& nodal) {
  for (std::size_t f = 0; f < faces.cells.size(); ++f) {
    const std::int32_t* nodes = &faces.faces[6 * f];
    for (const FacePoint& p : face_points(part, nodes)) {
      const Eigen::Vector3d value = force(p, faces.cells[f]);
      for (int k = 0; k < 6; ++k) at_node(nodal, nodes[k]) += p.shape[k] * value;
    }
  }
}

/// Adds ∫ N f over all cells of this rank; `density(point, body)` in N/mm3.
template <class Density>
void add_volume_forces(const MeshPart& part, const TetrahedronRule& rule, Density density,
                       Nodal& nodal) {
  for (std::int32_t cell = 0; cell < part.n_cells(); ++cell) {
    for (const CellPoint& p : cell_points(part, cell, rule)) {
      const Eigen::Vector3d value = p.volume * density(p.x, part.cell_body[cell]);
      for (int k = 0; k < 10; ++k) {
        at_node(nodal, part.cells[10 * static_cast<std::size_t>(cell) + k]) += p.shape[k] * value;
      }
    }
  }
}

}  // namespace proofload::solver
