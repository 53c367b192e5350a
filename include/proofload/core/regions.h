#pragma once
/// Regions inside bodies as bodies of their own.
#include <set>
#include <string>

#include "proofload/v1/case.pb.h"

namespace proofload {

/// Appends a body for every region, in the order listed, and takes the regions off their bodies:
/// geometry is told by `part_of`, the role is the body's unless given. Nothing is left to do the
/// second time.
void expand_regions(v1::Case& value);

/// The body a body is a part of; its own name when it is no region.
const std::string& whole_of(const v1::Body& body);

/// The names and those of the regions of these bodies.
std::set<std::string> with_regions(const v1::Case& value, std::set<std::string> names);

/// Indices of the body of this name and of its regions; empty: there is none.
std::set<int> body_indices(const v1::Case& value, const std::string& name);

/// How two bodies hold together: as the case says of them; regions of one body are bonded to it
/// and to each other; else as it says of the bodies they are parts of. `unspecified`: not said.
v1::Interface::Kind::Enum interface_kind(const v1::Case& value, const v1::Body& a,
                                         const v1::Body& b);

/// True if body number `a` keeps the space it shares with body number `b`: higher priority, else
/// the body listed first; regions before the body they are part of, the first listed first.
bool keeps_shared_space(const v1::Case& value, int a, int b);

}  // namespace proofload
