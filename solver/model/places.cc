#include "places.h"

#include <algorithm>
#include <iterator>

#include "proofload/core/problem.h"
#include "proofload/solver/collective.h"

namespace proofload::solver {
namespace {

const FacePart* find(const MeshPart& part, const std::string& name) {
  for (const FacePart& place : part.places) {
    if (place.name == name) return &place;
  }
  return nullptr;
}

bool is_common(const v1::Case& value, const std::string& name) {
  const auto asked = value.places().find(name);
  return asked != value.places().end() && asked->second.common_to_size() > 0;
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

std::vector<std::int32_t> nodes_of_place(const MeshPart& part, const v1::Case& value,
                                         const std::string& name) {
  if (!is_common(value, name)) {
    const FacePart* faces = find(part, name);
    return faces ? nodes_of_faces(part, *faces) : std::vector<std::int32_t>();
  }
  const v1::Place& asked = value.places().at(name);
  std::vector<std::int32_t> common;
  for (int i = 0; i < asked.common_to_size(); ++i) {
    const FacePart* faces = find(part, asked.common_to(i));
    if (!faces) return {};
    const std::vector<std::int32_t> nodes = nodes_of_faces(part, *faces);
    std::vector<std::int32_t> kept;
    std::set_intersection(common.begin(), common.end(), nodes.begin(), nodes.end(),
                          std::back_inserter(kept));
    common = i == 0 ? nodes : kept;
  }
  return common;
}

Places find_places(const MeshPart& part, const v1::Case& value,
                   const std::vector<std::string>& names) {
  Places places;
  std::vector<Problem> problems;
  for (const std::string& name : names) {
    if (places.count(name)) continue;
    Place& place = places[name];
    place.faces = find(part, name);
    const std::string path = "places." + name;
    if (is_common(value, name)) {
      place.nodes = nodes_of_place(part, value, name);
      if (sum_over_ranks(part.comm, static_cast<double>(place.nodes.size())) > 0) continue;
      problems.push_back({"EMPTY_PLACE", path, 0, 0,
                          "the places that '" + name + "' names have no node in common",
                          "name places that meet in an edge or corner"});
      continue;
    }
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
