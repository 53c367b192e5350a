#include "locate.h"

#include <Eigen/LU>
#include <cmath>
#include <limits>

#include "proofload/solver/collective.h"

namespace proofload::solver::fields {
namespace {

constexpr double kInside = 1e-9;  ///< of the cell's size

double distance_to_box(const NodeValues& x, const Eigen::Vector3d& point) {
  const Eigen::Vector3d low = x.colwise().minCoeff(), high = x.colwise().maxCoeff();
  return (low - point).cwiseMax(point - high).cwiseMax(0.0).norm();
}

/// Newton's method on the curved map; coordinates that leave the cell are set back onto it.
Bary nearest_in_cell(const NodeValues& x, const Eigen::Vector3d& point) {
  Bary at = Bary::Constant(0.25), best = at;
  double least = std::numeric_limits<double>::infinity();
  for (int step = 0; step < 25; ++step) {
    const Eigen::Vector3d gap = point - x.transpose() * shape(at);
    if (gap.norm() < least) {
      least = gap.norm();
      best = at;
    }
    const Eigen::Matrix3d jacobian = x.transpose() * reference_gradients(at);
    const Eigen::Vector3d move = jacobian.fullPivLu().solve(gap);
    Bary next(at[0] - move.sum(), at[1] + move[0], at[2] + move[1], at[3] + move[2]);
    next = next.cwiseMax(0.0);
    next /= next.sum();
    if ((next - at).norm() < 1e-14) break;
    at = next;
  }
  return best;
}

}  // namespace

std::vector<std::int32_t> cells_near(const MeshPart& part, int body, const Eigen::Vector3d& point,
                                     double reach) {
  std::vector<std::int32_t> cells;
  for (std::int32_t cell = 0; cell < part.n_cells(); ++cell) {
    if (body >= 0 && part.cell_body[cell] != body) continue;
    if (distance_to_box(gather(part, cell, part.xyz), point) <= reach) cells.push_back(cell);
  }
  return cells;
}

Located locate_here(const MeshPart& part, const std::vector<std::int32_t>& cells,
                    const Eigen::Vector3d& point, double reach) {
  Located best;
  best.distance = reach;
  for (const std::int32_t cell : cells) {
    const NodeValues x = gather(part, cell, part.xyz);
    const double size = (x.colwise().maxCoeff() - x.colwise().minCoeff()).norm();
    // A curved face may bulge out of the box of its nodes by a small part of the cell.
    if (distance_to_box(x, point) > best.distance + 0.1 * size) continue;
    const Bary bary = nearest_in_cell(x, point);
    double distance = (x.transpose() * shape(bary) - point).norm();
    if (distance <= kInside * size) distance = 0;
    if (distance > best.distance || (best.found && distance == best.distance)) continue;
    best = {true, distance, rank_of(part.comm), cell, bary};
    if (distance == 0) break;
  }
  return best;
}

Located locate(const MeshPart& part, int body, const Eigen::Vector3d& point) {
  constexpr double kFar = std::numeric_limits<double>::max();
  Located own = locate_here(part, cells_near(part, body, point, kFar), point, kFar);
  struct {
    double distance;
    int rank;
  } mine{own.found ? own.distance : kFar, rank_of(part.comm)}, least{0, 0};
  MPI_Allreduce(&mine, &least, 1, MPI_DOUBLE_INT, MPI_MINLOC, part.comm);
  Located result;
  result.found = least.distance < kFar;
  result.distance = least.distance;
  result.rank = least.rank;
  if (result.found && least.rank == mine.rank) result = own;
  return result;
}

}  // namespace proofload::solver::fields
