#pragma once
/// Small cases for the mesher's tests, written as a user writes them.
#include <cmath>
#include <string>

#include "proofload/core/case_reader.h"
#include "proofload/core/regions.h"
#include "proofload/meshing/mesh_design.h"

namespace proofload::meshing {

/// Meshes the YAML of bodies, interfaces, places, mesh; files lie in `folder`.
inline MeshOutput mesh_text(const std::string& yaml, double factor = 1,
                            const std::string& folder = "") {
  MeshRequestOptions options;
  options.factor = factor;
  options.folder = folder;
  v1::Case value = parse_case(yaml, "test.yaml").value;
  expand_regions(value);
  return mesh_design(value, options);
}

/// Codes of the problems that meshing throws, joined by spaces; "none" if it throws nothing.
inline std::string codes_of(const std::string& yaml, std::string* messages = nullptr,
                            const std::string& folder = "") {
  try {
    mesh_text(yaml, 1, folder);
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

inline const v1::BodyFacts& body_of(const v1::MeshFacts& facts, const std::string& name) {
  for (const v1::BodyFacts& body : facts.bodies()) {
    if (body.name() == name) return body;
  }
  throw std::runtime_error("no body " + name);
}

/// Area of the bonded interface; 0: there is none.
inline double shared_area(const v1::MeshFacts& facts, const std::string& a, const std::string& b) {
  for (const v1::InterfaceFacts& face : facts.interfaces()) {
    const bool same = face.first() == a && face.second() == b;
    if (same || (face.first() == b && face.second() == a)) {
      return face.kind() == "bonded" ? face.area_mm2() : 0;
    }
  }
  return 0;
}

inline const v1::PlaceFacts& place_of(const v1::MeshFacts& facts, const std::string& name) {
  for (const v1::PlaceFacts& place : facts.places()) {
    if (place.name() == name) return place;
  }
  throw std::runtime_error("no place " + name);
}

}  // namespace proofload::meshing
