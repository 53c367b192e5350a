#pragma once
/// Triangulated surfaces as submitted: read strictly, judged with places, repaired without loss,
/// remeshed. Everything after reading is in mm.
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "proofload/meshing/mesh_input.h"
#include "proofload/v1/case.pb.h"
#include "proofload/v1/report.pb.h"

namespace proofload::meshing {

using Triangle = std::array<int, 3>;

/// Triangles over shared points, as in the file: nothing is known about their topology yet.
struct TriangleSoup {
  std::string file;                      ///< name used in messages
  std::vector<Point> points;             ///< [n_points], mm; bit-equal corners are one point
  std::vector<Triangle> triangles;       ///< [n_triangles]
  std::vector<int> solids;               ///< [n_triangles] index into solid_names (STL), or empty
  std::vector<std::string> solid_names;  ///< names of the STL's solids in order
};

/// Limits of what is read.
constexpr std::int64_t kMaxFacets = 20'000'000;
constexpr std::int64_t kMaxFileBytes = 2'000'000'000;
constexpr std::int64_t kMaxLineBytes = 1024;
constexpr double kMaxCoordinateMm = 1.0e4;

/// Reads binary or ASCII STL, told apart by content: binary if the size is 84 + 50 n bytes with n
/// the count at byte 80 (whatever the header says), else text if it has no zero byte.
/// Throws InvalidInput: FILE_NOT_READABLE, STL_EMPTY, STL_TRUNCATED, STL_TRAILING_BYTES,
/// STL_NOT_FINITE, STL_SYNTAX, STL_TOO_LARGE, STL_COORDINATE_RANGE.
TriangleSoup read_stl(const std::string& path, double scale_to_mm);

/// Reads STL, OBJ, PLY or OFF by the file name's ending; polygons are cut into fans.
/// Throws InvalidInput: as read_stl, and MESH_FORMAT, MESH_SYNTAX, MESH_EMPTY, MESH_NOT_FINITE,
/// MESH_COORDINATE_RANGE, MESH_TOO_LARGE.
TriangleSoup read_surface(const std::string& path, double scale_to_mm);

/// A loop of border edges.
struct BorderLoop {
  double length_mm = 0;
  Point centre{};
  std::int64_t edges = 0;
};

/// A part of the surface connected over edges.
struct Shell {
  double signed_volume_mm3 = 0;  ///< as oriented in the file
  double area_mm2 = 0;
  std::int64_t triangles = 0;
  bool closed = false;  ///< every edge has two triangles
  int depth = 0;        ///< number of closed shells around it
  Point min{}, max{};
};

/// Two triangles that cross.
struct Crossing {
  std::int32_t first = 0, second = 0;  ///< triangle numbers
  Point point{};
};

/// What was counted on a surface.
struct SurfaceFacts {
  Point min{}, max{};
  double diagonal_mm = 0;
  double area_mm2 = 0;
  double signed_volume_mm3 = 0;
  std::int64_t triangles = 0;              ///< as read
  std::int64_t merged_points = 0;          ///< points within 1e-6 of the diagonal of another
  std::int64_t unmerged_border_edges = 0;  ///< border edges before those points were merged
  std::int64_t degenerate = 0;             ///< triangles without area
  std::int64_t duplicate = 0;              ///< triangles over the corners of an earlier one
  std::int64_t border_edges = 0;
  std::int64_t non_manifold_edges = 0;  ///< edges with more than two triangles
  std::int64_t flipped_edges = 0;       ///< edges whose two triangles disagree on the side
  std::int64_t isolated_triangles = 0;  ///< triangles without a neighbour
  std::int64_t needles = 0;             ///< triangles with an angle under 1 degree
  double min_angle_deg = 0;
  double median_edge_mm = 0;
  std::int64_t self_intersections = 0;  ///< pairs of crossing triangles
  bool orientable = true;               ///< every shell has an inner and an outer side
  double uncertain_inside = 0;          ///< share of sample points with winding far from integers
  std::vector<BorderLoop> loops;        ///< longest first, at most 10
  std::int64_t loop_count = 0;
  std::vector<Point> non_manifold_points;  ///< at most 10
  std::vector<Point> flipped_points;       ///< at most 10
  std::vector<Crossing> crossings;         ///< at most 10
  std::vector<Shell> shells;               ///< largest volume first
  bool closed() const { return border_edges == 0 && non_manifold_edges == 0; }
};

/// Counts everything the judgement needs. Deterministic. About 2 s per 100,000 triangles.
SurfaceFacts examine_surface(const TriangleSoup& soup);

/// Whose surface it is, for messages and plausibility.
struct SurfaceOwner {
  std::string body;  ///< name of the body
  v1::Role::Enum role = v1::Role::unspecified;
  bool check_extents = true;  ///< judge E1 as well
};

/// Findings E1 … E12 of the error catalogue. ERROR: unusable as it is; WARNING: looked at and
/// mended or worth knowing; NOTE: information. Up to ten places each, mm.
std::vector<v1::Finding> diagnose(const SurfaceFacts& facts, const SurfaceOwner& owner);

/// E1 alone: are the extents those of such a body? Empty when plausible.
std::vector<v1::Finding> judge_extents(const Point& min, const Point& max,
                                       const SurfaceOwner& owner);

/// Throws InvalidInput listing every ERROR among the findings with its remedy, path = `file`:
/// GEOMETRY_UNIT (E1), GEOMETRY_OPEN (E2), GEOMETRY_SELF_INTERSECTING (E3),
/// GEOMETRY_NON_MANIFOLD (E4), GEOMETRY_INVERTED (E5), GEOMETRY_SHELLS (E6),
/// GEOMETRY_DAMAGED (E8), GEOMETRY_SOUP (E12).
void judge_surface(const std::string& file, const std::vector<v1::Finding>& findings);

/// How far two surfaces are apart.
struct SurfaceChange {
  double volume_before_mm3 = 0, volume_after_mm3 = 0;
  double area_before_mm2 = 0, area_after_mm2 = 0;
  double hausdorff_mm = 0;        ///< larger of both directions, sampled
  double after_to_before_mm = 0;  ///< of the points of `after` alone
  double relative_volume() const;
  double relative_area() const;
};

/// Volume, area and sampled Hausdorff distance of two oriented surfaces.
SurfaceChange compare_surfaces(const TriangleSoup& before, const TriangleSoup& after);

/// A surface fit for meshing with the certificate of how it came about.
struct Repaired {
  TriangleSoup surface;  ///< closed, oriented outwards, free of crossings
  v1::RepairFacts certificate;
};

/// The repair ladder, as far as `limits` allows. Lossless: points merged, triangles without area
/// and duplicates taken out, borders stitched, normals turned outwards. Faithful: T-junctions
/// joined, holes filled, crossing parts united, tiny fragments taken out. Wrap: a closed skin
/// around the triangles drawn back onto them (CGAL alpha wrap; Portaneri et al. 2022). Each step
/// runs with a limit of time and is certified; one that damages is not taken. Adds findings of what
/// was done. Throws InvalidInput with the diagnosis when no step is left: codes of judge_surface.
Repaired repair_surface(const TriangleSoup& soup, const SurfaceOwner& owner,
                        const v1::Repair& limits, std::vector<v1::Finding>& findings);

/// How a closed surface is triangulated anew.
struct RemeshOptions {
  double element_size_mm = 0;
  bool keep_edges = false;      ///< keep edges sharper than `sharp_deg` (parts drawn in CAD)
  double sharp_deg = 50;        ///< between the normals of the two sides
  std::vector<SizeBall> balls;  ///< smaller sizes inside balls
  SizeLimit size_limit;         ///< may be empty
};

/// Triangles of about the element size without needles, closed and free of self-intersections.
/// Smaller in balls and where the size limit asks for it; walls thinner than the elements are told
/// (E7). Certified: volume within 1 % and Hausdorff within max(0.1 mm, 0.0005 of the diagonal); a
/// size too coarse for that gives a WARNING with the numbers, a volume change above 3 % is refused
/// (InvalidInput GEOMETRY_DAMAGED). Throws NumericalFailure (SURFACE_REMESH) when no surface free
/// of self-intersections comes out.
TriangleSoup remesh_surface(const TriangleSoup& soup, const RemeshOptions& options,
                            const SurfaceOwner& owner, std::vector<v1::Finding>& findings);

/// True when the surface is that of a part drawn in CAD: a fifth of its area or more lies in flat
/// regions of at least 0.5 % of the area each. Bone from segmentation gives false.
bool looks_like_cad(const TriangleSoup& soup);

/// A file as the surface of a body: the soup with one patch for each STL solid.
BodySurface to_body_surface(const TriangleSoup& soup, const std::string& name);
TriangleSoup to_soup(const BodySurface& surface);

/// One conforming volume mesh of all bodies from their closed surfaces. One body: surface
/// triangulated anew, Gmsh HXT, else Delaunay, else CGAL Mesh_3. Several: Mesh_3 on the labelled
/// domain gives the walls between the bodies, Gmsh fills them; else Mesh_3's own cells. Every
/// attempt runs in a child process with a time limit. Deterministic, one thread.
/// Findings: E8 (surface moved), E9 (overlap volume of a pair, or the gap between bodies that
/// should touch), E10 (a method failed and another took over), E11 (quality below the goal).
/// Throws InvalidInput (surface unusable), NumericalFailure (VOLUME_MESH: the chain of methods
/// tried and how each failed; MESH_QUALITY, BODY_VOLUME, NOT_CONFORMING: hard limits missed). The
/// volumes of CAD bodies are for the caller to check, once their faces are curved.
VolumeMesh mesh_surfaces(const std::vector<BodySurface>& bodies, const SurfaceMeshOptions& options,
                         std::vector<v1::Finding>& findings);

}  // namespace proofload::meshing
