#include "yaml_reader.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>

#include "proofload/v1/options.pb.h"

namespace proofload {

namespace pb = google::protobuf;

namespace {

std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
      diagonal = above;
    }
  }
  return row[b.size()];
}

std::vector<std::string> field_names(const pb::Descriptor* type) {
  std::vector<std::string> names;
  for (int i = 0; i < type->field_count(); ++i) names.push_back(type->field(i)->name());
  return names;
}

std::vector<std::string> enum_names(const pb::EnumDescriptor* type) {
  std::vector<std::string> names;
  for (int i = 0; i < type->value_count(); ++i) {
    if (type->value(i)->number() != 0) names.push_back(type->value(i)->name());
  }
  return names;
}

std::string did_you_mean(const std::string& text, const std::vector<std::string>& known) {
  const std::string near = nearest_name(text, known);
  return near.empty() ? "write one of: " + join(known) : "did you mean \"" + near + "\"?";
}

/// Strict decimal number: the whole text, finite.
bool parse_number(const std::string& text, double& value) {
  if (text.empty() || std::isspace(static_cast<unsigned char>(text[0]))) return false;
  if (text.find_first_of("xXpP") != std::string::npos) return false;
  char* end = nullptr;
  value = std::strtod(text.c_str(), &end);
  return end == text.c_str() + text.size() && std::isfinite(value);
}

std::string kind_of(const YAML::Node& node) {
  if (node.IsMap()) return "a map";
  if (node.IsSequence()) return "a list";
  if (node.IsNull()) return "nothing";
  return "\"" + node.Scalar() + "\"";
}

}  // namespace

std::string join(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string nearest_name(const std::string& text, const std::vector<std::string>& known) {
  std::string best;
  std::size_t least = std::max<std::size_t>(2, text.size() / 3) + 1;
  for (const std::string& name : known) {
    const std::size_t distance = edit_distance(text, name);
    if (distance < least) {
      least = distance;
      best = name;
    }
  }
  return best;
}

void YamlReader::note(const YAML::Node& node, const std::string& path) {
  if (positions_) (*positions_)[path] = {node.Mark().line + 1, node.Mark().column + 1};
}

void YamlReader::report(const YAML::Node& node, const std::string& path, const std::string& code,
                        const std::string& message, const std::string& remedy) {
  problems_->push_back({code, path, node.Mark().line + 1, node.Mark().column + 1, message, remedy});
}

bool YamlReader::fill_shorthand(const YAML::Node& node, const std::string& path,
                                pb::Message& message) {
  const pb::Descriptor* type = message.GetDescriptor();
  const std::string& shorthand = type->options().GetExtension(v1::message_rule).shorthand();
  if (shorthand.empty() || !node.IsScalar()) return false;
  fill_field(node, path, message, type->FindFieldByName(shorthand));
  return true;
}

void YamlReader::fill(const YAML::Node& node, const std::string& path, pb::Message& message) {
  note(node, path);
  if (node.IsNull()) return;
  if (!node.IsMap()) {
    if (fill_shorthand(node, path, message)) return;
    report(node, path, "WRONG_TYPE",
           "expected a map with the keys of " + message.GetDescriptor()->name() + ", found " +
               kind_of(node),
           "known keys: " + join(field_names(message.GetDescriptor())));
    return;
  }
  const pb::Descriptor* type = message.GetDescriptor();
  std::set<std::string> seen;
  for (const auto& entry : node) {
    const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : "";
    const std::string inner = path.empty() ? key : path + "." + key;
    if (!seen.insert(key).second) {
      report(entry.first, inner, "DUPLICATE_KEY", "the key \"" + key + "\" stands twice",
             "keep one of them");
      continue;
    }
    const pb::FieldDescriptor* field = type->FindFieldByName(key);
    if (!field) {
      report(entry.first, inner, "UNKNOWN_KEY", "\"" + key + "\" is not a key of " + type->name(),
             did_you_mean(key, field_names(type)));
      continue;
    }
    fill_field(entry.second, inner, message, field);
  }
}

void YamlReader::fill_field(const YAML::Node& node, const std::string& path, pb::Message& message,
                            Field field) {
  note(node, path);
  if (field->is_map()) return fill_map(node, path, message, field);
  if (field->is_repeated()) {
    if (node.IsNull()) return;
    if (!node.IsSequence()) {
      report(node, path, "WRONG_TYPE", "expected a list, found " + kind_of(node),
             "write it in brackets: [ … ], or one entry per line after \"- \"");
      return;
    }
    for (std::size_t i = 0; i < node.size(); ++i) {
      const std::string inner = path + "[" + std::to_string(i) + "]";
      if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE) {
        fill(node[i], inner, *message.GetReflection()->AddMessage(&message, field));
      } else {
        fill_scalar(node[i], inner, message, field);
      }
    }
    return;
  }
  if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE) {
    fill(node, path, *message.GetReflection()->MutableMessage(&message, field));
  } else {
    fill_scalar(node, path, message, field);
  }
}

