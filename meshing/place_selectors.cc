#include "place_selectors.h"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <limits>

#include "places.h"
#include "proofload/core/vec3.h"

namespace proofload::meshing {
namespace {

constexpr double kRelativeTolerance = 1e-4;
constexpr double kLeastFacing = 0.5;  // cosine between a face's normal and the shape's
constexpr double kNever = std::numeric_limits<double>::infinity();

using Corners = std::array<Vec3, 3>;
using CornersOf = std::function<Corners(const CellFace&)>;

Vec3 unit_normal(const Corners& c) { return (c[1] - c[0]).cross(c[2] - c[0]).normalized(); }

/// Greatest distance of the corners from a shape; faces that do not lie along the shape (the flat
/// end of a cylinder with its corners on the rim) are not on it, however small they are: they miss
/// it by more than the tolerance.
double farthest(const Corners& corners, double tolerance,
                const std::function<double(const Vec3&)>& distance,
                const std::function<Vec3(const Vec3&)>& shape_normal) {
  const Vec3 centre = (corners[0] + corners[1] + corners[2]) / 3;
  const Vec3 normal = shape_normal(centre);
  double worst = 0;
  for (const Vec3& corner : corners) worst = std::max(worst, distance(corner));
  if (std::abs(normal.dot(unit_normal(corners))) < kLeastFacing) {
    const double size = (corners[1] - corners[0]).norm();
    return std::max(worst, size) + tolerance;
  }
  return worst;
}

Selector plane_selector(const v1::PlanePlace& plane, double tolerance, const CornersOf& corners) {
  const Vec3 normal = vec3(plane.normal()).normalized();
  const double offset = plane.offset_mm();
  return {"plane", tolerance, "mm", true, [=](const CellFace& face) {
            return farthest(
                corners(face), tolerance,
                [&](const Vec3& p) { return std::abs(normal.dot(p) - offset); },
                [&](const Vec3&) { return normal; });
          }};
}

Selector cylinder_selector(const v1::CylinderPlace& cylinder, double tolerance,
                           const CornersOf& corners) {
  const Vec3 point = vec3(cylinder.point_mm()), axis = vec3(cylinder.direction()).normalized();
  const double radius = cylinder.radius_mm();
  const auto radial = [=](const Vec3& p) { return Vec3((p - point) - axis.dot(p - point) * axis); };
  return {"cylinder", tolerance, "mm", true, [=](const CellFace& face) {
            return farthest(
                corners(face), tolerance,
                [&](const Vec3& p) { return std::abs(radial(p).norm() - radius); },
                [&](const Vec3& p) { return Vec3(radial(p).normalized()); });
          }};
}

Selector sphere_selector(const v1::SpherePlace& sphere, double tolerance,
                         const CornersOf& corners) {
  const Vec3 centre = vec3(sphere.center_mm());
  const double radius = sphere.radius_mm();
  return {"sphere", tolerance, "mm", true, [=](const CellFace& face) {
            return farthest(
                corners(face), tolerance,
                [&](const Vec3& p) { return std::abs((p - centre).norm() - radius); },
                [&](const Vec3& p) { return Vec3((p - centre).normalized()); });
          }};
}

Selector box_selector(const v1::BoxPlace& box, double tolerance, const CornersOf& corners) {
  const Vec3 low = vec3(box.min_mm()), high = vec3(box.max_mm());
  return {"box", tolerance, "mm", true, [=](const CellFace& face) {
            double worst = 0;
            for (const Vec3& p : corners(face)) {
              worst = std::max({worst, (low - p).maxCoeff(), (p - high).maxCoeff()});
            }
            return worst;
          }};
}

Selector normal_selector(const v1::NormalPlace& place, const CornersOf& corners) {
  const Vec3 direction = vec3(place.direction()).normalized();
  const double within = place.has_within_deg() ? place.within_deg() : 10;
  return {"normal", within, "deg", true, [=](const CellFace& face) {
            const double cosine = direction.dot(unit_normal(corners(face)));
            return std::acos(std::clamp(cosine, -1.0, 1.0)) * 180 / M_PI;
          }};
}

/// Face of the face's own body that it lies on; null: unknown.
const FaceOrigin* origin_of(const TetMesh& straight, const OrderedMesh& ordered,
                            const CellFace& face) {
  if (face.patch < 0) return nullptr;
  for (const FaceOrigin& origin : straight.patches[face.patch]) {
    if (origin.body == ordered.mesh.cell_body[face.cell]) return &origin;
  }
  return nullptr;
}

/// A STEP name as written, or its last part ("Shapes/part/foot" is "foot").
bool has_name(const FaceOrigin& origin, const std::string& name) {
  if (name == "face " + std::to_string(origin.number) || name == origin.name) return true;
  const std::size_t slash = origin.name.rfind('/');
  return slash != std::string::npos && origin.name.substr(slash + 1) == name;
}

Selector named_selector(const std::string& name, const TetMesh& straight,
                        const OrderedMesh& ordered) {
  return {"named \"" + name + "\"", 0, "", false,
          [&straight, &ordered, name](const CellFace& face) {
            const FaceOrigin* origin = origin_of(straight, ordered, face);
            return origin != nullptr && has_name(*origin, name) ? 0.0 : kNever;
          }};
}

/// The drawn face nearest to the point; all its faces are caught.
Selector nearest_selector(const Vec3& point, const TetMesh& straight, const OrderedMesh& ordered,
                          const CornersOf& corners, const std::vector<CellFace>& candidates) {
  double least = kNever;
  int body = -1, number = -1;
  for (const CellFace& face : candidates) {
    const FaceOrigin* origin = origin_of(straight, ordered, face);
    if (origin == nullptr) continue;
    const Corners c = corners(face);
    const auto as_point = [](const Vec3& v) { return Point{v[0], v[1], v[2]}; };
    const Point foot =
        nearest_on_triangle(as_point(point), as_point(c[0]), as_point(c[1]), as_point(c[2]));
    const double distance = (Vec3(foot.data()) - point).norm();
    if (distance < least) least = distance, body = origin->body, number = origin->number;
  }
  return {"nearest_mm", 0, "", false, [&straight, &ordered, body, number](const CellFace& face) {
            const FaceOrigin* origin = origin_of(straight, ordered, face);
            const bool same = origin != nullptr && origin->body == body && origin->number == number;
            return same ? 0.0 : kNever;
          }};
}

}  // namespace

double place_tolerance(const OrderedMesh& ordered) {
  Vec3 low = Vec3::Constant(1e300), high = -low;
  for (std::size_t i = 0; i + 3 <= ordered.mesh.nodes.size(); i += 3) {
    const Vec3 p = Eigen::Map<const Vec3>(&ordered.mesh.nodes[i]);
    low = low.cwiseMin(p);
    high = high.cwiseMax(p);
  }
  return kRelativeTolerance * (high - low).norm();
}

std::vector<Selector> make_selectors(const v1::Place& place, const TetMesh& straight,
                                     const OrderedMesh& ordered,
                                     const std::vector<CellFace>& candidates) {
  const double tolerance = place_tolerance(ordered);
  const io::Mesh& mesh = ordered.mesh;
  const CornersOf corners = [&mesh](const CellFace& face) {
    const std::array<std::int32_t, 6> nodes = face_nodes(mesh, face);
    Corners result;
    for (int i = 0; i < 3; ++i) result[i] = Eigen::Map<const Vec3>(&mesh.nodes[3 * nodes[i]]);
    return result;
  };
  std::vector<Selector> list;
  if (place.has_plane()) list.push_back(plane_selector(place.plane(), tolerance, corners));
  if (place.has_cylinder()) {
    list.push_back(cylinder_selector(place.cylinder(), tolerance, corners));
  }
  if (place.has_sphere()) list.push_back(sphere_selector(place.sphere(), tolerance, corners));
  if (place.has_box()) list.push_back(box_selector(place.box(), tolerance, corners));
  if (place.has_normal()) list.push_back(normal_selector(place.normal(), corners));
  if (!place.named().empty()) list.push_back(named_selector(place.named(), straight, ordered));
  if (place.nearest_mm_size() == 3) {
    list.push_back(
        nearest_selector(vec3(place.nearest_mm()), straight, ordered, corners, candidates));
  }
  for (Selector& selector : list) {
    selector.centre = [corners](const CellFace& face) {
      const Corners c = corners(face);
      const Vec3 middle = (c[0] + c[1] + c[2]) / 3;
      return Point{middle[0], middle[1], middle[2]};
    };
  }
  return list;
}

}  // namespace proofload::meshing
