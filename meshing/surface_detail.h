#pragma once
/// Where a surface has detail that triangles of one size do not follow.
#include <vector>

#include "proofload/meshing/mesh_input.h"
#include "surface_distance.h"
#include "surface_thickness.h"

namespace proofload::meshing {

/// A size wanted at a point; it grows by 0.3 of the distance away from there. All in mm.
struct SizeAt {
  Point at{};
  double size = 0;
  bool must = false;  ///< the last to be taken up where too many triangles come together
};

/// What is thinner than `size` (mm): two elements are wanted through walls, one across gaps.
struct ThinDetail {
  std::vector<ThinPlace> walls;  ///< thinnest first
  std::vector<SizeAt> wanted;
};

ThinDetail thin_detail(const TriangleSoup& surface, double size);

/// Tells of walls thinner than the elements of `size` (E7); `size_at` is what those there are
/// made; may be empty.
void tell_thin(const std::vector<ThinPlace>& walls, double size, const SizeLimit& size_at,
               const std::string& body, std::vector<v1::Finding>& findings);

/// So many elements across what is thin, but none smaller than a third of `size`.
std::vector<SizeAt> sizes_across(const std::vector<ThinPlace>& thin, double elements, double size);

/// Smaller where a triangulation of `size_at` lies further than `tolerance` from its surface: what
/// is cut off a curve goes by the square of the size. No less than a quarter of the size there.
std::vector<SizeAt> sizes_where_moved(const std::vector<MovedPlace>& moved, double tolerance,
                                      const SizeLimit& size_at);

/// Twice the shortest side of triangles with an angle under 12 degrees, but no less than a twelfth
/// of `size`: what keeps that side short is an edge of the part.
std::vector<SizeAt> sizes_at_needles(const TriangleSoup& triangles, double size);

struct Grading {
  SizeLimit size_at;
  bool taken_up = false;  ///< more was wanted
};

/// The sizes wanted, as one field that is never above `size`. Where they would ask for more than
/// 2.5 times the triangles of `size` on the surface they are taken up by one factor until they do
/// not: first those that need not be, then all.
Grading graded_sizes(std::vector<SizeAt> wanted, const TriangleSoup& surface, double size);

}  // namespace proofload::meshing
