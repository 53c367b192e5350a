#pragma once
/// Built-in shapes as OpenCASCADE solids in the running Gmsh session.
#include "proofload/v1/case.pb.h"

namespace proofload::meshing {

/// Adds the shape to the current Gmsh model and returns the tag of its one solid. mm.
/// Throws InvalidInput (SHAPE_INVALID, path `path`) for dimensions that make no solid.
int add_shape(const v1::Shape& shape, const std::string& path);

}  // namespace proofload::meshing
