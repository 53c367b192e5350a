#pragma once
/// How large elements are asked to be, before the level's factor.
#include <vector>

#include "proofload/meshing/mesh_input.h"
#include "proofload/v1/case.pb.h"

namespace proofload::meshing {

constexpr double kSizeGrowth = 0.3;  ///< size gained per distance away from where it is small

/// What the automatic size is taken from.
struct BodyExtent {
  double volume_mm3 = 0;
  double area_mm2 = 0;
};

struct SizeRequest {
  std::vector<double> body_size;  ///< [bodies] mm
  double elements_per_turn = 16;
  double least_size = 0;  ///< curvature asks for no less than this, mm
  std::vector<SizeBall> balls;
};

/// Sizes from the case, else automatic: about 1000 edge cubes in the model (some 30,000 unknowns),
/// finer where a body is thin (volume over area), never coarser than two elements through a rod.
/// `extents` is in the order of the case's bodies.
SizeRequest request_sizes(const v1::Case& value, const std::vector<BodyExtent>& extents);

/// The same with every size multiplied by `factor`.
SizeRequest scaled(SizeRequest request, double factor);

/// Size that a ball asks for at a point: its own inside, growing by 0.3 of the distance outside.
double size_from_balls(const std::vector<SizeBall>& balls, const Point& at, double size);

}  // namespace proofload::meshing
