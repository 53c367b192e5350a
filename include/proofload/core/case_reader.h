#pragma once
/// Reads case.yaml into the data model, by reflection over the protos.
#include <map>
#include <string>
#include <vector>

#include "proofload/core/problem.h"
#include "proofload/v1/case.pb.h"

namespace proofload {

struct Position {
  int line = 0;
  int column = 0;
};

/// A case with the place of every field in its text ("bodies[0].file" -> line 4).
struct CaseText {
  v1::Case value;
  std::map<std::string, Position> positions;
  std::vector<Problem> problems;  ///< of form; validate() lists them together with those of meaning
};

/// Parses the text, collecting *all* problems of form (unknown and duplicate keys with the nearest
/// known key, wrong types, non-finite numbers). Throws InvalidInput only for what is no YAML at all.
/// Does not judge meaning: see validate(), which must follow.
CaseText parse_case(const std::string& yaml, const std::string& file_name);

/// Reads and parses a file; throws InvalidInput (FILE_NOT_FOUND).
CaseText read_case(const std::string& path);

/// Parses any message of the data model from YAML (library entries). Throws InvalidInput with all
/// problems of form.
void parse_message(const std::string& yaml, const std::string& file_name,
                   google::protobuf::Message& message, std::map<std::string, Position>* positions);

}  // namespace proofload
