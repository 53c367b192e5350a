#include "contacts.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "small_gaps.h"
#include "surface_text.h"

namespace proofload::meshing {
namespace {

using Severity = v1::Finding::Severity;

constexpr double kBridged = 0.25;                       // of the element size: width of a gap
constexpr double kTouching = 1e-3;                      // mm
constexpr double kFewAcross = 2.5, kAcrossContact = 4;  // elements across a small contact
constexpr double kLeastAtContact = 1 / 6.0;             // of the size

}  // namespace

std::pair<int, int> bodies_of(const std::vector<BodySurface>& bodies,
                              const SurfaceInterface& entry) {
  const auto index = [&](const std::string& name) {
    return static_cast<int>(std::find_if(bodies.begin(), bodies.end(),
                                         [&](const BodySurface& s) { return s.name == name; }) -
                            bodies.begin());
  };
  return std::minmax({index(entry.first), index(entry.second)});
}

ClosedGaps close_gaps(const std::vector<BodySurface>& bodies,
                      const std::vector<TriangleSoup>& surfaces, const SurfaceMeshOptions& options,
                      std::vector<v1::Finding>& findings) {
  ClosedGaps closed{{}, std::vector<double>(bodies.size(), 0)};
  for (const SurfaceInterface& entry : options.interfaces) {
    auto [keeper, giver] = bodies_of(bodies, entry);
    if (!(entry.snap_mm > 0) || giver >= static_cast<int>(bodies.size())) continue;
    for (int* body : {&keeper, &giver}) {
      if (bodies[*body].whole >= 0) *body = bodies[*body].whole;
    }
    if (keeper == giver) continue;
    if (bodies[giver].priority > bodies[keeper].priority) std::swap(keeper, giver);
    const double spacing = bodies[keeper].element_size_mm / 2;
    const Gap gap = gap_between(surfaces[keeper], surfaces[giver], 0, entry.snap_mm, spacing);
    if (!(gap.area_mm2 > 0)) continue;
    closed.closings.push_back({keeper, giver, entry.snap_mm});
    closed.volume_mm3[giver] += gap.volume_mm3;
    v1::Finding finding = make_finding(
        "E9", Severity::WARNING, bodies[giver].name,
        "a gap of up to " + show(gap.widest_mm) + " mm to " + bodies[keeper].name + " over " +
            show(gap.area_mm2) + " mm2 was closed (snap_mm: " + show(entry.snap_mm) +
            "): " + bodies[giver].name + " gains " + show(gap.volume_mm3) + " mm3");
    add_place(finding, gap.at);
    findings.push_back(finding);
  }
  return closed;
}

void tell_bridged(const LabelledBody& first, const LabelledBody& second,
                  const std::pair<std::string, std::string>& names, double closed_mm,
                  std::vector<v1::Finding>& findings) {
  const double size = std::min(first.size_mm, second.size_mm);
  const Gap gap = gap_between(first.surface, second.surface, closed_mm, kBridged * size, size / 2);
  if (!(gap.area_mm2 > 0)) return;
  v1::Finding finding =
      make_finding("E9", Severity::WARNING, names.first,
                   "a gap of up to " + show(gap.widest_mm) + " mm between " + names.first +
                       " and " + names.second + " over " + show(gap.area_mm2) +
                       " mm2 is narrow beside the elements: they may share faces across it");
  add_place(finding, gap.at);
  findings.push_back(finding);
}

std::vector<SizeBall> balls_at_contacts(const std::vector<BodySurface>& bodies,
                                        const std::vector<TriangleSoup>& surfaces,
                                        const SurfaceMeshOptions& options) {
  std::vector<SizeBall> balls;
  for (const SurfaceInterface& entry : options.interfaces) {
    const auto [a, b] = bodies_of(bodies, entry);
    if (a == b || b >= static_cast<int>(bodies.size())) continue;
    const double size = std::min(bodies[a].element_size_mm, bodies[b].element_size_mm);
    const double near = std::max(entry.snap_mm, kTouching);
    const Contact sides[2] = {contact_with(surfaces[a], surfaces[b], near, size / 4),
                              contact_with(surfaces[b], surfaces[a], near, size / 4)};
    const double width = std::sqrt(std::max(sides[0].area_mm2, sides[1].area_mm2));
    if (width >= kFewAcross * size) continue;
    const double wanted = std::max(kLeastAtContact * size, width / kAcrossContact);
    std::set<std::array<long, 3>> taken;
    for (const Contact& side : sides) {
      for (const Point& at : side.points) {
        std::array<long, 3> cube;
        for (int k = 0; k < 3; ++k) cube[k] = std::lround(at[k] / wanted);
        if (taken.insert(cube).second) balls.push_back({at, wanted, wanted});
      }
    }
  }
  return balls;
}

}  // namespace proofload::meshing
