#include "unconstrained.h"

#include <Eigen/Dense>
#include <cmath>
#include <sstream>

#include "proofload/core/problem.h"
#include "proofload/solver/collective.h"
#include "proofload/solver/integration.h"

namespace proofload::solver {
namespace {

using Matrix = Eigen::MatrixXd;
using Modes = Eigen::Matrix<double, 3, 6>;

/// Eigenvalues below this are free motions; each kind of constraint has weight one.
constexpr double kFree = 1e-10;

/// A connected part's centroid, size and bodies.
struct Body {
  Eigen::Vector3d centroid = Eigen::Vector3d::Zero();
  double length = 1;
  std::string names;
};

Modes rigid_modes(const Eigen::Vector3d& arm, double length) {
  const Eigen::Vector3d r = arm / length;
  Modes modes;
  modes << 1, 0, 0, 0, r[2], -r[1], 0, 1, 0, -r[2], 0, r[0], 0, 0, 1, r[1], -r[0], 0;
  return modes;
}

/// Centroid and radius of the owned nodes, and the bodies present.
std::vector<Body> describe(const MeshPart& part, const std::vector<int>& part_of, int count) {
  const std::size_t bodies = part.body_names.size();
  std::vector<double> sums(count * (4 + bodies), 0.0);
  for (std::int32_t n = 0; n < part.n_owned; ++n) {
    double* sum = &sums[part_of[n] * 4];
    const Eigen::Vector3d x = node_point(part, n);
    sum[0] += 1;
    for (int i = 0; i < 3; ++i) sum[1 + i] += x[i];
  }
  for (std::int32_t cell = 0; cell < part.n_cells(); ++cell) {
    const int c = part_of[part.cells[10 * static_cast<std::size_t>(cell)]];
    sums[count * 4 + c * bodies + part.cell_body[cell]] += 1;
  }
  sum_over_ranks(part.comm, sums.data(), static_cast<int>(sums.size()));
  std::vector<Body> result(count);
  for (int c = 0; c < count; ++c) {
    result[c].centroid =
        Eigen::Vector3d(sums[4 * c + 1], sums[4 * c + 2], sums[4 * c + 3]) / sums[4 * c];
    for (std::size_t b = 0; b < bodies; ++b) {
      if (sums[count * 4 + c * bodies + b] == 0) continue;
      result[c].names += (result[c].names.empty() ? "" : ", ") + part.body_names[b];
    }
  }
  std::vector<double> square(count, 0.0);
  for (std::int32_t n = 0; n < part.n_owned; ++n) {
    square[part_of[n]] += (node_point(part, n) - result[part_of[n]].centroid).squaredNorm();
  }
  sum_over_ranks(part.comm, square.data(), count);
  for (int c = 0; c < count; ++c) result[c].length = std::sqrt(square[c] / sums[4 * c]);
  return result;
}

/// The quadratic form of all constraints on 6 motions of each part and 6 of each rigid group.
class ConstraintForm {
 public:
  ConstraintForm(const MeshPart& part, const KinematicSet& set, const std::vector<int>& part_of,
                 const std::vector<Body>& bodies)
      : part_(part), set_(set), part_of_(part_of), bodies_(bodies) {
    const Eigen::Index n = 6 * (bodies.size() + set.rigid_groups.size());
    form_ = Matrix::Zero(n, n);
  }

  Matrix build() {
    add_nodes();
    add_foundation();
    for (std::size_t g = 0; g < set_.rigid_groups.size(); ++g) add_group(g);
    for (const DistributedSupport& support : set_.distributed) add_distributed(support);
    return form_;
  }

 private:
  Modes modes_of(std::int32_t node) const {
    return modes_at(node_point(part_, node), part_of_[node]);
  }
  Modes modes_at(const Eigen::Vector3d& x, int body) const {
    return rigid_modes(x - bodies_[body].centroid, bodies_[body].length);
  }

  /// Sums the local form over ranks and adds it with total weight one.
  void add_scaled(Matrix local, double weight) {
    sum_over_ranks(part_.comm, local.data(), static_cast<int>(local.size()));
    weight = sum_over_ranks(part_.comm, weight);
    if (weight > 0) form_ += local / weight;
  }

  void add_nodes() {
    Matrix local = Matrix::Zero(form_.rows(), form_.cols());
    double weight = 0;
    for (const NodeConstraint& c : set_.constraints) {
      if (c.node >= part_.n_owned) continue;
      const Modes modes = modes_of(c.node);
      local.block<6, 6>(6 * part_of_[c.node], 6 * part_of_[c.node]) +=
          modes.transpose() * (Eigen::Matrix3d::Identity() - c.free) * modes;
      weight += 1;
    }
    add_scaled(local, weight);
  }

