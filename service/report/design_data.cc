#include "proofload/report/design_data.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <stdexcept>
#include <unordered_map>

#include "proofload/core/json.h"
#include "proofload/core/run_folder.h"

namespace proofload::report {
namespace {

namespace fs = std::filesystem;

/// -1 when no level was computed.
int finest_level(const RunFolder& run, const std::string& name) {
  int finest = -1;
  for (int level = 0; level < 32; ++level) {
    const fs::path folder = run.level(name, level);
    if (fs::exists(folder / "result.h5") && fs::exists(folder / "mesh.h5") &&
        fs::exists(folder / "solve.json")) {
      finest = level;
    }
  }
  return finest;
}

std::vector<bool> shown_bodies(const v1::Case& value, const std::vector<std::string>& names) {
  std::vector<bool> shown(names.size(), false);
  bool any = false;
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (const v1::Body& body : value.bodies()) {
      const auto role = body.role();
      const bool metal = role == v1::Role::implant || role == v1::Role::porous ||
                         role == v1::Role::screw || role == v1::Role::rod;
      if (body.name() == names[i] && metal) any = shown[i] = true;
    }
  }
  if (!any) shown.assign(names.size(), true);
  return shown;
}

std::vector<std::int32_t> cell_points(const io::Mesh& mesh, const io::ResultHeader& header) {
  const auto key = [&mesh](std::int64_t node, std::int64_t body) {
    return node * static_cast<std::int64_t>(mesh.body_names.size()) + body;
  };
  std::unordered_map<std::int64_t, std::int32_t> index;
  index.reserve(header.point_node.size());
  for (std::size_t i = 0; i < header.point_node.size(); ++i) {
    index[key(header.point_node[i], header.point_body[i])] = static_cast<std::int32_t>(i);
  }
  std::vector<std::int32_t> cells(mesh.cells.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto found = index.find(key(mesh.cells[i], mesh.cell_body[i / 10]));
    if (found == index.end()) throw std::runtime_error("result.h5 has no stress for a cell's node");
    cells[i] = found->second;
  }
  return cells;
}

void check_header(const io::Mesh& mesh, const io::ResultHeader& header) {
  bool fits = header.point_node.size() == header.point_body.size();
  for (std::size_t i = 0; fits && i < header.point_node.size(); ++i) {
    fits = header.point_node[i] >= 0 && header.point_node[i] < mesh.n_nodes() &&
           header.point_body[i] >= 0 &&
           header.point_body[i] < static_cast<std::int32_t>(mesh.body_names.size());
  }
  if (!fits) throw std::runtime_error("result.h5 and mesh.h5 do not belong together");
}

bool all_finite(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

}  // namespace

std::array<double, 3> DesignData::position(std::int32_t point) const {
  const double* x = &mesh.nodes[3 * static_cast<std::size_t>(header.point_node[point])];
  return {x[0], x[1], x[2]};
}

std::optional<DesignData> read_design(const std::string& run_folder, const std::string& name,
                                      const std::string& kind) {
  const RunFolder run{run_folder};
  DesignData design;
  design.name = name;
  design.kind = kind;
  design.level = finest_level(run, name);
  if (design.level < 0) return {};
  const std::string folder = run.level(name, design.level);
  from_json(read_file(run.design_json(name)), design.value);
  design.result_path = folder + "/result.h5";
  design.mesh = io::read_mesh(folder + "/mesh.h5");
  design.header = io::read_result_header(design.result_path);
  check_header(design.mesh, design.header);
  design.cells = cell_points(design.mesh, design.header);
  design.shown = shown_bodies(design.value, design.mesh.body_names);
  return design;
}

FieldData read_fields(const DesignData& design, const std::string& load_case) {
  FieldData fields;
  fields.result = io::read_load_case(design.result_path, load_case);
  const auto& result = fields.result;
  if (result.displacement_mm.size() != design.mesh.nodes.size() ||
      result.stress_mpa.size() != 6 * design.n_points()) {
    throw std::runtime_error("result.h5: fields of load case " + load_case + " have a wrong size");
  }
  if (!all_finite(result.displacement_mm) || !all_finite(result.stress_mpa)) {
    throw std::runtime_error("result.h5: a field of load case " + load_case + " is not finite");
  }
  fields.von_mises.resize(design.n_points());
  for (std::size_t i = 0; i < fields.von_mises.size(); ++i) {
    fields.von_mises[i] = von_mises(&result.stress_mpa[6 * i]);
  }
  return fields;
}

std::vector<SurfaceFace> outer_faces(const DesignData& design,
                                     const std::function<bool(std::int64_t)>& keep) {
  static const int kFaces[4][6] = {
      {0, 1, 3, 4, 8, 7}, {1, 2, 3, 5, 9, 8}, {2, 0, 3, 6, 7, 9}, {0, 2, 1, 6, 5, 4}};
  struct Entry {
    std::array<std::int32_t, 3> key;
    std::int64_t cell;
    int face;
  };
  std::vector<Entry> entries;
  for (std::int64_t cell = 0; cell < design.mesh.n_cells(); ++cell) {
    if (!keep(cell)) continue;
    const std::int32_t* nodes = &design.mesh.cells[10 * cell];
    for (int face = 0; face < 4; ++face) {
      Entry entry{
          {nodes[kFaces[face][0]], nodes[kFaces[face][1]], nodes[kFaces[face][2]]}, cell, face};
      std::sort(entry.key.begin(), entry.key.end());
      entries.push_back(entry);
    }
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return a.key != b.key ? a.key < b.key : a.cell < b.cell;
  });
  std::vector<SurfaceFace> faces;
  for (std::size_t i = 0; i < entries.size();) {
    std::size_t next = i + 1;
    while (next < entries.size() && entries[next].key == entries[i].key) ++next;
    if (next == i + 1) {
      SurfaceFace face;
      for (int k = 0; k < 6; ++k) {
        face.points[k] = design.cells[10 * entries[i].cell + kFaces[entries[i].face][k]];
      }
      face.body = design.mesh.cell_body[entries[i].cell];
      faces.push_back(face);
    }
    i = next;
  }
  return faces;
}

double von_mises(const double* s) {
  const double xy = s[0] - s[1], yz = s[1] - s[2], zx = s[2] - s[0];
  const double shear = s[3] * s[3] + s[4] * s[4] + s[5] * s[5];
  return std::sqrt(0.5 * (xy * xy + yz * yz + zx * zx) + 3 * shear);
}

std::array<double, 3> principal_stresses(const double* s) {
  Eigen::Matrix3d tensor;
  tensor << s[0], s[3], s[5], s[3], s[1], s[4], s[5], s[4], s[2];
  Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d> solver;
  solver.computeDirect(tensor, Eigen::EigenvaluesOnly);
  const auto& values = solver.eigenvalues();
  return {values[2], values[1], values[0]};
}

}  // namespace proofload::report
