#include <deal.II/base/quadrature_lib.h>

#include "proofload/solver/integration.h"

namespace proofload::solver {

TriangleRule triangle_rule(int n) {
  const dealii::QWitherdenVincentSimplex<2> source(n);
  TriangleRule rule;
  for (unsigned int q = 0; q < source.size(); ++q) {
    const auto p = source.point(q);
    rule.points.push_back({1 - p[0] - p[1], p[0], p[1]});
    rule.weights.push_back(2 * source.weight(q));
  }
  return rule;
}

namespace {

TetrahedronRule convert(const dealii::Quadrature<3>& source) {
  TetrahedronRule rule;
  for (unsigned int q = 0; q < source.size(); ++q) {
    const auto p = source.point(q);
    rule.points.push_back({1 - p[0] - p[1] - p[2], p[0], p[1], p[2]});
    rule.weights.push_back(6 * source.weight(q));
  }
  return rule;
}

}  // namespace

TetrahedronRule tetrahedron_rule(int n) { return convert(dealii::QWitherdenVincentSimplex<3>(n)); }

TetrahedronRule stiffness_rule() { return convert(dealii::QWitherdenVincentSimplex<3>(1, false)); }

}  // namespace proofload::solver
