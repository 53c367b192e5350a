#include "proofload/core/regions.h"

#include <algorithm>
#include <tuple>

namespace proofload {

namespace {

v1::Body body_of(const v1::Body& whole, const v1::Region& region) {
  v1::Body body;
  body.set_name(region.name());
  *body.mutable_material() = region.material();
  body.set_role(region.role() == v1::Role::unspecified ? whole.role() : region.role());
  if (whole.has_priority()) body.set_priority(whole.priority());
  if (region.has_element_size_mm()) body.set_element_size_mm(region.element_size_mm());
  body.mutable_part_of()->set_body(whole.name());
  *body.mutable_part_of()->mutable_region() = region;
  body.mutable_part_of()->mutable_region()->clear_material();
  return body;
}

v1::Interface::Kind::Enum listed_kind(const v1::Case& value, const std::string& a,
                                      const std::string& b) {
  for (const v1::Interface& joint : value.interfaces()) {
    if (joint.between_size() != 2) continue;
    const bool same = joint.between(0) == a && joint.between(1) == b;
    if (same || (joint.between(0) == b && joint.between(1) == a)) return joint.kind();
  }
  return v1::Interface::Kind::unspecified;
}

int index_of(const v1::Case& value, const std::string& name) {
  const auto found = std::find_if(value.bodies().begin(), value.bodies().end(),
                                  [&](const v1::Body& body) { return body.name() == name; });
  return static_cast<int>(found - value.bodies().begin());
}

}  // namespace

void expand_regions(v1::Case& value) {
  const int given = value.bodies_size();
  for (int i = 0; i < given; ++i) {
    const v1::Body whole = value.bodies(i);
    for (const v1::Region& region : whole.regions()) *value.add_bodies() = body_of(whole, region);
    value.mutable_bodies(i)->clear_regions();
  }
}

const std::string& whole_of(const v1::Body& body) {
  return body.has_part_of() ? body.part_of().body() : body.name();
}

std::set<std::string> with_regions(const v1::Case& value, std::set<std::string> names) {
  for (const v1::Body& body : value.bodies()) {
    if (names.count(whole_of(body)) != 0) names.insert(body.name());
  }
  return names;
}

std::set<int> body_indices(const v1::Case& value, const std::string& name) {
  std::set<int> indices;
  for (int i = 0; i < value.bodies_size(); ++i) {
    const v1::Body& body = value.bodies(i);
    if (body.name() == name || whole_of(body) == name) indices.insert(i);
  }
  return indices;
}

v1::Interface::Kind::Enum interface_kind(const v1::Case& value, const v1::Body& a,
                                         const v1::Body& b) {
  const std::string &whole_a = whole_of(a), &whole_b = whole_of(b);
  const std::pair<std::string, std::string> names[] = {
      {a.name(), b.name()}, {a.name(), whole_b}, {whole_a, b.name()}, {whole_a, whole_b}};
  for (const auto& [first, second] : names) {
    const auto kind = listed_kind(value, first, second);
    if (kind != v1::Interface::Kind::unspecified) return kind;
  }
  return whole_a == whole_b ? v1::Interface::Kind::bonded : v1::Interface::Kind::unspecified;
}

bool keeps_shared_space(const v1::Case& value, int a, int b) {
  const auto rank = [&](int i) {
    const v1::Body& body = value.bodies(i);
    return std::make_tuple(-body.priority(), index_of(value, whole_of(body)), !body.has_part_of(),
                           i);
  };
  return rank(a) < rank(b);
}

}  // namespace proofload
