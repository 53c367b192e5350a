#include "back_end.h"

#include <Eigen/Geometry>
#include <cmath>
#include <sstream>
#include <tuple>

#include "proofload/core/vec3.h"
#include "proofload/meshing/ordering.h"
#include "proofload/meshing/quality.h"

namespace proofload::meshing {
namespace {

/// Node of a cell that lies in the middle of its corners a and b.
int middle_of(int a, int b) {
  for (int k = 0; k < 6; ++k) {
    if ((kTetEdges[k][0] == a && kTetEdges[k][1] == b) ||
        (kTetEdges[k][0] == b && kTetEdges[k][1] == a)) {
      return 4 + k;
    }
  }
  return -1;
}

std::vector<std::int32_t> inverse(const std::vector<std::int32_t>& order) {
  std::vector<std::int32_t> place(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) place[order[i]] = static_cast<std::int32_t>(i);
  return place;
}

void renumber(const std::vector<std::int32_t>& place, Topology& topology) {
  const auto by_cell = [](const CellFace& a, const CellFace& b) {
    return std::tie(a.cell, a.local) < std::tie(b.cell, b.local);
  };
  for (CellFace& face : topology.exterior) face.cell = place[face.cell];
  for (BodyFace& face : topology.between) {
    face.first.cell = place[face.first.cell];
    face.second.cell = place[face.second.cell];
  }
  std::sort(topology.exterior.begin(), topology.exterior.end(), by_cell);
  std::sort(topology.between.begin(), topology.between.end(),
            [&](const BodyFace& a, const BodyFace& b) { return by_cell(a.first, b.first); });
}

/// Points and weights of the seven-point rule of degree 5 on the triangle (Strang and Fix 1973).
struct TrianglePoint {
  double r, s, weight;  ///< weights add to 1
};

constexpr TrianglePoint kTriangleRule[7] = {
    {1.0 / 3, 1.0 / 3, 0.225},
    {0.470142064105115, 0.470142064105115, 0.132394152788506},
    {0.470142064105115, 0.059715871789770, 0.132394152788506},
    {0.059715871789770, 0.470142064105115, 0.132394152788506},
    {0.101286507323456, 0.101286507323456, 0.125939180544827},
    {0.101286507323456, 0.797426985353087, 0.125939180544827},
    {0.797426985353087, 0.101286507323456, 0.125939180544827}};

/// Position and area vector (per unit of the reference triangle's 1/2) at a point of a face.
std::pair<Vec3, Vec3> evaluate(const io::Mesh& mesh, const std::int32_t* nodes, double r,
                               double s) {
  const double t = 1 - r - s;
  const double shape[6] = {t * (2 * t - 1), r * (2 * r - 1), s * (2 * s - 1),
                           4 * t * r,       4 * r * s,       4 * s * t};
  const double dr[6] = {1 - 4 * t, 4 * r - 1, 0, 4 * (t - r), 4 * s, -4 * s};
  const double ds[6] = {1 - 4 * t, 0, 4 * s - 1, -4 * r, 4 * r, 4 * (t - s)};
  Vec3 x = Vec3::Zero(), xr = Vec3::Zero(), xs = Vec3::Zero();
  for (int i = 0; i < 6; ++i) {
    const Vec3 p = Eigen::Map<const Vec3>(&mesh.nodes[3 * nodes[i]]);
    x += shape[i] * p;
    xr += dr[i] * p;
    xs += ds[i] * p;
  }
  return {x, xr.cross(xs)};
}

Point to_point(const Vec3& v) { return {v[0], v[1], v[2]}; }

/// All faces around a body. Sides of unbonded contacts are exterior already.
io::FaceSet boundary(const OrderedMesh& ordered, int body) {
  const io::Mesh& mesh = ordered.mesh;
  io::FaceSet surface;
  const auto add = [&](const CellFace& face) {
    if (mesh.cell_body[face.cell] == body) add_face(mesh, face, surface);
  };
  for (const CellFace& face : ordered.topology.exterior) add(face);
  for (const BodyFace& face : ordered.topology.between) {
    if (!ordered.bonded.count({mesh.cell_body[face.first.cell], mesh.cell_body[face.second.cell]}))
      continue;
    add(face.first);
    add(face.second);
  }
  return surface;
}

void describe_body(const TetMesh& straight, const OrderedMesh& ordered, int body, int parts,
                   v1::MeshFacts& facts) {
  const io::Mesh& mesh = ordered.mesh;
  double volume = 0, cells = 0, size = 0;
  Vec3 low = Vec3::Constant(1e300), high = -low, centroid = Vec3::Zero();
  for (std::int32_t c = 0; c < mesh.n_cells(); ++c) {
    if (mesh.cell_body[c] != body) continue;
    Vec3 middle = Vec3::Zero();
    for (int i = 0; i < 10; ++i) {
      const Vec3 p = Eigen::Map<const Vec3>(&mesh.nodes[3 * mesh.cells[10 * c + i]]);
      low = low.cwiseMin(p);
      high = high.cwiseMax(p);
      if (i < 4) middle += p / 4;
    }
    volume += ordered.cell_volume[c];
    size += ordered.cell_volume[c] * size_of_cell(ordered.cell_volume[c]);
    centroid += ordered.cell_volume[c] * middle;
    ++cells;
  }
  v1::BodyFacts& result = *facts.add_bodies();
  result.set_name(mesh.body_names[body]);
  result.set_volume_mm3(volume);
  result.set_geometry_volume_mm3(straight.geometry_volume[body]);
  result.set_cells_count(cells);
  result.set_mean_cell_size_mm(size / volume);
  set_vec3(result.mutable_min_mm(), low);
  set_vec3(result.mutable_max_mm(), high);
  set_vec3(result.mutable_centroid_mm(), centroid / volume);
  result.set_surface_area_mm2(moments(mesh, boundary(ordered, body).faces).area_mm2);
  if (parts > 1) {
    v1::Finding& finding = *facts.add_findings();
    finding.set_code("E6");
    finding.set_body(mesh.body_names[body]);
    finding.set_severity(v1::Finding::Severity::WARNING);
    finding.set_count(parts);
    finding.set_message(mesh.body_names[body] + " is in " + std::to_string(parts) +
                        " parts that do not hang together");
  }
}

}  // namespace

std::array<std::int32_t, 6> face_nodes(const io::Mesh& mesh, const CellFace& face) {
  const std::int32_t* cell = &mesh.cells[10 * face.cell];
  const int* f = kTetFaces[face.local];
  return {cell[f[0]],
          cell[f[1]],
          cell[f[2]],
          cell[middle_of(f[0], f[1])],
          cell[middle_of(f[1], f[2])],
          cell[middle_of(f[2], f[0])]};
}

void add_face(const io::Mesh& mesh, const CellFace& face, io::FaceSet& set) {
  const std::array<std::int32_t, 6> nodes = face_nodes(mesh, face);
  set.faces.insert(set.faces.end(), nodes.begin(), nodes.end());
  set.cells.push_back(face.cell);
}

OrderedMesh order_mesh(const TetMesh& mesh, const Quadratic& quadratic, const Topology& topology) {
  const std::size_t n_cells = mesh.volume.tets.size();
  std::vector<double> centres(3 * n_cells, 0.0);
  for (std::size_t c = 0; c < n_cells; ++c) {
    for (const int v : mesh.volume.tets[c]) {
      for (int k = 0; k < 3; ++k) centres[3 * c + k] += 0.25 * mesh.volume.nodes[3 * v + k];
    }
  }
  const std::vector<std::int32_t> cell_order = hilbert_order(centres);
  const std::vector<std::int32_t> node_order = hilbert_order(quadratic.nodes);
  const std::vector<std::int32_t> node_place = inverse(node_order);
  OrderedMesh result;
  result.mesh.body_names = mesh.body_names;
  for (const std::int32_t node : node_order) {
    for (int k = 0; k < 3; ++k) result.mesh.nodes.push_back(quadratic.nodes[3 * node + k]);
  }
  for (const std::int32_t cell : cell_order) {
    for (int i = 0; i < 10; ++i) {
      result.mesh.cells.push_back(node_place[quadratic.cells[10 * cell + i]]);
    }
    result.mesh.cell_body.push_back(mesh.volume.tet_body[cell]);
    result.jacobian_ratio.push_back(quadratic.jacobian_ratio[cell]);
    result.cell_volume.push_back(quadratic.cell_volume[cell]);
  }
  result.topology = topology;
  renumber(inverse(cell_order), result.topology);
  result.mesh.exterior.name = "exterior";
  for (const CellFace& face : result.topology.exterior) {
    add_face(result.mesh, face, result.mesh.exterior);
  }
  return result;
}

FaceSetMoments moments(const io::Mesh& mesh, const std::vector<std::int32_t>& faces) {
  double area = 0;
  Vec3 first = Vec3::Zero(), normal = Vec3::Zero();
  for (std::size_t f = 0; f + 6 <= faces.size(); f += 6) {
    for (const TrianglePoint& point : kTriangleRule) {
      const auto [x, vector] = evaluate(mesh, &faces[f], point.r, point.s);
      const double da = 0.5 * point.weight * vector.norm();
      area += da;
      first += da * x;
      normal += 0.5 * point.weight * vector;
    }
  }
  if (!(area > 0)) return {};
  const Vec3 direction = normal.norm() > 1e-12 * area ? normal.normalized() : Vec3(Vec3::Zero());
  return {area, to_point(first / area), to_point(direction)};
}

void describe_mesh(const v1::Case& value, const TetMesh& straight, const OrderedMesh& ordered,
                   v1::MeshFacts& facts) {
  const std::vector<int> parts = connected_parts(straight);
  for (int body = 0; body < value.bodies_size(); ++body) {
    describe_body(straight, ordered, body, parts[body], facts);
  }
  for (const io::FaceSet& set : ordered.mesh.interfaces) {
    const std::size_t bar = set.name.find('|');
    v1::InterfaceFacts& result = *facts.add_interfaces();
    result.set_first(set.name.substr(0, bar));
    result.set_second(set.name.substr(bar + 1));
    result.set_kind("bonded");
    result.set_faces_count(static_cast<double>(set.cells.size()));
    result.set_area_mm2(moments(ordered.mesh, set.faces).area_mm2);
  }
  double volume = 0, size = 0;
  for (const v1::BodyFacts& body : facts.bodies()) {
    volume += body.volume_mm3();
    size += body.volume_mm3() * body.mean_cell_size_mm();
  }
  facts.set_mean_cell_size_mm(size / volume);
  facts.set_nodes_count(static_cast<double>(ordered.mesh.n_nodes()));
  facts.set_cells_count(static_cast<double>(ordered.mesh.n_cells()));
  facts.set_element_size_mm(straight.element_size_mm);
  facts.set_method(straight.volume.method);
}

}  // namespace proofload::meshing
