#pragma once
/// Which body a point belongs to. Only for .cc files.
#include <CGAL/Side_of_triangle_mesh.h>

#include <memory>
#include <vector>

#include "labelled_mesh.h"
#include "surface_cgal.h"
#include "surface_distance.h"

namespace proofload::meshing {

/// The bodies' oracles in order of priority. Not for several threads at once.
class Labels {
 public:
  Labels(const std::vector<LabelledBody>& bodies, const std::vector<Closing>& closings);

  /// 1 + index of the body that owns the point; 0: outside all. A point on a surface is inside.
  int operator()(const Kernel::Point_3& at) const;
  /// The same, looking only at bodies that come before `body` in priority.
  bool taken_before(int body, const Kernel::Point_3& at) const;
  bool inside(int body, const Kernel::Point_3& at) const;
  /// Near enough to a body that keeps its surface for the gap to it to be closed.
  bool gives_way(int body, const Kernel::Point_3& at) const;
  SurfaceMesh& mesh(int body) { return meshes_[body]; }

 private:
  using Oracle = CGAL::Side_of_triangle_mesh<SurfaceMesh, Kernel>;

  struct OpenGap {
    Closing closing;
    std::unique_ptr<SurfaceDistance> keeper, giver;
    CGAL::Bbox_3 box;  ///< around where both are near
  };

  bool is_region(int body) const { return whole_[body] != body; }
  int owner(const Kernel::Point_3& at) const;
  int owner_of_gap(const Kernel::Point_3& at) const;

  std::vector<SurfaceMesh> meshes_;               ///< of regions: empty
  std::vector<std::unique_ptr<Oracle>> oracles_;  ///< of regions: null
  std::vector<InRegion> parts_;
  std::vector<int> whole_;  ///< [bodies] body that a region is of, else itself
  std::vector<int> order_;  ///< bodies, highest priority first
  std::vector<OpenGap> gaps_;
  mutable std::vector<char> seen_;  ///< [bodies] answers at the point asked for, -1: not asked yet
};

/// Segments of the sharp edges of bodies with keep_edges, without the parts inside a body of
/// higher priority.
std::vector<std::vector<Kernel::Point_3>> sharp_segments(const std::vector<LabelledBody>& bodies,
                                                         Labels& labels, double sharp_deg);

}  // namespace proofload::meshing
