#pragma once
/// Elastic constants of the bodies of a case.
#include "proofload/solver/model.h"

namespace proofload::solver {

/// Fills elasticity, cell_factor and doubts. Throws InvalidInput (MATERIAL_INCOMPLETE,
/// NOT_POSITIVE_DEFINITE, MODULUS_NOT_POSITIVE, UNKNOWN_BODY) on all ranks. Collective.
void add_materials(const v1::Case& value, Model& model);

/// The nine constants as a law in the model's directions.
Elasticity orthotropic_elasticity(const v1::Orthotropic& given, double density);

}  // namespace proofload::solver
