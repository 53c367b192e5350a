#include <gmsh.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "oversize.h"
#include "proofload/core/oversize.h"
#include "proofload/core/vec3.h"

namespace proofload::meshing {
namespace {

namespace occ = gmsh::model::occ;
using Entities = gmsh::vectorpair;

constexpr double kSameVolume = 1e-3;  // of the body: OpenCASCADE measures curved ones to some 1e-4,
constexpr double kSameAdded = 0.1;    // and of what is added
constexpr int kLeanSamples = 5;       // of each edge of the section
constexpr int kFaceSamples = 7;       // each way over a face
constexpr double kOnFace = 1e-6;      // mm

double mass(const std::pair<int, int>& entity) {
  double value = 0;
  occ::getMass(entity.first, entity.second, value);
  return value;
}

Vec3 centre(const std::pair<int, int>& entity) {
  Vec3 point;
  occ::getCenterOfMass(entity.first, entity.second, point[0], point[1], point[2]);
  return point;
}

/// A disk in the cut that the body does not reach beyond.
int cutting_disk(int solid, const Vec3& point, const Vec3& axis) {
  Vec3 low, high;
  occ::getBoundingBox(3, solid, low[0], low[1], low[2], high[0], high[1], high[2]);
  const double radius = (high - low).norm() + (point - (low + high) / 2).norm();
  const int disk = occ::addDisk(0, 0, 0, radius, radius);
  turn_from_z(2, disk, axis);
  occ::translate({{2, disk}}, point[0], point[1], point[2]);
  return disk;
}

Entities of_dim(const Entities& all, int dim) {
  Entities out;
  std::copy_if(all.begin(), all.end(), std::back_inserter(out),
               [&](const auto& entity) { return entity.first == dim; });
  return out;
}

std::set<int> faces_of(const Entities& solids) {
  std::set<int> faces;
  for (const auto& solid : solids) {
    Entities boundary;
    gmsh::model::getBoundary({solid}, boundary, false, false, false);
    for (const auto& [dim, tag] : boundary) faces.insert(tag);
  }
  return faces;
}

/// Angle between axis and wall at points of the section's edges, on faces below the cut.
void measure_lean(const Entities& section, const std::set<int>& walls, const Vec3& axis,
                  DrawnOut& drawn) {
  for (const auto& face : section) {
    Entities edges;
    gmsh::model::getBoundary({face}, edges, false, false, false);
    for (const auto& [dim, edge] : edges) {
      std::vector<int> up, down;
      gmsh::model::getAdjacencies(1, edge, up, down);
      std::vector<double> low, high, point, on_face, normal;
      gmsh::model::getParametrizationBounds(1, edge, low, high);
      for (int i = 0; i < kLeanSamples; ++i) {
        const double t = (i + 0.5) / kLeanSamples;
        gmsh::model::getValue(1, edge, {low[0] + t * (high[0] - low[0])}, point);
        for (const int wall : up) {
          if (walls.count(wall) == 0) continue;
          gmsh::model::getParametrization(2, wall, point, on_face);
          gmsh::model::getNormal(wall, on_face, normal);
          const double part = std::abs(Vec3(normal.data()).normalized().dot(axis));
          const double lean = std::asin(std::min(1.0, part)) * 180 / M_PI;
          if (lean <= drawn.lean_deg) continue;
          drawn.lean_deg = lean;
          drawn.lean_at = {point[0], point[1], point[2]};
        }
      }
    }
  }
}

/// True if the box of the body tells its side; then it is moved as a whole or stays.
bool on_one_side(int solid, const Vec3& point, const Vec3& axis, const Vec3& shift) {
  Vec3 low, high;
  occ::getBoundingBox(3, solid, low[0], low[1], low[2], high[0], high[1], high[2]);
  const double middle = ((low + high) / 2 - point).dot(axis);
  if (std::abs(middle) < (high - low).dot(axis.cwiseAbs()) / 2) return false;
  if (middle > 0) occ::translate({{3, solid}}, shift[0], shift[1], shift[2]);
  return true;
}

[[noreturn]] void fail(const v1::Body& body, const std::string& path, const std::string& why) {
  throw InvalidInput(
      {{"OVERSIZE_FAILED", path, 0, 0, body.name() + " could not be drawn out: " + why,
        "move oversize.point_mm to a plainer place of the body"}});
}

}  // namespace

std::vector<DrawnPoints> drawn_points(const CadBody& body) {
  std::vector<DrawnPoints> out;
  for (std::size_t f = 0; f < body.faces.size(); ++f) {
    DrawnPoints& drawn = out.emplace_back();
    drawn.face = body.drawn[f];
    std::vector<double> low, high, at, point;
    gmsh::model::getParametrizationBounds(2, body.faces[f], low, high);
    for (int i = 0; i < kFaceSamples * kFaceSamples; ++i) {
      const int column = i % kFaceSamples, row = i / kFaceSamples;
      at = {low[0] + (column + 0.5) / kFaceSamples * (high[0] - low[0]),
            low[1] + (row + 0.5) / kFaceSamples * (high[1] - low[1])};
      if (gmsh::model::isInside(2, body.faces[f], at) == 0) continue;
      gmsh::model::getValue(2, body.faces[f], at, point);
      drawn.points.push_back(Vec3(point.data()));
    }
  }
  return out;
}

void know_again(const v1::Body& body, const std::vector<DrawnPoints>& before, CadBody& result) {
  result.drawn.assign(result.faces.size(), {});
  int next = static_cast<int>(before.size());
  for (std::size_t f = 0; f < result.faces.size(); ++f) {
    const int face = result.faces[f];
    Vec3 low, high;
    occ::getBoundingBox(2, face, low[0], low[1], low[2], high[0], high[1], high[2]);
    const auto lies_on = [&](const Vec3& given) {
      const Vec3 point = oversized(body.oversize(), given);
      if ((point - low).minCoeff() < -kOnFace || (high - point).minCoeff() < -kOnFace) return false;
      std::vector<double> nearest, at;
      gmsh::model::getClosestPoint(2, face, {point[0], point[1], point[2]}, nearest, at);
      if ((Vec3(nearest.data()) - point).norm() > kOnFace) return false;
      gmsh::model::getParametrization(2, face, nearest, at);  // Gmsh 4.8 gives 0, 0 with the point
      return gmsh::model::isInside(2, face, at) != 0;
    };
    const auto known = std::find_if(before.begin(), before.end(), [&](const DrawnPoints& one) {
      return std::any_of(one.points.begin(), one.points.end(), lies_on);
    });
    result.drawn[f] = known != before.end() ? known->face : DrawnFace{++next, ""};
  }
}

int oversize_solid(const v1::Body& body, const std::string& path, int solid, DrawnOut& drawn) {
  if (!body.has_oversize()) return solid;
  const Vec3 axis = vec3(body.oversize().direction()).normalized();
  const Vec3 point = vec3(body.oversize().point_mm());
  drawn.by_mm = body.oversize().by_mm();
  const Vec3 shift = drawn.by_mm * axis;
  if (on_one_side(solid, point, axis, shift)) return solid;
  const double volume = mass({3, solid});
  const int disk = cutting_disk(solid, point, axis);
  Entities cut, below, beyond, section;
  std::vector<Entities> map;
  occ::fragment({{3, solid}}, {{2, disk}}, cut, map);
  occ::synchronize();
  for (const auto& piece : of_dim(map.at(0), 3)) {
    ((centre(piece) - point).dot(axis) > 0 ? beyond : below).push_back(piece);
  }
  std::set<int> walls = faces_of(below);
  const std::set<int> others = faces_of(beyond);
  for (const auto& face : of_dim(map.at(1), 2)) {
    if (walls.count(face.second) != 0 && others.count(face.second) != 0) section.push_back(face);
  }
  if (!section.empty()) {
    check_may_be_cut(body, path);
    for (const auto& face : section) walls.erase(face.second);
    measure_lean(section, walls, axis, drawn);
  }
  // Copies share nothing with each other, so that one side can be moved.
  Entities lower, upper, caps, swept, fused;
  if (!below.empty()) occ::copy(below, lower);
  if (!beyond.empty()) occ::copy(beyond, upper);
  if (!section.empty()) occ::copy(section, caps);
  occ::remove(cut, true);
  if (!upper.empty()) occ::translate(upper, shift[0], shift[1], shift[2]);
  for (const auto& cap : caps) drawn.section_mm2 += mass(cap);
  if (!caps.empty()) occ::extrude(caps, shift[0], shift[1], shift[2], swept);
  Entities parts = lower;
  parts.insert(parts.end(), upper.begin(), upper.end());
  const Entities bridge = of_dim(swept, 3);
  parts.insert(parts.end(), bridge.begin(), bridge.end());
  if (parts.empty()) fail(body, path, "nothing is left after the cut");
  if (parts.size() > 1) {
    occ::fuse({parts.front()}, Entities(parts.begin() + 1, parts.end()), fused, map);
  } else {
    fused = parts;
  }
  occ::synchronize();
  const Entities solids = of_dim(fused, 3);
  if (solids.size() != 1) {
    fail(body, path, "it came out as " + std::to_string(solids.size()) + " pieces");
  }
  const double added = drawn.section_mm2 * drawn.by_mm;
  const double expected = volume + added, got = mass(solids.front());
  double allowed = kSameVolume * expected;
  if (added > 0) allowed = std::min(allowed, kSameAdded * added);
  if (!(std::abs(got - expected) <= allowed)) {
    fail(body, path,
         "its volume came to " + std::to_string(got) + " mm3 instead of " +
             std::to_string(expected));
  }
  return solids.front().second;
}

}  // namespace proofload::meshing
