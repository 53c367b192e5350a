#pragma once
/// What is known of a quantity by its name: order of convergence, peak or not, which way is worse.
#include <string>

#include "proofload/v1/case.pb.h"
#include "proofload/v1/report.pb.h"

namespace proofload::assessment {

struct QuantityKind {
  double order = 2;      ///< formal order the error estimate uses; 1 for peaks
  bool peak = false;     ///< the greatest value somewhere: grows at a singular place
  bool reserve = false;  ///< falls when stress or motion grows (safety factor, stiffness, life)
};

/// Standard names from a table, probes from the case. Displacements, energies, stiffnesses, forces
/// and means: order 2, below what quadratic elements reach, since few domains are smooth.
QuantityKind kind_of(const v1::Case& value, const std::string& name);

/// The same quantity on another level.
std::string identity(const v1::Quantity& quantity);

}  // namespace proofload::assessment
