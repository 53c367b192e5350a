#include "modulus_field.h"

#define BOOST_ALLOW_DEPRECATED_HEADERS  // its own headers include them
#include <boost/geometry.hpp>
#include <boost/geometry/geometries/point.hpp>
#include <boost/geometry/index/rtree.hpp>
#include <cmath>
#include <utility>
#include <vector>

#include "proofload/core/vec3.h"

namespace proofload::solver {
namespace {

using Point = boost::geometry::model::point<double, 3, boost::geometry::cs::cartesian>;
using Entry = std::pair<Point, int>;

std::vector<Entry> entries_of(const v1::ModulusField& field) {
  std::vector<Entry> entries;
  for (int i = 0; i < field.values_size(); ++i) {
    const auto& p = field.points_mm();
    entries.emplace_back(Point(p[3 * i], p[3 * i + 1], p[3 * i + 2]), i);
  }
  return entries;
}

}  // namespace

struct ModulusField::Points {
  boost::geometry::index::rtree<Entry, boost::geometry::index::quadratic<16>> tree;
};

ModulusField::ModulusField(const v1::ModulusField& field) : field_(field) {
  if (field.values_size() > 0) points_.reset(new Points{decltype(Points::tree)(entries_of(field))});
}

ModulusField::~ModulusField() = default;

ModulusField::Value ModulusField::at(const Eigen::Vector3d& x) const {
  double value = 0;
  if (points_) {
    std::vector<Entry> nearest;
    points_->tree.query(boost::geometry::index::nearest(Point(x[0], x[1], x[2]), 1),
                        std::back_inserter(nearest));
    value = field_.values(nearest.at(0).second);
  } else {
    const Eigen::Vector3d slope = vec3(field_.gradient_per_mm());
    value = field_.value() + slope.dot(x - vec3(field_.point_mm()));
  }
  if (!field_.has_law()) return {value, true};
  const v1::DensityLaw& law = field_.law();
  const double modulus =
      law.coefficient_mpa() * std::pow(value, law.exponent()) + law.constant_mpa();
  const bool within = (!law.has_min_density() || value >= law.min_density()) &&
                      (!law.has_max_density() || value <= law.max_density());
  return {modulus, within};
}

}  // namespace proofload::solver
