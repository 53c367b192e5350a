/// Regions by planes and boxes as OpenCASCADE solids.
#include <gmsh.h>

#include <cmath>
#include <sstream>

#include "cad_bodies.h"
#include "gmsh_session.h"
#include "proofload/core/vec3.h"
#include "regions.h"

namespace proofload::meshing {
namespace {

namespace occ = gmsh::model::occ;

constexpr double kNothing = 1e-6;  // of the body's volume

struct Extent {
  Vec3 low, high;
  double diagonal() const { return (high - low).norm(); }
};

Extent extent_of(int solid) {
  Extent box;
  occ::getBoundingBox(3, solid, box.low[0], box.low[1], box.low[2], box.high[0], box.high[1],
                      box.high[2]);
  return box;
}

/// A box that holds all of the body that lies beyond the plane.
int half_space(const v1::PlanePlace& plane, const Extent& body) {
  const Vec3 normal = vec3(plane.normal()).normalized();
  const Vec3 middle = (body.low + body.high) / 2;
  const double from_plane = plane.offset_mm() - normal.dot(middle);
  const double reach = body.diagonal(), height = reach + std::abs(from_plane);
  const int box = occ::addBox(-reach, -reach, 0, 2 * reach, 2 * reach, height);
  turn_from_z(3, box, normal);
  const Vec3 shift = middle + from_plane * normal;
  occ::translate({{3, box}}, shift[0], shift[1], shift[2]);
  return box;
}

int box_tool(const v1::BoxPlace& box) {
  const Vec3 low = vec3(box.min_mm()), size = vec3(box.max_mm()) - low;
  return occ::addBox(low[0], low[1], low[2], size[0], size[1], size[2]);
}

std::string show(const Extent& box) {
  std::ostringstream text;
  text << "(" << box.low.transpose() << ") to (" << box.high.transpose() << ") mm";
  return text.str();
}

/// One region; its volume is told by volume_mm3.
CadBody cut_out(const v1::Region& region, int index, const CadBody& whole) {
  CadBody result;
  result.index = index;
  const Extent extent = extent_of(whole.solid);
  gmsh::vectorpair copy, common;
  std::vector<gmsh::vectorpair> map;
  occ::copy({{3, whole.solid}}, copy);
  const int tool = region.has_plane() ? half_space(region.plane(), extent) : box_tool(region.box());
  occ::intersect(copy, {{3, tool}}, common, map);
  for (const auto& [dim, tag] : common) {
    if (dim != 3) continue;
    double volume = 0;
    occ::getMass(3, tag, volume);
    result.volume_mm3 += volume;
    result.pieces.push_back(tag);
  }
  occ::synchronize();
  return result;
}

void judge(const v1::Case& value, const CadBody& region, const CadBody& whole,
           std::vector<Problem>& problems) {
  const std::string &name = value.bodies(region.index).name(),
                    &body = value.bodies(whole.index).name();
  const std::string path = region_path(value, region.index);
  if (region.volume_mm3 <= kNothing * whole.volume_mm3) {
    problems.push_back({"REGION_EMPTY", path, 0, 0,
                        "region " + name + " takes nothing of " + body + ", which reaches from " +
                            show(extent_of(whole.solid)),
                        "move or enlarge the region, or remove it"});
  } else if (region.volume_mm3 >= (1 - kNothing) * whole.volume_mm3) {
    problems.push_back({"REGION_FILLS_BODY", path, 0, 0,
                        "nothing is left of " + body + " outside its region " + name +
                            "; it reaches from " + show(extent_of(whole.solid)),
                        "make the region smaller, or give " + body + " itself that material"});
  }
}

}  // namespace

void add_cad_regions(const v1::Case& value, CadModel& model, std::vector<Problem>& problems) {
  for (int i = 0; i < value.bodies_size(); ++i) {
    if (!value.bodies(i).has_part_of()) continue;
    const int index = whole_index(value, i);
    CadBody region;
    for (const CadBody& body : model.bodies) {
      if (body.index != index) continue;
      guarded("FRAGMENT_FAILED", "E10: cutting out region " + value.bodies(i).name(),
              [&] { region = cut_out(value.bodies(i).part_of().region(), i, body); });
      judge(value, region, body, problems);
    }
    model.bodies.push_back(region);
  }
}

}  // namespace proofload::meshing