void YamlReader::fill_map(const YAML::Node& node, const std::string& path, pb::Message& message,
                          Field field) {
  if (node.IsNull()) return;
  if (!node.IsMap()) {
    report(node, path, "WRONG_TYPE", "expected a map of names, found " + kind_of(node),
           "write \"name: …\" lines");
    return;
  }
  const pb::FieldDescriptor* value_field = field->message_type()->map_value();
  std::set<std::string> seen;
  for (const auto& item : node) {
    const std::string key = item.first.IsScalar() ? item.first.Scalar() : "";
    const std::string inner = path + "." + key;
    if (!seen.insert(key).second) {
      report(item.first, inner, "DUPLICATE_KEY", "the name \"" + key + "\" stands twice",
             "keep one of them");
      continue;
    }
    pb::Message* entry = message.GetReflection()->AddMessage(&message, field);
    entry->GetReflection()->SetString(entry, field->message_type()->map_key(), key);
    fill_field(item.second, inner, *entry, value_field);
  }
}

void YamlReader::fill_scalar(const YAML::Node& node, const std::string& path, pb::Message& message,
                             Field field) {
  note(node, path);
  const pb::Reflection* reflection = message.GetReflection();
  const bool list = field->is_repeated();
  if (!node.IsScalar()) {
    report(node, path, "WRONG_TYPE", "expected one value, found " + kind_of(node),
           "write a single value");
    return;
  }
  const std::string text = node.Scalar();
  switch (field->cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_DOUBLE: {
      double value = 0;
      if (!parse_number(text, value)) {
        report(node, path, "NOT_A_NUMBER", "\"" + text + "\" is not a finite number",
               "write a decimal number without a unit, for example 12.5");
        return;
      }
      list ? reflection->AddDouble(&message, field, value)
           : reflection->SetDouble(&message, field, value);
      return;
    }
    case pb::FieldDescriptor::CPPTYPE_BOOL: {
      if (text != "true" && text != "false") {
        report(node, path, "WRONG_TYPE", "\"" + text + "\" is neither true nor false",
               "write true or false");
        return;
      }
      reflection->SetBool(&message, field, text == "true");
      return;
    }
    case pb::FieldDescriptor::CPPTYPE_ENUM: {
      const pb::EnumValueDescriptor* value = field->enum_type()->FindValueByName(text);
      if (!value || value->number() == 0) {
        report(node, path, "UNKNOWN_VALUE", "\"" + text + "\" is not one of its values",
               did_you_mean(text, enum_names(field->enum_type())));
        return;
      }
      list ? reflection->AddEnum(&message, field, value)
           : reflection->SetEnum(&message, field, value);
      return;
    }
    default:
      list ? reflection->AddString(&message, field, text)
           : reflection->SetString(&message, field, text);
  }
}

}  // namespace proofload
