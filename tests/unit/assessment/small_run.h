#pragma once
/// A run folder written as the stages write it: a bar of boxes under a known stress.
#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "proofload/core/designs.h"
#include "proofload/core/json.h"
#include "proofload/core/library.h"
#include "proofload/core/run_folder.h"
#include "proofload/io/mesh_file.h"
#include "proofload/io/result_file.h"
#include "proofload/v1/report.pb.h"
#include "proofload/v1/run.pb.h"

namespace proofload::assessment {

/// Bar 1 x 1 x n along z of quadratic tetrahedra; places "foot" (z = 0) and "head" (z = n).
inline io::Mesh bar_mesh(int n, const std::string& body) {
  io::Mesh mesh;
  mesh.body_names = {body};
  std::map<std::array<int, 3>, int> nodes;  // twice the coordinates
  const auto node = [&](const std::array<int, 3>& at) {
    const auto found = nodes.emplace(at, static_cast<int>(nodes.size()));
    if (found.second) {
      for (const int c : at) mesh.nodes.push_back(0.5 * c);
    }
    return found.first->second;
  };
  const auto middle = [](const std::array<int, 3>& a, const std::array<int, 3>& b) {
    return std::array<int, 3>{(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2};
  };
  const int tets[6][4] = {{0, 1, 3, 7}, {0, 3, 2, 7}, {0, 2, 6, 7},
                          {0, 6, 4, 7}, {0, 4, 5, 7}, {0, 5, 1, 7}};
  const int edges[6][2] = {{0, 1}, {1, 2}, {0, 2}, {0, 3}, {1, 3}, {2, 3}};
  const int faces[4][3] = {{0, 2, 1}, {0, 1, 3}, {1, 2, 3}, {0, 3, 2}};
  io::FaceSet foot{"foot", {}, {}}, head{"head", {}, {}};
  for (int k = 0; k < n; ++k) {
    for (const auto& tet : tets) {
      std::array<std::array<int, 3>, 4> v;
      for (int i = 0; i < 4; ++i) {
        v[i] = {2 * (tet[i] & 1), 2 * (tet[i] >> 1 & 1), 2 * (k + (tet[i] >> 2))};
      }
      const int cell = static_cast<int>(mesh.cell_body.size());
      for (const auto& at : v) mesh.cells.push_back(node(at));
      for (const auto& e : edges) mesh.cells.push_back(node(middle(v[e[0]], v[e[1]])));
      mesh.cell_body.push_back(0);
      for (const auto& f : faces) {
        for (auto* set : {&foot, &head}) {
          const int z = set == &foot ? 0 : 2 * n;
          if (v[f[0]][2] != z || v[f[1]][2] != z || v[f[2]][2] != z) continue;
          for (const int i : f) set->faces.push_back(node(v[i]));
          set->faces.push_back(node(middle(v[f[0]], v[f[1]])));
          set->faces.push_back(node(middle(v[f[1]], v[f[2]])));
          set->faces.push_back(node(middle(v[f[2]], v[f[0]])));
          set->cells.push_back(cell);
        }
      }
    }
  }
  mesh.places = {foot, head};
  return mesh;
}

/// Stress along z at a height.
using StressOfHeight = std::function<double(double)>;

class SmallRun {
 public:
  explicit SmallRun(const std::string& name)
      : folder{(std::filesystem::temp_directory_path() / ("proofload_assess_" + name)).string()} {
    std::filesystem::remove_all(folder.root);
    std::filesystem::create_directories(folder.inputs());
    value.set_schema("proofload/v1");
    value.set_name(name);
    v1::Body& body = *value.add_bodies();
    body.set_name("implant");
    body.set_role(v1::Role::implant);
    *body.mutable_material() =
        read_library(library_folder()).materials.at("ti6al4v_eli_lpbf_hip_polished");
    v1::Support& support = *value.add_supports();
    support.set_name("ground");
    support.set_at("foot");
    v1::LoadCase& axial = *value.add_load_cases();
    axial.set_name("axial");
    v1::Load& load = *axial.add_loads();
    load.set_at("head");
    for (const double f : {0.0, 0.0, 100.0}) load.mutable_distributed()->add_force_n(f);
  }
  ~SmallRun() { std::filesystem::remove_all(folder.root); }

  void add_fatigue(double min, double max, double cycles) {
    v1::FatigueBlock& block = *value.mutable_analyses()->mutable_fatigue()->add_blocks();
    block.set_load_case("axial");
    block.set_min(min);
    block.set_max(max);
    block.set_cycles(cycles);
  }

  /// Case, settings, and the design folder of the case as it stands.
  void write_design(const std::string& name, DesignKind kind, const std::string& rod,
                    const v1::Case& design) {
    std::filesystem::create_directories(folder.design(name));
    write_file_atomically(folder.case_json(), to_json(value));
    write_file_atomically(folder.settings_json(), to_json(settings));
    write_file_atomically(folder.design_json(name), to_json(design));
    const nlohmann::json info{{"name", name}, {"kind", to_string(kind)}, {"rod", rod}};
    write_file_atomically(folder.design(name) + "/design_info.json", info.dump());
  }

  /// A level with the given stress along z; `cells` stands for a real mesh's count.
  void write_level(const std::string& design, int k, double cells, const StressOfHeight& stress,
                   const v1::Case& design_case) {
    const std::string level = folder.level(design, k);
    std::filesystem::create_directories(level);
    const io::Mesh mesh = bar_mesh(8, design_case.bodies(0).name());
    io::write_mesh(level + "/mesh.h5", mesh);
    io::ResultHeader header;
    io::LoadCaseResult result;
    result.displacement_mm.assign(mesh.nodes.size(), 0.0);
    double peak = 0, place = 0;
    for (std::int64_t i = 0; i < mesh.n_nodes(); ++i) {
      const double z = mesh.nodes[3 * i + 2], s = stress(z);
      header.point_node.push_back(static_cast<int>(i));
      header.point_body.push_back(0);
      for (const double c : {0.0, 0.0, s, 0.0, 0.0, 0.0}) result.stress_mpa.push_back(c);
      if (std::abs(s) > peak) peak = std::abs(s), place = z;
    }
    header.load_cases = {"axial"};
    io::write_result_header(level + "/result.h5", header);
    io::write_load_case(level + "/result.h5", "axial", result);
    v1::MeshFacts facts;
    facts.set_cells_count(cells);
    write_file_atomically(level + "/mesh.json", to_json(facts));
    write_file_atomically(level + "/solve.json",
                          to_json(solve_output(design_case, peak, place, cells)));
  }

  static v1::SolveOutput solve_output(const v1::Case& design, double peak, double place,
                                      double cells) {
    v1::SolveOutput out;
    out.set_unknowns_count(4 * cells);
    v1::SolveFacts& facts = *out.add_solves();
    facts.set_load_case("axial");
    facts.set_residual(1e-10);
    facts.set_imbalance(1e-9);
    const v1::Body& body = design.bodies(0);
    const auto add = [&](const std::string& name, const std::string& of, double number) {
      v1::Quantity& q = *out.add_quantities();
      q.set_name(name);
      q.set_load_case("axial");
      q.set_body(of);
      q.set_value(number);
      for (const double c : {0.0, 0.0, place}) q.mutable_place()->add_point_mm(c);
    };
    add("max_von_mises_mpa", body.name(), peak);
    add("yield_safety_factor", body.name(), body.material().yield_strength_mpa() / peak);
    add("first_yield_load_n", body.name(), 100 * body.material().yield_strength_mpa() / peak);
    add("axial_stiffness_n_per_mm", "", 1000);
    add("euler_load_ratio", "", 0.01);
    return out;
  }

  RunFolder folder;
  v1::Case value;
  v1::RunSettings settings;
};

inline const v1::Quantity* find_quantity(const v1::Report& report, const std::string& name,
                                         const std::string& design) {
  for (const v1::Quantity& q : report.quantities()) {
    if (q.name() == name && q.design() == design) return &q;
  }
  return nullptr;
}

}  // namespace proofload::assessment
