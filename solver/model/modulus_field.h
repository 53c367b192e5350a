#pragma once
/// Young's modulus as a function of place.
#include <Eigen/Core>
#include <memory>

#include "proofload/v1/case.pb.h"

namespace proofload::solver {

class ModulusField {
 public:
  explicit ModulusField(const v1::ModulusField& field);
  ~ModulusField();

  struct Value {
    double modulus_mpa = 0;
    bool within_law = true;  ///< the density lies within those of the tests behind the law
  };
  /// At a point of the model, mm: the linear field, or the value of the nearest of the points.
  Value at(const Eigen::Vector3d& x) const;

 private:
  struct Points;

  const v1::ModulusField& field_;
  std::unique_ptr<Points> points_;  // null for a linear field
};

}  // namespace proofload::solver
