#pragma once
/// The element size that the level before asks for at a place.
#include <string>

#include "proofload/meshing/mesh_input.h"

namespace proofload::meshing {

/// Reads size_field.txt (throws std::runtime_error). The answer is the mean of the nearest points'
/// sizes, weighted by the inverse of their distance; it is `scale` times what the field says.
SizeLimit size_limit_of(const std::string& path, double scale);

/// Points of the field.
double size_field_count(const std::string& path);

}  // namespace proofload::meshing
