#include "shapes.h"

#include <gmsh.h>

#include <Eigen/Geometry>
#include <cmath>
#include <vector>

#include "proofload/core/problem.h"
#include "proofload/core/vec3.h"

namespace proofload::meshing {
namespace {

namespace occ = gmsh::model::occ;

[[noreturn]] void reject(const std::string& path, const std::string& message,
                         const std::string& remedy) {
  throw InvalidInput({{"SHAPE_INVALID", path, 0, 0, message, remedy}});
}

int only_solid(const gmsh::vectorpair& entities, const std::string& path) {
  std::vector<int> solids;
  for (const auto& [dim, tag] : entities) {
    if (dim == 3) solids.push_back(tag);
  }
  if (solids.size() != 1) {
    reject(path, "the dimensions give " + std::to_string(solids.size()) + " solids instead of one",
           "check the dimensions against each other");
  }
  return solids.front();
}

/// What is left of `solid` without `tool`.
int cut(int solid, int tool, const std::string& path) {
  gmsh::vectorpair result;
  std::vector<gmsh::vectorpair> map;
  occ::cut({{3, solid}}, {{3, tool}}, result, map);
  return only_solid(result, path);
}

Vec3 unit(const Vec3& v, const std::string& path) {
  if (!(v.norm() > 0))
    reject(path, "the direction has no length", "give a direction such as [0, 0, 1]");
  return v.normalized();
}

int add_box(const v1::Box& box, const std::string& path) {
  const Vec3 low = vec3(box.min_mm());
  const Vec3 size = vec3(box.max_mm()) - low;
  if (!(size.minCoeff() > 0)) {
    reject(path, "max_mm is not greater than min_mm in every direction", "swap the corners");
  }
  const double radius = box.edge_radius_mm();
  if (radius <= 0) return occ::addBox(low[0], low[1], low[2], size[0], size[1], size[2]);
  if (2 * radius >= std::min(size[0], size[1])) {
    reject(path, "edge_radius_mm is half the box or more", "choose a smaller edge_radius_mm");
  }
  const int face = occ::addRectangle(low[0], low[1], low[2], size[0], size[1], -1, radius);
  gmsh::vectorpair result;
  occ::extrude({{2, face}}, 0, 0, size[2], result);
  return only_solid(result, path);
}

int add_cylinder(const v1::Cylinder& cylinder, const std::string& path) {
  const Vec3 from = vec3(cylinder.from_mm());
  const Vec3 axis = vec3(cylinder.to_mm()) - from;
  if (!(axis.norm() > 0)) reject(path, "from_mm and to_mm are the same point", "give two points");
  const double angle = (cylinder.has_angle_deg() ? cylinder.angle_deg() : 360) * M_PI / 180;
  const auto add = [&](double diameter) {
    return occ::addCylinder(from[0], from[1], from[2], axis[0], axis[1], axis[2], diameter / 2, -1,
                            angle);
  };
  const int solid = add(cylinder.diameter_mm());
  if (cylinder.inner_diameter_mm() <= 0) return solid;
  if (cylinder.inner_diameter_mm() >= cylinder.diameter_mm()) {
    reject(path, "inner_diameter_mm is not less than diameter_mm", "make the hole smaller");
  }
  return cut(solid, add(cylinder.inner_diameter_mm()), path);
}

int add_sphere(const v1::Sphere& sphere, const std::string& path) {
  const Vec3 c = vec3(sphere.center_mm());
  const auto add = [&](double diameter) {
    return sphere.octant()
               ? occ::addSphere(c[0], c[1], c[2], diameter / 2, -1, 0, M_PI / 2, M_PI / 2)
               : occ::addSphere(c[0], c[1], c[2], diameter / 2);
  };
  const int solid = add(sphere.diameter_mm());
  if (sphere.inner_diameter_mm() <= 0) return solid;
  if (sphere.inner_diameter_mm() >= sphere.diameter_mm()) {
    reject(path, "inner_diameter_mm is not less than diameter_mm", "make the hollow smaller");
  }
  return cut(solid, add(sphere.inner_diameter_mm()), path);
}

std::vector<Vec3> path_points(const google::protobuf::RepeatedField<double>& flat,
                              const std::string& path) {
  if (flat.size() < 6 || flat.size() % 3 != 0) {
    reject(path + ".path_mm", std::to_string(flat.size()) + " numbers are not two or more points",
           "give x, y, z of each point");
  }
  std::vector<Vec3> points;
  for (int i = 0; i < flat.size(); i += 3) points.push_back(vec3(flat, Vec3::Zero(), i));
  for (std::size_t i = 1; i < points.size(); ++i) {
    if (!((points[i] - points[i - 1]).norm() > 0)) {
      reject(path + ".path_mm", "point " + std::to_string(i + 1) + " repeats the one before",
             "remove it");
    }
  }
  return points;
}

/// A C2 spline through the points, and its direction at the first.
struct Spine {
  int curve = 0;
  int wire = 0;
  Vec3 start;
  Vec3 tangent;
};

Spine add_spine(const std::vector<Vec3>& points) {
  std::vector<int> tags;
  for (const Vec3& p : points) tags.push_back(occ::addPoint(p[0], p[1], p[2]));
  const int curve = occ::addSpline(tags);
  occ::synchronize();
  std::vector<double> low, high, derivative;
  gmsh::model::getParametrizationBounds(1, curve, low, high);
  gmsh::model::getDerivative(1, curve, low, derivative);
  const Vec3 tangent = Vec3(derivative[0], derivative[1], derivative[2]).normalized();
  return {curve, occ::addWire({curve}), points.front(), tangent};
}

/// Moves a face drawn in the x-y plane about the origin so that x goes to `x_axis` and z to
/// `normal`, origin to `origin`.
void place_face(int face, const Vec3& origin, const Vec3& x_axis, const Vec3& normal) {
  const Vec3 y_axis = normal.cross(x_axis);
  Eigen::Matrix3d turn;
  turn << x_axis, y_axis, normal;
  const Eigen::AngleAxisd rotation(turn);
  const Vec3 axis = rotation.axis();
  occ::rotate({{2, face}}, 0, 0, 0, axis[0], axis[1], axis[2], rotation.angle());
  occ::translate({{2, face}}, origin[0], origin[1], origin[2]);
}

/// Direction across `normal`, as near to `wanted` as possible.
Vec3 across(const Vec3& normal, const Vec3& wanted, const std::string& path) {
  const Vec3 x = wanted - wanted.dot(normal) * normal;
  if (!(x.norm() > 1e-6 * wanted.norm())) {
    reject(path, "width_direction runs along the path", "choose a direction across the path");
  }
  return x.normalized();
}

int sweep(int face, const Spine& spine, const std::string& path) {
  gmsh::vectorpair result;
  occ::addPipe({{2, face}}, spine.wire, result);
  occ::remove({{2, face}}, true);
  occ::remove({{1, spine.curve}}, true);
  return only_solid(result, path);
}

int add_rod(const v1::Rod& rod, const std::string& path) {
  const std::vector<Vec3> points = path_points(rod.path_mm(), path);
  const double radius = rod.diameter_mm() / 2;
  if (points.size() == 2) {
    const Vec3 from = points[0], axis = points[1] - points[0];
    return occ::addCylinder(from[0], from[1], from[2], axis[0], axis[1], axis[2], radius);
  }
  const Spine spine = add_spine(points);
  const int face = occ::addDisk(0, 0, 0, radius, radius);
  const Vec3 wanted = spine.tangent.unitOrthogonal();
  place_face(face, spine.start, wanted, spine.tangent);
  return sweep(face, spine, path);
}

int add_swept_strut(const v1::SweptStrut& strut, const std::string& path) {
  const std::vector<Vec3> points = path_points(strut.path_mm(), path);
  const double width = strut.width_mm(), depth = strut.depth_mm(),
               corner = strut.corner_radius_mm();
  if (2 * corner >= std::min(width, depth)) {
    reject(path, "corner_radius_mm is half the section or more", "choose a smaller radius");
  }
  const Vec3 wanted = vec3(strut.width_direction(), Vec3::UnitX());
  const int face = occ::addRectangle(-width / 2, -depth / 2, 0, width, depth, -1, corner);
  if (points.size() == 2) {
    const Vec3 axis = points[1] - points[0];
    place_face(face, points[0], across(axis.normalized(), wanted, path), axis.normalized());
    gmsh::vectorpair result;
    occ::extrude({{2, face}}, axis[0], axis[1], axis[2], result);
    return only_solid(result, path);
  }
  const Spine spine = add_spine(points);
  place_face(face, spine.start, across(spine.tangent, wanted, path), spine.tangent);
  return sweep(face, spine, path);
}

int add_screw(const v1::Screw& screw, const std::string& path) {
  const double diameter = screw.diameter_mm(), length = screw.length_mm();
  const double head_diameter =
      screw.has_head_diameter_mm() ? screw.head_diameter_mm() : 1.7 * diameter;
  const double head_height = screw.has_head_height_mm() ? screw.head_height_mm() : 0.6 * diameter;
  if (head_height >= length || head_diameter <= diameter) {
    reject(path, "the head is not wider than the shank, or as high as the screw is long",
           "check head_diameter_mm and head_height_mm");
  }
  const Vec3 direction = unit(vec3(screw.direction()), path + ".direction");
  const Vec3 top = vec3(screw.head_mm());
  const Vec3 head = head_height * direction, shank = (length - head_height) * direction;
  const Vec3 neck = top + head;
  const int a =
      occ::addCylinder(top[0], top[1], top[2], head[0], head[1], head[2], head_diameter / 2);
  const int b =
      occ::addCylinder(neck[0], neck[1], neck[2], shank[0], shank[1], shank[2], diameter / 2);
  gmsh::vectorpair result;
  std::vector<gmsh::vectorpair> map;
  occ::fuse({{3, a}}, {{3, b}}, result, map);
  return only_solid(result, path);
}

int add_plate(const v1::PlateWithHole& plate, const std::string& path) {
  v1::Box box;
  *box.mutable_min_mm() = plate.min_mm();
  *box.mutable_max_mm() = plate.max_mm();
  const int solid = add_box(box, path);
  const Vec3 direction = unit(vec3(plate.hole_direction()), path + ".hole_direction");
  const double reach = (vec3(plate.max_mm()) - vec3(plate.min_mm())).norm() +
                       (vec3(plate.hole_center_mm()) - vec3(plate.min_mm())).norm();
  const Vec3 from = vec3(plate.hole_center_mm()) - reach * direction;
  const Vec3 axis = 2 * reach * direction;
  const int hole = occ::addCylinder(from[0], from[1], from[2], axis[0], axis[1], axis[2],
                                    plate.hole_diameter_mm() / 2);
  return cut(solid, hole, path);
}

}  // namespace

int add_shape(const v1::Shape& shape, const std::string& path) {
  if (shape.has_box()) return add_box(shape.box(), path + ".box");
  if (shape.has_cylinder()) return add_cylinder(shape.cylinder(), path + ".cylinder");
  if (shape.has_rod()) return add_rod(shape.rod(), path + ".rod");
  if (shape.has_sphere()) return add_sphere(shape.sphere(), path + ".sphere");
  if (shape.has_swept_strut()) return add_swept_strut(shape.swept_strut(), path + ".swept_strut");
  if (shape.has_screw()) return add_screw(shape.screw(), path + ".screw");
  if (shape.has_plate_with_hole())
    return add_plate(shape.plate_with_hole(), path + ".plate_with_hole");
  reject(path, "no kind of shape is given",
         "write box, cylinder, rod, sphere, swept_strut, screw or plate_with_hole");
}

}  // namespace proofload::meshing
