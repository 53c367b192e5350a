#pragma once
/// Points of a curved mesh found by their coordinates.
#include "context.h"

namespace proofload::solver::fields {

/// The cell that holds a point, or the one nearest to it.
struct Located {
  bool found = false;
  double distance = 0;     ///< from the point asked for, mm; 0: inside
  int rank = 0;            ///< rank that has the cell
  std::int32_t cell = -1;  ///< on that rank
  Bary bary = Bary::Zero();
};

/// Cells of this rank only; body -1: any body. Cells farther than `reach` mm are passed over. No
/// communication.
Located locate_here(const MeshPart& part, const std::vector<std::int32_t>& cells,
                    const Eigen::Vector3d& point, double reach);

/// Over all ranks; the lowest rank where several hold the point. Collective.
Located locate(const MeshPart& part, int body, const Eigen::Vector3d& point);

/// Cells of a body (-1: any) whose bounding box lies within `reach` of the point. No communication.
std::vector<std::int32_t> cells_near(const MeshPart& part, int body, const Eigen::Vector3d& point,
                                     double reach);

}  // namespace proofload::solver::fields
