#pragma once
/// The YAML side of the reader: fills any message by reflection, noting places and problems.
#include <google/protobuf/message.h>
#include <yaml-cpp/yaml.h>

#include <map>
#include <string>
#include <vector>

#include "proofload/core/case_reader.h"

namespace proofload {

class YamlReader {
 public:
  YamlReader(std::map<std::string, Position>* positions, std::vector<Problem>* problems)
      : positions_(positions), problems_(problems) {}

  /// Fills `message` from `node`; problems are collected, never thrown.
  void fill(const YAML::Node& node, const std::string& path, google::protobuf::Message& message);

 private:
  using Field = const google::protobuf::FieldDescriptor*;

  void fill_field(const YAML::Node& node, const std::string& path,
                  google::protobuf::Message& message, Field field);
  void fill_map(const YAML::Node& node, const std::string& path, google::protobuf::Message& message,
                Field field);
  void fill_scalar(const YAML::Node& node, const std::string& path,
                   google::protobuf::Message& message, Field field);
  bool fill_shorthand(const YAML::Node& node, const std::string& path,
                      google::protobuf::Message& message);
  void report(const YAML::Node& node, const std::string& path, const std::string& code,
              const std::string& message, const std::string& remedy);
  void note(const YAML::Node& node, const std::string& path);

  std::map<std::string, Position>* positions_;
  std::vector<Problem>* problems_;
};

/// The nearest of `known` to `text` by edit distance, or empty when none is near.
std::string nearest_name(const std::string& text, const std::vector<std::string>& known);

/// "a, b, c".
std::string join(const std::vector<std::string>& names);

}  // namespace proofload
