#include "proofload/meshing/quality.h"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <sstream>

#include "proofload/core/problem.h"
#include "proofload/core/vec3.h"

namespace proofload::meshing {
namespace {

constexpr double kWarnDihedral = 5;     // deg
constexpr double kWarnRatio = 0.05;     // Bézier bound
constexpr double kLeastDihedral = 0.1;  // deg: flatter cells are refused
constexpr int kWorstListed = 10;

Vec3 corner(const io::Mesh& mesh, std::int32_t cell, int i) {
  return Eigen::Map<const Vec3>(&mesh.nodes[3 * mesh.cells[10 * cell + i]]);
}

Vec3 centre(const io::Mesh& mesh, std::int32_t cell) {
  Vec3 sum = Vec3::Zero();
  for (int i = 0; i < 4; ++i) sum += corner(mesh, cell, i);
  return sum / 4;
}

std::string describe(const io::Mesh& mesh, std::int32_t cell, double dihedral, double ratio) {
  const Vec3 at = centre(mesh, cell);
  std::ostringstream text;
  text << "cell of " << mesh.body_names[mesh.cell_body[cell]] << " at (" << at[0] << ", " << at[1]
       << ", " << at[2] << ") mm: least dihedral angle " << dihedral << " deg, Jacobian ratio "
       << ratio;
  return text.str();
}

/// Up to ten cells, worst first: by the angle in units of a good one, or the ratio.
std::vector<std::int32_t> worst_cells(const std::vector<double>& dihedral,
                                      const std::vector<double>& ratio,
                                      const std::vector<double>& volume) {
  const auto badness = [&](std::int32_t c) {
    return std::min({dihedral[c] / 60, ratio[c], volume[c] > 0 ? 1.0 : -1.0});
  };
  std::vector<std::int32_t> order(dihedral.size());
  std::iota(order.begin(), order.end(), 0);
  const int listed = std::min(static_cast<int>(order.size()), kWorstListed);
  std::partial_sort(order.begin(), order.begin() + listed, order.end(), [&](auto a, auto b) {
    const double ba = badness(a), bb = badness(b);
    return ba != bb ? ba < bb : a < b;
  });
  order.resize(listed);
  return order;
}

void warn(std::int32_t poor, const std::string& worst, const Vec3& at, v1::MeshFacts& facts) {
  v1::Finding& finding = *facts.add_findings();
  finding.set_code("E11");
  finding.set_severity(v1::Finding::Severity::WARNING);
  finding.set_count(poor);
  finding.set_message(std::to_string(poor) + " flat or strongly bent cells; the worst: " + worst);
  set_vec3(finding.mutable_point_mm(), at);
}

}  // namespace

CellShape cell_shape(const double* a, const double* b, const double* c, const double* d) {
  const Vec3 p[4] = {Vec3(a), Vec3(b), Vec3(c), Vec3(d)};
  Vec3 normal[4];  // inward, length twice the area; normal[i] belongs to the face opposite i
  double area = 0;
  for (int i = 0; i < 4; ++i) {
    const Vec3 &q = p[(i + 1) % 4], &r = p[(i + 2) % 4], &s = p[(i + 3) % 4];
    normal[i] = (r - q).cross(s - q);
    if (normal[i].dot(p[i] - q) < 0) normal[i] = -normal[i];
    area += 0.5 * normal[i].norm();
  }
  double least = M_PI;
  for (int i = 0; i < 4; ++i) {
    for (int j = i + 1; j < 4; ++j) {
      const double cosine = -normal[i].dot(normal[j]) / (normal[i].norm() * normal[j].norm());
      least = std::min(least, std::acos(std::clamp(cosine, -1.0, 1.0)));
    }
  }
  const Vec3 u = p[1] - p[0], v = p[2] - p[0], w = p[3] - p[0];
  const double six_volume = std::abs(u.cross(v).dot(w));
  const Vec3 to_centre =
      u.squaredNorm() * v.cross(w) + v.squaredNorm() * w.cross(u) + w.squaredNorm() * u.cross(v);
  const double circumradius = to_centre.norm() / (2 * six_volume);
  const double inradius = 0.5 * six_volume / area;
  return {least * 180 / M_PI, six_volume > 0 ? 3 * inradius / circumradius : 0};
}

void judge_quality(const io::Mesh& mesh, const std::vector<double>& jacobian_ratio,
                   const std::vector<double>& cell_volume, v1::MeshFacts& facts) {
  const auto n = static_cast<std::int32_t>(mesh.n_cells());
  std::vector<double> dihedral(n);
  double gamma = 0;
  for (std::int32_t c = 0; c < n; ++c) {
    const auto at = [&](int i) { return &mesh.nodes[3 * mesh.cells[10 * c + i]]; };
    const CellShape shape = cell_shape(at(0), at(1), at(2), at(3));
    dihedral[c] = shape.min_dihedral_deg;
    gamma += shape.gamma;
  }
  facts.set_min_dihedral_deg(*std::min_element(dihedral.begin(), dihedral.end()));
  std::vector<double> sorted = dihedral;
  std::nth_element(sorted.begin(), sorted.begin() + n / 100, sorted.end());
  facts.set_first_percentile_dihedral_deg(sorted[n / 100]);
  facts.set_mean_gamma(gamma / n);
  facts.set_min_jacobian_ratio(*std::min_element(jacobian_ratio.begin(), jacobian_ratio.end()));

  const std::vector<std::int32_t> worst = worst_cells(dihedral, jacobian_ratio, cell_volume);
  std::string refused;
  for (const std::int32_t c : worst) {
    v1::WorstCell& entry = *facts.add_worst_cells();
    set_vec3(entry.mutable_point_mm(), centre(mesh, c));
    entry.set_body(mesh.body_names[mesh.cell_body[c]]);
    entry.set_min_dihedral_deg(dihedral[c]);
    entry.set_jacobian_ratio(jacobian_ratio[c]);
    if (jacobian_ratio[c] > 0 && cell_volume[c] > 0 && dihedral[c] >= kLeastDihedral) continue;
    refused += "; " + describe(mesh, c, dihedral[c], jacobian_ratio[c]);
  }
  if (!refused.empty()) {
    throw NumericalFailure("MESH_QUALITY", "E11: cells that cannot be computed with" + refused);
  }
  std::int32_t poor = 0;
  for (std::int32_t c = 0; c < n; ++c) {
    poor += dihedral[c] < kWarnDihedral || jacobian_ratio[c] < kWarnRatio;
  }
  const std::int32_t c = worst.front();
  if (poor > 0) {
    warn(poor, describe(mesh, c, dihedral[c], jacobian_ratio[c]), centre(mesh, c), facts);
  }
}

double size_of_cell(double volume) { return std::cbrt(6 * std::sqrt(2.0) * volume); }

}  // namespace proofload::meshing
