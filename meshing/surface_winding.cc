#include "surface_winding.h"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <numeric>

namespace proofload::meshing {
namespace {

constexpr int kLeaf = 12;
constexpr double kFar = 2.5;  // distance over radius from which a group counts as a dipole

double halton(int index, int base) {
  double result = 0, fraction = 1;
  for (; index > 0; index /= base) {
    fraction /= base;
    result += fraction * (index % base);
  }
  return result;
}

/// Half the signed solid angle (van Oosterom and Strackee 1983).
double half_solid_angle(const Eigen::Vector3d& a, const Eigen::Vector3d& b,
                        const Eigen::Vector3d& c) {
  const double la = a.norm(), lb = b.norm(), lc = c.norm();
  const double volume = a.dot(b.cross(c));
  const double cosine = la * lb * lc + a.dot(b) * lc + b.dot(c) * la + c.dot(a) * lb;
  return volume != 0 || cosine != 0 ? std::atan2(volume, cosine) : 0;
}

}  // namespace

double winding_number(const std::vector<Point>& points, const std::vector<Triangle>& triangles,
                      const Eigen::Vector3d& at) {
  double sum = 0;
  for (const Triangle& t : triangles) {
    sum += half_solid_angle(to_vec(points[t[0]]) - at, to_vec(points[t[1]]) - at,
                            to_vec(points[t[2]]) - at);
  }
  return sum / (2 * M_PI);
}

Eigen::Vector3d spread_point(int index, const Point& min, const Point& max) {
  const Eigen::Vector3d unit(halton(index, 2), halton(index, 3), halton(index, 5));
  return to_vec(min) + unit.cwiseProduct(to_vec(max) - to_vec(min));
}

double uncertain_inside(const std::vector<Point>& points, const std::vector<Triangle>& triangles) {
  Point min, max;
  bounds(points, min, max);
  constexpr int kSamples = 1000;
  const Winding winding(points, triangles);
  int uncertain = 0;
  for (int i = 1; i <= kSamples; ++i) {
    const double value = winding(spread_point(i, min, max));
    if (std::abs(value - std::round(value)) > 0.25) ++uncertain;
  }
  return double(uncertain) / kSamples;
}

Winding::Winding(const std::vector<Point>& points, const std::vector<Triangle>& triangles,
                 const std::vector<double>& weights)
    : weights_(weights), order_(triangles.size()) {
  corners_.reserve(triangles.size());
  for (const Triangle& t : triangles) {
    corners_.push_back({to_vec(points[t[0]]), to_vec(points[t[1]]), to_vec(points[t[2]])});
  }
  if (weights_.empty()) weights_.assign(triangles.size(), 1);
  std::iota(order_.begin(), order_.end(), 0);
  if (!triangles.empty()) build(0, static_cast<int>(triangles.size()));
}

int Winding::build(int begin, int end) {
  const int number = static_cast<int>(nodes_.size());
  nodes_.emplace_back();
  Node node;
  node.begin = begin;
  node.end = end;
  Eigen::Vector3d low = corners_[order_[begin]][0], high = low;
  Eigen::Vector3d weighted = Eigen::Vector3d::Zero(), dipole = Eigen::Vector3d::Zero();
  double area = 0;
  for (int i = begin; i < end; ++i) {
    const auto& c = corners_[order_[i]];
    const Eigen::Vector3d vector = (c[1] - c[0]).cross(c[2] - c[0]) / 2;
    weighted += vector.norm() * (c[0] + c[1] + c[2]) / 3;
    area += vector.norm();
    dipole += weights_[order_[i]] * vector;
    for (const Eigen::Vector3d& corner : c) {
      low = low.cwiseMin(corner);
      high = high.cwiseMax(corner);
    }
  }
  node.centre = area > 0 ? Eigen::Vector3d(weighted / area) : Eigen::Vector3d((low + high) / 2);
  node.dipole = dipole;
  for (int i = begin; i < end; ++i) {
    for (const Eigen::Vector3d& corner : corners_[order_[i]]) {
      node.radius = std::max(node.radius, (corner - node.centre).norm());
    }
  }
  if (end - begin > kLeaf) {
    int axis = 0;
    (high - low).maxCoeff(&axis);
    const int middle = (begin + end) / 2;
    const auto place = [&](int t) {
      return corners_[t][0][axis] + corners_[t][1][axis] + corners_[t][2][axis];
    };
    std::nth_element(
        order_.begin() + begin, order_.begin() + middle, order_.begin() + end,
        [&](int a, int b) { return std::make_pair(place(a), a) < std::make_pair(place(b), b); });
    node.left = build(begin, middle);
    node.right = build(middle, end);
  }
  nodes_[number] = node;
  return number;
}

double Winding::near_sum(const Node& node, const Eigen::Vector3d& at, int without) const {
  double sum = 0;
  for (int i = node.begin; i < node.end; ++i) {
    const int t = order_[i];
    if (t == without) continue;
    sum += weights_[t] *
           half_solid_angle(corners_[t][0] - at, corners_[t][1] - at, corners_[t][2] - at);
  }
  return sum / (2 * M_PI);
}

double Winding::operator()(const Eigen::Vector3d& at, int without) const {
  if (nodes_.empty()) return 0;
  double sum = 0;
  std::array<int, 128> stack;
  int size = 0;
  stack[size++] = 0;
  while (size > 0) {
    const Node& node = nodes_[stack[--size]];
    const Eigen::Vector3d to_node = node.centre - at;
    const double distance = to_node.norm();
    if (distance > kFar * node.radius) {
      sum += node.dipole.dot(to_node) / (4 * M_PI * distance * distance * distance);
    } else if (node.left < 0) {
      sum += near_sum(node, at, without);
    } else {
      stack[size++] = node.left;
      stack[size++] = node.right;
    }
  }
  return sum;
}

}  // namespace proofload::meshing
