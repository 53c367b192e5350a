#pragma once
/// Messages of the data model as JSON with the proto's own field names.
#include <google/protobuf/message.h>

#include <string>

namespace proofload {

/// Canonical JSON: proto field names, fields in number order, shortest round-trip numbers, present
/// zeros kept. Throws NumericalFailure (NOT_A_NUMBER) naming the field if a number is not finite.
std::string to_json(const google::protobuf::Message& message);

/// Throws InvalidInput (JSON_INVALID).
void from_json(const std::string& text, google::protobuf::Message& message);

/// Path of the first number that is not finite; empty: none.
std::string first_non_finite(const google::protobuf::Message& message);

}  // namespace proofload
