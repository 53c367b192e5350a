#pragma once
/// Numerical error of a value from its mesh levels (design section 6). Pure numbers.
#include <optional>
#include <string>
#include <vector>

namespace proofload::assessment {

struct ErrorEstimate {
  std::optional<double> error;  ///< absolute half-width; absent: unknown
  std::string how;              ///< how estimated, or why unknown
};

/// Error of the last of `values` (coarse to fine). `ratios[i]` is the element size of level i over
/// that of level i + 1. Two levels: 3 |f2 - f1| / (r^p - 1) with the formal order p. Three or more:
/// observed order of the last three and 1.25 |f3 - f2| / (r^p - 1); outside 0.5 to 3.5, or when the
/// values do not approach one side, factor 3 with the formal order; but where four levels approach
/// one side and the last three seem faster than 3.5, a least-squares fit of all four (order at most
/// 3.5) with the factor 1.25 and what it leaves unexplained (Eca 2014, doi
/// 10.1016/j.jcp.2014.01.006): neither a lucky last step nor an unlucky one decides. Never below
/// 1e-6 of the value, what the solver guarantees. (Roache 1998, grid convergence index; Celik 2008,
/// doi 10.1115/1.2960953.)
ErrorEstimate estimate_error(const std::vector<double>& values, const std::vector<double>& ratios,
                             double formal_order);

/// Observed order of the last three values; absent if they oscillate or do not change.
std::optional<double> observed_order(double coarse, double middle, double fine, double r_coarse,
                                     double r_fine);

}  // namespace proofload::assessment
