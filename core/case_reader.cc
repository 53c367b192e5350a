#include "proofload/core/case_reader.h"

#include "proofload/core/run_folder.h"
#include "yaml_reader.h"

namespace proofload {

namespace {

/// Depth and size limits: a case is written by hand; what is larger is not one.
constexpr std::size_t kMaxBytes = 4u << 20;

YAML::Node load_yaml(const std::string& yaml, const std::string& file_name) {
  if (yaml.size() > kMaxBytes) {
    throw InvalidInput({{"FILE_TOO_LARGE", file_name, 0, 0,
                         std::to_string(yaml.size()) + " bytes of YAML (at most 4 MiB are read)",
                         "a case is a short text; is this a geometry file?"}});
  }
  if (yaml.find('\0') != std::string::npos) {
    throw InvalidInput(
        {{"YAML_SYNTAX", file_name, 0, 0, "the file holds NUL bytes", "give a text file"}});
  }
  try {
    YAML::Node node = YAML::Load(yaml);
    if (!node || node.IsNull()) {
      throw InvalidInput({{"EMPTY_FILE", file_name, 1, 1, "the file is empty",
                           "write a case, or make one with: proofload init FILES"}});
    }
    return node;
  } catch (const YAML::Exception& error) {
    throw InvalidInput({{"YAML_SYNTAX", file_name, error.mark.line + 1, error.mark.column + 1,
                         error.msg, "check indentation, colons and brackets at this line"}});
  }
}

}  // namespace

void parse_message(const std::string& yaml, const std::string& file_name,
                   google::protobuf::Message& message, std::map<std::string, Position>* positions) {
  const YAML::Node node = load_yaml(yaml, file_name);
  std::vector<Problem> problems;
  YamlReader(positions, &problems).fill(node, "", message);
  if (!problems.empty()) throw InvalidInput(std::move(problems));
}

CaseText parse_case(const std::string& yaml, const std::string& file_name) {
  CaseText text;
  const YAML::Node node = load_yaml(yaml, file_name);
  YamlReader(&text.positions, &text.problems).fill(node, "", text.value);
  return text;
}

CaseText read_case(const std::string& path) { return parse_case(read_file(path), path); }

}  // namespace proofload
