#pragma once
/// Names that must refer to something, and names that must be unique.
#include <map>
#include <set>
#include <string>
#include <vector>

#include "proofload/core/case_reader.h"
#include "proofload/core/library.h"

namespace proofload {

/// What exists in a case and the library, by kind ("body", "place", …).
using KnownNames = std::map<std::string, std::set<std::string>>;

KnownNames known_names(const v1::Case& value, const Library& library);

/// Appends problems of the findings "refers to nothing" and "stands twice".
void check_names(const CaseText& text, const KnownNames& known, std::vector<Problem>& problems);

/// A problem at a path, with the line of the nearest field that has one.
Problem problem_at(const CaseText& text, const std::string& code, const std::string& path,
                   const std::string& message, const std::string& remedy);

/// Standard quantity names of design section 2 that criteria may name.
const std::vector<std::string>& standard_quantities();

}  // namespace proofload
