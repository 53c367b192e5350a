#pragma once
/// The steps of the repair ladder, each by itself.
#include <functional>

#include "surface_topology.h"

namespace proofload::meshing {

constexpr double kMergeFraction = 1e-6;  ///< of the diagonal: points this close are one

/// What a step made of a surface. `facts.step` and `facts.done` are filled.
struct Step {
  TriangleSoup surface;
  v1::RepairFacts facts;
};

/// Points merged, triangles without area and duplicates taken out, borders stitched, normals
/// outwards. For surfaces that judge_surface accepts.
Step lossless_step(const TriangleSoup& soup, const SurfaceFacts& facts);

/// Everything that leaves the outer surface where it is. `most_hole`: widest hole filled, mm.
/// Throws NumericalFailure (SURFACE_REPAIR) saying what could not be mended.
Step faithful_step(const TriangleSoup& soup, double diagonal, double most_hole);

/// A skin with openings wider than `alpha` entered, drawn back. Throws NumericalFailure
/// (SURFACE_REPAIR).
Step wrap_step(const TriangleSoup& soup, double diagonal, double alpha, double most_hole);

/// Greatest change that a step may make without confirmation.
struct RepairLimits {
  double volume_change = 0, distance_mm = 0;
  bool confirmed = false;  ///< the case states more than the default
};
RepairLimits limits_of(const std::string& step, double diagonal, const v1::Repair& asked);

/// "volume 1 to 2 mm3 (+1 %), moved by up to 3 mm, …".
std::string in_words(const v1::RepairFacts& facts);

/// The step in a process of its own.
Step step_in_child(const std::string& what, double seconds, const std::function<Step()>& work);

}  // namespace proofload::meshing
