#include "places.h"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <set>
#include <sstream>

#include "place_selectors.h"
#include "proofload/core/regions.h"
#include "proofload/core/vec3.h"

namespace proofload::meshing {
namespace {

std::string show(const Point& p) {
  std::ostringstream text;
  text << "(" << p[0] << ", " << p[1] << ", " << p[2] << ")";
  return text.str();
}

std::string show(double value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

/// Faces that a place may catch at all: of its body, exterior or shared with the other body. A body
/// is a set of indices: itself and its regions; empty: any.
std::vector<CellFace> candidates(const OrderedMesh& ordered, const std::set<int>& body,
                                 const std::set<int>& other) {
  const std::vector<std::int32_t>& cell_body = ordered.mesh.cell_body;
  std::vector<CellFace> faces;
  const auto of_body = [&](const CellFace& face) { return body.count(cell_body[face.cell]) != 0; };
  const auto of_other = [&](const CellFace& face) {
    return other.count(cell_body[face.cell]) != 0;
  };
  if (other.empty()) {
    for (const CellFace& face : ordered.topology.exterior) {
      if (body.empty() || of_body(face)) faces.push_back(face);
    }
    return faces;
  }
  for (const BodyFace& face : ordered.topology.between) {
    if (of_body(face.first) && of_other(face.second)) faces.push_back(face.first);
    if (of_body(face.second) && of_other(face.first)) faces.push_back(face.second);
  }
  return faces;
}

/// What to tell of a place that caught nothing.
std::string why_empty(const std::vector<CellFace>& faces, const std::vector<Selector>& selectors,
                      double tolerance) {
  if (faces.empty()) return "there is no such face at all (of that body, or between those bodies)";
  std::string text;
  for (const Selector& selector : selectors) {
    double least = std::numeric_limits<double>::infinity();
    std::size_t best = 0, caught = 0;
    for (std::size_t f = 0; f < faces.size(); ++f) {
      const double miss = selector.miss(faces[f]);
      if (miss <= selector.tolerance) ++caught;
      if (miss < least) least = miss, best = f;
    }
    if (!text.empty()) text += "; ";
    text += selector.name + " alone catches " + std::to_string(caught) + " of " +
            std::to_string(faces.size()) + " faces";
    if (caught > 0 || !selector.has_distance) continue;
    text += ", the nearest misses it by " + show(least) + " " + selector.unit + " at " +
            show(selector.centre(faces[best]));
  }
  return text + " (tolerance " + show(tolerance) + " mm)";
}

/// Names of the places that a support or a load needs.
std::set<std::string> needed_places(const v1::Case& value) {
  std::set<std::string> names;
  for (const v1::Support& support : value.supports()) names.insert(support.at());
  for (const v1::LoadCase& load_case : value.load_cases()) {
    for (const v1::Support& support : load_case.supports()) names.insert(support.at());
    for (const v1::Load& load : load_case.loads()) names.insert(load.at());
  }
  return names;
}

void check_area(const v1::Place& place, const std::string& path, const FaceSetMoments& found,
                std::vector<Problem>& problems) {
  if (!place.has_expected_area_mm2()) return;
  const double tolerance = place.has_area_tolerance() ? place.area_tolerance() : 0.05;
  const double wanted = place.expected_area_mm2();
  if (std::abs(found.area_mm2 - wanted) <= tolerance * wanted) return;
  problems.push_back({"UNEXPECTED_AREA", path, 0, 0,
                      "the place catches " + show(found.area_mm2) + " mm2 about " +
                          show(found.centroid) + " mm, " + show(wanted) + " mm2 +- " +
                          show(100 * tolerance) + " % are expected",
                      "narrow or widen the place (body, box, normal), or correct the area"});
}

void describe_place(const std::string& name, const io::FaceSet& set, const FaceSetMoments& found,
                    v1::MeshFacts& facts) {
  v1::PlaceFacts& result = *facts.add_places();
  result.set_name(name);
  result.set_area_mm2(found.area_mm2);
  set_vec3(result.mutable_centroid_mm(), Vec3(found.centroid.data()));
  set_vec3(result.mutable_normal(), Vec3(found.normal.data()));
  result.set_faces_count(static_cast<double>(set.cells.size()));
}

/// Faces that meet every condition; `why` tells why there is none.
io::FaceSet catch_faces(const v1::Place& place, const TetMesh& straight, const OrderedMesh& ordered,
                        const std::set<int>& body, const std::set<int>& other, std::string& why) {
  const std::vector<CellFace> faces = candidates(ordered, body, other);
  const std::vector<Selector> selectors = make_selectors(place, straight, ordered, faces);
  io::FaceSet set;
  for (const CellFace& face : faces) {
    const bool caught = std::all_of(
        selectors.begin(), selectors.end(),
        [&](const Selector& selector) { return selector.miss(face) <= selector.tolerance; });
    if (caught) add_face(ordered.mesh, face, set);
  }
  if (set.cells.empty()) why = why_empty(faces, selectors, place_tolerance(ordered));
  return set;
}

void tell_empty(const std::string& path, const std::string& why, bool forgiven,
                v1::MeshFacts& facts, std::vector<Problem>& problems) {
  if (!forgiven) {
    problems.push_back({"EMPTY_PLACE", path, 0, 0, "the place catches no face: " + why,
                        "correct the place; `proofload init` lists the faces found"});
    return;
  }
  v1::Finding& finding = *facts.add_findings();
  finding.set_code("EMPTY_PLACE");
  finding.set_severity(v1::Finding::Severity::NOTE);
  finding.set_message(path + " catches no face here, and no support or load needs it: " + why);
}

/// True if all faces of all places named share a node. A place that is not there says so itself.
bool have_common_node(const io::Mesh& mesh, const v1::Place& place) {
  std::vector<std::int32_t> common;
  for (int i = 0; i < place.common_to_size(); ++i) {
    const auto set = std::find_if(mesh.places.begin(), mesh.places.end(), [&](const auto& other) {
      return other.name == place.common_to(i);
    });
    if (set == mesh.places.end()) return true;
    std::vector<std::int32_t> nodes = set->faces, kept;
    std::sort(nodes.begin(), nodes.end());
    nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
    std::set_intersection(common.begin(), common.end(), nodes.begin(), nodes.end(),
                          std::back_inserter(kept));
    common = i == 0 ? nodes : kept;
  }
  return !common.empty();
}

void check_common(const v1::Case& value, const io::Mesh& mesh, std::vector<Problem>& problems) {
  for (const auto& [name, place] : value.places()) {
    if (place.common_to_size() == 0 || have_common_node(mesh, place)) continue;
    problems.push_back({"EMPTY_PLACE", "places." + name + ".common_to", 0, 0,
                        "the places named have no edge or corner in common",
                        "name places that meet; split the body where the edge is to be"});
  }
}

}  // namespace

void name_places(const v1::Case& value, const TetMesh& straight, bool forgive_unused,
                 OrderedMesh& ordered, v1::MeshFacts& facts, std::vector<Problem>& problems) {
  const std::map<std::string, v1::Place> places(value.places().begin(), value.places().end());
  const std::set<std::string> needed = needed_places(value);
  const v1::MemberRig& rig = value.designs().member();
  for (const auto& [name, place] : places) {
    if (place.common_to_size() > 0) continue;
    const std::string path = "places." + name;
    const std::set<int> body = body_indices(value, place.body());
    const std::set<int> other = body_indices(value, place.shared_with());
    if (!other.empty() && body.empty()) {
      problems.push_back({"PLACE_BODY_MISSING", path + ".body", 0, 0,
                          "shared_with names one side of the interface only",
                          "name the body whose faces are meant with body"});
      continue;
    }
    std::string why;
    io::FaceSet set = catch_faces(place, straight, ordered, body, other, why);
    set.name = name;
    if (set.cells.empty()) {
      const bool of_rig = name == rig.support_at() || name == rig.load_at();
      const bool forgiven = (forgive_unused || of_rig) && needed.count(name) == 0;
      tell_empty(path, why, forgiven, facts, problems);
      continue;
    }
    const FaceSetMoments found = moments(ordered.mesh, set.faces);
    check_area(place, path, found, problems);
    describe_place(name, set, found, facts);
    ordered.mesh.places.push_back(std::move(set));
  }
  check_common(value, ordered.mesh, problems);
}

}  // namespace proofload::meshing
