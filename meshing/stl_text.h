#pragma once
/// The ASCII form of STL.
#include <string>

#include "proofload/meshing/surface.h"

namespace proofload::meshing {

/// Parses `solid … facet … endfacet … endsolid` (several solids allowed, keywords in any case,
/// lines of at most kMaxLineBytes). Faults are given with line, column and text.
TriangleSoup read_stl_text(const std::string& path, const std::string& text, double scale_to_mm);

}  // namespace proofload::meshing
