#pragma once
/// Where bodies meet or nearly do: what is done there before they are meshed, what is told after.
#include <utility>

#include "labelled_mesh.h"

namespace proofload::meshing {

/// The two bodies of an interface, the first listed first; the number of bodies for unknown ones.
std::pair<int, int> bodies_of(const std::vector<BodySurface>& bodies,
                              const SurfaceInterface& entry);

/// Small gaps between bodies that are to be bonded: closed by the body of lower priority.
struct ClosedGaps {
  std::vector<Closing> closings;
  std::vector<double> volume_mm3;  ///< [bodies] what they gain
};

/// `surfaces` are those of the bodies; of regions, of their bodies. Each gap is told (E9), also
/// beside a place where the bodies touch.
ClosedGaps close_gaps(const std::vector<BodySurface>& bodies,
                      const std::vector<TriangleSoup>& surfaces, const SurfaceMeshOptions& options,
                      std::vector<v1::Finding>& findings);

/// Smaller elements where bodies meet over a place that few elements would cover.
std::vector<SizeBall> balls_at_contacts(const std::vector<BodySurface>& bodies,
                                        const std::vector<TriangleSoup>& surfaces,
                                        const SurfaceMeshOptions& options);

/// Tells of a gap wider than `closed_mm` that is so narrow beside the elements that the bodies may
/// share faces across it (E9).
void tell_bridged(const LabelledBody& first, const LabelledBody& second,
                  const std::pair<std::string, std::string>& names, double closed_mm,
                  std::vector<v1::Finding>& findings);

}  // namespace proofload::meshing
