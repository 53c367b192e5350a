#pragma once
/// What the assembled path takes from deal.II, in a module of its own: loading deal.II's 100
/// further shared libraries costs a process more time than the fast path needs to solve.

extern "C" {

/// Reference gradients of dealii::FE_SimplexP<3>(2) at the points of
/// QWitherdenVincentSimplex<3>(1, false), nodes in VTK order, and the weights.
struct ProofloadReferenceCell {
  double gradients[4][10][3];
  double weights[4];
};

/// Fills `cell`; nullptr, or what is wrong.
const char* proofload_reference_cell(ProofloadReferenceCell* cell);
}
