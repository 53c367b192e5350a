#pragma once
/// Do reactions and loads balance?
#include "proofload/solver/model.h"

namespace proofload::solver {

/// Sum of loads, reactions and foundation forces over what acts: the greater of the forces' share
/// and the moments' (about the middle of the model, over forces times half its diagonal). Zero if
/// nothing acts. Same on every rank. Collective.
double imbalance(const Model& model, const LoadVector& load, const Solution& solution);

}  // namespace proofload::solver
