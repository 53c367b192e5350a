#include "places.h"

#include "proofload/core/problem.h"

namespace proofload::solver {
namespace {

const FacePart* find(const MeshPart& part, const std::string& name) {
  for (const FacePart& place : part.places) {
    if (place.name == name) return &place;
  }
  return nullptr;
}

}  // namespace

std::vector<std::int32_t> nodes_of_faces(const MeshPart& part, const FacePart& faces) {
  std::vector<double> mark(part.n_local(), 0.0);
  for (const std::int32_t node : faces.faces) mark[node] = 1;
  add_to_owners(part, mark.data(), 1);
  update_ghosts(part, mark.data(), 1);
  std::vector<std::int32_t> nodes;
  for (std::int32_t node = 0; node < part.n_local(); ++node) {
    if (mark[node] > 0) nodes.push_back(node);
  }
  return nodes;
}

Places find_places(const MeshPart& part, const std::vector<std::string>& names) {
  Places places;
  std::vector<Problem> problems;
  for (const std::string& name : names) {
    if (places.count(name)) continue;
    Place& place = places[name];
    place.faces = find(part, name);
    const std::string path = "places." + name;
    if (!place.faces) {
      problems.push_back({"UNKNOWN_PLACE", path, 0, 0, "the mesh has no place '" + name + "'",
                          "name a place that the case defines"});
      continue;
    }
    place.facts = surface_facts(part, *place.faces);
    if (place.facts.area <= 0) {
      problems.push_back({"EMPTY_PLACE", path, 0, 0,
                          "no face of the mesh is on place '" + name + "'",
                          "change the place so that it catches faces"});
      continue;
    }
    place.nodes = nodes_of_faces(part, *place.faces);
  }
  if (!problems.empty()) throw InvalidInput(problems);
  return places;
}

}  // namespace proofload::solver
