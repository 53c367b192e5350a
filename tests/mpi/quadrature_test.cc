/// The rules of integration are exact for every monomial of their degree.
#include <gtest/gtest.h>

#include <cmath>

#include "proofload/solver/integration.h"

namespace proofload::solver {
namespace {

double factorial(int n) { return n < 2 ? 1 : n * factorial(n - 1); }

/// Greatest error of the mean of x^i y^j z^k over the reference cell, i + j + k <= degree; the mean
/// is d! i! j! k! / (i + j + k + d)! in d dimensions.
template <std::size_t N>
double worst_error(const std::vector<std::array<double, N>>& points,
                   const std::vector<double>& weights, int degree) {
  constexpr int kDimensions = N - 1;
  double worst = 0;
  for (int i = 0; i <= degree; ++i)
    for (int j = 0; i + j <= degree; ++j)
      for (int k = 0; i + j + k <= (kDimensions == 3 ? degree : i + j); ++k) {
        double sum = 0;
        for (std::size_t q = 0; q < points.size(); ++q)
          sum += weights[q] * std::pow(points[q][1], i) * std::pow(points[q][2], j) *
                 std::pow(points[q][kDimensions], k);
        const double exact = factorial(kDimensions) * factorial(i) * factorial(j) * factorial(k) /
                             factorial(i + j + k + kDimensions);
        worst = std::max(worst, std::abs(sum - exact));
      }
  return worst;
}

TEST(Quadrature, IsExactToItsDegreeAndNotBeyond) {
  constexpr double kRounding = 1e-14, kVisible = 1e-8;
  for (int n = 1; n <= 5; ++n) {
    const TriangleRule rule = triangle_rule(n);
    EXPECT_LT(worst_error(rule.points, rule.weights, 2 * n - 1), kRounding) << n;
    EXPECT_GT(worst_error(rule.points, rule.weights, 2 * n + 2), kVisible) << n;
  }
  const TetrahedronRule four = stiffness_rule();
  EXPECT_EQ(four.weights.size(), 4u);
  EXPECT_LT(worst_error(four.points, four.weights, 2), kRounding);
  EXPECT_GT(worst_error(four.points, four.weights, 3), kVisible);
  for (int n = 1; n <= 5; ++n) {
    const TetrahedronRule rule = tetrahedron_rule(n);
    EXPECT_LT(worst_error(rule.points, rule.weights, 2 * n - 1), kRounding) << n;
    EXPECT_GT(worst_error(rule.points, rule.weights, 2 * n + 2), kVisible) << n;
  }
}

}  // namespace
}  // namespace proofload::solver
