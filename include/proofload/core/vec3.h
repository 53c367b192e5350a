#pragma once
/// Points from the data model's lists of numbers.
#include <Eigen/Core>
#include <Eigen/Geometry>
#include <google/protobuf/repeated_field.h>

namespace proofload {

using Vec3 = Eigen::Vector3d;

/// Three numbers of a list from `offset`; `fallback` when the list is empty.
inline Vec3 vec3(const google::protobuf::RepeatedField<double>& list,
                 const Vec3& fallback = Vec3::Zero(), int offset = 0) {
  return list.size() < offset + 3 ? fallback
                                  : Vec3(list[offset], list[offset + 1], list[offset + 2]);
}

inline void set_vec3(google::protobuf::RepeatedField<double>* list, const Vec3& value) {
  list->Clear();
  for (int i = 0; i < 3; ++i) list->Add(value[i]);
}

}  // namespace proofload