  void add_foundation() {
    Matrix local = Matrix::Zero(form_.rows(), form_.cols());
    double weight = 0;
    for (const FoundationFace& face : set_.foundation) {
      const int body = part_of_[face.nodes[0]];
      for (const FacePoint& p : face_points(part_, face.nodes.data())) {
        const Eigen::Vector3d n = p.area.normalized();
        const Eigen::Matrix3d nn = n * n.transpose();
        const Eigen::Matrix3d k = face.normal_n_per_mm3 * nn +
                                  face.tangential_n_per_mm3 * (Eigen::Matrix3d::Identity() - nn);
        const Modes modes = modes_at(p.x, body);
        local.block<6, 6>(6 * body, 6 * body) += p.area.norm() * modes.transpose() * k * modes;
        weight += p.area.norm() * std::max(face.normal_n_per_mm3, face.tangential_n_per_mm3);
      }
    }
    add_scaled(local, weight);
  }

  void add_group(std::size_t g) {
    const RigidGroup& group = set_.rigid_groups[g];
    const Eigen::Index q = 6 * (bodies_.size() + g);
    Matrix local = Matrix::Zero(form_.rows(), form_.cols());
    double weight = 0;
    for (const std::int32_t node : group.nodes) {
      if (node >= part_.n_owned) continue;
      const Eigen::Index m = 6 * part_of_[node];
      const Modes of_part = modes_of(node);
      const Modes of_group = rigid_modes(node_point(part_, node) - group.point, group.length);
      local.block<6, 6>(m, m) += of_part.transpose() * of_part;
      local.block<6, 6>(q, q) += of_group.transpose() * of_group;
      local.block<6, 6>(m, q) -= of_part.transpose() * of_group;
      local.block<6, 6>(q, m) -= of_group.transpose() * of_part;
      weight += 1;
    }
    add_scaled(local, weight);
    for (int i = 0; i < 6; ++i) form_(q + i, q + i) += group.fixed[i] ? 1 : 0;
  }

  /// Motions of the point that rigid motions of the parts make.
  void add_distributed(const DistributedSupport& support) {
    Matrix motions = Matrix::Zero(6, form_.cols());
    for (std::size_t i = 0; i < support.nodes.size(); ++i) {
      const std::int32_t node = support.nodes[i];
      if (node >= part_.n_owned) continue;
      motions.middleCols<6>(6 * part_of_[node]) += support.weights[i].transpose() * modes_of(node);
    }
    sum_over_ranks(part_.comm, motions.data(), static_cast<int>(motions.size()));
    form_ += motions.transpose() * motions;
  }

  const MeshPart& part_;
  const KinematicSet& set_;
  const std::vector<int>& part_of_;
  const std::vector<Body>& bodies_;
  Matrix form_;
};

/// Names of the motions in the span of the columns (6 rows), empty if the span is zero.
std::string name_motions(const Matrix& columns) {
  static const char* const kNames[6] = {"translation x",    "translation y",    "translation z",
                                        "rotation about x", "rotation about y", "rotation about z"};
  constexpr double kPresent = 0.3;
  const Eigen::JacobiSVD<Matrix> svd(columns, Eigen::ComputeThinU);
  Eigen::Matrix<double, 6, 1> share = Eigen::Matrix<double, 6, 1>::Zero();
  for (Eigen::Index k = 0; k < svd.singularValues().size(); ++k) {
    if (svd.singularValues()[k] > 1e-6) share += svd.matrixU().col(k).cwiseAbs2();
  }
  std::string names;
  for (int i = 0; i < 6; ++i) {
    if (std::sqrt(share[i]) < kPresent) continue;
    names += (names.empty() ? "" : ", ") + std::string(kNames[i]);
  }
  return names;
}

Problem describe_problem(const Body& body, const std::string& motions,
                         const std::string& load_case) {
  std::ostringstream message;
  message << "in load case '" << load_case << "' the part made of " << body.names
          << " with its centre at (" << body.centroid[0] << ", " << body.centroid[1] << ", "
          << body.centroid[2] << ") mm can move freely: " << motions;
  return {"UNCONSTRAINED",
          "supports",
          0,
          0,
          message.str(),
          "hold these motions by a support, or bond the part to one that is held"};
}

}  // namespace

void check_constrained(const MeshPart& part, const KinematicSet& set,
                       const std::string& load_case) {
  int count = 0;
  const std::vector<int> part_of = connected_parts(part, count);
  const std::vector<Body> bodies = describe(part, part_of, count);
  const Matrix form = ConstraintForm(part, set, part_of, bodies).build();
  const Eigen::SelfAdjointEigenSolver<Matrix> eigen(form);
  Eigen::Index free = 0;
  while (free < form.rows() && eigen.eigenvalues()[free] < kFree) ++free;
  if (free == 0) return;
  std::vector<Problem> problems;
  for (int c = 0; c < count; ++c) {
    const std::string motions = name_motions(eigen.eigenvectors().block(6 * c, 0, 6, free));
    if (!motions.empty()) problems.push_back(describe_problem(bodies[c], motions, load_case));
  }
  throw InvalidInput(problems);
}

}  // namespace proofload::solver
