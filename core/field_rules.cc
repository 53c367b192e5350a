/// Rules declared at the fields: unit, range, necessity, number of entries.
#include <cmath>

#include "proofload/core/validate.h"
#include "proofload/v1/options.pb.h"
#include "yaml_reader.h"

namespace proofload {

namespace pb = google::protobuf;

namespace {

Position position_of(const std::string& path, const std::map<std::string, Position>& positions) {
  for (std::string at = path;;) {
    const auto found = positions.find(at);
    if (found != positions.end()) return found->second;
    const std::size_t cut = at.find_last_of(".[");
    if (cut == std::string::npos) break;
    at = at.substr(0, cut);
  }
  const auto root = positions.find("");
  return root == positions.end() ? Position{} : root->second;
}

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

std::string range_text(const v1::FieldRule& rule) {
  std::string text;
  if (rule.has_min()) text += (rule.above_min() ? "more than " : "at least ") + number(rule.min());
  if (rule.has_max()) {
    text += text.empty() ? "" : " and ";
    text += (rule.below_max() ? "less than " : "at most ") + number(rule.max());
  }
  return text + (rule.unit().empty() ? "" : " " + rule.unit());
}

bool in_range(double value, const v1::FieldRule& rule) {
  if (!std::isfinite(value)) return false;
  if (rule.has_min() && (rule.above_min() ? value <= rule.min() : value < rule.min())) return false;
  if (rule.has_max() && (rule.below_max() ? value >= rule.max() : value > rule.max())) return false;
  return true;
}

class RuleCheck {
 public:
  RuleCheck(const std::map<std::string, Position>& positions, std::vector<Problem>& problems)
      : positions_(positions), problems_(problems) {}

  void message(const pb::Message& message, const std::string& path) {
    const pb::Descriptor* type = message.GetDescriptor();
    int given = 0;
    for (int i = 0; i < type->field_count(); ++i) {
      const pb::FieldDescriptor* field = type->field(i);
      const std::string inner = path.empty() ? field->name() : path + "." + field->name();
      given += present(message, field);
      this->field(message, field, inner);
    }
    if (type->options().GetExtension(v1::message_rule).exactly_one() && given != 1) {
      report(path, given == 0 ? "MISSING" : "TOO_MANY",
             type->name() + " needs exactly one kind, found " + std::to_string(given),
             "give one of: " + kinds(type));
    }
  }

 private:
  static bool present(const pb::Message& message, const pb::FieldDescriptor* field) {
    return field->is_repeated() ? message.GetReflection()->FieldSize(message, field) > 0
                                : message.GetReflection()->HasField(message, field);
  }

  static std::string kinds(const pb::Descriptor* type) {
    std::vector<std::string> names;
    for (int i = 0; i < type->field_count(); ++i) names.push_back(type->field(i)->name());
    return join(names);
  }

  void field(const pb::Message& message, const pb::FieldDescriptor* field,
             const std::string& path) {
    const v1::FieldRule& rule = field->options().GetExtension(v1::rule);
    if (!present(message, field)) {
      // A key that stands there but could not be read has its own problem already.
      if (rule.required() && !positions_.count(path)) {
        report(path, "MISSING", "\"" + field->name() + "\" is missing",
               "add " + field->name() + (rule.unit().empty() ? "" : " (in " + rule.unit() + ")"));
      }
      return;
    }
    if (field->is_map()) return map(message, field, path);
    if (field->is_repeated()) count(message, field, rule, path);
    const int size = field->is_repeated() ? message.GetReflection()->FieldSize(message, field) : 1;
    for (int i = 0; i < size; ++i) {
      value(message, field, rule, i,
            field->is_repeated() ? path + "[" + std::to_string(i) + "]" : path);
    }
  }

  void count(const pb::Message& message, const pb::FieldDescriptor* field,
             const v1::FieldRule& rule, const std::string& path) {
    const auto size = static_cast<unsigned>(message.GetReflection()->FieldSize(message, field));
    if (rule.count() != 0 && size != rule.count()) {
      report(path, "WRONG_COUNT",
             "has " + std::to_string(size) + " entries, needs " + std::to_string(rule.count()),
             "write exactly " + std::to_string(rule.count()) + " entries");
    }
    if (size < rule.min_count()) {
      report(path, "WRONG_COUNT",
             "has " + std::to_string(size) + " entries, needs at least " +
                 std::to_string(rule.min_count()),
             "add entries");
    }
  }

  void value(const pb::Message& message, const pb::FieldDescriptor* field,
             const v1::FieldRule& rule, int index, const std::string& path) {
    const pb::Reflection* reflection = message.GetReflection();
    const bool list = field->is_repeated();
    if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE) {
      return this->message(list ? reflection->GetRepeatedMessage(message, field, index)
                                : reflection->GetMessage(message, field),
                           path);
    }
    if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_DOUBLE) return;
    const double number_given = list ? reflection->GetRepeatedDouble(message, field, index)
                                     : reflection->GetDouble(message, field);
    if (!in_range(number_given, rule)) {
      report(path, "OUT_OF_RANGE",
             number(number_given) + " is out of range; it must be " + range_text(rule),
             "write a value that is " + range_text(rule));
    }
  }

  void map(const pb::Message& message, const pb::FieldDescriptor* field, const std::string& path) {
    const pb::FieldDescriptor* key = field->message_type()->map_key();
    const pb::FieldDescriptor* value = field->message_type()->map_value();
    if (value->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE) return;
    const int size = message.GetReflection()->FieldSize(message, field);
    for (int i = 0; i < size; ++i) {
      const pb::Message& entry = message.GetReflection()->GetRepeatedMessage(message, field, i);
      this->message(entry.GetReflection()->GetMessage(entry, value),
                    path + "." + entry.GetReflection()->GetString(entry, key));
    }
  }

  void report(const std::string& path, const std::string& code, const std::string& message,
              const std::string& remedy) {
    const Position at = position_of(path, positions_);
    problems_.push_back({code, path, at.line, at.column, message, remedy});
  }

  const std::map<std::string, Position>& positions_;
  std::vector<Problem>& problems_;
};

}  // namespace

void check_field_rules(const pb::Message& message, const std::string& path,
                       const std::map<std::string, Position>& positions,
                       std::vector<Problem>& problems) {
  RuleCheck(positions, problems).message(message, path);
}

}  // namespace proofload
