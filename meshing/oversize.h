#pragma once
/// Bodies of an oversized variant (`Body.oversize`): moved where they lie beyond the cut, drawn out
/// where it crosses them.
#include <string>
#include <vector>

#include "cad_bodies.h"
#include "proofload/core/problem.h"
#include "proofload/core/vec3.h"
#include "proofload/meshing/mesh_input.h"

namespace proofload::meshing {

/// How an oversized body came about.
struct DrawnOut {
  double section_mm2 = 0;  ///< area of the cut; 0: the body lies on one side
  double by_mm = 0;
  double lean_deg = 0;  ///< greatest angle between the walls at the cut and the axis
  Point lean_at{};
};

/// Points on a face, to know it again.
struct DrawnPoints {
  DrawnFace face;
  std::vector<Vec3> points;
};
std::vector<DrawnPoints> drawn_points(const CadBody& body);
/// Fills `result.drawn`: a face of the oversized body is the drawn one whose points it holds,
/// else one of its own.
void know_again(const v1::Body& body, const std::vector<DrawnPoints>& before, CadBody& result);

/// An OpenCASCADE solid of the running Gmsh session, after turning and shifting. Returns the tag of
/// the new solid. Throws InvalidInput (`path`: of the body): OVERSIZE_CUTS_BODY (bone or screw),
/// OVERSIZE_FAILED.
int oversize_solid(const v1::Body& body, const std::string& path, int solid, DrawnOut& drawn);

/// A closed surface. Its triangles are cut at the plane, walls of two triangles for each cut bridge
/// the gap: nothing else changes. Throws as above.
void oversize_surface(const v1::Body& body, const std::string& path, BodySurface& surface,
                      DrawnOut& drawn);

/// InvalidInput for a body that must not be cut.
void check_may_be_cut(const v1::Body& body, const std::string& path);

/// A note on what was drawn out (OVERSIZE); a warning where the walls lean, which makes a kink.
void add_oversize_finding(const v1::Body& body, const DrawnOut& drawn,
                          std::vector<v1::Finding>& findings);

}  // namespace proofload::meshing
