#pragma once
/// CAD files looked at as text before OpenCASCADE reads them: it crashes and eats memory on bad
/// ones.
#include <string>

namespace proofload::meshing {

/// Part 21 with limits: at most 5 million entities, parentheses 64 deep, texts of 64 KiB, no
/// geometric entity that refers to itself, directly or in a circle. Throws InvalidInput
/// (STEP_UNREADABLE, STEP_TOO_LARGE, STEP_CYCLE with the entity's number and line).
void check_step_text(const std::string& text, const std::string& path, const std::string& name);

/// IGES: fixed lines of 80 columns with section letters. Throws InvalidInput (IGES_UNREADABLE).
void check_iges_text(const std::string& text, const std::string& path, const std::string& name);

/// The unit of an IGES file by flag 14 of its global section: mm, cm, m, inch, um; empty: another.
std::string iges_unit(const std::string& text);

/// Throws InvalidInput (BREP_UNREADABLE) unless the text is OpenCASCADE's BREP with counts that the
/// file can hold.
void check_brep_text(const std::string& text, const std::string& path, const std::string& name);

}  // namespace proofload::meshing
