/// Prints the reference manual of the data model as Markdown, from the protos' own comments and
/// rules: proofload-manual <descriptor set> <message> ("Case", "Report", …).
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <set>
#include <string>

#include "proofload/v1/options.pb.h"

namespace {

namespace pb = google::protobuf;

std::string comment_of(const pb::SourceLocation& location) {
  std::string text;
  for (const char c : location.leading_comments) text += c == '\n' ? ' ' : c;
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

template <typename Descriptor>
std::string comment(const Descriptor* descriptor) {
  pb::SourceLocation location;
  return descriptor->GetSourceLocation(&location) ? comment_of(location) : "";
}

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

std::string range(const proofload::v1::FieldRule& rule) {
  std::string text;
  if (rule.has_min()) text = (rule.above_min() ? "> " : "≥ ") + number(rule.min());
  if (rule.has_max()) {
    text += (text.empty() ? "" : ", ") + std::string(rule.below_max() ? "< " : "≤ ") +
            number(rule.max());
  }
  if (rule.count()) text += (text.empty() ? "" : ", ") + number(rule.count()) + " entries";
  if (rule.min_count()) {
    text += (text.empty() ? "" : ", ") + number(rule.min_count()) + " or more entries";
  }
  if (!rule.refers_to().empty()) text += (text.empty() ? "" : ", ") + ("a " + rule.refers_to());
  return text;
}

std::string enum_values(const pb::EnumDescriptor* type) {
  std::string text;
  for (int i = 0; i < type->value_count(); ++i) {
    if (type->value(i)->number() == 0) continue;
    text += (text.empty() ? "`" : ", `") + type->value(i)->name() + "`";
  }
  return text;
}

std::string anchor(const pb::Descriptor* type) { return "[" + type->name() + "](#" + type->name() + ")"; }

std::string type_of(const pb::FieldDescriptor* field) {
  if (field->is_map()) {
    const pb::FieldDescriptor* value = field->message_type()->map_value();
    return "map of " + (value->message_type() ? anchor(value->message_type()) : std::string("values"));
  }
  std::string text;
  if (field->message_type()) text = anchor(field->message_type());
  else if (field->enum_type()) text = enum_values(field->enum_type());
  else if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_DOUBLE) text = "number";
  else if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_BOOL) text = "true or false";
  else text = "text";
  return field->is_repeated() ? "list of " + text : text;
}

void print_message(const pb::Descriptor* type, std::set<const pb::Descriptor*>& done) {
  if (!done.insert(type).second || type->options().map_entry()) return;
  std::cout << "\n## " << type->name() << "\n\n" << comment(type) << "\n\n";
  const auto& rule = type->options().GetExtension(proofload::v1::message_rule);
  if (!rule.shorthand().empty()) {
    std::cout << "A plain text stands for `" << rule.shorthand() << "`.\n\n";
  }
  std::cout << "| key | type | unit | range | when absent | meaning |\n|---|---|---|---|---|---|\n";
  for (int i = 0; i < type->field_count(); ++i) {
    const pb::FieldDescriptor* field = type->field(i);
    const auto& r = field->options().GetExtension(proofload::v1::rule);
    std::cout << "| `" << field->name() << "` | " << type_of(field) << " | " << r.unit() << " | "
              << range(r) << " | " << (r.required() ? "**required**" : r.default_text()) << " | "
              << comment(field) << " |\n";
  }
  for (int i = 0; i < type->field_count(); ++i) {
    const pb::FieldDescriptor* field = type->field(i);
    const pb::Descriptor* inner = field->message_type();
    if (field->is_map()) inner = field->message_type()->map_value()->message_type();
    if (inner) print_message(inner, done);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: proofload-manual DESCRIPTOR_SET MESSAGE\n";
    return 3;
  }
  std::ifstream stream(argv[1], std::ios::binary);
  pb::FileDescriptorSet files;
  if (!files.ParseFromIstream(&stream)) {
    std::cerr << "cannot read " << argv[1] << "\n";
    return 3;
  }
  // The files are built anew, with their comments, under the generated extensions.
  pb::DescriptorPool with_comments;
  for (const auto& file : files.file()) with_comments.BuildFile(file);
  const pb::Descriptor* type =
      with_comments.FindMessageTypeByName(std::string("proofload.v1.") + argv[2]);
  if (!type) {
    std::cerr << "there is no message " << argv[2] << "\n";
    return 3;
  }
  std::cout << "# " << argv[2] << "\n\nMade from the protos by `proofload-manual`; do not edit.\n";
  std::set<const pb::Descriptor*> done;
  print_message(type, done);
  return 0;
}
