#include "sums_of_loads.h"

#include <Eigen/Dense>
#include <cmath>
#include <numeric>

#include "proofload/solver/collective.h"

namespace proofload::solver {
namespace {

/// What the others may leave of a vector, squared, of which they make up the rest.
constexpr double kLeft = 1e-6;

}  // namespace

std::vector<Eigen::VectorXd> shares_of_basis(
    MPI_Comm comm, const std::vector<const std::vector<double>*>& vectors) {
  const auto n = static_cast<Eigen::Index>(vectors.size());
  Eigen::MatrixXd products(n, n);
  for (Eigen::Index i = 0; i < n; ++i)
    for (Eigen::Index k = 0; k < n; ++k)
      products(i, k) =
          std::inner_product(vectors[i]->begin(), vectors[i]->end(), vectors[k]->begin(), 0.0);
  sum_over_ranks(comm, products.data(), static_cast<int>(n * n));
  const Eigen::ArrayXd size = products.diagonal().array().sqrt();
  products.array() /= (size.matrix() * size.matrix().transpose()).array();

  std::vector<Eigen::VectorXd> shares(n);
  std::vector<Eigen::Index> basis;
  for (Eigen::Index k = 0; k < n; ++k) {
    const Eigen::VectorXd with = products(basis, k);
    const Eigen::VectorXd made_of = products(basis, basis).ldlt().solve(with);
    if (products(k, k) - with.dot(made_of) > kLeft) {
      basis.push_back(k);
    } else {
      shares[k] = made_of.array() * size[k] / size(basis);
    }
  }
  return shares;
}

}  // namespace proofload::solver
