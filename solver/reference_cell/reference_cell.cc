#include "reference_cell.h"

#include <deal.II/base/quadrature_lib.h>
#include <deal.II/fe/fe_simplex_p.h>

#include <array>

namespace {

constexpr int kTetEdges[6][2] = {{0, 1}, {1, 2}, {0, 2}, {0, 3}, {1, 3}, {2, 3}};  // VTK

/// deal.II's number of each node of a VTK quadratic tetrahedron, matched by position; -1: none.
std::array<int, 10> dealii_numbers(const dealii::FE_SimplexP<3>& element) {
  const std::array<dealii::Point<3>, 4> vertices = {{{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
  std::array<int, 10> numbers;
  numbers.fill(-1);
  for (int node = 0; node < 10; ++node) {
    const int a = node < 4 ? node : kTetEdges[node - 4][0];
    const int b = node < 4 ? node : kTetEdges[node - 4][1];
    const dealii::Point<3> place = vertices[a] + (vertices[b] - vertices[a]) / 2.0;
    const auto& points = element.get_unit_support_points();
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (points[i].distance(place) < 1e-12) numbers[node] = static_cast<int>(i);
    }
  }
  return numbers;
}

}  // namespace

const char* proofload_reference_cell(ProofloadReferenceCell* cell) {
  const dealii::FE_SimplexP<3> element(2);
  const dealii::QWitherdenVincentSimplex<3> rule(1, false);
  const std::array<int, 10> numbers = dealii_numbers(element);
  if (rule.size() != 4) return "deal.II's four-point rule has changed";
  for (unsigned int q = 0; q < 4; ++q) {
    for (int i = 0; i < 10; ++i) {
      if (numbers[i] < 0) return "deal.II's quadratic tetrahedron has changed";
      const dealii::Tensor<1, 3> gradient = element.shape_grad(numbers[i], rule.point(q));
      for (int d = 0; d < 3; ++d) cell->gradients[q][i][d] = gradient[d];
    }
    cell->weights[q] = rule.weight(q);
  }
  return nullptr;
}
