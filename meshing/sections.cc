#include "proofload/meshing/sections.h"

#include <Eigen/Dense>
#include <array>

#include "proofload/core/vec3.h"

namespace proofload::meshing {
namespace {

/// Area, first and second moments in plane coordinates about the plane's point.
struct PlaneMoments {
  double area = 0;
  Eigen::Vector2d first = Eigen::Vector2d::Zero();
  Eigen::Matrix2d second = Eigen::Matrix2d::Zero();  ///< integral of x xT
};

void add_triangle(const Eigen::Vector2d& a, const Eigen::Vector2d& b, const Eigen::Vector2d& c,
                  PlaneMoments& sum) {
  const Eigen::Vector2d u = b - a, v = c - a;
  const double area = 0.5 * std::abs(u[0] * v[1] - u[1] * v[0]);
  const Eigen::Vector2d s = a + b + c;
  sum.area += area;
  sum.first += area / 3 * s;
  sum.second +=
      area / 12 * (a * a.transpose() + b * b.transpose() + c * c.transpose() + s * s.transpose());
}

/// Where the plane (signed distances d) cuts the cell: up to four points, in order around.
int cut_cell(const std::array<Vec3, 4>& p, const std::array<double, 4>& d,
             std::array<Vec3, 4>& polygon) {
  std::array<int, 4> above{}, below{};
  int n_above = 0, n_below = 0;
  for (int i = 0; i < 4; ++i) (d[i] > 0 ? above[n_above++] : below[n_below++]) = i;
  if (n_above == 0 || n_below == 0) return 0;
  const auto crossing = [&](int i, int j) {
    return Vec3(p[i] + d[i] / (d[i] - d[j]) * (p[j] - p[i]));
  };
  if (n_above == 2) {
    polygon = {crossing(above[0], below[0]), crossing(above[0], below[1]),
               crossing(above[1], below[1]), crossing(above[1], below[0])};
    return 4;
  }
  const int lone = n_above == 1 ? above[0] : below[0];
  const std::array<int, 4>& rest = n_above == 1 ? below : above;
  for (int k = 0; k < 3; ++k) polygon[k] = crossing(lone, rest[k]);
  return 3;
}

Section to_section(const PlaneMoments& sum, const Vec3& point, const Vec3& x, const Vec3& y) {
  const Eigen::Vector2d c = sum.first / sum.area;
  const Eigen::Matrix2d about = sum.second - sum.area * c * c.transpose();
  const Eigen::Vector2d principal =
      Eigen::SelfAdjointEigenSolver<Eigen::Matrix2d>(about).eigenvalues();
  return {point + c[0] * x + c[1] * y, sum.area, principal[0], principal[1]};
}

/// Direction of the line at point i.
Vec3 tangent(const std::vector<Vec3>& line, std::size_t i) {
  const std::size_t before = i == 0 ? 0 : i - 1, after = std::min(i + 1, line.size() - 1);
  return (line[after] - line[before]).normalized();
}

}  // namespace

std::optional<Section> cut_section(const io::Mesh& mesh, const Vec3& point, const Vec3& normal) {
  const Vec3 n = normal.normalized(), x = n.unitOrthogonal(), y = n.cross(x);
  PlaneMoments sum;
  for (std::int64_t c = 0; c < mesh.n_cells(); ++c) {
    std::array<Vec3, 4> p, polygon;
    std::array<double, 4> d{};
    for (int i = 0; i < 4; ++i) {
      p[i] = Eigen::Map<const Vec3>(&mesh.nodes[3 * mesh.cells[10 * c + i]]);
      d[i] = n.dot(p[i] - point);
    }
    const int corners = cut_cell(p, d, polygon);
    const auto flat = [&](int k) {
      return Eigen::Vector2d(x.dot(polygon[k] - point), y.dot(polygon[k] - point));
    };
    for (int k = 2; k < corners; ++k) add_triangle(flat(0), flat(k - 1), flat(k), sum);
  }
  if (!(sum.area > 0)) return std::nullopt;
  return to_section(sum, point, x, y);
}

void add_sections(const io::Mesh& mesh, const Vec3& start, const Vec3& end, int stations,
                  v1::MeshFacts& facts) {
  const Vec3 chord = end - start;
  if (!(chord.norm() > 0)) return;
  std::vector<Vec3> line{start};
  for (int i = 1; i <= stations; ++i) {
    const auto cut = cut_section(mesh, start + chord * i / (stations + 1), chord);
    if (cut) line.push_back(cut->centroid);
  }
  line.push_back(end);
  std::vector<Section> sections(line.size());
  std::vector<Vec3> refined = line;
  for (std::size_t i = 1; i + 1 < line.size(); ++i) {
    const auto cut = cut_section(mesh, line[i], tangent(line, i));
    if (!cut) continue;
    sections[i] = *cut;
    refined[i] = cut->centroid;
  }
  double position = 0;
  for (std::size_t i = 0; i < refined.size(); ++i) {
    if (i > 0) position += (refined[i] - refined[i - 1]).norm();
    for (int k = 0; k < 3; ++k) facts.add_centreline_mm(refined[i][k]);
    if (!(sections[i].area_mm2 > 0)) continue;
    v1::SectionFacts& section = *facts.add_sections();
    section.set_position_mm(position);
    section.set_area_mm2(sections[i].area_mm2);
    section.set_least_second_moment_mm4(sections[i].least_moment_mm4);
    section.set_greatest_second_moment_mm4(sections[i].greatest_moment_mm4);
  }
}

}  // namespace proofload::meshing
