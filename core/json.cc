#include "proofload/core/json.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/type_resolver_util.h>

#include <cmath>
#include <memory>

#include "proofload/core/problem.h"

namespace proofload {

namespace pb = google::protobuf;

namespace {

/// Maps in key order: the same message gives the same bytes.
std::string serialize_in_order(const pb::Message& message) {
  std::string bytes;
  pb::io::StringOutputStream stream(&bytes);
  pb::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

}  // namespace

std::string first_non_finite(const pb::Message& message) {
  const pb::Reflection* reflection = message.GetReflection();
  std::vector<const pb::FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const pb::FieldDescriptor* field : fields) {
    const int count = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      const std::string name =
          field->is_repeated() ? field->name() + "[" + std::to_string(i) + "]" : field->name();
      if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_DOUBLE) {
        const double value = field->is_repeated() ? reflection->GetRepeatedDouble(message, field, i)
                                                  : reflection->GetDouble(message, field);
        if (!std::isfinite(value)) return name;
      } else if (field->cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE) {
        const pb::Message& inner = field->is_repeated()
                                       ? reflection->GetRepeatedMessage(message, field, i)
                                       : reflection->GetMessage(message, field);
        const std::string path = first_non_finite(inner);
        if (!path.empty()) return name + "." + path;
      }
    }
  }
  return "";
}

std::string to_json(const pb::Message& message) {
  const std::string bad = first_non_finite(message);
  if (!bad.empty()) {
    throw NumericalFailure("NOT_A_NUMBER",
                           message.GetDescriptor()->name() + "." + bad + " is not a finite number");
  }
  pb::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.add_whitespace = true;
  const std::unique_ptr<pb::util::TypeResolver> resolver(pb::util::NewTypeResolverForDescriptorPool(
      "type.googleapis.com", message.GetDescriptor()->file()->pool()));
  std::string text;
  const auto status = pb::util::BinaryToJsonString(
      resolver.get(), "type.googleapis.com/" + message.GetDescriptor()->full_name(),
      serialize_in_order(message), &text, options);
  if (!status.ok()) throw std::runtime_error("cannot print JSON: " + status.ToString());
  return text;
}

void from_json(const std::string& text, pb::Message& message) {
  message.Clear();
  const auto status = pb::util::JsonStringToMessage(text, &message);
  if (!status.ok()) {
    throw InvalidInput({{"JSON_INVALID", message.GetDescriptor()->name(), 0, 0, status.ToString(),
                         "the file was not written by this version; run the stage again"}});
  }
}

}  // namespace proofload
