/// The judgement of a surface: error catalogue E1 … E12 with places and remedies.
#include <algorithm>
#include <cmath>

#include "proofload/core/problem.h"
#include "proofload/meshing/surface.h"
#include "surface_text.h"

namespace proofload::meshing {
namespace {

using Severity = v1::Finding::Severity;

std::string places(const v1::Finding& finding) {
  std::string text;
  for (int i = 0; i + 2 < finding.point_mm_size(); i += 3) {
    text += (i == 0 ? " at " : ", ") +
            show(Point{finding.point_mm(i), finding.point_mm(i + 1), finding.point_mm(i + 2)});
  }
  return text.empty() ? text : text + " mm";
}

/// Factors that would make the size that of a part: units that are mixed up in practice.
std::string unit_guess(double largest_mm) {
  struct Mistake {
    double factor;
    const char* meaning;
  };
  constexpr Mistake kMistakes[] = {
      {1000, "metres read as mm"},     {25.4, "inches read as mm"},
      {10, "centimetres read as mm"},  {0.1, "mm read as centimetres"},
      {1 / 25.4, "mm read as inches"}, {0.001, "mm read as metres, or micrometres as mm"}};
  std::string guess;
  for (const Mistake& mistake : kMistakes) {
    const double size = largest_mm * mistake.factor;
    if (size < 5 || size > 600) continue;
    guess += (guess.empty() ? "; " : ", ") + std::string(mistake.meaning) + "? times " +
             show(mistake.factor) + " gives " + show(size) + " mm";
  }
  return guess;
}

void judge_soup(const SurfaceFacts& f, const std::string& body, std::vector<v1::Finding>& out) {
  const bool isolated = 2 * f.isolated_triangles > f.triangles;
  if (f.border_edges == 0 || (!isolated && f.uncertain_inside <= 0.05)) return;
  v1::Finding finding = make_finding(
      "E12", Severity::ERROR, body,
      "the triangles bound no solid: " + show(f.isolated_triangles) + " of " + show(f.triangles) +
          " have no neighbour, and for " + show(100 * f.uncertain_inside) +
          " % of sample points inside and outside cannot be told apart");
  finding.set_count(double(f.isolated_triangles));
  add_place(finding, f.min);
  add_place(finding, f.max);
  out.push_back(finding);
}

void judge_open(const SurfaceFacts& f, const std::string& body, std::vector<v1::Finding>& out) {
  if (f.border_edges == 0) return;
  v1::Finding finding = make_finding(
      "E2", Severity::ERROR, body,
      "the surface is open: " + show(f.border_edges) + " border edges in " + show(f.loop_count) +
          (f.loop_count == 1 ? " loop" : " loops") + ", the longest " +
          show(f.loops.front().length_mm) + " mm around " + show(f.loops.front().centre) + " mm");
  finding.set_count(double(f.border_edges));
  for (const BorderLoop& loop : f.loops) add_place(finding, loop.centre);
  out.push_back(finding);
}

void judge_crossings(const SurfaceFacts& f, const std::string& body,
                     std::vector<v1::Finding>& out) {
  if (f.self_intersections == 0) return;
  v1::Finding finding = make_finding("E3", Severity::ERROR, body,
                                     "the surface crosses itself: " + show(f.self_intersections) +
                                         " pairs of triangles, first triangles " +
                                         std::to_string(f.crossings.front().first + 1) + " and " +
                                         std::to_string(f.crossings.front().second + 1));
  finding.set_count(double(f.self_intersections));
  for (const Crossing& crossing : f.crossings) add_place(finding, crossing.point);
  out.push_back(finding);
}

void judge_edges(const SurfaceFacts& f, const std::string& body, std::vector<v1::Finding>& out) {
  if (f.non_manifold_edges > 0) {
    v1::Finding finding =
        make_finding("E4", Severity::ERROR, body,
                     show(f.non_manifold_edges) + " edges have more than two triangles");
    finding.set_count(double(f.non_manifold_edges));
    for (const Point& p : f.non_manifold_points) add_place(finding, p);
    out.push_back(finding);
  }
  if (f.duplicate > 0) {
    out.push_back(make_finding("E4", Severity::WARNING, body,
                               show(f.duplicate) + " triangles are there twice; one of each kept"));
    out.back().set_count(double(f.duplicate));
  }
}

void judge_orientation(const SurfaceFacts& f, const std::string& body,
                       std::vector<v1::Finding>& out) {
  if (!f.orientable) {
    v1::Finding finding = make_finding("E5", Severity::ERROR, body,
                                       "the surface has no inner and outer side (it is twisted)");
    for (const Point& p : f.flipped_points) add_place(finding, p);
    out.push_back(finding);
  } else if (f.flipped_edges > 0) {
    v1::Finding finding = make_finding("E5", Severity::WARNING, body,
                                       "neighbouring triangles disagree on the outer side along " +
                                           show(f.flipped_edges) + " edges; turned to agree");
    finding.set_count(double(f.flipped_edges));
    for (const Point& p : f.flipped_points) add_place(finding, p);
    out.push_back(finding);
  } else if (f.closed() && f.signed_volume_mm3 < 0) {
    out.push_back(
        make_finding("E5", Severity::WARNING, body, "all normals point inwards; turned outwards"));
  }
}

std::string describe(const Shell& shell) {
  const Point middle{(shell.min[0] + shell.max[0]) / 2, (shell.min[1] + shell.max[1]) / 2,
                     (shell.min[2] + shell.max[2]) / 2};
  return std::string(shell.depth % 2 == 1 ? "cavity of " : "part of ") +
         show(std::abs(shell.signed_volume_mm3)) + " mm3 around " + show(middle);
}

void judge_shells(const SurfaceFacts& f, const std::string& body, std::vector<v1::Finding>& out) {
  if (f.shells.size() < 2) return;
  const auto parts = std::count_if(f.shells.begin(), f.shells.end(),
                                   [](const Shell& s) { return s.depth % 2 == 0; });
  std::string message = std::to_string(f.shells.size()) + " separate shells, " +
                        std::to_string(parts) + " of them solid parts";
  v1::Finding finding =
      make_finding("E6", parts > 1 ? Severity::WARNING : Severity::NOTE, body, message);
  finding.set_count(double(f.shells.size()));
  for (std::size_t i = 0; i < std::min<std::size_t>(10, f.shells.size()); ++i) {
    const Shell& s = f.shells[i];
    message += (i == 0 ? ": " : "; ") + describe(s);
    add_place(finding,
              {(s.min[0] + s.max[0]) / 2, (s.min[1] + s.max[1]) / 2, (s.min[2] + s.max[2]) / 2});
  }
  finding.set_message(message);
  out.push_back(finding);
}

void note_shapes(const SurfaceFacts& f, const std::string& body, std::vector<v1::Finding>& out) {
  if (f.merged_points > 0) {
    out.push_back(make_finding(
        "E2", Severity::NOTE, body,
        show(f.merged_points) + " points lie within " + show(1e-6 * f.diagonal_mm) +
            " mm of another and are merged; border edges before: " + show(f.unmerged_border_edges) +
            ", after: " + show(f.border_edges)));
    out.back().set_count(double(f.merged_points));
  }
  if (f.degenerate + f.needles > 0) {
    out.push_back(make_finding("E11", Severity::NOTE, body,
                               show(f.degenerate) + " triangles without area and " +
                                   show(f.needles) + " with an angle under 1 degree (least " +
                                   show(f.min_angle_deg) + "); the surface is triangulated anew"));
    out.back().set_count(double(f.degenerate + f.needles));
  }
}

struct Remedy {
  const char* finding;
  const char* code;
  const char* text;
};

constexpr Remedy kRemedies[] = {
    {"E1", "GEOMETRY_UNIT", "state the length_unit the file was written in"},
    {"E2", "GEOMETRY_OPEN", "close the surface at these places in the program it came from"},
    {"E3", "GEOMETRY_SELF_INTERSECTING",
     "unite crossing parts and remove folds at these places before export"},
    {"E4", "GEOMETRY_NON_MANIFOLD",
     "separate or unite the parts that meet in these edges before export"},
    {"E5", "GEOMETRY_INVERTED", "export the part as a solid with a consistent outer side"},
    {"E6", "GEOMETRY_SHELLS", "export one solid, or one file for each part"},
    {"E8", "GEOMETRY_DAMAGED", "ask for smaller elements, or clean the surface before export"},
    {"E12", "GEOMETRY_SOUP", "export the part as a closed solid"},
};

}  // namespace

std::vector<v1::Finding> judge_extents(const Point& min, const Point& max,
                                       const SurfaceOwner& owner) {
  const double largest = std::max({max[0] - min[0], max[1] - min[1], max[2] - min[2]});
  if (largest >= 2 && largest <= 600) return {};
  const bool medical = owner.role == v1::Role::implant || owner.role == v1::Role::porous ||
                       owner.role == v1::Role::screw || owner.role == v1::Role::rod ||
                       owner.role == v1::Role::bone;
  const auto severity = largest < 2 || medical ? Severity::ERROR : Severity::WARNING;
  std::string message =
      "extents " + show(max[0] - min[0]) + " x " + show(max[1] - min[1]) + " x " +
      show(max[2] - min[2]) + " mm are not those of " +
      (medical ? "a bone or an implant (2 to 600 mm)" : "a part (2 to 600 mm are expected)");
  message += unit_guess(largest);
  v1::Finding finding = make_finding("E1", severity, owner.body, message);
  add_place(finding, min);
  add_place(finding, max);
  return {finding};
}

std::vector<v1::Finding> diagnose(const SurfaceFacts& facts, const SurfaceOwner& owner) {
  std::vector<v1::Finding> findings;
  if (owner.check_extents) findings = judge_extents(facts.min, facts.max, owner);
  judge_soup(facts, owner.body, findings);
  judge_open(facts, owner.body, findings);
  judge_crossings(facts, owner.body, findings);
  judge_edges(facts, owner.body, findings);
  judge_orientation(facts, owner.body, findings);
  judge_shells(facts, owner.body, findings);
  note_shapes(facts, owner.body, findings);
  return findings;
}

void judge_surface(const std::string& file, const std::vector<v1::Finding>& findings) {
  std::vector<Problem> problems;
  for (const v1::Finding& finding : findings) {
    if (finding.severity() != Severity::ERROR) continue;
    Problem problem;
    problem.code = "GEOMETRY_UNUSABLE";
    problem.path = file;
    problem.message = finding.code() + ": " + finding.message();
    if (finding.code() != "E1") problem.message += places(finding);
    problem.remedy = "clean the surface in the program it came from";
    for (const Remedy& remedy : kRemedies) {
      if (finding.code() != remedy.finding) continue;
      problem.code = remedy.code;
      problem.remedy = remedy.text;
    }
    problems.push_back(problem);
  }
  if (!problems.empty()) throw InvalidInput(problems);
}

}  // namespace proofload::meshing
