#pragma once
/// What the next level must resolve, and the element sizes that do it.
#include <string>
#include <vector>

#include "assessed.h"
#include "proofload/io/size_field.h"

namespace proofload::assessment {

/// Every element size falls by at least this factor from level to level.
constexpr double kLevelRatio = 1.4;

/// A deciding value that a finer mesh can still mend.
struct Target {
  v1::Quantity quantity;  ///< with numerical_error, absent if it is unknown yet
  double relative = 0;    ///< error over value; NaN: unknown
};

/// What the criteria gate (fatigue follows the peak stress) and, for the comparisons, stiffness and
/// first yield; without criteria motion and peak stress. Bone is left out, and so are peaks at the
/// edge of a support, load or interface: they do not converge.
std::vector<Target> targets(const DesignData& design);

/// A size field for the level after the finest one solved.
struct SizePlan {
  bool fits = false;  ///< within the unknowns allowed
  double predicted_unknowns = 0;
  std::string summary;  ///< in words: what is refined beyond the rest
  io::SizeField field;
};

/// Every size falls by kLevelRatio; where a target misses `wanted` by far, or its error is unknown,
/// more: about its place (nodes of its body at 0.9 of the peak stress and more where they are few,
/// or the probe), and for values of the whole model where the estimated error of cells (Zienkiewicz
/// and Zhu 1987) asks for it by the optimal-mesh rule (Ladeveze and Coorevits 1994). The extra is
/// given up in steps until `most_unknowns` suffice. Reads mesh.h5 and result.h5; throws
/// std::runtime_error.
SizePlan plan_sizes(const DesignData& design, const std::vector<Target>& wanting, double wanted,
                    double most_unknowns);

}  // namespace proofload::assessment
