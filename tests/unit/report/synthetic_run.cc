#include "synthetic_run.h"

#include <array>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>

#include "proofload/core/json.h"
#include "proofload/core/run_folder.h"

namespace proofload::report {
namespace {

constexpr double kWidth = 10, kHeight = 40, kBase = 10;

/// Nodes of a grid of half steps, numbered when first used.
class GridNodes {
 public:
  explicit GridNodes(io::Mesh& mesh, double step) : mesh_(mesh), half_(step / 2) {}
  std::int32_t at(const std::array<int, 3>& place) {
    const auto [entry, fresh] =
        index_.try_emplace(place, static_cast<std::int32_t>(mesh_.nodes.size() / 3));
    if (fresh) {
      for (int k = 0; k < 2; ++k) mesh_.nodes.push_back(place[k] * half_ - kWidth / 2);
      mesh_.nodes.push_back(place[2] * half_);
    }
    return entry->second;
  }

 private:
  io::Mesh& mesh_;
  double half_;
  std::map<std::array<int, 3>, std::int32_t> index_;
};

void add_exterior(io::Mesh& mesh) {
  static const int kFaces[4][6] = {
      {0, 1, 3, 4, 8, 7}, {1, 2, 3, 5, 9, 8}, {2, 0, 3, 6, 7, 9}, {0, 2, 1, 6, 5, 4}};
  std::map<std::set<std::int32_t>, int> seen;
  const auto corners = [&](std::int64_t cell, int face) {
    std::set<std::int32_t> key;
    for (int k = 0; k < 3; ++k) key.insert(mesh.cells[10 * cell + kFaces[face][k]]);
    return key;
  };
  for (std::int64_t i = 0; i < 4 * mesh.n_cells(); ++i) ++seen[corners(i / 4, i % 4)];
  io::FaceSet foot{"foot", {}, {}}, head{"head", {}, {}};
  for (std::int64_t i = 0; i < 4 * mesh.n_cells(); ++i) {
    if (seen[corners(i / 4, i % 4)] > 1) continue;
    double low = 1e9, high = -1e9;
    std::array<std::int32_t, 6> face;
    for (int k = 0; k < 6; ++k) {
      face[k] = mesh.cells[10 * (i / 4) + kFaces[i % 4][k]];
      low = std::min(low, mesh.nodes[3 * face[k] + 2]);
      high = std::max(high, mesh.nodes[3 * face[k] + 2]);
    }
    for (io::FaceSet* set : {&mesh.exterior, high < 1e-9 ? &foot : nullptr,
                             low > kBase + kHeight - 1e-9 ? &head : nullptr}) {
      if (!set) continue;
      set->faces.insert(set->faces.end(), face.begin(), face.end());
      set->cells.push_back(static_cast<std::int32_t>(i / 4));
    }
  }
  mesh.places = {foot, head};
}

}  // namespace

io::Mesh box_mesh(int n) {
  static const int kCorners[8][3] = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}, {1, 1, 0},
                                     {0, 0, 1}, {1, 0, 1}, {0, 1, 1}, {1, 1, 1}};
  // Kuhn's six tetrahedra along the diagonal 0-7, all of positive volume.
  static const int kTets[6][4] = {{0, 1, 3, 7}, {0, 3, 2, 7}, {0, 2, 6, 7},
                                  {0, 6, 4, 7}, {0, 4, 5, 7}, {0, 5, 1, 7}};
  static const int kEdges[6][2] = {{0, 1}, {1, 2}, {0, 2}, {0, 3}, {1, 3}, {2, 3}};
  io::Mesh mesh;
  mesh.body_names = {"bone", "strut"};
  mesh.exterior.name = "exterior";
  GridNodes nodes(mesh, kWidth / n);
  for (int z = 0; z < 5 * n; ++z) {
    for (int y = 0; y < n; ++y) {
      for (int x = 0; x < n; ++x) {
        for (const auto& tet : kTets) {
          std::array<std::array<int, 3>, 4> v;
          for (int k = 0; k < 4; ++k) {
            const int* c = kCorners[tet[k]];
            v[k] = {2 * (x + c[0]), 2 * (y + c[1]), 2 * (z + c[2])};
            mesh.cells.push_back(nodes.at(v[k]));
          }
          for (const auto& edge : kEdges) {
            const auto &a = v[edge[0]], &b = v[edge[1]];
            mesh.cells.push_back(
                nodes.at({(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2}));
          }
          mesh.cell_body.push_back(z < n ? 0 : 1);
        }
      }
    }
  }
  add_exterior(mesh);
  return mesh;
}

io::ResultHeader header_for(const io::Mesh& mesh, const std::vector<std::string>& load_cases) {
  io::ResultHeader header;
  header.load_cases = load_cases;
  std::set<std::pair<std::int32_t, std::int32_t>> pairs;
  for (std::size_t i = 0; i < mesh.cells.size(); ++i) {
    pairs.insert({mesh.cells[i], mesh.cell_body[i / 10]});
  }
  for (const auto& [node, body] : pairs) {
    header.point_node.push_back(node);
    header.point_body.push_back(body);
  }
  return header;
}

io::LoadCaseResult bending(const io::Mesh& mesh, const io::ResultHeader& header, double force_n) {
  const double e = 113800, inertia = std::pow(kWidth, 4) / 12;
  io::LoadCaseResult result;
  for (std::int64_t i = 0; i < mesh.n_nodes(); ++i) {
    const double s = std::max(0., mesh.nodes[3 * i + 2] - kBase), x = mesh.nodes[3 * i];
    const double slope = force_n * s * (2 * kHeight - s) / (2 * e * inertia);
    result.displacement_mm.push_back(force_n * s * s * (3 * kHeight - s) / (6 * e * inertia));
    result.displacement_mm.push_back(0);
    result.displacement_mm.push_back(-slope * x);
  }
  for (std::size_t i = 0; i < header.point_node.size(); ++i) {
    const double* p = &mesh.nodes[3 * header.point_node[i]];
    const double moment = force_n * (kBase + kHeight - p[2]);
    const double szz = header.point_body[i] == 1 ? -moment * p[0] / inertia : 0;
    for (const double value : {0., 0., szz, 0., 0., 0.}) result.stress_mpa.push_back(value);
  }
  result.cell_error.assign(mesh.n_cells(), 0.25);
  return result;
}

void write_run(const std::string& folder, const v1::Report& report, int n) {
  namespace fs = std::filesystem;
  const RunFolder run{folder};
  fs::create_directories(run.report());
  fs::create_directories(run.level("implant", 0));
  write_file_atomically(run.report() + "/report.json", to_json(report));
  write_file_atomically(run.design_json("implant"), to_json(report.case_()));
  write_file_atomically(run.level("implant", 0) + "/solve.json", "{}");
  const io::Mesh mesh = box_mesh(n);
  io::write_mesh(run.level("implant", 0) + "/mesh.h5", mesh);
  const io::ResultHeader header = header_for(mesh, {"axial", "flexion"});
  const std::string result = run.level("implant", 0) + "/result.h5";
  io::write_result_header(result, header);
  io::write_load_case(result, "axial", bending(mesh, header, 100));
  io::write_load_case(result, "flexion", bending(mesh, header, 500));
}

}  // namespace proofload::report
