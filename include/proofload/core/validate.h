#pragma once
/// Judges a case: ranges, necessity, names that refer to something, combinations.
#include <string>
#include <vector>

#include "proofload/core/case_reader.h"
#include "proofload/core/library.h"

namespace proofload {

/// All problems of meaning at once; empty: valid. `folder` is where geometry files are looked for
/// (empty: files are not looked for).
std::vector<Problem> validate(const CaseText& text, const Library& library,
                              const std::string& folder);

/// Rules declared at the fields (unit, range, necessity) of any message; appends to `problems`.
void check_field_rules(const google::protobuf::Message& message, const std::string& path,
                       const std::map<std::string, Position>& positions,
                       std::vector<Problem>& problems);

/// Replaces material names by the library's data (with case overrides), fills defaults, so that
/// later stages never need the library. Call after validate() found nothing.
v1::Case resolve(const v1::Case& value, const Library& library);

}  // namespace proofload
