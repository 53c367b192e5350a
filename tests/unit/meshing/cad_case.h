#pragma once
/// Small cases for the mesher's tests, written as a user writes them.
#include <cmath>
#include <string>

#include "proofload/core/case_reader.h"
#include "proofload/meshing/mesh_design.h"

namespace proofload::meshing {

/// Meshes the YAML of bodies, interfaces, places, mesh.
inline MeshOutput mesh_text(const std::string& yaml, double factor = 1) {
  MeshRequestOptions options;
  options.factor = factor;
  return mesh_design(parse_case(yaml, "test.yaml").value, options);
}

/// Codes of the problems that meshing throws, joined by spaces; "none" if it throws nothing.
inline std::string codes_of(const std::string& yaml, std::string* messages = nullptr) {
  try {
    mesh_text(yaml);
  } catch (const InvalidInput& error) {
    std::string codes;
    for (const Problem& problem : error.problems()) {
      codes += (codes.empty() ? "" : " ") + problem.code;
      if (messages != nullptr) *messages += problem.message + "\n";
    }
    return codes;
  }
  return "none";
}

inline const v1::PlaceFacts& place_of(const v1::MeshFacts& facts, const std::string& name) {
  for (const v1::PlaceFacts& place : facts.places()) {
    if (place.name() == name) return place;
  }
  throw std::runtime_error("no place " + name);
}

}  // namespace proofload::meshing
